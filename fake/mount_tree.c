/* Trees of mounts: walking, copying and attaching them. */
#include "fake/mount_tree.h"

#include "fake/task.h"

/* Walking. */

/* Up from mnt until there is a sibling that follows; NULL at root. */
static struct mount *next_after(struct mount *mnt, struct mount *root)
{
	for (; mnt != root; mnt = mnt->parent)
		if (mnt->child.next != &mnt->parent->children)
			return list_entry(mnt->child.next, struct mount, child);
	return NULL;
}

struct mount *next_mnt(struct mount *mnt, struct mount *root)
{
	if (!list_empty(&mnt->children))
		return list_entry(mnt->children.next, struct mount, child);
	return next_after(mnt, root);
}

bool is_path_reachable(const struct mount *mnt, const struct dentry *d, const struct path *root)
{
	while (mnt != root->mnt && mnt_has_parent(mnt)) {
		d = mnt->mountpoint;
		mnt = mnt->parent;
	}
	return mnt == root->mnt && dentry_is_beneath(d, root->dentry);
}

/* Mount namespaces as files. */

bool is_mnt_ns_file(const struct dentry *d)
{
	const struct ns *ns = nsfs_ns(d->inode);

	return ns && ns->type == CLONE_NEWNS;
}

bool mnt_ns_loop(struct fake *f, const struct dentry *d)
{
	if (!is_mnt_ns_file(d))
		return false;
	return f->current->ns.mnt->seq >= ((struct mnt_ns *)nsfs_ns(d->inode))->seq;
}

/* Copying. */

/* Is s, with all on it, left out of a copy?  1, 0, or a refusal. */
static int is_left_out(struct fake *f, struct mount *s, int flags)
{
	if (!(flags & CL_COPY_UNBINDABLE) && s->flags & MNT_UNBINDABLE) {
		if (s->flags & MNT_LOCKED)
			return refuse(f, RULE_BIND_UNBINDABLE_LOCKED);
		return 1;
	}
	return !(flags & CL_COPY_MNT_NS_FILE) && is_mnt_ns_file(s->root);
}

/*
 * Copies what is mounted on top, a child of the tree's root, with all on it.  copy is of
 * original, the mount of the tree that was copied last.
 */
static int copy_child(struct fake *f, struct mount *top, int flags, struct mount *copy_root,
		      struct mount **original, struct mount **copy)
{
	struct mount *s = top;

	while (s) {
		struct mount *parent;
		int r = is_left_out(f, s, flags);

		if (r < 0)
			return r;
		if (r > 0) {
			s = next_after(s, top);
			continue;
		}
		while (*original != s->parent) {
			*original = (*original)->parent;
			*copy = (*copy)->parent;
		}
		parent = *copy;
		*original = s;
		*copy = clone_mnt(f, s, s->root, flags);
		list_append(&(*copy)->in_ns, &copy_root->in_ns);
		mount_set_mountpoint(parent, s->mountpoint, *copy);
		mount_hash(*copy);
		s = next_mnt(s, top);
	}
	return 0;
}

int copy_tree(struct fake *f, struct mount *mnt, struct dentry *root, int flags,
	      struct mount **out)
{
	struct mount *copy, *copy_root, *original = mnt;
	LIST(unmounted);
	int r = 0;

	/* Whoever bound it knows its namespace to be younger than the own; others do not. */
	if (!(flags & CL_COPY_MNT_NS_FILE) && is_mnt_ns_file(root))
		return refuse(f, RULE_MOUNT_NS_FILE_SHARED);
	copy = copy_root = clone_mnt(f, mnt, root, flags);

	list_for_each(node, &mnt->children) {
		struct mount *child = list_entry(node, struct mount, child);

		if (!dentry_is_beneath(child->mountpoint, root))
			continue;
		r = copy_child(f, child, flags, copy_root, &original, &copy);
		if (r < 0)
			break;
	}
	if (r < 0) {
		umount_tree(f, copy_root, UMOUNT_SYNC, &unmounted);
		put_unmounted(f, &unmounted);
		return r;
	}
	*out = copy_root;
	return 0;
}

void lock_mnt_tree(struct mount *mnt)
{
	for (struct mount *p = mnt; p; p = next_mnt(p, mnt)) {
		p->flags |= MNT_LOCK_ATIME | MNT_LOCKED;
		if (p->flags & MNT_READONLY)
			p->flags |= MNT_LOCK_READONLY;
		if (p->flags & MNT_NODEV)
			p->flags |= MNT_LOCK_NODEV;
		if (p->flags & MNT_NOSUID)
			p->flags |= MNT_LOCK_NOSUID;
		if (p->flags & MNT_NOEXEC)
			p->flags |= MNT_LOCK_NOEXEC;
	}
}

/* Attaching. */

int invent_group_ids(struct fake *f, struct mount *mnt, bool recurse)
{
	for (struct mount *p = mnt; p; p = recurse ? next_mnt(p, mnt) : NULL)
		if (p->group_id == 0 && !(p->flags & MNT_SHARED))
			p->group_id = id_pool_take(f, f->group_ids);
	return 0;
}

void cleanup_group_ids(struct fake *f, struct mount *mnt)
{
	for (struct mount *p = mnt; p; p = next_mnt(p, mnt))
		if (p->group_id && !(p->flags & MNT_SHARED))
			mnt_release_group_id(f, p);
}

