/* One mount: its life, its place, write access through it. */
#include "fake/mount.h"

#include "fake/fs_context.h"
#include "fake/mount_tree.h"
#include "fake/task.h"

/* alloc_vfsmnt(), vfs_create_mount() */
struct mount *mnt_create(struct fake *f, struct super_block *sb, struct dentry *root,
			 const char *source)
{
	struct mount *mnt = heap_alloc(f, sizeof(*mnt));

	mnt->refs = 1;
	mnt->id = id_pool_take(f, f->mount_ids);
	mnt->unique_id = f->next_mount_unique++;
	mnt->sb = sb_get(sb);
	mnt->root = dentry_get(root);
	mnt->source = source ? heap_strdup(f, source) : NULL;
	mnt->parent = mnt;
	mnt->mountpoint = root;
	list_init(&mnt->child);
	list_init(&mnt->children);
	list_init(&mnt->in_ns);
	list_init(&mnt->peer);
	list_init(&mnt->slaves);
	list_init(&mnt->slave);
	if (sb->mounts.next == NULL)
		list_init(&sb->mounts);
	list_append(&mnt->of_sb, &sb->mounts);
	return mnt;
}

/* Where the copy stands in propagation: second half of clone_mnt(). */
static void clone_propagation(struct mount *mnt, struct mount *old, int flags)
{
	bool was_shared = old->flags & MNT_SHARED;

	if (flags & CL_SLAVE || (flags & CL_SHARED_TO_SLAVE && was_shared)) {
		list_insert(&mnt->slave, &old->slaves);
		mnt->master = old;
		mnt->flags &= ~MNT_SHARED;
	} else {
		if (flags & CL_MAKE_SHARED || was_shared)
			list_insert(&mnt->peer, &old->peer);
		if (old->master)
			list_insert(&mnt->slave, &old->slave);
		mnt->master = old->master;
	}
	if (flags & CL_MAKE_SHARED)
		set_mnt_shared(mnt);
}

struct mount *clone_mnt(struct fake *f, struct mount *old, struct dentry *root, int flags)
{
	struct mount *mnt = mnt_create(f, old->sb, root, old->source);

	if ((flags & (CL_SLAVE | CL_SHARED_TO_SLAVE)) == 0)
		mnt->group_id = old->group_id;
	if (flags & CL_MAKE_SHARED && mnt->group_id == 0)
		mnt->group_id = id_pool_take(f, f->group_ids);
	mnt->flags = old->flags;
	if (f->profile.copies_lose_unbindable)
		mnt->flags &= ~MNT_UNBINDABLE;
	clone_propagation(mnt, old, flags);
	return mnt;
}

struct mount *mnt_get(struct mount *mnt)
{
	mnt->refs++;
	return mnt;
}

/* cleanup_mnt(): what a lazy umount left connected to it goes too. */
static void mnt_free(struct fake *f, struct mount *mnt)
{
	if (mnt->writers != 0)
		fake_stop(f, "fake: mount %d dies with %d writers", mnt->id, mnt->writers);
	list_remove(&mnt->of_sb);
	while (!list_empty(&mnt->children)) {
		struct mount *child = list_entry(mnt->children.next, struct mount, child);

		mount_unhash(f, child);
		mnt_put_no_expire(f, child);
	}
	dentry_put(f, mnt->root);
	sb_put(f, mnt->sb);
	id_pool_give(f, f->mount_ids, mnt->id);
	heap_free(f, mnt->source);
	heap_free(f, mnt);
}

void mnt_put_no_expire(struct fake *f, struct mount *mnt)
{
	if (--mnt->refs > 0)
		return;
	if (mnt->refs < 0 || mnt->ns)
		fake_stop(f, "fake: mount %d has lost a reference", mnt->id);
	else
		mnt_free(f, mnt);
}

void mnt_put(struct fake *f, struct mount *mnt)
{
	if (mnt == NULL)
		return;
	mnt->is_expiry_marked = false;
	mnt_put_no_expire(f, mnt);
}

/* Its place. */

struct mount *mount_on(struct mount *parent, struct dentry *mountpoint)
{
	if (mountpoint->n_mounted == 0)
		return NULL;
	list_for_each(node, &mountpoint->mounts) {
		struct mount *mnt = list_entry(node, struct mount, on_dentry);

		if (mnt->parent == parent && mnt->is_hashed)
			return mnt;
	}
	return NULL;
}

