/* Process ids: making and finding them. */
#ifndef FAKE_PID_H
#define FAKE_PID_H

#include "fake/task.h"

/*
 * alloc_pid(): a number in this namespace and in each above it.  The first reference is the
 * caller's.  0, or a refusal where the namespace's init has died.
 */
int pid_new(struct fake *f, struct pid_ns *ns, struct pid **out);
/* It never came to a task: gives it back, and with it a namespace whose first it was. */
void pid_forget(struct fake *f, struct pid *pid);

/* Of this number there, of a task, a group or a session; NULL.  Without a reference. */
struct pid *pid_find(struct fake *f, const struct pid_ns *ns, int nr);
/* Is any task in this group?  In this session? */
bool pid_has_group(struct fake *f, const struct pid *pgrp);
/* Is the task in the namespace, or in one beneath it? */
bool task_is_in_ns(const struct task *t, const struct pid_ns *ns);

#endif
