/* Waiting for children: waitid(2), in the order of kernel/exit.c. */
#include "fake/pid.h"
#include "fake/tasks.h"

#include <string.h>

#define WAIT_EVENTS (WEXITED | WSTOPPED | WCONTINUED)
#define WAIT_OPTIONS (WAIT_EVENTS | WNOHANG | WNOWAIT | __WNOTHREAD | __WCLONE | __WALL)

/* What is waited for; the kernel's struct wait_opts. */
struct wait {
	struct task *parent;
	int id_type;
	const struct pid *pid; /* for all but P_ALL; NULL: there is none of that number */
	int options;
	bool may_come; /* some child could still do it */
};

/* What came. */
struct event {
	struct task *child;
	int code; /* CLD_EXITED … */
	int status;
};

static bool child_is_eligible(const struct wait *wait, const struct task *child)
{
	if (wait->id_type == P_PGID && child->pgrp != wait->pid)
		return false;
	if ((wait->id_type == P_PID || wait->id_type == P_PIDFD) && child->pid != wait->pid)
		return false;
	if (wait->options & __WALL)
		return true;
	return (child->exit_signal != SIGCHLD) == ((wait->options & __WCLONE) != 0);
}

static bool zombie_event(const struct wait *wait, struct task *child, struct event *event)
{
	int status = child->wait_status;

	if (!(wait->options & WEXITED))
		return false;
	*event = (struct event){.child = child, .code = CLD_EXITED, .status = status >> 8};
	if (WIFSIGNALED(status)) {
		event->code = CLD_KILLED;
		event->status = WTERMSIG(status);
	}
	return true;
}

/* wait_consider_task(): a zombie that is not asked for leaves nothing to wait for. */
static bool child_event(struct wait *wait, struct task *child, struct event *event)
{
	if (!child_is_eligible(wait, child))
		return false;
	if (child->state == TASK_ZOMBIE)
		return zombie_event(wait, child, event);
	wait->may_come = true;
	*event = (struct event){.child = child};
	if (wait->options & WSTOPPED && child->state == TASK_STOPPED && child->stop_signal) {
		event->code = CLD_STOPPED;
		event->status = child->stop_signal;
	} else if (wait->options & WCONTINUED && child->is_continued) {
		event->code = CLD_CONTINUED;
		event->status = SIGCONT;
	}
	return event->code != 0;
}

/* The first child in order of birth that has something to tell. */
static bool wait_look(struct wait *wait, struct event *event)
{
	wait->may_come = false;
	list_for_each(node, &wait->parent->children)
		if (child_event(wait, list_entry(node, struct task, sibling), event))
			return true;
	return false;
}

static bool wait_is_over(struct fake *f, void *arg)
{
	struct wait *wait = arg;
	struct event event;

	(void)f;
	return wait_look(wait, &event) || !wait->may_come;
}

static void event_take(struct fake *f, const struct event *event)
{
	struct task *child = event->child;

	if (event->code == CLD_STOPPED)
		child->stop_signal = 0;
	else if (event->code == CLD_CONTINUED)
		child->is_continued = false;
	else
		task_release(f, child);
}

static void event_tell(struct fake *f, const struct event *event, siginfo_t *info)
{
	const struct task *child = event->child;

	memset(info, 0, sizeof(*info));
	info->si_signo = SIGCHLD;
	info->si_code = event->code;
	info->si_status = event->status;
	info->si_pid = pid_in(child->pid, task_pid_ns(f->current));
	info->si_uid = uid_shown(f->current->cred->user_ns, child->cred->uid);
}

/* Whom it is for.  A number that nobody has is no error yet. */
static int wait_subject(struct fake *f, struct wait *wait, pid_t id, bool *is_nonblocking)
{
	struct file *file;

	switch (wait->id_type) {
	case P_ALL:
		return 0;
	case P_PID:
		if (id <= 0)
			return refuse(f, RULE_WAIT_PID);
		break;
	case P_PGID:
		if (id < 0)
			return refuse(f, RULE_WAIT_PGID);
		break;
	case P_PIDFD:
		if (id < 0)
			return refuse(f, RULE_WAIT_PIDFD_NEGATIVE);
		file = fd_file_io(f, id);
		wait->pid = file ? pidfd_pid(file) : NULL;
		if (wait->pid == NULL)
			return refuse(f, RULE_WAIT_PIDFD);
		*is_nonblocking = file->flags & O_NONBLOCK;
		return 0;
	default:
		return refuse(f, RULE_WAIT_TYPE);
	}
	wait->pid = id ? pid_find(f, task_pid_ns(f->current), id) : f->current->pgrp;
	return 0;
}

/* 1: an event; 0: none yet, and none is waited for. */
static int wait_for_event(struct fake *f, struct wait *wait, struct event *event)
{
	int r;

	for (;;) {
		if (wait_look(wait, event))
			return 1;
		if (!wait->may_come)
			return refuse(f, RULE_WAIT_NO_CHILD);
		if (wait->options & WNOHANG)
			return 0;
		r = task_sleep(f, wait_is_over, wait, "a child");
		if (r < 0)
			return r;
	}
}

int do_waitid(struct fake *f, int idtype, pid_t id, siginfo_t *info, int options)
{
	struct wait wait = {.parent = f->current, .id_type = idtype, .options = options};
	struct event event = {0};
	siginfo_t told = {0};
	bool is_nonblocking = false;
	int r;

	if (options & ~WAIT_OPTIONS)
		return refuse(f, RULE_WAIT_OPTIONS);
	if (!(options & WAIT_EVENTS))
		return refuse(f, RULE_WAIT_NOTHING);
	r = wait_subject(f, &wait, id, &is_nonblocking);
	if (r < 0)
		return r;
	if (is_nonblocking)
		wait.options |= WNOHANG;
	r = wait_for_event(f, &wait, &event);
	if (r < 0)
		return r;
	if (r == 0 && is_nonblocking && !(options & WNOHANG))
		return refuse(f, RULE_WAIT_AGAIN);
	if (r > 0) {
		event_tell(f, &event, &told);
		if (!(options & WNOWAIT))
			event_take(f, &event);
	}
	if (info && memory_is_bad(info))
		return refuse_fault(f);
	if (info)
		*info = told;
	return 0;
}
