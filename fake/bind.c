/* mount(2) with MS_BIND: what is mounted already, elsewhere as well. */
#include "fake/mount_tree.h"

#include "fake/task.h"

#include <string.h>

bool has_locked_children(const struct mount *mnt, const struct dentry *d)
{
	list_for_each(node, &mnt->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child->flags & MNT_LOCKED && dentry_is_beneath(child->mountpoint, d))
			return true;
	}
	return false;
}

static bool is_pidfd(const struct fake *f, const struct dentry *d)
{
	return d->sb == f->pidfs && strcmp(d->name, "anon_inode:[pidfd]") == 0;
}

/* May this be bound?  __do_loopback() */
static int check_bind_source(struct fake *f, const struct path *from, bool recurse)
{
	const struct mount *old = from->mnt;

	if (old && old->flags & MNT_UNBINDABLE)
		return refuse(f, RULE_BIND_UNBINDABLE);
	if (f->profile.detached_are_sources && is_pidfd(f, from->dentry))
		return not_modelled(f, "a mount of a pidfd");
	/* Files of namespaces are in no namespace, and may be bound nevertheless. */
	if (!mnt_is_ours(f, old) && nsfs_ns(from->dentry->inode) == NULL &&
	    !(f->profile.detached_are_sources && mnt_is_usable_detached(f, old)))
		return refuse(f, RULE_BIND_SOURCE_NOT_OURS);
	if (old == NULL)
		return 0;
	/* Kernels of the 6.1 line do not agree. */
	if (recurse && !mnt_is_mounted(old))
		return not_modelled(f, "MS_REC for a namespace's file that was unmounted");
	if (!recurse && has_locked_children(old, from->dentry))
		return refuse(f, RULE_BIND_LOCKED_CHILD);
	return 0;
}

int copy_bind_source(struct fake *f, const struct path *from, bool recurse, struct mount **out)
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
