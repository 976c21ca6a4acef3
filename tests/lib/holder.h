/* A sandbox that is there to be joined: made by classic_setup, ends when it is let go. */
#ifndef TESTS_LIB_HOLDER_H
#define TESTS_LIB_HOLDER_H

#include <stdbool.h>

#include "core/kernel/sysops.h"

struct holder {
	pid_t pid;
	int hold; /* closing it ends the sandbox */
};

/* Its hostname is "inner".  bare: without a mount on /proc and /sys.  0 or -errno. */
int holder_start(struct kernel *k, const char *rootfs, bool bare_proc, bool bare_sys,
		 struct holder *holder);
/* Its exit status: 0, or what went wrong in it: 4 where its own mount table has changed. */
int holder_end(struct kernel *k, const struct holder *holder);

#endif
