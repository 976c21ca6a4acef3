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

/* unshare_nsproxy_namespaces(): new ones, which the user namespace owns. */
static int unshare_namespaces(struct fake *f, int flags, struct user_ns *owner)
{
	struct task *t = f->current;
	struct places places;
	struct nsproxy ns;
	int r;

	if (!(flags & CLONE_NEW_ALL & ~CLONE_NEWUSER))
		return 0;
	if (!ns_capable(f, owner, CAP_SYS_ADMIN))
		return refuse_ns_admin(f);
	if (flags & CLONE_NEWTIME)
		return not_modelled(f, "unshare(2) with CLONE_NEWTIME");
	places = places_get(t);
	r = nsproxy_copy(f, &t->ns, (unsigned int)flags, owner, &places.root, &places.cwd, &ns);
	if (r < 0) {
		places_put(f, &places);
		return r;
	}
	task_switch(f, &ns, &places);
	return 0;
}

/*
 * ksys_unshare().  No task here shares its memory, descriptors, places or handlers, so the
 * flags for them have nothing to do, as with a single thread on Linux.
 */
int do_unshare(struct fake *f, int flags)
{
	struct cred *cred;
	int r;

	if (flags & CLONE_NEWUSER && !user_ns_is_allowed(f))
		return refuse_user_ns(f);
	if (flags & ~UNSHARE_FLAGS)
		return refuse(f, RULE_UNSHARE_FLAGS);
	if (!(flags & CLONE_NEWUSER))
		return unshare_namespaces(f, flags, f->current->cred->user_ns);
	cred = cred_copy(f, f->current->cred);
	r = user_ns_create(f, cred);
	if (r == 0)
		r = unshare_namespaces(f, flags, cred->user_ns);
	if (r < 0)
		cred_put(f, cred);
	else
		cred_commit(f, cred);
	return r;
}

/* setns(2) */

/* What the task will have, all at once or nothing: struct nsset. */
struct nsset {
	struct nsproxy nsproxy;
	struct places places;
	struct cred *cred; /* its own until a user namespace is entered */
};

