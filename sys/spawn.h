/* Between the rows and the two calls that need more than a line. */
#ifndef SYS_SPAWN_H
#define SYS_SPAWN_H

#include "sys/linux.h"

/* The system call itself: its answer, or -errno. */
int linux_call(long number, const long words[static 6]);

/* clone3(2) and clone(2) without shared memory: the child runs args->main and exits. */
int linux_clone3(struct kernel *k, const struct spawn_args *args);
int linux_clone(struct kernel *k, const struct spawn_args *args);

#endif
