/* New tasks: clone3(2) and clone(2), in the order of kernel/fork.c:copy_process(). */
#include "fake/pid.h"
#include "fake/rlimit.h"
#include "fake/sched.h"
#include "fake/seccomp.h"
#include "fake/tasks.h"

#include <string.h>

/* Legacy flags and those of clone3: clone3_args_valid(). */
#define CLONE3_FLAGS (0xffffffffULL | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

/* What would share memory, tables or a thread group with the parent, or write there. */
static const struct {
	uint64_t flag;
	const char *name;
} flags_not_modelled[] = {
	{CLONE_VM, "clone(2) with CLONE_VM"},
	{CLONE_VFORK, "clone(2) with CLONE_VFORK"},
	{CLONE_FS, "clone(2) with CLONE_FS"},
	{CLONE_FILES, "clone(2) with CLONE_FILES"},
	{CLONE_THREAD, "clone(2) with CLONE_THREAD"},
	{CLONE_SETTLS, "clone(2) with CLONE_SETTLS"},
	{CLONE_PARENT_SETTID, "clone(2) with CLONE_PARENT_SETTID"},
	{CLONE_CHILD_CLEARTID, "clone(2) with CLONE_CHILD_CLEARTID"},
	{CLONE_CHILD_SETTID, "clone(2) with CLONE_CHILD_SETTID"},
	{CLONE_NEWTIME, "clone(2) with CLONE_NEWTIME"},
};

static bool has_all(uint64_t flags, uint64_t wanted)
{
	return (flags & wanted) == wanted;
}

/* Those that contradict each other, in the order in which copy_process() asks. */
static int clone_flags_refused(struct fake *f, uint64_t flags)
{
	const struct task *t = f->current;

	if (has_all(flags, CLONE_NEWNS | CLONE_FS))
		return refuse(f, RULE_CLONE_NEWNS_FS);
	if (has_all(flags, CLONE_NEWUSER | CLONE_FS))
		return refuse(f, RULE_CLONE_NEWUSER_FS);
	if (flags & CLONE_NEWUSER && !user_ns_is_allowed(f))
		return refuse_user_ns(f);
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return refuse(f, RULE_CLONE_THREAD_SIGHAND);
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return refuse(f, RULE_CLONE_SIGHAND_VM);
	if (flags & CLONE_PARENT && task_is_ns_init(t))
		return refuse(f, RULE_CLONE_PARENT_INIT);
	if (flags & CLONE_THREAD && (flags & (CLONE_NEWUSER | CLONE_NEWPID) ||
				     task_pid_ns(t) != t->ns.pid_for_children))
		return refuse(f, RULE_CLONE_THREAD_NS);
	if (flags & CLONE_PIDFD && flags & (CLONE_DETACHED | CLONE_THREAD))
		return refuse(f, RULE_CLONE_PIDFD_WITH);
	return 0;
}

static int clone_flags_modelled(struct fake *f, uint64_t flags)
{
	for (size_t i = 0; i < sizeof(flags_not_modelled) / sizeof(*flags_not_modelled); i++)
		if (flags & flags_not_modelled[i].flag)
			return not_modelled(f, flags_not_modelled[i].name);
	return 0;
}

/* copy_namespaces(): their owner's capability is asked first. */
static int clone_namespaces(struct fake *f, uint64_t flags, struct task *t)
{
	struct task *parent = f->current;

	if (!(flags & CLONE_NEW_ALL & ~(uint64_t)CLONE_NEWUSER)) {
		t->ns = parent->ns;
		nsproxy_get(&t->ns);
		return 0;
	}
	if (!ns_capable(f, t->cred->user_ns, CAP_SYS_ADMIN))
		return refuse_ns_admin(f);
	if (has_all(flags, CLONE_NEWIPC | CLONE_SYSVSEM))
		return refuse(f, RULE_CLONE_NEWIPC_SYSVSEM);
	return nsproxy_copy(f, &parent->ns, flags, t->cred->user_ns, &t->root, &t->cwd, &t->ns);
}

/* copy_creds(): in a new user namespace the child is root. */
static int clone_cred(struct fake *f, uint64_t flags, struct task *t)
{
	struct cred *old = f->current->cred;

	if (!(flags & CLONE_NEWUSER)) {
		t->cred = cred_get(old);
		return 0;
	}
	t->cred = cred_copy(f, old);
	return user_ns_create(f, t->cred);
}

/* What a child has of its parent, before it has a pid. */
static int task_fill(struct fake *f, const struct spawn_args *args, struct task *t)
{
	const struct task *parent = f->current;
	int r = clone_cred(f, args->flags, t);

	if (r < 0)
		return r;
	t->fds = fd_table_copy(f, parent->fds);
	t->root = parent->root;
	t->cwd = parent->cwd;
	path_get(&t->root);
	path_get(&t->cwd);
	exe_set(t, &parent->exe);
	t->umask = parent->umask;
	memcpy(t->comm, parent->comm, sizeof(t->comm));
	memcpy(t->actions, parent->actions, sizeof(t->actions));
	if (args->flags & CLONE_CLEAR_SIGHAND)
		actions_clear(t);
	t->blocked = parent->blocked;
	t->seccomp = seccomp_get(parent->seccomp);
	memcpy(t->limits, parent->limits, sizeof(t->limits));
	t->no_new_privs = parent->no_new_privs;
	t->is_dumpable = parent->is_dumpable;
	task_set_mm_user_ns(f, t, parent->mm_user_ns);
	if (args->arena) {
		t->memory = heap_alloc(f, args->arena_size);
		memcpy(t->memory, args->arena, args->arena_size);
	}
	return clone_namespaces(f, args->flags, t);
}

