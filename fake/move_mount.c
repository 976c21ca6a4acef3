/* Moving mounts: MS_MOVE of mount(2), and move_mount(2); fs/namespace.c:do_move_mount(). */
#include "fake/mount_tree.h"

#include "fake/task.h"

#define MOVE_FROM_FLAGS                                                                        \
	(MOVE_MOUNT_F_SYMLINKS | MOVE_MOUNT_F_AUTOMOUNTS | MOVE_MOUNT_F_EMPTY_PATH)
#define MOVE_TO_FLAGS                                                                          \
	(MOVE_MOUNT_T_SYMLINKS | MOVE_MOUNT_T_AUTOMOUNTS | MOVE_MOUNT_T_EMPTY_PATH)

static bool has_unbindable(struct mount *tree)
{
	for (struct mount *p = tree; p; p = next_mnt(p, tree))
		if (p->flags & MNT_UNBINDABLE)
			return true;
	return false;
}

static int check_move_root(struct fake *f, const struct path *from)
{
	if (!path_is_mount_root(from))
		return refuse(f, RULE_MOVE_NOT_ROOT);
	return 0;
}

static int check_move_kind(struct fake *f, const struct path *from, const struct path *to)
{
	if (S_ISDIR(to->dentry->inode->mode) != S_ISDIR(from->dentry->inode->mode))
		return refuse(f, RULE_MOVE_KIND);
	return 0;
}

/* Ours; or, for a detached tree, another detached one that may be used. */
static int check_move_place(struct fake *f, const struct mount *old, const struct mount *to)
{
	if (mnt_is_ours(f, to))
		return 0;
	if (!f->profile.detached_are_sources || !is_anon_root(old) ||
	    !mnt_is_usable_detached(f, to))
		return refuse(f, RULE_MOUNT_TARGET_NOT_OURS);
	if (old->ns == to->ns)
		return refuse(f, RULE_MOVE_INTO_OWN_TREE);
	return 0;
}

/* May this be taken from where it is?  First half of do_move_mount()'s checks. */
static int check_move_source(struct fake *f, const struct path *from)
{
	const struct mount *old = from->mnt;

	if (!mnt_is_mounted(old))
		return refuse(f, RULE_MOVE_NOT_MOUNTED);
	if (mnt_has_parent(old) ? !mnt_is_ours(f, old) : !old->ns->is_anon)
		return refuse(f, RULE_MOVE_SOURCE_NOT_OURS);
	if (old->flags & MNT_LOCKED)
		return refuse(f, RULE_MOVE_LOCKED);
	return check_move_root(f, from);
}

/* MOVE_MOUNT_BENEATH */

/* propagation_would_overmount(): whoever receives it would get it on top. */
static bool would_be_covered(const struct mount *from, const struct mount *to,
			     const struct dentry *mountpoint)
{
	if (!(from->flags & MNT_SHARED) || to->ns == NULL || to->ns->is_anon ||
	    to->root != mountpoint)
		return false;
	for (const struct mount *m = to; m; m = m->master)
		if (are_peers(from, m))
			return true;
	return false;
}

static int check_top_root(struct fake *f, const struct path *to)
{
	if (!path_is_mount_root(to))
		return refuse(f, RULE_BENEATH_NOT_ROOT);
	return 0;
}

/* Where top stands: first half of can_move_mount_beneath(). */
static int check_top(struct fake *f, const struct path *to)
{
	const struct mount *top = to->mnt;
	int r;

	if (!mnt_has_parent(top))
		return refuse(f, RULE_BENEATH_NO_PARENT);
	r = check_top_root(f, to);
	if (r < 0)
		return r;
	if (top->flags & MNT_LOCKED)
		return refuse(f, RULE_BENEATH_LOCKED);
	return 0;
}

