/* mount(2) with MS_BIND and MS_MOVE: what is mounted already, elsewhere. */
#include "fake/mount_tree.h"

#include "fake/task.h"

/* Binds. */

static bool has_locked_children(const struct mount *mnt, const struct dentry *d)
{
	list_for_each(node, &mnt->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child->flags & MNT_LOCKED && dentry_is_beneath(child->mountpoint, d))
			return true;
	}
	return false;
}

/* May this be bound?  __do_loopback() */
static int check_bind_source(struct fake *f, const struct path *from, bool recurse)
{
	const struct mount *old = from->mnt;

	if (old && old->flags & MNT_UNBINDABLE)
		return refuse(f, RULE_BIND_UNBINDABLE);
	/* Files of namespaces are in no namespace, and may be bound nevertheless. */
	if (!mnt_is_ours(f, old) && nsfs_ns(from->dentry->inode) == NULL) {
		if (f->profile.bind_from_detached && old && old->ns == NULL)
			return not_modelled(f, "mount(2) with MS_BIND of a detached tree");
		return refuse(f, RULE_BIND_SOURCE_NOT_OURS);
	}
	if (old == NULL)
		return 0;
	/* Kernels of the 6.1 line do not agree. */
	if (recurse && !mnt_is_mounted(old))
		return not_modelled(f, "MS_REC for a namespace's file that was unmounted");
	if (!recurse && has_locked_children(old, from->dentry))
		return refuse(f, RULE_BIND_LOCKED_CHILD);
	return 0;
}

static int copy_bind_source(struct fake *f, const struct path *from, bool recurse,
			    struct mount **out)
{
	int r = check_bind_source(f, from, recurse);

	if (r < 0)
		return r;
	if (from->mnt == NULL)
		*out = mnt_create(f, f->nsfs, from->dentry, "nsfs");
	else if (recurse)
		r = copy_tree(f, from->mnt, from->dentry, CL_COPY_MNT_NS_FILE, out);
	else
		*out = clone_mnt(f, from->mnt, from->dentry, 0);
	if (r == 0)
		(*out)->flags &= ~MNT_LOCKED;
	return r;
}

static int bind_at(struct fake *f, const struct path *from, struct path *path, bool recurse)
{
	struct mount *copy;
	LIST(unmounted);
	int r;

	if (mnt_ns_loop(f, from->dentry))
		return refuse(f, RULE_BIND_NS_LOOP);
	r = lock_mount(f, path);
	if (r < 0)
		return r;
	if (!mnt_is_ours(f, path->mnt))
		return refuse(f, RULE_MOUNT_TARGET_NOT_OURS);
	r = copy_bind_source(f, from, recurse, &copy);
	if (r < 0)
		return r;
	r = graft_tree(f, copy, path);
	if (r < 0) {
		umount_tree(f, copy, UMOUNT_SYNC, &unmounted);
		put_unmounted(f, &unmounted);
	}
	return r;
}

int do_loopback(struct fake *f, struct path *path, const char *source, bool recurse)
{
	struct path from;
	int r;

	if (source == NULL || *source == '\0')
		return refuse(f, RULE_BIND_NO_SOURCE);
	r = path_lookup(f, AT_FDCWD, source, LOOKUP_FOLLOW, &from);
	if (r < 0)
		return r;
	r = bind_at(f, &from, path, recurse);
	path_put(f, &from);
	return r;
}

/* Moves. */

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

/* May this be taken from where it is?  First half of do_move_mount()'s checks. */
static int check_move_source(struct fake *f, const struct path *from)
{
	const struct mount *old = from->mnt;

	if (!mnt_is_mounted(old))
		return refuse(f, RULE_MOVE_NOT_MOUNTED);
	if (!mnt_is_ours(f, old) || !mnt_has_parent(old))
		return refuse(f, RULE_MOVE_SOURCE_NOT_OURS);
	if (old->flags & MNT_LOCKED)
		return refuse(f, RULE_MOVE_LOCKED);
	return check_move_root(f, from);
}

/*
 * May it be put there?  Second half.  check_for_nsfs_mounts() has nothing to find before
 * trees can be moved from one namespace to another.
 */
static int check_move_target(struct fake *f, const struct path *from, const struct path *to)
{
	struct mount *old = from->mnt;
	int r = check_move_kind(f, from, to);

	if (r < 0)
		return r;
	if (old->parent->flags & MNT_SHARED)
		return refuse(f, RULE_MOVE_PARENT_SHARED);
	if (to->mnt->flags & MNT_SHARED && has_unbindable(old))
		return refuse(f, RULE_MOVE_UNBINDABLE);
	for (const struct mount *p = to->mnt; mnt_has_parent(p); p = p->parent)
		if (p == old)
			return refuse(f, RULE_MOVE_INTO_ITSELF);
	return 0;
}

static int move_to(struct fake *f, const struct path *from, struct path *to)
{
	struct mount *old_parent = from->mnt ? from->mnt->parent : NULL;
	int r = 0;

	if (f->profile.move_looks_at_paths_first) {
		r = check_move_root(f, from);
		if (r == 0)
			r = check_move_kind(f, from, to);
	}
	if (r == 0)
		r = lock_mount(f, to);
	if (r < 0)
		return r;
	if (!mnt_is_ours(f, to->mnt))
		return refuse(f, RULE_MOUNT_TARGET_NOT_OURS);
	r = check_move_source(f, from);
	if (r == 0)
		r = check_move_target(f, from, to);
	if (r == 0)
		r = attach_recursive_mnt(f, from->mnt, to->mnt, to->dentry, true);
	if (r == 0)
		mnt_put_no_expire(f, old_parent);
	return r;
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
	r = move_to(f, &from, path);
	path_put(f, &from);
	return r;
}
