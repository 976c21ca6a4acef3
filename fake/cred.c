/* Who a task is: credentials as things, ids between user namespaces, and what they may do. */
#include "fake/cred.h"

#include "fake/inode.h"
#include "fake/task.h"

#include <string.h>

/* The initial user namespace: its ids are everybody's outside ids. */
void cred_boot(struct fake *f)
{
	struct user_ns *ns = heap_alloc(f, sizeof(*ns));

	ns_init(f, &ns->ns, CLONE_NEWUSER, NULL);
	ns->uid_map[0] = (struct id_map_line){.inside = 0, .outside = 0, .count = UINT32_MAX};
	ns->gid_map[0] = ns->uid_map[0];
	ns->n_uid_map = ns->n_gid_map = 1;
	f->init_user_ns = ns;
}

struct cred *cred_get(struct cred *cred)
{
	cred->refs++;
	return cred;
}

void cred_put(struct fake *f, struct cred *cred)
{
	if (cred == NULL || --cred->refs > 0)
		return;
	ns_put(f, &cred->user_ns->ns);
	heap_free(f, cred->groups);
	heap_free(f, cred);
}

struct cred *cred_copy(struct fake *f, const struct cred *from)
{
	struct cred *cred = heap_alloc(f, sizeof(*cred));

	*cred = *from;
	cred->refs = 1;
	cred->groups = NULL;
	cred_set_groups(f, cred, from->groups, from->n_groups);
	ns_get(&cred->user_ns->ns);
	return cred;
}

void cred_set_groups(struct fake *f, struct cred *cred, const gid_t *groups, int n)
{
	size_t size = (size_t)n * sizeof(*groups);

	heap_free(f, cred->groups);
	cred->groups = NULL;
	cred->n_groups = n;
	if (n == 0)
		return;
	cred->groups = heap_alloc(f, size);
	memcpy(cred->groups, groups, size);
}

struct cred *cred_root(struct fake *f)
{
	struct cred *cred = heap_alloc(f, sizeof(*cred));

	*cred = (struct cred){
		.refs = 1,
		.permitted = CAPS_ALL,
		.effective = CAPS_ALL,
		.bounding = CAPS_ALL,
		.user_ns = f->init_user_ns,
	};
	ns_get(&cred->user_ns->ns);
	return cred;
}

/* cred_cap_issubset(): whoever made a namespace has all that its members can have. */
static bool cred_caps_are_subset(const struct cred *set, const struct cred *subset)
{
	const struct user_ns *ns = subset->user_ns;

	if (set->user_ns == ns)
		return (subset->permitted & ~set->permitted) == 0;
	for (; ns->parent; ns = ns->parent)
		if (set->user_ns == ns->parent && ns->owner_uid == set->euid)
			return true;
	return false;
}

/* commit_creds(): a task that becomes another one is nobody's to dump and to mourn. */
void cred_commit(struct fake *f, struct cred *cred)
{
	struct task *t = f->current;
	struct cred *old = t->cred;

	if (old->euid != cred->euid || old->egid != cred->egid || old->fsuid != cred->fsuid ||
	    old->fsgid != cred->fsgid || !cred_caps_are_subset(old, cred)) {
		t->is_dumpable = false;
		t->pdeathsig = 0;
	}
	t->cred = cred;
	cred_put(f, old);
}

/* cap_capable() of security/commoncap.c. */
bool cred_has_cap(const struct cred *cred, const struct user_ns *ns, int cap)
{
	for (;; ns = ns->parent) {
		if (ns == cred->user_ns)
			return cred->effective >> cap & 1;
		if (ns->level <= cred->user_ns->level)
			return false;
		if (ns->parent == cred->user_ns && ns->owner_uid == cred->euid)
			return true;
	}
}

bool ns_capable(struct fake *f, const struct user_ns *ns, int cap)
{
	return cred_has_cap(f->current->cred, ns, cap);
}

bool capable(struct fake *f, int cap)
{
	return ns_capable(f, f->init_user_ns, cap);
}

bool capable_over_inode(struct fake *f, const struct inode *inode, int cap)
{
	const struct user_ns *ns = f->current->cred->user_ns;

	return uid_inside(ns, inode->uid) != (uid_t)-1 &&
	       gid_inside(ns, inode->gid) != (gid_t)-1 && ns_capable(f, ns, cap);
}

bool in_group(struct fake *f, gid_t gid)
{
	const struct cred *cred = f->current->cred;

	if (gid == cred->fsgid)
		return true;
	for (int i = 0; i < cred->n_groups; i++)
		if (cred->groups[i] == gid)
			return true;
	return false;
}

bool ptrace_may_read(struct fake *f, const struct task *t)
{
	const struct cred *own = f->current->cred, *theirs = t->cred;
	bool is_tracer = ns_capable(f, theirs->user_ns, CAP_SYS_PTRACE);
	bool is_same_user = own->fsuid == theirs->uid && own->fsuid == theirs->euid &&
			    own->fsuid == theirs->suid;
	bool is_same_group = own->fsgid == theirs->gid && own->fsgid == theirs->egid &&
			     own->fsgid == theirs->sgid;

	if (t == f->current || is_tracer)
		return true;
	/* cap_ptrace_access_check() */
	return is_same_user && is_same_group && t->is_dumpable &&
	       own->user_ns == theirs->user_ns && (theirs->permitted & ~own->effective) == 0;
}

/* map_id_down() and map_id_up() of kernel/user_namespace.c. */
static uint32_t map_outside(const struct id_map_line *map, int n, uint32_t id)
{
	for (int i = 0; i < n; i++)
		if (id >= map[i].inside && id - map[i].inside < map[i].count)
			return map[i].outside + (id - map[i].inside);
	return UINT32_MAX;
}

static uint32_t map_inside(const struct id_map_line *map, int n, uint32_t id)
{
	for (int i = 0; i < n; i++)
		if (id >= map[i].outside && id - map[i].outside < map[i].count)
			return map[i].inside + (id - map[i].outside);
	return UINT32_MAX;
}

uid_t uid_outside(const struct user_ns *ns, uid_t inside)
{
	return map_outside(ns->uid_map, ns->n_uid_map, inside);
}

uid_t uid_inside(const struct user_ns *ns, uid_t outside)
{
	return map_inside(ns->uid_map, ns->n_uid_map, outside);
}

gid_t gid_outside(const struct user_ns *ns, gid_t inside)
{
	return map_outside(ns->gid_map, ns->n_gid_map, inside);
}

gid_t gid_inside(const struct user_ns *ns, gid_t outside)
{
	return map_inside(ns->gid_map, ns->n_gid_map, outside);
}

uid_t uid_shown(const struct user_ns *ns, uid_t outside)
{
	uid_t uid = uid_inside(ns, outside);

	return uid == (uid_t)-1 ? OVERFLOW_ID : uid;
}

gid_t gid_shown(const struct user_ns *ns, gid_t outside)
{
	gid_t gid = gid_inside(ns, outside);

	return gid == (gid_t)-1 ? OVERFLOW_ID : gid;
}
