/* What goes with a mount that is unmounted: its copies on all who received it. */
#include "fake/mount_tree.h"

/* Whether it may go. */

/* The one mount on top of mnt's root, if nothing else is mounted on it: find_topper(). */
static bool has_only_topper(const struct mount *mnt)
{
	const struct mount *child = list_entry(mnt->children.next, struct mount, child);

	return mnt->children.next == mnt->children.prev && child->mountpoint == mnt->root;
}

/* Is this copy, which would go, in use?  6.1: copies with children stay, so never mind. */
static bool is_copy_busy(const struct mount *copy)
{
	if (list_empty(&copy->children))
		return copy->refs > 1;
	return has_only_topper(copy) && copy->refs > 2;
}

/* Does m receive from parent, too? */
static bool receives_from(const struct mount *m, const struct mount *parent)
{
	if (m == parent)
		return false;
	for (; m; m = m->master)
		if (m == parent || are_peers(m, parent))
			return true;
	return false;
}

/* The copy on m, if m is a receiver itself: copies can stand on copies. */
static struct mount *next_candidate(struct mount *m, const struct mount *victim)
{
	if (!receives_from(m, victim->parent))
		return NULL;
	return mount_on(m, victim->mountpoint);
}

/* The lowest of the chain that has a child outside it; NULL: none has. */
static struct mount *deepest_with_others(struct mount *copy, const struct mount *victim)
{
	struct mount *deepest = NULL;

	for (struct mount *m = copy, *next; m; m = next) {
		next = next_candidate(m, victim);
		list_for_each(node, &m->children) {
			struct mount *child = list_entry(node, struct mount, child);

			if (child != next && child != victim)
				deepest = m;
		}
	}
	return deepest;
}

/* Children that go along, or that come to stand where m stood; -1: others keep m in place. */
static int count_movable_children(const struct mount *m, const struct mount *next,
				  const struct mount *victim)
{
	int n = 0;

	list_for_each(node, &m->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child != next && child != victim && child->mountpoint != m->root)
			return -1;
		n++;
	}
	return n;
}

/* 6.12: is any in use of the chain of copies from this one down that would go? */
static bool is_chain_busy(struct mount *copy, const struct mount *victim)
{
	struct mount *deepest = deepest_with_others(copy, victim);
	bool is_above = deepest != NULL;

	for (struct mount *m = copy, *next; m; m = next) {
		int n;
		bool goes;

		next = next_candidate(m, victim);
		n = count_movable_children(m, next, victim);
		goes = n >= 0;
		if (goes && next && next->mountpoint != m->root && is_above && m != deepest)
			goes = false;
		if (m == deepest)
			is_above = false;
		if (goes && m->refs > 1 + n)
			return true;
	}
	return false;
}

/* Does m, itself a copy, belong to a chain that was asked about from its top? */
static bool is_inside_chain(const struct mount *m, const struct mount *victim)
{
	return mnt_has_parent(m) && m->mountpoint == victim->mountpoint &&
	       receives_from(m->parent, victim->parent);
}

int propagate_mount_busy(struct fake *f, struct mount *mnt, int refs)
{
	struct mount *parent = mnt->parent;

	if (mnt_has_parent(mnt) && !list_empty(&mnt->children))
		return refuse(f, RULE_UMOUNT_CHILDREN);
	if (mnt->refs > refs)
		return refuse(f, RULE_UMOUNT_IN_USE);
	if (!mnt_has_parent(mnt))
		return 0;
	for (struct mount *m = propagation_next(parent, parent); m;
	     m = propagation_next(m, parent)) {
		struct mount *copy = mount_on(m, mnt->mountpoint);
		bool is_busy;

		if (copy == NULL)
			continue;
		if (f->profile.umount_asks_chains)
			is_busy = !is_inside_chain(m, mnt) && is_chain_busy(copy, mnt);
		else
			is_busy = is_copy_busy(copy);
		if (is_busy)
			return refuse(f, RULE_UMOUNT_COPY_IN_USE);
	}
	return 0;
}

/* Copies of what its owner may unmount are no secret to those who received them. */
void propagate_mount_unlock(struct mount *mnt)
{
	struct mount *parent = mnt->parent;

	for (struct mount *m = propagation_next(parent, parent); m;
	     m = propagation_next(m, parent)) {
		struct mount *copy = mount_on(m, mnt->mountpoint);

		if (copy)
			copy->flags &= ~MNT_LOCKED;
	}
}

