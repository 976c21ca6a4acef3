/* Namespaces: their lives, and a task's set of them. */
#include "fake/ns.h"

#include "fake/cred.h"
#include "fake/mount.h"
#include "fake/tasks.h"

static const struct ns_kind {
	int type;
	const char *name;
} ns_kinds[] = {
	{CLONE_NEWNS, "mnt"},	 {CLONE_NEWUTS, "uts"}, {CLONE_NEWIPC, "ipc"},
	{CLONE_NEWPID, "pid"},	 {CLONE_NEWNET, "net"}, {CLONE_NEWCGROUP, "cgroup"},
	{CLONE_NEWUSER, "user"},
};

const char *ns_name(int type)
{
	for (size_t i = 0; i < sizeof(ns_kinds) / sizeof(*ns_kinds); i++)
		if (ns_kinds[i].type == type)
			return ns_kinds[i].name;
	return NULL;
}

void ns_init(struct fake *f, struct ns *ns, int type, struct user_ns *owner)
{
	*ns = (struct ns){.refs = 1, .type = type, .inum = f->next_ns_inum++, .owner = owner};
	if (owner)
		ns_get(&owner->ns);
}

struct ns *ns_get(struct ns *ns)
{
	ns->refs++;
	return ns;
}

void ns_put(struct fake *f, struct ns *ns)
{
	struct user_ns *owner;

	if (ns == NULL || --ns->refs > 0)
		return;
	owner = ns->owner;
	ns_uncharge(f, ns);
	if (ns->type == CLONE_NEWNS)
		mnt_ns_free(f, (struct mnt_ns *)ns);
	if (ns->type == CLONE_NEWUSER)
		user_ns_free(f, (struct user_ns *)ns);
	if (ns->type == CLONE_NEWPID && ((struct pid_ns *)ns)->parent)
		ns_put(f, &((struct pid_ns *)ns)->parent->ns);
	heap_free(f, ns);
	if (owner)
		ns_put(f, &owner->ns);
}

int refuse_ns_admin(struct fake *f)
{
	return refuse(f, RULE_NS_ADMIN);
}

/* The small kinds: nothing in them. */
static struct plain_ns *plain_ns_new(struct fake *f, int type, struct user_ns *owner)
{
	struct plain_ns *ns = heap_alloc(f, sizeof(*ns));

	ns_init(f, &ns->ns, type, owner);
	if (f->current) {
		ns->uid = f->current->cred->fsuid;
		ns->gid = f->current->cred->fsgid;
	}
	return ns;
}

/* Counted or not there at all: 0, or a refusal where there are too many. */
static int ns_count(struct fake *f, struct ns *ns)
{
	int r = ns_charge(f, ns);

	if (r < 0)
		ns_put(f, ns);
	return r;
}

static int plain_ns_copy(struct fake *f, struct plain_ns *from, uint64_t flags,
			 struct user_ns *owner, struct plain_ns **out)
{
	struct plain_ns *ns;
	int r;

	if (!(flags & (uint64_t)from->ns.type)) {
		ns_get(&from->ns);
		*out = from;
		return 0;
	}
	ns = plain_ns_new(f, from->ns.type, owner);
	r = ns_count(f, &ns->ns);
	if (r == 0)
		*out = ns;
	return r;
}

/* copy_utsname(): a new one has the names that the old one has now. */
static int uts_ns_copy(struct fake *f, struct uts_ns *from, uint64_t flags,
		       struct user_ns *owner, struct uts_ns **out)
{
	struct uts_ns *ns;
	int r;

	if (!(flags & CLONE_NEWUTS)) {
		ns_get(&from->ns);
		*out = from;
		return 0;
	}
	ns = heap_alloc(f, sizeof(*ns));
	*ns = *from;
	ns_init(f, &ns->ns, CLONE_NEWUTS, owner);
	r = ns_count(f, &ns->ns);
	if (r == 0)
		*out = ns;
	return r;
}

static struct pid_ns *pid_ns_new(struct fake *f, struct user_ns *owner, struct pid_ns *parent)
{
	struct pid_ns *ns = heap_alloc(f, sizeof(*ns));

	ns_init(f, &ns->ns, CLONE_NEWPID, owner);
	ns->parent = parent;
	if (parent) {
		ns_get(&parent->ns);
		ns->level = parent->level + 1;
	}
	return ns;
}