int count_mounts(struct fake *f, struct mnt_ns *ns, struct mount *mnt)
{
	int n = 0;

	for (struct mount *p = mnt; p; p = next_mnt(p, mnt))
		n++;
	if (ns->n_mounts + ns->n_pending + n > f->mount_max)
		return refuse(f, RULE_MOUNT_TOO_MANY);
	ns->n_pending += n;
	return 0;
}

void mount_ring_to_ns(struct fake *f, struct mount *mnt, struct mnt_ns *ns)
{
	LIST(tree);

	list_insert(&tree, mnt->in_ns.prev);
	while (!list_empty(&tree)) {
		struct mount *m = list_entry(tree.next, struct mount, in_ns);

		list_remove(&m->in_ns);
		mount_add_to_ns(f, ns, m);
	}
}

static void commit_tree(struct fake *f, struct mount *mnt)
{
	struct mnt_ns *ns = mnt->parent->ns;

	/* The head of an anonymous namespace's list is a node of the ring. */
	if (mnt->ns)
		list_remove(&mnt->ns->mounts);
	mount_ring_to_ns(f, mnt, ns);
	ns->n_pending = 0;
	mount_hash(mnt);
	mnt_ns_touch(ns);
}

/* Which mount of a tree is covered where the tree is tucked beneath another mount. */
static struct mount *where_to_cover(struct fake *f, struct mount *mnt)
{
	struct mount *on_top;

	while (f->profile.tucked_are_covered_on_top && (on_top = mount_on(mnt, mnt->root)))
		mnt = on_top;
	return mnt;
}

/*
 * Commits the propagated copies.  What was already mounted there moves onto the copy, which
 * is tucked beneath it.  Trees that come from a more privileged owner are locked as a whole.
 */
static void commit_copies(struct fake *f, struct list *copies, const struct user_ns *owner)
{
	while (!list_empty(copies)) {
		struct mount *copy = list_entry(copies->next, struct mount, work);
		struct mount *covering = mount_on(copy->parent, copy->mountpoint);

		list_remove(&copy->work);
		if (copy->parent->ns->ns.owner != owner)
			lock_mnt_tree(copy);
		copy->flags &= ~MNT_LOCKED;
		if (covering) {
			struct mount *top = where_to_cover(f, copy);

			mount_change_mountpoint(f, top, top->root, covering);
		}
		commit_tree(f, copy);
	}
}

/* Makes the copies for whoever receives from dest, or undoes them. */
static int propagate_source(struct fake *f, struct mount *source, struct mount *dest,
			    struct dentry *mountpoint, struct list *copies)
{
	LIST(unmounted);
	int r = invent_group_ids(f, source, true);

	if (r == 0)
		r = propagate_mnt(f, dest, mountpoint, source, copies);
	if (r == 0) {
		for (struct mount *p = source; p; p = next_mnt(p, source))
			set_mnt_shared(p);
		return 0;
	}
	while (!list_empty(copies)) {
		struct mount *copy = list_entry(copies->next, struct mount, work);

		list_remove(&copy->work);
		copy->parent->ns->n_pending = 0;
		umount_tree(f, copy, UMOUNT_SYNC, &unmounted);
	}
	put_unmounted(f, &unmounted);
	cleanup_group_ids(f, source);
	return r;
}

int attach_recursive_mnt(struct fake *f, struct mount *source, struct mount *dest,
			 struct dentry *mountpoint, struct mount *top)
{
	bool is_moving = mnt_has_parent(source);
	struct mnt_ns *ns = dest->ns;
	LIST(copies);
	int r = 0;

	/* Copies could be tucked beneath others, so its root must be fit to be mounted on. */
	if (where_to_cover(f, source)->root->is_unlinked)
		return refuse(f, RULE_MOUNT_SOURCE_REMOVED);
	if (!is_moving)
		r = count_mounts(f, ns, source);
	if (r == 0 && dest->flags & MNT_SHARED)
		r = propagate_source(f, source, dest, mountpoint, &copies);
	if (r < 0) {
		ns->n_pending = 0;
		return r;
	}
	if (is_moving)
		mount_unhash(f, source);
	mount_set_mountpoint(dest, mountpoint, source);
	if (top)
		mount_change_mountpoint(f, source, source->root, top);
	if (is_moving) {
		mount_hash(source);
		mnt_ns_touch(source->ns);
	} else {
		commit_tree(f, source);
	}
	commit_copies(f, &copies, ns->ns.owner);
	return 0;
}

/* do_lock_mount(): is_beneath asks after what the mount on top is on. */
static int lock_mount_at(struct fake *f, struct path *path, bool is_beneath)
{
	for (;;) {
		bool under = is_beneath && path->mnt;
		const struct dentry *d = under ? path->mnt->mountpoint : path->dentry;
		struct mount *on_top;

		if (d->is_unlinked)
			return refuse(f, RULE_MOUNT_TARGET_REMOVED);
		if (f->profile.detached_target_is_enoent && !mnt_is_mounted(path->mnt))
			return refuse(f, RULE_MOUNT_TARGET_DETACHED);
		on_top = path->mnt ? mount_on(path->mnt, path->dentry) : NULL;
		if (on_top == NULL)
			return 0;
		mnt_get(on_top);
		dentry_get(on_top->root);
		path_put(f, path);
		*path = (struct path){on_top, on_top->root};
	}
}

int lock_mount(struct fake *f, struct path *path)
{
	return lock_mount_at(f, path, false);
}

int lock_mount_beneath(struct fake *f, struct path *path)
{
	return lock_mount_at(f, path, true);
}
