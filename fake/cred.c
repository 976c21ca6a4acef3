/* Who a task is: credentials as things, and what they may do. */
#include "fake/cred.h"

#include "fake/inode.h"
#include "fake/task.h"

#include <string.h>

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

/* ptrace_has_cap() */
static bool is_tracer(struct fake *f, const struct user_ns *ns)
{
	return ns_capable(f, ns, CAP_SYS_PTRACE);
}

/* cap_ptrace_access_check(): whoever has all that it has, or more than it. */
static bool may_read_caps(struct fake *f, const struct cred *theirs, uint64_t caps)
{
	return (f->current->cred->user_ns == theirs->user_ns &&
		(theirs->permitted & ~caps) == 0) ||
	       is_tracer(f, theirs->user_ns);
}

/* __ptrace_may_access(), by these ids and capabilities of the current task. */
static bool ptrace_may_access(struct fake *f, const struct task *t, uid_t uid, gid_t gid,
			      uint64_t caps)
{
	const struct cred *theirs = t->cred;
	bool is_same = uid == theirs->uid && uid == theirs->euid && uid == theirs->suid &&
		       gid == theirs->gid && gid == theirs->egid && gid == theirs->sgid;

	if (t == f->current)
		return true;
	if (!is_same && !is_tracer(f, theirs->user_ns))
		return false;
	if (t->mm_user_ns && !t->is_dumpable && !is_tracer(f, t->mm_user_ns))
		return false;
	return may_read_caps(f, theirs, caps);
}

bool ptrace_may_read(struct fake *f, const struct task *t)
{
	const struct cred *own = f->current->cred;

	return ptrace_may_access(f, t, own->fsuid, own->fsgid, own->effective);
}

bool ptrace_may_read_real(struct fake *f, const struct task *t)
{
	const struct cred *own = f->current->cred;

	return ptrace_may_access(f, t, own->uid, own->gid, own->permitted);
}
