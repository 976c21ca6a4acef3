/* What the files of tasks share: their making, their end, their signals' actions. */
#ifndef FAKE_TASKS_H
#define FAKE_TASKS_H

#include "fake/task.h"

/* A task that nobody knows yet. */
struct task *task_new(struct fake *f);
/* It failed half made: gives back what it has. */
void task_discard(struct fake *f, struct task *t);
/* Into the list of all and its parent's children; it can run. */
void task_enlist(struct fake *f, struct task *t);
/* Gives back what only a living task has: descriptors, places, namespaces, memory. */
void task_strip(struct fake *f, struct task *t);
/* Takes a reference of its own; NULL: its memory is gone. */
void task_set_mm_user_ns(struct fake *f, struct task *t, struct user_ns *ns);
/* What it executes: takes references of its own, or gives them back. */
void exe_set(struct task *t, const struct path *exe);
void exe_put(struct fake *f, struct task *t);
/* release_task(): nobody will ask for it any more. */
void task_release(struct fake *f, struct task *t);
/* do_notify_parent(): true when the parent does not want it kept. */
bool task_notify_parent(struct fake *f, struct task *t);
/* do_notify_parent_cldstop(): it has stopped or goes on. */
void task_notify_stop(struct fake *f, struct task *t);

/* A child of init with init's view: what fake_start makes. */
int task_start(struct fake *f, int (*main)(void *arg), void *arg);

/* flush_signal_handlers(): what is ignored stays so. */
void actions_clear(struct task *t);
/* Blocks these, but for SIGKILL and SIGSTOP. */
void mask_set(struct task *t, uint64_t mask);
/* SIG_DFL or SIG_IGN. */
void action_set(struct task *t, int sig, const struct kernel_sigaction *action);
/* As signal_send, to a parent about its child: code is CLD_EXITED and so on. */
void signal_send_child(struct fake *f, const struct task *child, int sig, int code, int status);
/* As signal_send, for what the kernel itself sends: no init of a pid namespace is spared. */
void signal_force(struct fake *f, struct task *to, int sig);
/* will_become_orphaned_pgrp(): has no member but that one a parent elsewhere in its session? */
bool group_is_orphaned(struct fake *f, const struct pid *pgrp, const struct task *but);
/*
 * kill_orphaned_pgrp(): t exits (parent NULL) or loses this parent, and with it perhaps its
 * group's last way out: then the stopped ones are hung up and continued.
 */
void group_lose_way(struct fake *f, struct task *t, struct task *parent);

/* The descriptors 0 to 2 of init, open on something like /dev/null (stdio.c). */
void stdio_boot(struct fake *f);

/* Namespaces: CAP_SYS_ADMIN over them is missing. */
int refuse_ns_admin(struct fake *f);

#endif
