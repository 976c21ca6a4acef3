/* Fibers: one task runs, and gives way where Linux would sleep or might preempt. */
#ifndef FAKE_SCHED_H
#define FAKE_SCHED_H

#include "fake/task.h"

/*
 * How a task ends in the middle of a call.  Nobody's C stack is ever thrown away while the
 * run goes on, for it may hold references.  A sleeper that is killed is woken instead:
 * task_sleep answers -EINTR, the call gives back what it holds and hands that up, and the
 * task exits where the call is left (call_leave).  A task that is killed outside of a call
 * exits before its next one begins.  So: whoever calls task_sleep, or what may call it (a
 * file's open, read and write), holds nothing that it does not give back on a negative answer.
 * fake_stop alone does not come back on a task: the run is over, and what leaks is gone with
 * the fake or its restoring.
 *
 * Conditions are asked again whenever a task is looked for, so nobody has to wake anybody.
 */

/* Its stacks are kept outside of the region and serve from run to run; NULL: no memory. */
struct sched *sched_new(struct fake *f);
void sched_free(struct fake *f);
/* After the region was put back: no fiber lives. */
void sched_forget(struct fake *f);

/* A stack for the task that will run main(arg) and exit with what it returns. */
int fiber_make(struct fake *f, struct task *t, int (*main)(void *arg), void *arg);
/* Goes on with main(arg) as the current task, on a fresh stack: never comes back. */
_Noreturn void fiber_replace(struct fake *f, int (*main)(void *arg), void *arg);
/* Ends the current fiber for good: never comes back. */
_Noreturn void fiber_end(struct fake *f);

/* A scheduling point: another task may run before this one goes on. */
void sched_point(struct fake *f);
/* The current task cannot go on until something sets it ready. */
void sched_leave(struct fake *f);
/* From the caller's stack: see fake_step. */
enum fake_state sched_run(struct fake *f);

/*
 * Waits until ready(f, arg) holds, whatever signals come: for a task that is already dying.
 */
void sched_wait(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg,
		const char *waits_for);

/* Who waits for what, when none can go on (deadlock.c). */
void deadlock_tell(struct fake *f, struct text *out);

#endif