/* Into the tree of tasks and its parent's group and session. */
static void task_link(struct fake *f, const struct spawn_args *args, struct task *t)
{
	struct task *parent = f->current;
	struct pid_ns *ns = task_pid_ns(t);

	t->exit_signal = args->exit_signal;
	t->parent_exec_id = parent->exec_id;
	t->exec_id = parent->exec_id;
	if (args->flags & CLONE_PARENT) {
		t->exit_signal = parent->exit_signal;
		t->parent_exec_id = parent->parent_exec_id;
		t->parent = parent->parent;
	} else {
		t->parent = parent;
	}
	t->pid->task = t;
	t->pgrp = pid_get(parent->pgrp);
	t->session = pid_get(parent->session);
	t->tty = parent->tty;
	if (ns->init == NULL)
		ns->init = t;
	task_enlist(f, t);
}

static int clone_pidfd(struct fake *f, const struct spawn_args *args, struct pid *pid, int *out)
{
	if (!(args->flags & CLONE_PIDFD))
		return 0;
	if (memory_is_bad(args->pidfd))
		return refuse_fault(f);
	*out = pidfd_make(f, pid, O_RDWR | O_CLOEXEC);
	return *out < 0 ? *out : 0;
}

/* css_tryget_online_from_dir(): the descriptor must be a cgroup's directory. */
static int clone_into_cgroup(struct fake *f, const struct spawn_args *args)
{
	const struct file *file;

	if (!(args->flags & CLONE_INTO_CGROUP))
		return 0;
	file = fd_file(f, args->cgroup);
	if (file == NULL || strcmp(file->path.dentry->sb->type->name, "cgroup2") != 0)
		return refuse(f, RULE_CLONE_CGROUP_FD);
	return not_modelled(f, "clone3(2) with CLONE_INTO_CGROUP");
}

/* From alloc_pid() on; the pidfd comes last here, for nothing behind it can fail. */
static int task_identify(struct fake *f, const struct spawn_args *args, struct task *t)
{
	int pidfd = -EBADF;
	int r = pid_new(f, t->ns.pid_for_children, &t->pid);

	if (r < 0)
		return r;
	r = clone_into_cgroup(f, args);
	if (r < 0)
		return r;
	r = clone_pidfd(f, args, t->pid, &pidfd);
	if (r < 0)
		return r;
	if (args->flags & CLONE_PIDFD)
		*args->pidfd = pidfd;
	return pid_in(t->pid, task_pid_ns(f->current));
}

/* copy_process(), with f->current as the parent; the child cannot run yet. */
static int task_make(struct fake *f, const struct spawn_args *args, struct task **out)
{
	struct task *t = task_new(f);
	int r = task_fill(f, args, t);

	if (r >= 0)
		r = task_identify(f, args, t);
	if (r < 0) {
		task_discard(f, t);
		return r;
	}
	task_link(f, args, t);
	*out = t;
	return r;
}

static int task_clone(struct fake *f, const struct spawn_args *args)
{
	struct task *t;
	int r = clone_flags_refused(f, args->flags);

	if (r < 0)
		return r;
	r = clone_flags_modelled(f, args->flags);
	if (r < 0)
		return r;
	if (nproc_is_over(f, f->current->cred, 1) && f->current->cred->uid != 0 &&
	    !capable(f, CAP_SYS_RESOURCE) && !capable(f, CAP_SYS_ADMIN))
		return refuse(f, RULE_CLONE_NPROC);
	f->current->is_over_nproc = false;
	r = task_make(f, args, &t);
	if (r < 0)
		return r;
	fiber_make(f, t, args->main, t->memory);
	return r;
}

int task_start(struct fake *f, int (*main)(void *arg), void *arg)
{
	static const struct spawn_args args = {.exit_signal = SIGCHLD};
	struct task *caller = f->current;
	struct task *t;
	int r;

	f->current = f->init;
	r = task_make(f, &args, &t);
	f->current = caller;
	if (r < 0)
		return r;
	r = fiber_make(f, t, main, arg);
	return r < 0 ? r : t->number;
}

int do_clone3(struct fake *f, const struct spawn_args *args)
{

	if (memory_is_bad(args))
		return refuse_fault(f);
	if (args->exit_signal & ~CSIGNAL || args->exit_signal > 64)
		return refuse(f, RULE_CLONE3_SIGNAL);
	if (args->flags & CLONE_INTO_CGROUP && args->cgroup < 0)
		return refuse(f, RULE_CLONE3_CGROUP);
	if (args->flags & ~CLONE3_FLAGS)
		return refuse(f, RULE_CLONE3_FLAGS);
	if (args->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
		return refuse(f, RULE_CLONE3_DETACHED);
	if (has_all(args->flags, CLONE_SIGHAND | CLONE_CLEAR_SIGHAND))
		return refuse(f, RULE_CLONE3_CLEAR_SIGHAND);
	if (args->flags & (CLONE_THREAD | CLONE_PARENT) && args->exit_signal)
		return refuse(f, RULE_CLONE3_PARENT_SIGNAL);
	return task_clone(f, args);
}

int do_clone(struct fake *f, const struct spawn_args *args)
{
	struct spawn_args legacy;

	if (memory_is_bad(args))
		return refuse_fault(f);
	legacy = *args;
	/* One word holds both: the upper half is lost, the lowest byte is the signal. */
	legacy.flags = (uint32_t)args->flags & ~(uint64_t)CSIGNAL;
	legacy.exit_signal = args->exit_signal | (int)(args->flags & CSIGNAL);
	return task_clone(f, &legacy);
}
