/* Limits of resources: what a task may have, and who counts. */
#ifndef FAKE_RLIMIT_H
#define FAKE_RLIMIT_H

#include "fake/task.h"

#define NR_OPEN (1024u * 1024) /* fs.nr_open */

/* The soft limit of the current task; outside of one, none. */
uint64_t rlimit(const struct fake *f, int resource);
/* RLIMIT_FSIZE: the task is sent SIGXFSZ, too. */
int refuse_file_size(struct fake *f);
/* Of the first task: as a service manager leaves them. */
void rlimits_boot(struct task *t);
/*
 * is_rlimit_overlimit(UCOUNT_RLIMIT_NPROC): are there more than limit processes of these
 * credentials' real user, and one more?
 */
bool nproc_is_over(struct fake *f, const struct cred *cred, int more);
/* set_user() of kernel/sys.c: whether the next execve(2) of the current task must ask again. */
void nproc_note(struct fake *f, const struct cred *cred);

#endif
