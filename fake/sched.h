/* Fibers: one task runs, and gives way where Linux would sleep or might preempt. */
#ifndef FAKE_SCHED_H
#define FAKE_SCHED_H

#include "fake/task.h"

struct sched *sched_new(struct fake *f);
void sched_free(struct fake *f);
/* A stack for the task that will run main(arg) and exit with what it returns. */
int fiber_make(struct fake *f, struct task *t, int (*main)(void *arg), void *arg);
/* Ends the current fiber for good: never comes back. */
_Noreturn void fiber_end(struct fake *f);
/* A scheduling point: another task may run before this one goes on. */
void sched_point(struct fake *f);
/* The current task cannot go on until something sets it ready. */
void sched_leave(struct fake *f);
/* From the caller's stack: see fake_step. */
enum fake_state sched_run(struct fake *f);

#endif
