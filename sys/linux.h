/* Linux as a kernel of the seam: each row is its system call. */
#ifndef SYS_LINUX_H
#define SYS_LINUX_H

#include "core/kernel/sysops.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * kernel_task answers 1 in the task that called linux_init; each task spawned from there on,
 * by whichever of them, gets the next number.  The count is in memory that all of them
 * share, so no number comes twice in a run, whatever pid namespaces say; and while one task
 * at a time spawns, the numbers are the same in each run.  A task that was forked behind the
 * seam's back answers as its parent does.
 */
struct linux_kernel {
	struct kernel kernel;
	int task;
	int *n_tasks; /* shared with all tasks of the run */
};

/* -ENOMEM when there is no memory to share.  linux_free gives it back. */
int linux_init(struct linux_kernel *linux_kernel);
void linux_free(struct linux_kernel *linux_kernel);

#ifdef __cplusplus
}
#endif

#endif
