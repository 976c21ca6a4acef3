/* Signals: who may send them, what they do by default, when they are delivered. */
#include "fake/sched.h"
#include "fake/tasks.h"

#define BIT(sig) (1ULL << ((sig)-1))

/* include/linux/signal.h's SIG_KERNEL_*_MASK. */
static const uint64_t kernel_only = BIT(SIGKILL) | BIT(SIGSTOP);
static const uint64_t kernel_stop = BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU);
static const uint64_t kernel_ignore = BIT(SIGCONT) | BIT(SIGCHLD) | BIT(SIGWINCH) | BIT(SIGURG);
static const uint64_t kernel_coredump = BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) |
					BIT(SIGABRT) | BIT(SIGFPE) | BIT(SIGSEGV) |
					BIT(SIGBUS) | BIT(SIGSYS) | BIT(SIGXCPU) | BIT(SIGXFSZ);
/* Delivered before all others. */
static const uint64_t synchronous =
	BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS);

static bool is_ignored_by(const struct task *t, int sig)
{
	const struct kernel_sigaction *action = &t->actions[sig - 1];

	return action->handler == SIG_IGN ||
	       (action->handler == SIG_DFL && kernel_ignore & BIT(sig));
}

/* sig_task_ignored() */
static bool signal_is_ignored(struct fake *f, const struct task *t, int sig, bool force)
{
	if (t->blocked & BIT(sig))
		return false;
	if (t == f->init && kernel_only & BIT(sig))
		return true;
	if (task_is_ns_init(t) && t->actions[sig - 1].handler == SIG_DFL &&
	    !(force && kernel_only & BIT(sig)))
		return true;
	return is_ignored_by(t, sig);
}

/* SIGCONT wakes at once, whatever else it does; it and stop signals take each other back. */
static void signal_prepare(struct fake *f, struct task *t, int sig)
{
	if (kernel_stop & BIT(sig))
		t->pending &= ~BIT(SIGCONT);
	if (sig != SIGCONT)
		return;
	t->pending &= ~kernel_stop;
	if (t->state != TASK_STOPPED)
		return;
	t->state = TASK_READY;
	t->stop_signal = 0;
	t->is_continued = true;
	task_notify_stop(f, t);
}

static uint64_t deliverable(const struct task *t)
{
	return t->pending & ~t->blocked;
}

/* wants_signal() and complete_signal(): the first fatal one to come decides. */
static bool signal_decides(struct fake *f, const struct task *t, int sig)
{
	if ((kernel_stop | kernel_ignore | kernel_coredump | t->blocked) & BIT(sig) ||
	    t->actions[sig - 1].handler != SIG_DFL)
		return false;
	if (sig == SIGKILL)
		return true;
	return t->state != TASK_STOPPED && (t == f->current || !deliverable(t));
}

static void signal_queue(struct fake *f, struct task *t, int sig, bool force)
{
	if (t->is_exiting || t->state == TASK_ZOMBIE || t->dying_of)
		return;
	signal_prepare(f, t, sig);
	if (signal_is_ignored(f, t, sig, force))
		return;
	if (signal_decides(f, t, sig))
		t->dying_of = sig;
	else
		t->pending |= BIT(sig);
}

void signal_force(struct fake *f, struct task *to, int sig)
{
	signal_queue(f, to, sig, true);
}

/* An init is not spared by who is in a namespace above its own, or by the kernel. */
void signal_send(struct fake *f, struct task *to, int sig)
{
	struct task *from = f->current;

	signal_queue(f, to, sig, from == NULL || pid_in(from->pid, task_pid_ns(to)) == 0);
}

void signal_send_group(struct fake *f, struct pid *pgrp, int sig)
{
	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (t->pgrp == pgrp)
			signal_force(f, t, sig);
	}
}

void task_notify_stop(struct fake *f, struct task *t)
{
	const struct kernel_sigaction *action = &t->parent->actions[SIGCHLD - 1];

	if (t->parent != f->init && action->handler != SIG_IGN &&
	    !(action->flags & SA_NOCLDSTOP))
		signal_send(f, t->parent, SIGCHLD);
}

bool signal_is_pending(const struct task *t)
{
	return t->dying_of || deliverable(t);
}

bool signal_is_fatal(const struct task *t)
{
	return t->dying_of || deliverable(t) & ~kernel_stop;
}

/* do_signal_stop() */
static void task_stop(struct fake *f, int sig)
{
	struct task *t = f->current;

	t->state = TASK_STOPPED;
	t->stop_signal = sig;
	t->is_continued = false;
	task_notify_stop(f, t);
	sched_leave(f);
}

static int signal_take(struct task *t)
{
	uint64_t set = deliverable(t);
	int sig;

	if (set & synchronous)
		set &= synchronous;
	if (set == 0)
		return 0;
	sig = __builtin_ctzll(set) + 1;
	t->pending &= ~BIT(sig);
	return sig;
}

/* get_signal(): the job control signals do nothing in an orphaned group. */
static void signal_act(struct fake *f, int sig)
{
	if (!(kernel_stop & BIT(sig)))
		task_exit(f, sig);
	if (sig == SIGSTOP || !group_is_orphaned(f, f->current->pgrp, NULL))
		task_stop(f, sig);
}

void signal_stop(struct fake *f)
{
	struct task *t = f->current;

	while (!signal_is_fatal(t) && deliverable(t))
		signal_act(f, signal_take(t));
}

/* Simplified: no core is ever dumped, as where RLIMIT_CORE is 0. */
void signal_deliver(struct fake *f)
{
	struct task *t = f->current;

	while (signal_is_pending(t)) {
		if (t->dying_of)
			task_exit(f, t->dying_of);
		signal_act(f, signal_take(t));
	}
}

/* do_sigaction(): what is pending and now ignored is dropped. */
void action_set(struct task *t, int sig, const struct kernel_sigaction *action)
{
	t->actions[sig - 1] = *action;
	t->actions[sig - 1].mask &= ~kernel_only;
	if (is_ignored_by(t, sig))
		t->pending &= ~BIT(sig);
}

void actions_clear(struct task *t)
{
	for (int i = 0; i < 64; i++) {
		struct kernel_sigaction *action = &t->actions[i];
		bool is_ignored = action->handler == SIG_IGN;

		*action = (struct kernel_sigaction){.handler = is_ignored ? SIG_IGN : SIG_DFL};
	}
}