static int check_beneath(struct fake *f, const struct path *from, const struct path *to)
{
	const struct mount *top = to->mnt;
	int r = check_top(f, to);

	if (r < 0)
		return r;
	if (mount_on(from->mnt, from->dentry))
		return refuse(f, RULE_BENEATH_COVERED);
	if (top == f->current->root.mnt)
		return refuse(f, RULE_BENEATH_ROOT);
	if (top->parent == f->current->ns.mnt->root)
		return refuse(f, RULE_BENEATH_NS_ROOT);
	for (const struct mount *p = from->mnt; mnt_has_parent(p); p = p->parent)
		if (p == top)
			return refuse(f, RULE_BENEATH_ANCESTOR);
	if (would_be_covered(top->parent, top, top->mountpoint) ||
	    would_be_covered(top->parent, from->mnt, top->mountpoint))
		return refuse(f, RULE_BENEATH_PROPAGATES);
	return 0;
}

/* Whose it must not be: check_for_nsfs_mounts() and the walk upwards. */
static int check_loops(struct fake *f, struct mount *old, const struct mount *dest)
{
	for (struct mount *p = old; p; p = next_mnt(p, old))
		if (mnt_ns_loop(f, p->root))
			return refuse(f, RULE_MOVE_NS_LOOP);
	for (const struct mount *p = dest; mnt_has_parent(p); p = p->parent)
		if (p == old)
			return refuse(f, RULE_MOVE_INTO_ITSELF);
	return 0;
}

/* May it be put there?  Second half. */
static int check_move_target(struct fake *f, const struct path *from, const struct path *to,
			     bool beneath)
{
	const struct mount *dest = to->mnt;
	struct mount *old = from->mnt;
	int r = check_move_kind(f, from, to);

	if (r < 0)
		return r;
	if (mnt_has_parent(old) && old->parent->flags & MNT_SHARED)
		return refuse(f, RULE_MOVE_PARENT_SHARED);
	if (beneath) {
		r = check_beneath(f, from, to);
		if (r < 0)
			return r;
		dest = dest->parent;
	}
	if (dest->flags & MNT_SHARED && has_unbindable(old))
		return refuse(f, RULE_MOVE_UNBINDABLE);
	return check_loops(f, old, dest);
}

/* What the move leaves behind: the parent's reference, or the tree's own namespace. */
static void leave_place(struct fake *f, struct mount *parent, struct mnt_ns *ns)
{
	if (parent)
		mnt_put_no_expire(f, parent);
	else
		mnt_ns_forget_anonymous(f, ns);
}

static int attach(struct fake *f, struct mount *old, const struct path *to, bool beneath)
{
	struct mount *parent = mnt_has_parent(old) ? old->parent : NULL;
	struct mnt_ns *ns = old->ns;
	struct mount *top = to->mnt;
	int r;

	if (beneath)
		r = attach_recursive_mnt(f, old, top->parent, top->mountpoint, top);
	else
		r = attach_recursive_mnt(f, old, to->mnt, to->dentry, NULL);
	if (r == 0)
		leave_place(f, parent, ns);
	return r;
}

static int do_move(struct fake *f, const struct path *from, struct path *to, bool beneath)
{
	int r = 0;

	if (f->profile.move_looks_at_paths_first) {
		r = check_move_root(f, from);
		if (r == 0)
			r = check_move_kind(f, from, to);
		if (r == 0 && beneath)
			r = check_top_root(f, to);
	}
	if (r == 0)
		r = beneath ? lock_mount_beneath(f, to) : lock_mount(f, to);
	if (r == 0)
		r = check_move_place(f, from->mnt, to->mnt);
	if (r == 0)
		r = check_move_source(f, from);
	if (r == 0)
		r = check_move_target(f, from, to, beneath);
	return r < 0 ? r : attach(f, from->mnt, to, beneath);
}

int do_move_mount_old(struct fake *f, struct path *path, const char *source)
{
	struct path from;
	int r;

	if (source == NULL || *source == '\0')
		return refuse(f, RULE_MOVE_NO_SOURCE);
	r = path_lookup(f, AT_FDCWD, source, LOOKUP_FOLLOW, &from);
	if (r < 0)
		return r;
	r = do_move(f, &from, path, false);
	path_put(f, &from);
	return r;
}

/* MOVE_MOUNT_SET_GROUP */

