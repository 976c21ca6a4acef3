/* Process groups and sessions. */
#include "fake/pid.h"
#include "fake/tasks.h"

bool group_is_orphaned(struct fake *f, const struct pid *pgrp, const struct task *but)
{
	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t->pgrp != pgrp || t == but || t->state == TASK_ZOMBIE || t == f->init ||
		    t->parent == f->init)
			continue;
		if (t->parent->pgrp != pgrp && t->parent->session == t->session)
			return false;
	}
	return true;
}

static bool group_has_stopped(struct fake *f, const struct pid *pgrp)
{
	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t->pgrp == pgrp && t->state == TASK_STOPPED)
			return true;
	}
	return false;
}

void group_lose_way(struct fake *f, struct task *t, struct task *parent)
{
	const struct task *but = parent ? NULL : t;

	if (parent == NULL)
		parent = t->parent;
	if (parent->pgrp == t->pgrp || parent->session != t->session ||
	    !group_is_orphaned(f, t->pgrp, but) || !group_has_stopped(f, t->pgrp))
		return;
	signal_send_group(f, t->pgrp, SIGHUP);
	signal_send_group(f, t->pgrp, SIGCONT);
}

/* 0: the caller itself.  Without a reference; NULL: no such task. */
static struct task *task_or_self(struct fake *f, pid_t pid)
{
	return pid == 0 ? f->current : task_find(f, pid);
}

int do_getpgid(struct fake *f, pid_t pid)
{
	const struct task *t = task_or_self(f, pid);

	if (t == NULL)
		return refuse(f, RULE_GETPGID_NO_TASK);
	return pid_in(t->pgrp, task_pid_ns(f->current));
}

int do_getsid(struct fake *f, pid_t pid)
{
	const struct task *t = task_or_self(f, pid);

	if (t == NULL)
		return refuse(f, RULE_GETSID_NO_TASK);
	return pid_in(t->session, task_pid_ns(f->current));
}

/* May t, the caller or its child, be moved? */
static int setpgid_permission(struct fake *f, const struct task *t)
{
	const struct task *self = f->current;

	if (t->parent == self && t->session != self->session)
		return refuse(f, RULE_SETPGID_CHILD_SESSION);
	if (t->parent == self && t->has_execed)
		return refuse(f, RULE_SETPGID_EXECED);
	if (t->session == t->pid)
		return refuse(f, RULE_SETPGID_LEADER);
	return 0;
}

/* Some task of the group must be in the caller's session. */
static bool group_is_in_session(struct fake *f, const struct pid *pgrp,
				const struct pid *session)
{
	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t->pgrp == pgrp)
			return t->session == session;
	}
	return false;
}

int do_setpgid(struct fake *f, pid_t pid, pid_t pgid)
{
	struct pid_ns *ns = task_pid_ns(f->current);
	struct task *t;
	struct pid *pgrp;
	int r;

	if (pid == 0)
		pid = pid_in(f->current->pid, ns);
	if (pgid == 0)
		pgid = pid;
	if (pgid < 0)
		return refuse(f, RULE_SETPGID_NEGATIVE);
	t = task_find(f, pid);
	if (t == NULL || (t != f->current && t->parent != f->current))
		return refuse(f, RULE_SETPGID_NO_TASK);
	r = setpgid_permission(f, t);
	if (r < 0)
		return r;
	pgrp = t->pid;
	if (pgid != pid) {
		pgrp = pid_find(f, ns, pgid);
		if (pgrp == NULL || !group_is_in_session(f, pgrp, f->current->session))
			return refuse(f, RULE_SETPGID_GROUP);
	}
	pid_get(pgrp);
	pid_put(f, t->pgrp);
	t->pgrp = pgrp;
	return 0;
}

int do_setsid(struct fake *f)
{
	struct task *t = f->current;

	if (t->session == t->pid)
		return refuse(f, RULE_SETSID_LEADER);
	if (pid_has_group(f, t->pid))
		return refuse(f, RULE_SETSID_GROUP);
	pid_put(f, t->session);
	pid_put(f, t->pgrp);
	t->session = pid_get(t->pid);
	t->pgrp = pid_get(t->pid);
	t->tty = NULL;
	return pid_in(t->pid, task_pid_ns(t));
}