/* Over what is entered and over the user namespace that the caller will be in. */
static int install_admin(struct fake *f, const struct ns *ns, const struct nsset *set)
{
	if (!ns_capable(f, ns->owner, CAP_SYS_ADMIN) ||
	    !ns_capable(f, set->cred->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETNS_ADMIN);
	return 0;
}

/* mntns_install(): root and cwd become the root of the namespace, top of the stack. */
static int mnt_ns_install(struct fake *f, struct mnt_ns *ns, struct nsset *set)
{
	const struct user_ns *mine = set->cred->user_ns;

	if (!ns_capable(f, ns->ns.owner, CAP_SYS_ADMIN) ||
	    !ns_capable(f, mine, CAP_SYS_CHROOT) || !ns_capable(f, mine, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETNS_MNT_ADMIN);
	ns_get(&ns->ns);
	ns_put(f, &set->nsproxy.mnt->ns);
	set->nsproxy.mnt = ns;
	places_put(f, &set->places);
	mnt_ns_root(f, ns, &set->places.root);
	set->places.cwd = set->places.root;
	path_get(&set->places.cwd);
	return 0;
}

/* pidns_install(): for children alone, and only downwards. */
static int pid_ns_install(struct fake *f, struct pid_ns *ns, struct nsset *set)
{
	const struct pid_ns *active = task_pid_ns(f->current);
	const struct pid_ns *ancestor = ns;
	int r = install_admin(f, &ns->ns, set);

	if (r < 0)
		return r;
	while (ancestor->level > active->level)
		ancestor = ancestor->parent;
	if (ancestor != active)
		return refuse(f, RULE_SETNS_PID_UP);
	ns_get(&ns->ns);
	ns_put(f, &set->nsproxy.pid_for_children->ns);
	set->nsproxy.pid_for_children = ns;
	return 0;
}

static int uts_ns_install(struct fake *f, struct uts_ns *ns, struct nsset *set)
{
	int r = install_admin(f, &ns->ns, set);

	if (r < 0)
		return r;
	ns_get(&ns->ns);
	ns_put(f, &set->nsproxy.uts->ns);
	set->nsproxy.uts = ns;
	return 0;
}

static int plain_ns_install(struct fake *f, struct plain_ns *ns, struct nsset *set,
			    struct plain_ns **place)
{
	int r = install_admin(f, &ns->ns, set);

	if (r < 0)
		return r;
	ns_get(&ns->ns);
	ns_put(f, &(*place)->ns);
	*place = ns;
	return 0;
}

/* validate_ns() */
static int ns_install(struct fake *f, struct ns *ns, struct nsset *set)
{
	switch (ns->type) {
	case CLONE_NEWUSER:
		return user_ns_install(f, (struct user_ns *)ns, set->cred);
	case CLONE_NEWNS:
		return mnt_ns_install(f, (struct mnt_ns *)ns, set);
	case CLONE_NEWUTS:
		return uts_ns_install(f, (struct uts_ns *)ns, set);
	case CLONE_NEWIPC:
		return plain_ns_install(f, (struct plain_ns *)ns, set, &set->nsproxy.ipc);
	case CLONE_NEWPID:
		return pid_ns_install(f, (struct pid_ns *)ns, set);
	case CLONE_NEWCGROUP:
		return plain_ns_install(f, (struct plain_ns *)ns, set, &set->nsproxy.cgroup);
	default:
		return plain_ns_install(f, (struct plain_ns *)ns, set, &set->nsproxy.net);
	}
}

/* validate_nsset(): several namespaces of one process, in the kernel's order, or none. */
static int task_ns_install(struct fake *f, struct task *t, int flags, struct nsset *set)
{
	struct ns *wanted[] = {
		&t->cred->user_ns->ns, &t->ns.mnt->ns,	  &t->ns.uts->ns, &t->ns.ipc->ns,
		&task_pid_ns(t)->ns,   &t->ns.cgroup->ns, &t->ns.net->ns,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(wanted) / sizeof(*wanted); i++)
		if (flags & wanted[i]->type)
			r = ns_install(f, wanted[i], set);
	return r;
}

static int pidfd_install(struct fake *f, const struct pid *pid, int flags, struct nsset *set)
{
	if (pid->task == NULL)
		return refuse(f, RULE_SETNS_REAPED);
	if (!ptrace_may_read_real(f, pid->task))
		return refuse(f, RULE_SETNS_PTRACE);
	if (pid->task->ns.mnt == NULL)
		return refuse(f, RULE_SETNS_ENDED);
	if (flags & CLONE_NEWTIME)
		return not_modelled(f, "setns(2) with CLONE_NEWTIME");
	return task_ns_install(f, pid->task, flags, set);
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

/* prepare_nsset() */
static struct nsset nsset_get(struct fake *f, bool enters_user_ns)
{
	struct task *t = f->current;
	struct nsset set = {.nsproxy = t->ns, .places = places_get(t)};

	nsproxy_get(&set.nsproxy);
	set.cred = enters_user_ns ? cred_copy(f, t->cred) : cred_get(t->cred);
	return set;
}

static void nsset_put(struct fake *f, struct nsset *set)
{
	nsproxy_put(f, &set->nsproxy);
	places_put(f, &set->places);
	cred_put(f, set->cred);
}

/* commit_nsset() */
static void nsset_commit(struct fake *f, struct nsset *set)
{
	if (set->cred == f->current->cred)
		cred_put(f, set->cred);
	else
		cred_commit(f, set->cred);
	task_switch(f, &set->nsproxy, &set->places);
}

int do_setns(struct fake *f, int fd, int nstype)
{
	struct file *file = fd_file_io(f, fd);
	struct nsset set;
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
	set = nsset_get(f, (ns ? ns->type : nstype) & CLONE_NEWUSER);
	r = ns ? ns_install(f, ns, &set) : pidfd_install(f, pid, nstype, &set);
	if (r < 0)
		nsset_put(f, &set);
	else
		nsset_commit(f, &set);
	return r;
}
