/* Tasks: their making, what they are asked for, and what is given back when they end. */
#include "fake/tasks.h"

#include "fake/pid.h"
#include "fake/rlimit.h"
#include "fake/sched.h"
#include "fake/seccomp.h"

#include <string.h>

struct task *task_new(struct fake *f)
{
	return heap_alloc(f, sizeof(struct task));
}

void task_enlist(struct fake *f, struct task *t)
{
	t->number = ++f->n_tasks_made;
	list_init(&t->children);
	list_append(&t->all, &f->tasks);
	if (t->parent)
		list_append(&t->sibling, &t->parent->children);
}

void exe_set(struct task *t, const struct path *exe)
{
	t->exe = *exe;
	if (exe->dentry == NULL)
		return;
	path_get(exe);
	exe->dentry->inode->writers--;
}

void exe_put(struct fake *f, struct task *t)
{
	struct path exe = t->exe;

	t->exe = (struct path){0};
	if (exe.dentry == NULL)
		return;
	exe.dentry->inode->writers++;
	path_put(f, &exe);
}

void task_set_mm_user_ns(struct fake *f, struct task *t, struct user_ns *ns)
{
	struct user_ns *old = t->mm_user_ns;

	if (ns)
		ns_get(&ns->ns);
	t->mm_user_ns = ns;
	if (old)
		ns_put(f, &old->ns);
}

void task_strip(struct fake *f, struct task *t)
{
	struct fd_table *fds = t->fds;

	heap_free(f, t->memory);
	t->memory = NULL;
	t->fds = NULL;
	if (fds)
		fd_table_free(f, fds);
	exe_put(f, t);
	path_put(f, &t->cwd);
	path_put(f, &t->root);
	t->cwd = t->root = (struct path){0};
	task_set_mm_user_ns(f, t, NULL);
}

static void task_free(struct fake *f, struct task *t)
{
	if (t->cred)
		cred_put(f, t->cred);
	seccomp_put(f, t->seccomp);
	heap_free(f, t);
}

void task_discard(struct fake *f, struct task *t)
{
	task_strip(f, t);
	nsproxy_put(f, &t->ns);
	if (t->pid)
		pid_forget(f, t->pid);
	task_free(f, t);
}

void task_release(struct fake *f, struct task *t)
{
	struct pid_ns *ns = task_pid_ns(t);

	if (ns->init == t)
		ns->init = NULL;
	list_remove(&t->sibling);
	list_remove(&t->all);
	t->pid->task = NULL;
	pid_put(f, t->pgrp);
	pid_put(f, t->session);
	pid_put(f, t->pid);
	if (f->current == t)
		f->current = NULL;
	task_free(f, t);
}

bool task_is_ns_init(const struct task *t)
{
	return task_pid_ns(t)->init == t;
}

/* Task 1: pid 1 of the host.  It never runs; its three descriptors are what others inherit. */
void task_boot(struct fake *f)
{
	struct task *t = task_new(f);

	t->cred = cred_root(f);
	t->ns = nsproxy_boot(f);
	mnt_ns_root(f, f->boot_ns, &t->root);
	t->cwd = t->root;
	path_get(&t->cwd);
	t->umask = 022;
	t->fds = heap_alloc(f, sizeof(*t->fds));
	memcpy(t->comm, "init", 5);
	t->is_dumpable = true;
	rlimits_boot(t);
	task_set_mm_user_ns(f, t, f->init_user_ns);
	t->exit_signal = SIGCHLD;
	pid_new(f, t->ns.pid_for_children, &t->pid);
	t->pid->task = t;
	t->ns.pid_for_children->init = t;
	t->pgrp = pid_get(t->pid);
	t->session = pid_get(t->pid);
	task_enlist(f, t);
	f->init = t;
	f->current = t;
	stdio_boot(f);
	f->current = NULL;
}

int fake_n_tasks(const struct fake *f)
{
	int n = -1; /* init */

	list_for_each(node, &f->tasks)
		n++;
	return n;
}

const struct fake_rule *fake_why(struct fake *f, int task)
{
	const struct task *t = task_by_number(f, task);
	int n;

	return t && t->has_rule ? &fake_rules(&n)[t->last_rule] : NULL;
}

int do_getpid(struct fake *f)
{
	return pid_in(f->current->pid, task_pid_ns(f->current));
}

/* 0: the parent is in a namespace above. */
int do_getppid(struct fake *f)
{
	return pid_in(f->current->parent->pid, task_pid_ns(f->current));
}
