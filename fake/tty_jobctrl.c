/* Job control: whose terminal it is, and who of them is in the foreground. */
#include "fake/cred.h"
#include "fake/pid.h"
#include "fake/tty.h"

static bool is_leader(const struct task *t)
{
	return t->session == t->pid;
}

static bool signal_is_ignored(const struct task *t, int sig)
{
	return (t->blocked >> (sig - 1) & 1) || t->actions[sig - 1].handler == SIG_IGN;
}

/* is_current_pgrp_orphaned(): nobody of its session outside of it could bring it back. */
static bool pgrp_is_orphaned(struct fake *f, const struct pid *pgrp)
{
	list_for_each(node, &f->tasks)
	{
		const struct task *t = list_entry(node, struct task, all);
		const struct task *parent = t->parent;

		if (t->pgrp != pgrp || t->state == TASK_ZOMBIE || parent == NULL ||
		    parent == f->init)
			continue;
		if (parent->pgrp != pgrp && parent->session == t->session)
			return false;
	}
	return true;
}

static bool is_in_background(const struct task *t, const struct tty *tty)
{
	return t->tty == tty && tty->pgrp && t->pgrp != tty->pgrp;
}

int tty_check_change(struct fake *f, struct tty *tty, int sig)
{
	struct task *t = f->current;

	while (is_in_background(t, tty)) {
		if (signal_is_ignored(t, sig))
			return sig == SIGTTIN ? refuse(f, RULE_TTY_BACKGROUND_READ) : 0;
		if (pgrp_is_orphaned(f, t->pgrp))
			return refuse(f, RULE_TTY_ORPHANED);
		if (t->actions[sig - 1].handler != SIG_DFL || task_is_ns_init(t))
			return not_modelled(f, "a background process that SIGTTIN or SIGTTOU "
					       "does not stop");
		signal_send_group(f, t->pgrp, sig);
		if (signal_is_fatal(t))
			return -EINTR;
		signal_stop(f);
		if (signal_is_fatal(t))
			return -EINTR;
	}
	return 0;
}

void tty_forget_session(struct fake *f, struct tty *tty)
{
	list_for_each(node, &f->tasks)
	{
		struct task *t = list_entry(node, struct task, all);

		if (t->tty == tty)
			t->tty = NULL;
	}
	if (tty->pgrp)
		pid_put(f, tty->pgrp);
	if (tty->session)
		pid_put(f, tty->session);
	tty->pgrp = tty->session = NULL;
}

/* __proc_set_tty() */
static void set_controlling(struct fake *f, struct tty *tty)
{
	struct task *t = f->current;

	tty_forget_session(f, tty);
	tty->pgrp = pid_get(t->pgrp);
	tty->session = pid_get(t->session);
	t->tty = tty;
	if (t->tty_old_pgrp)
		pid_put(f, t->tty_old_pgrp);
	t->tty_old_pgrp = NULL;
}

static bool file_is_readable(const struct file *file)
{
	return (file->flags & O_ACCMODE) != O_WRONLY;
}

void tty_open_set_controlling(struct fake *f, struct file *file, struct tty *tty)
{
	if (is_leader(f->current) && f->current->tty == NULL && tty->session == NULL &&
	    file_is_readable(file))
		set_controlling(f, tty);
}

/* tty_signal_session_leader() */
static void signal_leader(struct fake *f, struct tty *tty)
{
	struct task *leader = tty->session ? tty->session->task : NULL;

	if (leader == NULL || leader->state == TASK_ZOMBIE)
		return;
	signal_send(f, leader, SIGHUP);
	signal_send(f, leader, SIGCONT);
	if (leader->tty_old_pgrp)
		pid_put(f, leader->tty_old_pgrp);
	leader->tty_old_pgrp = tty->pgrp ? pid_get(tty->pgrp) : NULL;
}

void tty_hangup(struct fake *f, struct tty *tty)
{
	if (tty->is_hung_up)
		return;
	signal_leader(f, tty);
	tty_input_flush(f, tty);
	tty_termios_init(tty);
	tty_forget_session(f, tty);
	tty->is_stopped = false;
	tty->is_hung_up = true;
}

/* The group that was in the foreground of a terminal that was hung up before. */
static void leave_old_pgrp(struct fake *f, struct task *leader)
{
	struct pid *pgrp = leader->tty_old_pgrp;

	if (pgrp == NULL)
		return;
	leader->tty_old_pgrp = NULL;
	signal_send_group(f, pgrp, SIGHUP);
	signal_send_group(f, pgrp, SIGCONT);
	pid_put(f, pgrp);
}