/* Taking the copies out. */

struct umount_lists {
	struct list gone;     /* by in_ns: to be taken out */
	struct list restored; /* by umounting: looked at, and stay */
	struct list visited;  /* by umounting */
};

static void umount_one(struct mount *mnt, struct umount_lists *lists)
{
	mnt->is_marked = false;
	mnt->is_detached = true;
	list_remove(&mnt->child);
	list_remove(&mnt->umounting);
	list_move_end(&mnt->in_ns, &lists->gone);
}

/* A child that keeps mnt where it is: neither its topper nor one that goes if unlocked. */
static bool has_staying_child(const struct mount *mnt)
{
	list_for_each(node, &mnt->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child->mountpoint == mnt->root)
			continue;
		if (list_empty(&child->umounting) || !child->is_marked)
			return true;
	}
	return false;
}

/* True: it goes, or would if it were not locked, which may set its parent free to go. */
static bool try_umount(struct mount *mnt, struct umount_lists *lists)
{
	if (mnt->is_detached || mnt->is_marked)
		return false;
	if (has_staying_child(mnt)) {
		list_move_end(&mnt->umounting, &lists->restored);
		return false;
	}
	mnt->is_marked = true;
	if (mnt->flags & MNT_LOCKED)
		list_move_end(&mnt->umounting, &lists->restored);
	else
		umount_one(mnt, lists);
	return true;
}

/* The copies of one mount that goes, on all who receive from its parent. */
static void visit_copies(struct mount *mnt, struct umount_lists *lists)
{
	struct mount *parent = mnt->parent;

	for (struct mount *m = propagation_next(parent, parent); m;
	     m = propagation_next(m, parent)) {
		struct mount *copy = mount_on(m, mnt->mountpoint);

		if (copy == NULL)
			continue;
		if (!list_empty(&copy->umounting)) {
			/* Its own receivers have been visited with it. */
			m = propagation_skip_slaves(m);
			continue;
		}
		if (copy->is_detached) {
			list_append(&copy->umounting, &lists->visited);
			continue;
		}
		while (try_umount(copy, lists)) {
			copy = copy->parent;
			if (list_empty(&copy->umounting))
				break;
		}
	}
}

/* Children of what goes: toppers stay, one floor lower; marked ones were only locked. */
static void umount_children(struct umount_lists *lists)
{
	list_for_each(node, &lists->gone) {
		struct mount *mnt = list_entry(node, struct mount, in_ns);

		list_for_each_safe(at, &mnt->children) {
			struct mount *child = list_entry(at, struct mount, child);

			if (child->mountpoint == mnt->root)
				list_move_end(&child->umounting, &lists->restored);
			else
				umount_one(child, lists);
		}
	}
}

/* What stays comes to stand on the first parent that stays, too. */
static void restore_mounts(struct fake *f, struct umount_lists *lists)
{
	while (!list_empty(&lists->restored)) {
		struct mount *mnt = list_entry(lists->restored.next, struct mount, umounting);
		struct mount *parent = mnt->parent;
		struct dentry *mountpoint = mnt->mountpoint;

		mnt->is_marked = false;
		list_remove(&mnt->umounting);
		while (parent->is_detached) {
			mountpoint = parent->mountpoint;
			parent = parent->parent;
		}
		if (parent != mnt->parent)
			mount_change_mountpoint(f, parent, mountpoint, mnt);
	}
}

void propagate_umount(struct fake *f, struct list *list)
{
	struct umount_lists lists;

	list_init(&lists.gone);
	list_init(&lists.restored);
	list_init(&lists.visited);
	for (struct list *node = list->prev; node != list; node = node->prev) {
		struct mount *mnt = list_entry(node, struct mount, in_ns);

		if (!list_empty(&mnt->umounting))
			continue;
		list_append(&mnt->umounting, &lists.visited);
		visit_copies(mnt, &lists);
	}
	umount_children(&lists);
	restore_mounts(f, &lists);
	while (!list_empty(&lists.visited))
		list_remove(lists.visited.next);
	list_splice(&lists.gone, list->prev);
}
