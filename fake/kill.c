/* Sending signals, and what is done with them: kill(2), pidfd_send_signal(2), sigaction(2). */
#include "fake/pid.h"
#include "fake/tasks.h"

#include <limits.h>
#include <string.h>

#define SIGNALS 64

/* kill_ok_by_cred() */
static bool may_signal(struct fake *f, const struct task *to)
{
	const struct cred *mine = f->current->cred;
	const struct cred *theirs = to->cred;

	return mine->euid == theirs->suid || mine->euid == theirs->uid ||
	       mine->uid == theirs->suid || mine->uid == theirs->uid ||
	       ns_capable(f, theirs->user_ns, CAP_KILL);
}

/* check_kill_permission() */
int signal_permission(struct fake *f, struct task *to, int sig)
{
	if (sig < 0 || sig > SIGNALS)
		return refuse(f, RULE_SIGNAL_NUMBER);
	if (to == f->current || may_signal(f, to))
		return 0;
	if (sig == SIGCONT && to->session == f->current->session)
		return 0;
	return refuse(f, RULE_SIGNAL_PERM);
}

/* group_send_sig_info(): 0 only asks. */
static int task_signal(struct fake *f, struct task *to, int sig)
{
	int r = signal_permission(f, to, sig);

	if (r == 0 && sig)
		signal_send(f, to, sig);
	return r;
}

/* __kill_pgrp_info(): one that it reached is success. */
static int group_signal(struct fake *f, const struct pid *pgrp, int sig)
{
	bool is_sent = false;
	int r = -ESRCH;

	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (pgrp == NULL || t->pgrp != pgrp)
			continue;
		r = task_signal(f, t, sig);
		is_sent |= r == 0;
	}
	if (is_sent)
		return 0;
	return r == -ESRCH ? refuse(f, RULE_KILL_NO_GROUP) : r;
}

/* kill(-1): all that the caller sees, but for itself and its namespace's init. */
static int all_signal(struct fake *f, int sig)
{
	struct pid_ns *ns = task_pid_ns(f->current);
	int n = 0, r = 0;

	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);
		int one;

		if (pid_in(t->pid, ns) <= 1 || t == f->current)
			continue;
		n++;
		one = task_signal(f, t, sig);
		if (one != -EPERM)
			r = one;
	}
	return n ? r : refuse(f, RULE_KILL_NOBODY);
}

int do_kill(struct fake *f, pid_t pid, int sig)
{
	struct task *t;

	if (pid > 0) {
		t = task_find(f, pid);
		return t ? task_signal(f, t, sig) : refuse(f, RULE_KILL_NO_TASK);
	}
	if (pid == INT_MIN)
		return refuse(f, RULE_KILL_NO_GROUP);
	if (pid == -1)
		return all_signal(f, sig);
	if (pid == 0)
		return group_signal(f, f->current->pgrp, sig);
	return group_signal(f, pid_find(f, task_pid_ns(f->current), -pid), sig);
}

/* access_pidfd_pidns(): is the pid's namespace the caller's or beneath it? */
static bool pid_is_beneath(const struct pid *pid, const struct pid_ns *ns)
{
	return pid_in(pid, ns) != 0;
}

/* tgid_pidfd_to_pid(): /proc/PID does for a descriptor of the process. */
static bool is_proc_directory(const struct file *file)
{
	return S_ISDIR(file->inode->mode) && strcmp(file->inode->sb->type->name, "proc") == 0;
}

int do_pidfd_send_signal(struct fake *f, int pidfd, int sig)
{
	struct file *file = fd_file_io(f, pidfd);
	const struct pid *pid;

	if (file == NULL)
		return refuse_badf(f);
	pid = pidfd_pid(file);
	if (pid == NULL && is_proc_directory(file))
		return not_modelled(f, "pidfd_send_signal(2) to a directory of proc");
	if (pid == NULL)
		return refuse(f, RULE_PIDFD_SIGNAL_NO_PIDFD);
	if (!pid_is_beneath(pid, task_pid_ns(f->current)))
		return refuse(f, RULE_PIDFD_SIGNAL_NS);
	if (pid->task == NULL)
		return refuse(f, RULE_PIDFD_SIGNAL_REAPED);
	return task_signal(f, pid->task, sig);
}

int do_rt_sigaction(struct fake *f, int sig, const struct kernel_sigaction *act,
		    struct kernel_sigaction *old)
{
	struct kernel_sigaction *action;
	struct kernel_sigaction was;

	if (act && memory_is_bad(act))
		return refuse_fault(f);
	if (sig < 1 || sig > SIGNALS)
		return refuse(f, RULE_SIGACTION_NUMBER);
	if (act && (sig == SIGKILL || sig == SIGSTOP))
		return refuse(f, RULE_SIGACTION_KERNEL_ONLY);
	if (act && act->handler != SIG_DFL && act->handler != SIG_IGN)
		return not_modelled(f, "rt_sigaction(2) with a handler");
	action = &f->current->actions[sig - 1];
	was = *action;
	if (act)
		action_set(f->current, sig, act);
	if (old && memory_is_bad(old))
		return refuse_fault(f);
	if (old)
		*old = was;
	return 0;
}

int do_rt_sigprocmask(struct fake *f, int how, const uint64_t *set, uint64_t *old)
{
	struct task *t = f->current;
	uint64_t was = t->blocked;

	if (set && memory_is_bad(set))
		return refuse_fault(f);
	if (set && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
		return refuse(f, RULE_SIGPROCMASK_HOW);
	if (set && how == SIG_BLOCK)
		mask_set(t, was | *set);
	else if (set && how == SIG_UNBLOCK)
		mask_set(t, was & ~*set);
	else if (set)
		mask_set(t, *set);
	if (old && memory_is_bad(old))
		return refuse_fault(f);
	if (old)
		*old = was;
	return 0;
}
