/* What exec of a path runs. */
#ifndef FAKE_PAYLOAD_H
#define FAKE_PAYLOAD_H

#include "fake/kernel.h"

struct payload {
	struct list all;
	char *path; /* as seen from the root of whoever executes it */
	int (*main)(struct kernel *k, char *const *argv, char *const *envp);
};

/* NULL: none. */
struct payload *payload_find(struct fake *f, const char *path);

#endif
