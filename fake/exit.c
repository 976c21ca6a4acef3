/* The end of a task: what it leaves, who adopts its children, who is told. */
#include "fake/pid.h"
#include "fake/sched.h"
#include "fake/tasks.h"

static bool is_alive(const struct task *t)
{
	return t->state != TASK_ZOMBIE && !t->is_exiting;
}

static bool ignores_children(const struct task *t)
{
	const struct kernel_sigaction *action = &t->actions[SIGCHLD - 1];

	return action->handler == SIG_IGN || action->flags & SA_NOCLDWAIT;
}

/* do_notify_parent(): a parent that has executed another program is told by SIGCHLD. */
bool task_notify_parent(struct fake *f, struct task *t)
{
	struct task *parent = t->parent;
	int sig = t->parent_exec_id == parent->exec_id ? t->exit_signal : SIGCHLD;
	bool is_unwanted = sig == SIGCHLD && ignores_children(parent);

	if (parent == f->init)
		return true;
	if (sig > 0 && sig <= 64 &&
	    !(is_unwanted && parent->actions[SIGCHLD - 1].handler == SIG_IGN))
		signal_send_child(f, t, sig,
				  WIFSIGNALED(t->wait_status) ? CLD_KILLED : CLD_EXITED,
				  WIFSIGNALED(t->wait_status) ? WTERMSIG(t->wait_status)
							      : t->wait_status >> 8);
	return is_unwanted;
}

/* find_new_reaper(): the nearest subreaper above in the same pid namespace, else its init. */
static struct task *reaper_of(struct fake *f, struct task *father)
{
	struct pid_ns *ns = task_pid_ns(father);

	for (struct task *t = father->parent; t && t != f->init && t->pid->level == ns->level;
	     t = t->parent)
		if (t->is_subreaper && is_alive(t))
			return t;
	return ns->init;
}

/* reparent_leader() */
static void child_reparent(struct fake *f, struct task *father, struct task *child,
			   struct task *reaper)
{
	list_remove(&child->sibling);
	child->parent = reaper;
	list_append(&child->sibling, &reaper->children);
	if (child->pdeathsig)
		signal_send(f, child, child->pdeathsig);
	child->exit_signal = SIGCHLD;
	if (child->state == TASK_ZOMBIE && task_notify_parent(f, child)) {
		task_release(f, child);
		return;
	}
	group_lose_way(f, child, father);
}

static bool is_alone_in_ns(struct fake *f, void *arg)
{
	const struct task *me = arg;
	const struct pid_ns *ns = task_pid_ns(me);

	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t != me &&
		    (pid_in(t->pid, ns) || pid_in(t->pgrp, ns) || pid_in(t->session, ns)))
			return false;
	}
	return true;
}

static void zombies_reap(struct fake *f, struct task *parent)
{
	list_for_each_safe(node, &parent->children) {
		struct task *child = list_entry(node, struct task, sibling);

		if (child->state == TASK_ZOMBIE)
			task_release(f, child);
	}
}

/* zap_pid_ns_processes(): nobody outlives the init of a pid namespace. */
static void ns_zap(struct fake *f, struct task *t)
{
	struct pid_ns *ns = task_pid_ns(t);

	ns->is_dead = true;
	t->actions[SIGCHLD - 1].handler = SIG_IGN;
	list_for_each(node, &f->tasks) {
		struct task *member = list_entry(node, struct task, all);

		if (member != t && task_is_in_ns(member, ns))
			signal_force(f, member, SIGKILL);
	}
	zombies_reap(f, t);
	sched_wait(f, is_alone_in_ns, t, "the end of all others in its pid namespace");
}

static void children_leave(struct fake *f, struct task *t)
{
	struct task *reaper;

	if (task_is_ns_init(t))
		ns_zap(f, t);
	if (list_empty(&t->children))
		return;
	reaper = reaper_of(f, t);
	list_for_each_safe(node, &t->children)
		child_reparent(f, t, list_entry(node, struct task, sibling), reaper);
}

/* In the order of do_exit() and exit_notify() of kernel/exit.c. */
static void task_end(struct fake *f, struct task *t)
{
	t->is_exiting = true;
	t->dying_of = 0;
	t->pending = 0;
	t->stop_signal = 0;
	t->is_continued = false;
	task_strip(f, t);
	if (t->session == t->pid)
		tty_hangup_session(f, t);
	nsproxy_put(f, &t->ns);
	children_leave(f, t);
	group_lose_way(f, t, NULL);
	t->state = TASK_ZOMBIE;
	if (t->number == f->watched)
		f->watched_status = t->wait_status;
	if (task_notify_parent(f, t))
		task_release(f, t);
}

void task_exit(struct fake *f, int wait_status)
{
	char broken[256];
	struct text text;

	f->current->wait_status = wait_status;
	task_end(f, f->current);
	if (f->options.checks && f->stopped[0] == '\0') {
		text_init(&text, broken, sizeof(broken));
		if (fake_check(f, &text) < 0) {
			f->current = NULL;
			fake_stop(f, "%s after the end of a task", broken);
		}
	}
	fiber_end(f);
}

int do_exit_group(struct fake *f, int status)
{
	task_exit(f, (status & 0xff) << 8);
}
