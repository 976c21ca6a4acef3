/* umount2(2), and how trees of mounts are taken out of their namespaces. */
#include "fake/mount_tree.h"

#include "fake/fs_context.h"
#include "fake/task.h"

/* Taking out. */

/*
 * Does mnt come off its parent?  A lazy umount leaves children that are locked, or all of
 * them when it was asked to, on parents that go with them.
 */
static bool disconnect_mount(const struct mount *mnt, int how)
{
	if (how & UMOUNT_SYNC || !mnt_has_parent(mnt) || !mnt->parent->is_detached)
		return true;
	return !(how & UMOUNT_CONNECTED || mnt->flags & MNT_LOCKED);
}

/* One of a tree that goes; what is on no parent any more is put once all are out. */
static void take_out(struct fake *f, struct mount *mnt, int how, struct list *unmounted)
{
	bool disconnect = disconnect_mount(mnt, how);

	list_remove(&mnt->in_ns);
	if (mnt->ns) {
		mnt->ns->n_mounts--;
		mnt_ns_touch(mnt->ns);
		mnt->ns = NULL;
	}
	if (mnt_has_parent(mnt)) {
		mnt->parent->refs--;
		if (disconnect)
			mount_unhash(f, mnt);
		else
			list_append(&mnt->child, &mnt->parent->children);
	}
	change_mnt_propagation(f, mnt, MS_PRIVATE);
	if (disconnect)
		list_insert(&mnt->work, unmounted);
}

void umount_tree(struct fake *f, struct mount *mnt, int how, struct list *unmounted)
{
	LIST(list);

	if (how & UMOUNT_PROPAGATE)
		propagate_mount_unlock(mnt);
	for (struct mount *p = mnt; p; p = next_mnt(p, mnt)) {
		p->is_detached = true;
		list_move(&p->in_ns, &list);
	}
	list_for_each(node, &list)
		list_remove(&list_entry(node, struct mount, in_ns)->child);
	if (how & UMOUNT_PROPAGATE)
		propagate_umount(f, &list);
	while (!list_empty(&list))
		take_out(f, list_entry(list.next, struct mount, in_ns), how, unmounted);
}

/* namespace_unlock() */
void put_unmounted(struct fake *f, struct list *unmounted)
{
	while (!list_empty(unmounted)) {
		struct mount *mnt = list_entry(unmounted->next, struct mount, work);

		list_remove(&mnt->work);
		mnt_put(f, mnt);
	}
}

void detach_mounts(struct fake *f, struct dentry *d)
{
	LIST(unmounted);

	dentry_get(d);
	while (d->n_mounted > 0) {
		struct mount *mnt = list_entry(d->mounts.next, struct mount, on_dentry);

		if (mnt->is_detached) {
			mount_unhash(f, mnt);
			list_insert(&mnt->work, &unmounted);
		} else {
			umount_tree(f, mnt, UMOUNT_CONNECTED, &unmounted);
		}
	}
	put_unmounted(f, &unmounted);
	dentry_put(f, d);
}

/* umount2(2) */

static int can_umount(struct fake *f, const struct path *path, int flags)
{
	const struct mount *mnt = path->mnt;
	int r = may_mount(f);

	if (r < 0)
		return r;
	if (!path_is_mount_root(path))
		return refuse(f, RULE_UMOUNT_NOT_ROOT);
	if (!mnt_is_ours(f, mnt))
		return refuse(f, RULE_UMOUNT_NOT_OURS);
	if (mnt->flags & MNT_LOCKED)
		return refuse(f, RULE_UMOUNT_LOCKED);
	if (flags & MNT_FORCE && !ns_capable(f, mnt->sb->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_UMOUNT_FORCE_NOT_OWNED);
	return 0;
}

/* MNT_EXPIRE marks at first; a mount that nobody used in between goes the second time. */
static int mark_for_expiry(struct fake *f, struct mount *mnt, int flags)
{
	if (mnt == f->current->root.mnt || flags & (MNT_FORCE | MNT_DETACH))
		return refuse(f, RULE_UMOUNT_EXPIRE_FLAGS);
	if (mnt->refs != 2)
		return refuse(f, RULE_UMOUNT_EXPIRE_BUSY);
	if (!mnt->is_expiry_marked) {
		mnt->is_expiry_marked = true;
		return refuse(f, RULE_UMOUNT_EXPIRE_MARKED);
	}
	return 0;
}

/* The root of who asks stays, and becomes read-only: do_umount_root(). */
static int umount_root(struct fake *f, struct super_block *sb)
{
	struct fs_context fc = {.sb_flags = MS_RDONLY, .sb_flags_mask = MS_RDONLY};
	int r;

	if (!ns_capable(f, sb->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_UMOUNT_ROOT_NOT_OWNED);
	if (sb->flags & MS_RDONLY)
		return 0;
	r = fs_context_init(f, &fc, sb->type, sb->user_ns);
	if (r < 0)
		return r;
	r = reconfigure_super(f, &fc, sb);
	fs_context_clean(f, &fc);
	return r;
}

static int path_umount(struct fake *f, const struct path *path, int flags)
{
	struct mount *mnt = path->mnt;
	int how = UMOUNT_PROPAGATE | (flags & MNT_DETACH ? 0 : UMOUNT_SYNC);
	LIST(unmounted);
	int r = can_umount(f, path, flags);

	if (r == 0 && flags & MNT_EXPIRE)
		r = mark_for_expiry(f, mnt, flags);
	if (r < 0)
		return r;
	if (mnt == f->current->root.mnt && !(flags & MNT_DETACH))
		return umount_root(f, mnt->sb);
	if (!(flags & MNT_DETACH)) {
		r = propagate_mount_busy(f, mnt, 2);
		if (r < 0)
			return r;
	}
	umount_tree(f, mnt, how, &unmounted);
	put_unmounted(f, &unmounted);
	return 0;
}

int do_umount2(struct fake *f, const char *target, int flags)
{
	struct path path;
	int r;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return refuse(f, RULE_UMOUNT_FLAGS);
	r = path_lookup(f, AT_FDCWD, target, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW,
			&path);
	if (r < 0)
		return r;
	/* LOOKUP_MOUNTPOINT: "." as well is what is mounted there, not what is beneath. */
	if (path.mnt)
		path_follow_down(f, &path);
	r = path_umount(f, &path, flags);
	/* path_put() would take the expiry mark away. */
	dentry_put(f, path.dentry);
	if (path.mnt)
		mnt_put_no_expire(f, path.mnt);
	return r;
}