bool dentry_is_local_mountpoint(struct fake *f, const struct dentry *d)
{
	if (d->n_mounted == 0)
		return false;
	list_for_each(node, &d->mounts)
		if (mnt_is_ours(f, list_entry(node, struct mount, on_dentry)))
			return true;
	return false;
}

bool mnt_is_ours(struct fake *f, const struct mount *mnt)
{
	return mnt && mnt->ns == f->current->ns.mnt;
}

bool mnt_is_usable_detached(struct fake *f, const struct mount *mnt)
{
	return mnt && mnt->ns && mnt->ns->is_anon &&
	       (mnt->ns->origin == 0 || mnt->ns->origin == f->current->ns.mnt->seq);
}

void mount_set_mountpoint(struct mount *parent, struct dentry *mountpoint, struct mount *mnt)
{
	mnt_get(parent);
	mnt->parent = parent;
	mnt->mountpoint = dentry_get(mountpoint);
	if (mountpoint->n_mounted++ == 0)
		list_init(&mountpoint->mounts);
	list_insert(&mnt->on_dentry, &mountpoint->mounts);
}

void mount_hash(struct mount *mnt)
{
	mnt->is_hashed = true;
	list_append(&mnt->child, &mnt->parent->children);
}

void mount_unhash(struct fake *f, struct mount *mnt)
{
	struct dentry *mountpoint = mnt->mountpoint;

	mnt->parent = mnt;
	mnt->mountpoint = mnt->root;
	mnt->is_hashed = false;
	list_remove(&mnt->child);
	list_remove(&mnt->on_dentry);
	mountpoint->n_mounted--;
	dentry_put(f, mountpoint);
}

void mount_change_mountpoint(struct fake *f, struct mount *parent, struct dentry *mountpoint,
			     struct mount *mnt)
{
	struct mount *old_parent = mnt->parent;

	dentry_get(mountpoint);
	mount_unhash(f, mnt);
	mount_set_mountpoint(parent, mountpoint, mnt);
	mount_hash(mnt);
	dentry_put(f, mountpoint);
	old_parent->refs--;
}

void mnt_ns_touch(struct mnt_ns *ns)
{
	if (ns)
		ns->event++;
}

void mount_add_to_ns(struct fake *f, struct mnt_ns *ns, struct mount *mnt)
{
	struct list *last = ns->mounts.prev;

	if (f->profile.mountinfo_by_unique_id)
		while (last != &ns->mounts &&
		       list_entry(last, struct mount, in_ns)->unique_id > mnt->unique_id)
			last = last->prev;
	list_insert(&mnt->in_ns, last);
	mnt->ns = ns;
	ns->n_mounts++;
}

/* Write access. */

bool mnt_is_readonly(const struct mount *mnt)
{
	return mnt->flags & MNT_READONLY || mnt->sb->flags & MS_RDONLY;
}

int mnt_want_write(struct fake *f, const struct path *path)
{
	if (mnt_is_readonly(path->mnt))
		return refuse(f, RULE_MOUNT_READONLY);
	return 0;
}

/* The first mounts. */

int mount_attach_new(struct fake *f, struct mnt_ns *ns, struct super_block *sb,
		     const struct path *at, const char *source, unsigned int flags,
		     struct mount **out)
{
	struct mount *mnt = mnt_create(f, sb, sb->root, source);

	mnt->flags = flags;
	if (at) {
		mount_set_mountpoint(at->mnt, at->dentry, mnt);
		mount_hash(mnt);
	} else {
		ns->root = mnt;
	}
	mount_add_to_ns(f, ns, mnt);
	mnt_ns_touch(ns);
	*out = mnt;
	return 0;
}

/* init_mount_tree(): nobody may unmount the rootfs. */
void mount_boot(struct fake *f)
{
	const struct fs_type *type = fs_type_find("rootfs");
	struct fs_context fc = {0};
	struct super_block *sb;
	struct mount *mnt;

	if (type == NULL || fs_context_init(f, &fc, type, f->init_user_ns) < 0 ||
	    type->get_tree(f, &fc, &sb) < 0) {
		fake_stop(f, "fake: there is no rootfs");
		return;
	}
	f->boot_ns = mnt_ns_new(f, f->init_user_ns);
	mount_attach_new(f, f->boot_ns, sb, NULL, "rootfs", MNT_LOCKED, &mnt);
	fs_context_clean(f, &fc);
	sb_put(f, sb);
}