static int check_set_group(struct fake *f, const struct path *from, const struct path *to)
{
	if (!path_is_mount_root(from) || !path_is_mount_root(to))
		return refuse(f, RULE_SET_GROUP_NOT_ROOT);
	if (from->mnt->sb != to->mnt->sb)
		return refuse(f, RULE_SET_GROUP_OTHER);
	if (!dentry_is_beneath(to->mnt->root, from->mnt->root))
		return refuse(f, RULE_SET_GROUP_NARROWER);
	if (has_locked_children(from->mnt, to->mnt->root))
		return refuse(f, RULE_SET_GROUP_LOCKED);
	if (to->mnt->flags & MNT_SHARED || to->mnt->master)
		return refuse(f, RULE_SET_GROUP_TO);
	if (!(from->mnt->flags & MNT_SHARED) && !from->mnt->master)
		return refuse(f, RULE_SET_GROUP_FROM);
	return 0;
}

/* to comes to stand beside from: its master is to's, and its peers are. */
static int do_set_group(struct fake *f, const struct path *from, const struct path *to)
{
	struct mount *source = from->mnt, *mnt = to->mnt;
	int r = may_change_propagation(f, source);

	if (r == 0)
		r = may_change_propagation(f, mnt);
	if (r == 0)
		r = check_set_group(f, from, to);
	if (r < 0)
		return r;
	if (source->master) {
		list_insert(&mnt->slave, &source->slave);
		mnt->master = source->master;
	}
	if (source->flags & MNT_SHARED) {
		mnt->group_id = source->group_id;
		list_insert(&mnt->peer, &source->peer);
		set_mnt_shared(mnt);
	}
	return 0;
}

/* move_mount(2) */

static int check_move_flags(struct fake *f, unsigned int flags)
{
	unsigned int known = MOVE_FROM_FLAGS | MOVE_TO_FLAGS | MOVE_MOUNT_SET_GROUP;

	if (f->profile.mount_beneath)
		known |= MOVE_MOUNT_BENEATH;
	if (flags & ~known)
		return refuse(f, RULE_MOVE_MOUNT_FLAGS);
	if (flags & MOVE_MOUNT_BENEATH && flags & MOVE_MOUNT_SET_GROUP)
		return refuse(f, RULE_MOVE_MOUNT_TWO);
	return 0;
}

/* What the flags say of one side. */
struct side {
	int dirfd;
	const char *name;
	bool follow, may_be_empty;
};

static int lookup_side(struct fake *f, const struct side *side, struct path *out)
{
	const char *name = side->name;
	unsigned int lookup = side->follow ? LOOKUP_FOLLOW : 0;

	if (side->may_be_empty)
		lookup |= LOOKUP_EMPTY;
	if (name == NULL && side->may_be_empty && side->dirfd >= 0 &&
	    f->profile.move_mount_looks_at_target_first)
		name = "";
	return path_lookup(f, side->dirfd, name, lookup, out);
}

/* Both sides or none are found; the target's path stands second. */
static int lookup_sides(struct fake *f, const struct side sides[2], struct path paths[2])
{
	int first = f->profile.move_mount_looks_at_target_first ? 1 : 0;
	int r = lookup_side(f, &sides[first], &paths[first]);

	if (r < 0)
		return r;
	r = lookup_side(f, &sides[!first], &paths[!first]);
	if (r < 0)
		path_put(f, &paths[first]);
	return r;
}

int do_move_mount(struct fake *f, int from_dirfd, const char *from_path, int to_dirfd,
		  const char *to_path, unsigned int flags)
{
	const struct side sides[2] = {
		{from_dirfd, from_path, flags & MOVE_MOUNT_F_SYMLINKS,
		 flags & MOVE_MOUNT_F_EMPTY_PATH},
		{to_dirfd, to_path, flags & MOVE_MOUNT_T_SYMLINKS,
		 flags & MOVE_MOUNT_T_EMPTY_PATH},
	};
	struct path paths[2];
	int r = may_mount(f);

	if (r == 0)
		r = check_move_flags(f, flags);
	if (r == 0)
		r = lookup_sides(f, sides, paths);
	if (r < 0)
		return r;
	if (flags & MOVE_MOUNT_SET_GROUP)
		r = do_set_group(f, &paths[0], &paths[1]);
	else
		r = do_move(f, &paths[0], &paths[1], flags & MOVE_MOUNT_BENEATH);
	path_put(f, &paths[1]);
	path_put(f, &paths[0]);
	return r;
}