/* copy_pid_ns(): a second one cannot be made before the first has a member. */
static int pid_ns_copy(struct fake *f, struct pid_ns *from, uint64_t flags,
		       struct user_ns *owner, struct pid_ns **out)
{
	struct pid_ns *ns;
	int r;

	if (!(flags & CLONE_NEWPID)) {
		ns_get(&from->ns);
		*out = from;
		return 0;
	}
	if (task_pid_ns(f->current) != from)
		return refuse(f, RULE_PIDNS_TWICE);
	if (!user_ns_is_beneath(owner, from->ns.owner))
		return refuse(f, RULE_PIDNS_OWNER);
	if (from->level + 1 >= PID_NS_LEVELS)
		return refuse(f, RULE_PIDNS_DEPTH);
	ns = pid_ns_new(f, owner, from);
	r = ns_count(f, &ns->ns);
	if (r == 0)
		*out = ns;
	return r;
}

static int mnt_ns_take(struct fake *f, struct mnt_ns *from, uint64_t flags,
		       struct user_ns *owner, struct path *root, struct path *cwd,
		       struct mnt_ns **out)
{
	if (flags & CLONE_NEWNS)
		return mnt_ns_copy(f, from, owner, root, cwd, out);
	ns_get(&from->ns);
	*out = from;
	return 0;
}

/* create_new_namespaces(), in its order. */
static int nsproxy_fill(struct fake *f, const struct nsproxy *from, uint64_t flags,
			struct user_ns *owner, struct path *root, struct path *cwd,
			struct nsproxy *out)
{
	int r;

	r = mnt_ns_take(f, from->mnt, flags, owner, root, cwd, &out->mnt);
	if (r < 0)
		return r;
	r = uts_ns_copy(f, from->uts, flags, owner, &out->uts);
	if (r < 0)
		return r;
	r = plain_ns_copy(f, from->ipc, flags, owner, &out->ipc);
	if (r < 0)
		return r;
	r = pid_ns_copy(f, from->pid_for_children, flags, owner, &out->pid_for_children);
	if (r < 0)
		return r;
	r = plain_ns_copy(f, from->cgroup, flags, owner, &out->cgroup);
	if (r < 0)
		return r;
	return plain_ns_copy(f, from->net, flags, owner, &out->net);
}

int nsproxy_copy(struct fake *f, const struct nsproxy *from, uint64_t flags,
		 struct user_ns *user_ns, struct path *root, struct path *cwd,
		 struct nsproxy *out)
{
	struct nsproxy made = {0};
	int r = nsproxy_fill(f, from, flags, user_ns, root, cwd, &made);

	if (r < 0) {
		nsproxy_put(f, &made);
		return r;
	}
	*out = made;
	return 0;
}

void nsproxy_put(struct fake *f, struct nsproxy *nsproxy)
{
	struct nsproxy was = *nsproxy;

	*nsproxy = (struct nsproxy){0};
	ns_put(f, was.mnt ? &was.mnt->ns : NULL);
	ns_put(f, was.uts ? &was.uts->ns : NULL);
	ns_put(f, was.ipc ? &was.ipc->ns : NULL);
	ns_put(f, was.net ? &was.net->ns : NULL);
	ns_put(f, was.cgroup ? &was.cgroup->ns : NULL);
	ns_put(f, was.pid_for_children ? &was.pid_for_children->ns : NULL);
}

void nsproxy_get(struct nsproxy *nsproxy)
{
	ns_get(&nsproxy->mnt->ns);
	ns_get(&nsproxy->uts->ns);
	ns_get(&nsproxy->ipc->ns);
	ns_get(&nsproxy->net->ns);
	ns_get(&nsproxy->cgroup->ns);
	ns_get(&nsproxy->pid_for_children->ns);
}

struct nsproxy nsproxy_boot(struct fake *f)
{
	struct user_ns *owner = f->init_user_ns;
	struct nsproxy made = {
		.mnt = f->boot_ns,
		.uts = heap_alloc(f, sizeof(struct uts_ns)),
		.ipc = plain_ns_new(f, CLONE_NEWIPC, owner),
		.net = plain_ns_new(f, CLONE_NEWNET, owner),
		.cgroup = plain_ns_new(f, CLONE_NEWCGROUP, owner),
		.pid_for_children = pid_ns_new(f, owner, NULL),
	};

	ns_get(&made.mnt->ns);
	*made.uts = (struct uts_ns){.hostname = "host", .domainname = "(none)"};
	ns_init(f, &made.uts->ns, CLONE_NEWUTS, owner);
	return made;
}
