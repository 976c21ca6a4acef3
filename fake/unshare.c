/* Leaving namespaces for new ones, unshare(2), and for those of others, setns(2). */
#include "fake/tasks.h"

#define UNSHARE_FLAGS                                                                          \
	(CLONE_THREAD | CLONE_FS | CLONE_SIGHAND | CLONE_VM | CLONE_FILES | CLONE_SYSVSEM |    \
	 CLONE_NEW_ALL)

/* The root and cwd of the current task, as copies with references. */
struct places {
	struct path root, cwd;
};

static struct places places_get(const struct task *t)
{
	path_get(&t->root);
	path_get(&t->cwd);
	return (struct places){.root = t->root, .cwd = t->cwd};
}

static void places_put(struct fake *f, struct places *places)
{
	path_put(f, &places->root);
	path_put(f, &places->cwd);
}

/* switch_task_namespaces(): the task has these from now on, and what it had is put. */
static void task_switch(struct fake *f, struct nsproxy *ns, struct places *places)
{
	struct task *t = f->current;
	struct nsproxy old_ns = t->ns;
	struct places old_places = {.root = t->root, .cwd = t->cwd};

	t->ns = *ns;
	t->root = places->root;
	t->cwd = places->cwd;
	places_put(f, &old_places);
	nsproxy_put(f, &old_ns);
}

/*
 * ksys_unshare().  No task here shares its memory, descriptors, places or handlers, so the
 * flags for them have nothing to do, as with a single thread on Linux.
 */
int do_unshare(struct fake *f, int flags)
{
	struct task *t = f->current;
	struct places places;
	struct nsproxy ns;
	int r;

	if (flags & ~UNSHARE_FLAGS)
		return refuse(f, RULE_UNSHARE_FLAGS);
	if (flags & CLONE_NEWUSER)
		return not_modelled(f, "unshare(2) with CLONE_NEWUSER");
	if (!(flags & CLONE_NEW_ALL))
		return 0;
	if (!ns_capable(f, t->cred->user_ns, CAP_SYS_ADMIN))
		return refuse_ns_admin(f);
	if (flags & CLONE_NEWTIME)
		return not_modelled(f, "unshare(2) with CLONE_NEWTIME");
	places = places_get(t);
	r = nsproxy_copy(f, &t->ns, (unsigned int)flags, t->cred->user_ns, &places.root,
			 &places.cwd, &ns);
	if (r < 0) {
		places_put(f, &places);
		return r;
	}
	task_switch(f, &ns, &places);
	return 0;
}

/* setns(2) */

