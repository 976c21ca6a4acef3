/* pivot_root(2): another mount becomes the root, the old root is put beneath it. */
#include "fake/mount_tree.h"

#include "fake/task.h"

/* Nothing may propagate, and nothing may be revealed: first half of the checks. */
static int check_sharing(struct fake *f, const struct path *new, const struct path *old,
			 const struct path *root)
{
	if (!mnt_is_ours(f, root->mnt) || !mnt_is_ours(f, new->mnt))
		return refuse(f, RULE_PIVOT_NOT_OURS);
	if (old->mnt->flags & MNT_SHARED)
		return refuse(f, RULE_PIVOT_PUT_OLD_SHARED);
	if (new->mnt->parent->flags & MNT_SHARED)
		return refuse(f, RULE_PIVOT_NEW_PARENT_SHARED);
	if (root->mnt->parent->flags & MNT_SHARED)
		return refuse(f, RULE_PIVOT_ROOT_PARENT_SHARED);
	if (new->mnt->flags & MNT_LOCKED)
		return refuse(f, RULE_PIVOT_LOCKED);
	if (new->dentry->is_unlinked)
		return refuse(f, RULE_PIVOT_NEW_REMOVED);
	return 0;
}

/* Where the three stand to each other: second half. */
static int check_places(struct fake *f, const struct path *new, const struct path *old,
			const struct path *root)
{
	if (new->mnt == root->mnt)
		return refuse(f, RULE_PIVOT_NEW_ON_ROOT);
	if (old->mnt == root->mnt)
		return refuse(f, RULE_PIVOT_PUT_OLD_ON_ROOT);
	if (root->mnt->root != root->dentry)
		return refuse(f, RULE_PIVOT_ROOT_NOT_MOUNT);
	if (!mnt_has_parent(root->mnt))
		return refuse(f, RULE_PIVOT_ROOTFS);
	if (new->mnt->root != new->dentry || !mnt_has_parent(new->mnt))
		return refuse(f, RULE_PIVOT_NEW_NOT_MOUNT);
	if (!is_path_reachable(old->mnt, old->dentry, new))
		return refuse(f, RULE_PIVOT_PUT_OLD_OUTSIDE);
	if (!is_path_reachable(new->mnt, new->dentry, root))
		return refuse(f, RULE_PIVOT_NEW_OUTSIDE);
	return 0;
}

/* Every task that stood exactly on the old root, in whatever namespace, goes along. */
static void chroot_fs_refs(struct fake *f, const struct path *old_root,
			   const struct path *new_root)
{
	list_for_each(node, &f->tasks) {
		struct task *task = list_entry(node, struct task, all);
		struct path *places[] = {&task->root, &task->cwd};

		for (int i = 0; i < 2; i++) {
			if (places[i]->mnt == NULL || !path_equal(places[i], old_root))
				continue;
			path_get(new_root);
			path_put(f, places[i]);
			*places[i] = *new_root;
		}
	}
}

/* The old root comes to stand on put_old, the new one where the old root stood. */
static void swap_roots(struct fake *f, struct mount *new, const struct path *old,
		       struct mount *root)
{
	struct mount *new_parent = new->parent;
	struct path above = {root->parent, root->mountpoint};

	dentry_get(above.dentry);
	mount_unhash(f, new);
	mount_unhash(f, root);
	if (root->flags & MNT_LOCKED) {
		new->flags |= MNT_LOCKED;
		root->flags &= ~MNT_LOCKED;
	}
	mount_set_mountpoint(old->mnt, old->dentry, root);
	mount_hash(root);
	mount_set_mountpoint(above.mnt, above.dentry, new);
	mount_hash(new);
	dentry_put(f, above.dentry);
	mnt_put_no_expire(f, above.mnt);
	mnt_put_no_expire(f, new_parent);
}

static int pivot(struct fake *f, const struct path *new, struct path *old)
{
	struct path root = f->current->root;
	int r = lock_mount(f, old);

	if (r == 0)
		r = check_sharing(f, new, old, &root);
	if (r == 0)
		r = check_places(f, new, old, &root);
	if (r < 0)
		return r;
	path_get(&root);
	swap_roots(f, new->mnt, old, root.mnt);
	mnt_ns_touch(f->current->ns.mnt);
	chroot_fs_refs(f, &root, new);
	path_put(f, &root);
	return 0;
}

int do_pivot_root(struct fake *f, const char *new_root, const char *put_old)
{
	struct path new, old;
	int r = may_mount(f);

	if (r < 0)
		return r;
	r = path_lookup(f, AT_FDCWD, new_root, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &new);
	if (r < 0)
		return r;
	r = path_lookup(f, AT_FDCWD, put_old, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &old);
	if (r == 0) {
		r = pivot(f, &new, &old);
		path_put(f, &old);
	}
	path_put(f, &new);
	return r;
}