/* disassociate_ctty(1): the foreground group hears SIGHUP, and the session loses it. */
void tty_hangup_session(struct fake *f, struct task *leader)
{
	struct tty *tty = leader->tty;

	if (!is_leader(leader))
		return;
	if (tty == NULL) {
		leave_old_pgrp(f, leader);
		return;
	}
	if (tty->pgrp)
		signal_send_group(f, tty->pgrp, SIGHUP);
	tty_forget_session(f, tty);
}

/* no_tty() */
static int tiocnotty(struct fake *f, struct tty *tty)
{
	struct task *t = f->current;

	if (t->tty != tty)
		return refuse(f, RULE_TIOCNOTTY_OTHER);
	if (is_leader(t)) {
		if (tty->pgrp) {
			signal_send_group(f, tty->pgrp, SIGHUP);
			signal_send_group(f, tty->pgrp, SIGCONT);
		}
		tty_forget_session(f, tty);
	}
	t->tty = NULL;
	return 0;
}

static int tiocsctty(struct fake *f, struct file *file, struct tty *tty, int steal)
{
	struct task *t = f->current;

	if (is_leader(t) && t->session == tty->session)
		return 0;
	if (!is_leader(t) || t->tty)
		return refuse(f, RULE_TIOCSCTTY_LEADER);
	if (tty->session && !(steal == 1 && capable(f, CAP_SYS_ADMIN)))
		return refuse(f, RULE_TIOCSCTTY_TAKEN);
	if (!file_is_readable(file) && !capable(f, CAP_SYS_ADMIN))
		return refuse(f, RULE_TIOCSCTTY_WRITE_ONLY);
	set_controlling(f, tty);
	return 0;
}

/* pid_vnr(); 0 for none. */
static int nr_here(struct fake *f, const struct pid *pid)
{
	return pid ? pid_in(pid, task_pid_ns(f->current)) : 0;
}

/* Through a slave that is not one's own there is nothing to be asked; a master may. */
static bool may_ask(struct fake *f, const struct tty *tty)
{
	return tty->is_master || f->current->tty == tty;
}

static int tiocgpgrp(struct fake *f, struct tty *tty, int *out)
{
	if (!may_ask(f, tty))
		return refuse(f, RULE_TIOCGPGRP_OTHER);
	if (memory_is_bad(out))
		return refuse_fault(f);
	*out = nr_here(f, tty_real(tty)->pgrp);
	return 0;
}

static int tiocgsid(struct fake *f, struct tty *tty, int *out)
{
	if (!may_ask(f, tty))
		return refuse(f, RULE_TIOCGSID_OTHER);
	if (tty_real(tty)->session == NULL)
		return refuse(f, RULE_TIOCGSID_NONE);
	if (memory_is_bad(out))
		return refuse_fault(f);
	*out = nr_here(f, tty_real(tty)->session);
	return 0;
}

/* session_of_pgrp() */
static const struct pid *session_of_pgrp(struct fake *f, const struct pid *pgrp)
{
	list_for_each(node, &f->tasks)
	{
		const struct task *t = list_entry(node, struct task, all);

		if (t->pgrp == pgrp)
			return t->session;
	}
	return pgrp->task ? pgrp->task->session : NULL;
}

static int tiocspgrp(struct fake *f, struct tty *tty, const int *in)
{
	struct task *t = f->current;
	struct pid *pgrp;
	int r = tty_check_change(f, tty, SIGTTOU);

	if (r == -EIO)
		return refuse(f, RULE_TIOCSPGRP_ORPHANED);
	if (r < 0)
		return r;
	if (memory_is_bad(in))
		return refuse_fault(f);
	if (*in < 0)
		return refuse(f, RULE_TIOCSPGRP_NEGATIVE);
	if (t->tty != tty || tty->session != t->session)
		return refuse(f, RULE_TIOCSPGRP_OTHER);
	pgrp = pid_find(f, task_pid_ns(t), *in);
	if (pgrp == NULL)
		return refuse(f, RULE_TIOCSPGRP_NO_GROUP);
	if (session_of_pgrp(f, pgrp) != t->session)
		return refuse(f, RULE_TIOCSPGRP_SESSION);
	pid_get(pgrp);
	pid_put(f, tty->pgrp);
	tty->pgrp = pgrp;
	return 0;
}

int tty_jobctrl_ioctl(struct fake *f, struct file *file, enum sysop op, uintptr_t arg)
{
	struct tty *tty = file_tty(file);

	switch (op) {
	case OP_ioctl_tiocnotty:
		return tiocnotty(f, tty);
	case OP_ioctl_tiocsctty:
		return tiocsctty(f, file, tty_real(tty), (int)arg);
	case OP_ioctl_tiocgpgrp:
		return tiocgpgrp(f, tty, (int *)arg);
	case OP_ioctl_tiocspgrp:
		return tiocspgrp(f, tty_real(tty), (const int *)arg);
	default:
		return tiocgsid(f, tty, (int *)arg);
	}
}