/* Over what is entered and over the caller's own user namespace. */
static int install_admin(struct fake *f, const struct ns *ns)
{
	if (!ns_capable(f, ns->owner, CAP_SYS_ADMIN) ||
	    !ns_capable(f, f->current->cred->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETNS_ADMIN);
	return 0;
}

/* mntns_install(): root and cwd become the root of the namespace, top of the stack. */
static int mnt_ns_install(struct fake *f, struct mnt_ns *ns, struct nsproxy *nsproxy,
			  struct places *places)
{
	const struct user_ns *mine = f->current->cred->user_ns;

	if (!ns_capable(f, ns->ns.owner, CAP_SYS_ADMIN) ||
	    !ns_capable(f, mine, CAP_SYS_CHROOT) || !ns_capable(f, mine, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETNS_MNT_ADMIN);
	ns_get(&ns->ns);
	ns_put(f, &nsproxy->mnt->ns);
	nsproxy->mnt = ns;
	places_put(f, places);
	mnt_ns_root(f, ns, &places->root);
	places->cwd = places->root;
	path_get(&places->cwd);
	return 0;
}

/* pidns_install(): for children alone, and only downwards. */
static int pid_ns_install(struct fake *f, struct pid_ns *ns, struct nsproxy *nsproxy)
{
	const struct pid_ns *active = task_pid_ns(f->current);
	const struct pid_ns *ancestor = ns;
	int r = install_admin(f, &ns->ns);

	if (r < 0)
		return r;
	while (ancestor->level > active->level)
		ancestor = ancestor->parent;
	if (ancestor != active)
		return refuse(f, RULE_SETNS_PID_UP);
	ns_get(&ns->ns);
	ns_put(f, &nsproxy->pid_for_children->ns);
	nsproxy->pid_for_children = ns;
	return 0;
}

static int uts_ns_install(struct fake *f, struct uts_ns *ns, struct nsproxy *nsproxy)
{
	int r = install_admin(f, &ns->ns);

	if (r < 0)
		return r;
	ns_get(&ns->ns);
	ns_put(f, &nsproxy->uts->ns);
	nsproxy->uts = ns;
	return 0;
}

static int plain_ns_install(struct fake *f, struct plain_ns *ns, struct plain_ns **place)
{
	int r = install_admin(f, &ns->ns);

	if (r < 0)
		return r;
	ns_get(&ns->ns);
	ns_put(f, &(*place)->ns);
	*place = ns;
	return 0;
}

/* validate_ns() */
static int ns_install(struct fake *f, struct ns *ns, struct nsproxy *nsproxy,
		      struct places *places)
{
	switch (ns->type) {
	case CLONE_NEWNS:
		return mnt_ns_install(f, (struct mnt_ns *)ns, nsproxy, places);
	case CLONE_NEWUTS:
		return uts_ns_install(f, (struct uts_ns *)ns, nsproxy);
	case CLONE_NEWIPC:
		return plain_ns_install(f, (struct plain_ns *)ns, &nsproxy->ipc);
	case CLONE_NEWPID:
		return pid_ns_install(f, (struct pid_ns *)ns, nsproxy);
	case CLONE_NEWCGROUP:
		return plain_ns_install(f, (struct plain_ns *)ns, &nsproxy->cgroup);
	case CLONE_NEWNET:
		return plain_ns_install(f, (struct plain_ns *)ns, &nsproxy->net);
	default:
		return not_modelled(f, "setns(2) to a user namespace");
	}
}

/* validate_nsset(): several namespaces of one process, in the kernel's order, or none. */
static int task_ns_install(struct fake *f, struct task *t, int flags, struct nsproxy *nsproxy,
			   struct places *places)
{
	struct ns *wanted[] = {
		t->ns.mnt ? &t->ns.mnt->ns : NULL,	 t->ns.uts ? &t->ns.uts->ns : NULL,
		t->ns.ipc ? &t->ns.ipc->ns : NULL,	 &task_pid_ns(t)->ns,
		t->ns.cgroup ? &t->ns.cgroup->ns : NULL, t->ns.net ? &t->ns.net->ns : NULL,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(wanted) / sizeof(*wanted); i++)
		if (flags & wanted[i]->type)
			r = ns_install(f, wanted[i], nsproxy, places);
	return r;
}

/* ptrace_may_access() with PTRACE_MODE_READ_REALCREDS. */
static bool may_look_into(struct fake *f, const struct task *t)
{
	const struct cred *own = f->current->cred, *theirs = t->cred;
	bool is_same_user =
		own->uid == theirs->uid && own->uid == theirs->euid && own->uid == theirs->suid;
	bool is_same_group =
		own->gid == theirs->gid && own->gid == theirs->egid && own->gid == theirs->sgid;

	if (t == f->current || ns_capable(f, theirs->user_ns, CAP_SYS_PTRACE))
		return true;
	return is_same_user && is_same_group && t->is_dumpable &&
	       own->user_ns == theirs->user_ns && (theirs->permitted & ~own->permitted) == 0;
}

static int pidfd_install(struct fake *f, const struct pid *pid, int flags,
			 struct nsproxy *nsproxy, struct places *places)
{
	if (pid->task == NULL)
		return refuse(f, RULE_SETNS_REAPED);
	if (!may_look_into(f, pid->task))
		return refuse(f, RULE_SETNS_PTRACE);
	if (pid->task->ns.mnt == NULL)
		return refuse(f, RULE_SETNS_ENDED);
	if (flags & (CLONE_NEWUSER | CLONE_NEWTIME))
		return not_modelled(f, "setns(2) with CLONE_NEWUSER or CLONE_NEWTIME");
	return task_ns_install(f, pid->task, flags, nsproxy, places);
}

/* What the descriptor is: a namespace (nstype 0 or its own), or a process (any set of them). */
static int setns_kind(struct fake *f, const struct ns *ns, const struct pid *pid, int nstype)
{
	if (ns && nstype && nstype != ns->type)
		return refuse(f, RULE_SETNS_TYPE);
	if (ns == NULL && pid == NULL)
		return refuse(f, RULE_SETNS_FILE);
	if (ns == NULL && (nstype == 0 || nstype & ~CLONE_NEW_ALL))
		return refuse(f, RULE_SETNS_FLAGS);
	return 0;
}

int do_setns(struct fake *f, int fd, int nstype)
{
	struct file *file = fd_file_io(f, fd);
	struct places places;
	struct nsproxy nsproxy;
	struct ns *ns;
	struct pid *pid;
	int r;

	if (file == NULL)
		return refuse_badf(f);
	ns = nsfs_ns(file->inode);
	pid = pidfd_pid(file);
	r = setns_kind(f, ns, pid, nstype);
	if (r < 0)
		return r;
	places = places_get(f->current);
	nsproxy = f->current->ns;
	nsproxy_get(&nsproxy);
	if (ns)
		r = ns_install(f, ns, &nsproxy, &places);
	else
		r = pidfd_install(f, pid, nstype, &nsproxy, &places);
	if (r < 0) {
		nsproxy_put(f, &nsproxy);
		places_put(f, &places);
		return r;
	}
	task_switch(f, &nsproxy, &places);
	return 0;
}
