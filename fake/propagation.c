/* Who receives what is mounted where: peer groups, masters, slaves; fs/pnode.c. */
#include "fake/mount_tree.h"

#include "fake/task.h"

/*
 * Mounts of one peer group are a ring.  A master's list holds its slaves; those among them
 * that are peers of each other stand side by side in it, in the order of their ring, and so
 * have the same master.  Walks rely on that.
 */

struct mount *next_peer(const struct mount *mnt)
{
	return list_entry(mnt->peer.next, struct mount, peer);
}

bool are_peers(const struct mount *a, const struct mount *b)
{
	return a->group_id == b->group_id && a->group_id != 0;
}

/* IS_MNT_NEW(): not committed yet, or detached before Linux 6.15; hands nothing on. */
static bool is_new(const struct mount *mnt)
{
	return mnt->ns == NULL || mnt->ns->is_mute;
}

/* need_secondary(): what is detached receives nothing. */
static bool receives_at(const struct mount *mnt, const struct dentry *mountpoint)
{
	return !is_new(mnt) && !mnt->ns->is_anon && dentry_is_beneath(mountpoint, mnt->root);
}

static struct mount *first_slave(const struct mount *mnt)
{
	return list_entry(mnt->slaves.next, struct mount, slave);
}

static bool hands_on(const struct mount *mnt)
{
	return !is_new(mnt) && !list_empty(&mnt->slaves);
}

static bool is_last_slave(const struct mount *mnt)
{
	return mnt->slave.next == &mnt->master->slaves;
}

static struct mount *next_slave(const struct mount *mnt)
{
	return list_entry(mnt->slave.next, struct mount, slave);
}

/* Changing what a mount is. */

void set_mnt_shared(struct mount *mnt)
{
	mnt->flags &= ~MNT_UNBINDABLE;
	mnt->flags |= MNT_SHARED;
}

void mnt_release_group_id(struct fake *f, struct mount *mnt)
{
	id_pool_give(f, f->group_ids, mnt->group_id);
	mnt->group_id = 0;
}

/* Who serves the slaves when mnt leaves its peers: one that shows the same, else the next. */
static struct mount *peer_to_follow(const struct mount *mnt)
{
	for (struct mount *m = next_peer(mnt); m != mnt; m = next_peer(m))
		if (m->root == mnt->root)
			return m;
	return next_peer(mnt);
}

/* Nobody is left to receive from. */
static void free_slaves(struct mount *mnt)
{
	while (!list_empty(&mnt->slaves)) {
		struct mount *slave = first_slave(mnt);

		list_remove(&slave->slave);
		slave->master = NULL;
	}
}

/* do_make_slave(): leaves its peers and becomes the slave of one, or of its group's master. */
static void make_slave(struct fake *f, struct mount *mnt)
{
	struct mount *master;

	if (list_empty(&mnt->peer)) {
		if (mnt->flags & MNT_SHARED)
			mnt_release_group_id(f, mnt);
		master = mnt->master;
	} else {
		master = peer_to_follow(mnt);
		list_remove(&mnt->peer);
		mnt->group_id = 0;
	}
	mnt->flags &= ~MNT_SHARED;
	if (master == NULL) {
		free_slaves(mnt);
		return;
	}
	list_for_each(node, &mnt->slaves)
		list_entry(node, struct mount, slave)->master = master;
	list_move(&mnt->slave, &master->slaves);
	list_splice(&mnt->slaves, master->slaves.prev);
	mnt->master = master;
}

void change_mnt_propagation(struct fake *f, struct mount *mnt, unsigned long type)
{
	if (type == MS_SHARED) {
		set_mnt_shared(mnt);
		return;
	}
	make_slave(f, mnt);
	if (type == MS_SLAVE)
		return;
	list_remove(&mnt->slave);
	mnt->master = NULL;
	if (type == MS_UNBINDABLE)
		mnt->flags |= MNT_UNBINDABLE;
	else
		mnt->flags &= ~MNT_UNBINDABLE;
}

/* Walking those who receive. */

/* Slaves before peers, each with its own slaves behind it. */
struct mount *propagation_next(struct mount *m, struct mount *origin)
{
	if (hands_on(m))
		return first_slave(m);
	while (m->master != origin->master) {
		if (!is_last_slave(m))
			return next_slave(m);
		m = m->master;
	}
	m = next_peer(m);
	return m == origin ? NULL : m;
}

struct mount *propagation_skip_slaves(struct mount *m)
{
	return hands_on(m) ? list_entry(m->slaves.prev, struct mount, slave) : m;
}

