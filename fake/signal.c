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

/*
 * legacy_queue(): of what is pending already the first is told.
 * Simplified: from 32 on each instance would be kept; a second one stops the run.
 */
static void signal_keep(struct fake *f, struct task *t, int sig, const struct signal_info *info)
{
	if (!(t->pending & BIT(sig)))
		t->infos[sig - 1] = *info;
	else if (sig >= 32)
		not_modelled(f, "a second pending instance of a real-time signal");
	t->pending |= BIT(sig);
}

static void signal_queue(struct fake *f, struct task *t, int sig, bool force,
			 const struct signal_info *info)
{
	if (t->is_exiting || t->state == TASK_ZOMBIE || t->dying_of)
		return;
	signal_prepare(f, t, sig);
	if (signal_is_ignored(f, t, sig, force))
		return;
	if (signal_decides(f, t, sig))
		t->dying_of = sig;
	else
		signal_keep(f, t, sig, info);
}

void signal_force(struct fake *f, struct task *to, int sig)
{
	static const struct signal_info info = {.code = SI_KERNEL};

	signal_queue(f, to, sig, true, &info);
}

/* An init is not spared by who is in a namespace above its own, or by the kernel. */
void signal_send(struct fake *f, struct task *to, int sig)
{
	const struct task *from = f->current;
	struct signal_info info = {.code = SI_USER};

	if (from) {
		info.pid = pid_in(from->pid, task_pid_ns(to));
		info.uid = uid_shown(to->cred->user_ns, from->cred->uid);
	}
	signal_queue(f, to, sig, info.pid == 0, &info);
}

void signal_send_child(struct fake *f, const struct task *child, int sig, int code, int status)
{
	struct task *parent = child->parent;
	const struct signal_info info = {
		.code = code,
		.pid = pid_in(child->pid, task_pid_ns(parent)),
		.uid = uid_shown(parent->cred->user_ns, child->cred->uid),
		.status = status,
	};

	signal_queue(f, parent, sig, info.pid == 0, &info);
}

void signal_send_group(struct fake *f, struct pid *pgrp, int sig)
{
	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (t->pgrp == pgrp)
			signal_force(f, t, sig);
	}
}

/* do_notify_parent_cldstop() */
void task_notify_stop(struct fake *f, struct task *t)
{
	const struct kernel_sigaction *action = &t->parent->actions[SIGCHLD - 1];

	if (t->parent != f->init && action->handler != SIG_IGN &&
	    !(action->flags & SA_NOCLDSTOP))
		signal_send_child(f, t, SIGCHLD, t->is_continued ? CLD_CONTINUED : CLD_STOPPED,
				  t->is_continued ? SIGCONT : t->stop_signal);
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

uint64_t signal_pending_in(const struct task *t, uint64_t set)
{
	return t->pending & set;
}

/* dequeue_signal() and next_signal() */
int signal_dequeue(struct task *t, uint64_t set, struct signal_info *info)
{
	int sig;

	set &= t->pending;
	if (set & synchronous)
		set &= synchronous;
	if (set == 0)
		return 0;
	sig = __builtin_ctzll(set) + 1;
	t->pending &= ~BIT(sig);
	*info = t->infos[sig - 1];
	return sig;
}

static int signal_take(struct task *t)
{
	struct signal_info info;

	return signal_dequeue(t, ~t->blocked, &info);
}

/*
 * get_signal(): what was blocked may be ignored when it comes, as by the init of a namespace;
 * the job control signals do nothing in an orphaned group.
 */
static void signal_act(struct fake *f, int sig)
{
	const struct task *t = f->current;

	if (is_ignored_by(t, sig) || (task_is_ns_init(t) && !(kernel_only & BIT(sig))))
		return;
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

/* sigprocmask() */
void mask_set(struct task *t, uint64_t mask)
{
	t->blocked = mask & ~kernel_only;
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

uint64_t signals_ignored(const struct task *t)
{
	uint64_t set = 0;

	for (int sig = 1; sig <= 64; sig++)
		if (t->actions[sig - 1].handler == SIG_IGN)
			set |= BIT(sig);
	return set;
}