/*
 * The next peer of a group that is walked from its first member on: in a slave's group, that
 * is the member that stands behind it in the master's list.  NULL: that was the last.
 */
static struct mount *next_in_group(struct mount *m, const struct mount *origin)
{
	struct mount *next = next_peer(m);

	if (m->group_id == origin->group_id)
		return next == origin ? NULL : next;
	return m->slave.next == &next->slave ? next : NULL;
}

/*
 * The first member of the group that follows, where m is a member of one that is done, and
 * those before m have no slaves left to visit.  Groups of slaves come before later peers'.
 */
static struct mount *next_group(struct mount *m, struct mount *origin)
{
	for (;;) {
		struct mount *next;

		if (hands_on(m))
			return first_slave(m);
		while ((next = next_in_group(m, origin)) == NULL) {
			if (m->group_id == origin->group_id)
				return NULL;
			if (!is_last_slave(m))
				return next_slave(m);
			m = m->master;
		}
		m = next;
	}
}

/* Making copies for them. */

/*
 * What the copy for m is to be a slave of: the copy on the nearest of m's masters that has
 * one, or source itself.  copy is the one made last; those masters that have been served
 * have a marked master themselves, or the destination's.
 */
static struct mount *find_master(struct mount *m, struct mount *copy, struct mount *source)
{
	struct mount *master;

	for (;; m = master) {
		master = m->master;
		if (master == NULL || master->is_marked)
			break;
	}
	while (!are_peers(copy, source)) {
		struct mount *parent = copy->parent;

		if (parent->master == master)
			return are_peers(parent, m) ? copy : copy->master;
		copy = copy->master;
	}
	return copy;
}

struct propagation {
	struct mount *dest, *source;
	struct dentry *mountpoint;
	struct mount *copy; /* made last; source at first */
	struct list *copies;
};

/* A copy for m, one of a group whose first copy is of type flags: propagate_one(). */
static int propagate_one(struct fake *f, struct propagation *p, struct mount *m, int flags)
{
	struct mount *copy;
	int r;

	if (flags & CL_SLAVE)
		p->copy = find_master(m, p->copy, p->source);
	r = copy_tree(f, p->copy, p->copy->root, flags, &copy);
	if (r < 0)
		return r;
	mount_set_mountpoint(m, p->mountpoint, copy);
	if (m->master)
		m->master->is_marked = true;
	p->copy = copy;
	list_insert(&copy->work, p->copies);
	return count_mounts(f, m->ns, copy);
}

/* Copies for the group that first is in, for its members from first on. */
static int propagate_group(struct fake *f, struct propagation *p, struct mount *first)
{
	struct mount *m = first;
	int flags = CL_SLAVE | (first->flags & MNT_SHARED ? CL_MAKE_SHARED : 0);
	int r;

	if (first == p->dest) {
		flags = CL_MAKE_SHARED;
		m = next_peer(first);
		if (m == first)
			return 0;
	}
	do {
		if (receives_at(m, p->mountpoint)) {
			r = propagate_one(f, p, m, flags);
			if (r < 0)
				return r;
			flags = CL_MAKE_SHARED;
		}
		m = next_peer(m);
	} while (m != first);
	return 0;
}

int propagate_mnt(struct fake *f, struct mount *dest, struct dentry *mountpoint,
		  struct mount *source, struct list *copies)
{
	struct propagation p = {dest, source, mountpoint, source, copies};
	int r = 0;

	if (dest->master)
		dest->master->is_marked = true;
	for (struct mount *m = dest; m && r == 0; m = next_group(m, dest))
		r = propagate_group(f, &p, m);
	list_for_each(node, copies) {
		struct mount *parent = list_entry(node, struct mount, work)->parent;

		if (parent->master)
			parent->master->is_marked = false;
	}
	if (dest->master)
		dest->master->is_marked = false;
	return r;
}

/* What mountinfo shows of it. */

static bool has_peer_beneath(const struct mount *mnt, const struct mnt_ns *ns,
			     const struct path *root)
{
	const struct mount *m = mnt;

	do {
		if (m->ns == ns && is_path_reachable(m, m->root, root))
			return true;
		m = next_peer(m);
	} while (m != mnt);
	return false;
}

/* The nearest of its masters' groups that has a member which can be seen from root; 0. */
int get_dominating_id(const struct mount *mnt, const struct path *root)
{
	for (const struct mount *m = mnt->master; m; m = m->master)
		if (has_peer_beneath(m, mnt->ns, root))
			return m->group_id;
	return 0;
}
