/* Invariants of mounts: trees are trees, rings are rings, masters know their slaves. */
#include "fake/check.h"
#include "fake/mount_tree.h"

static bool is_in(const struct list *node, const struct list *head)
{
	for (const struct list *at = head->next; at != head; at = at->next) {
		if (at == node)
			return true;
		if (at == NULL || at->next->prev != at)
			return false;
	}
	return false;
}

static void check_place(struct check *c, const struct mount *mnt)
{
	const struct mount *top = mnt;

	if (!mnt_has_parent(mnt)) {
		if (mnt->is_hashed || mnt->mountpoint != mnt->root)
			check_fails(c, "mount %d has no parent, but a place", mnt->id);
		if (mnt->ns && mnt->ns->root != mnt)
			check_fails(c, "mount %d is a second root of its namespace", mnt->id);
		return;
	}
	if (!is_in(&mnt->child, &mnt->parent->children))
		check_fails(c, "mount %d is no child of its parent", mnt->id);
	if (!is_in(&mnt->on_dentry, &mnt->mountpoint->mounts))
		check_fails(c, "mount %d is not known to what it is on", mnt->id);
	if (mnt->mountpoint->sb != mnt->parent->sb)
		check_fails(c, "mount %d is on another superblock than its parent", mnt->id);
	if (mnt->ns != mnt->parent->ns)
		check_fails(c, "mount %d is in another namespace than its parent", mnt->id);
	for (int depth = 0; mnt_has_parent(top); top = top->parent)
		if (depth++ > MOUNTS_MAX) {
			check_fails(c, "mount %d is beneath itself", mnt->id);
			break;
		}
}

static void check_peers(struct check *c, const struct mount *mnt)
{
	bool is_shared = mnt->flags & MNT_SHARED;
	int n = 0;

	if (is_shared != (mnt->group_id != 0))
		check_fails(c, "mount %d is %sshared, and of group %d", mnt->id,
			    is_shared ? "" : "not ", mnt->group_id);
	if (!is_shared && !list_empty(&mnt->peer))
		check_fails(c, "mount %d has peers and is not shared", mnt->id);
	if (is_shared && mnt->flags & MNT_UNBINDABLE)
		check_fails(c, "mount %d is shared and unbindable", mnt->id);
	for (const struct mount *m = next_peer(mnt); m != mnt; m = next_peer(m)) {
		if (m->group_id != mnt->group_id || m->master != mnt->master ||
		    m->sb != mnt->sb)
			check_fails(c, "mounts %d and %d are peers, but not alike", mnt->id,
				    m->id);
		if (m->peer.next->prev != &m->peer || n++ > MOUNTS_MAX) {
			check_fails(c, "the peers of mount %d are no ring", mnt->id);
			break;
		}
	}
}

static void check_slaves(struct check *c, const struct mount *mnt)
{
	if (mnt->master == NULL && !list_empty(&mnt->slave))
		check_fails(c, "mount %d is in a list of slaves, without a master", mnt->id);
	if (mnt->master && !is_in(&mnt->slave, &mnt->master->slaves))
		check_fails(c, "mount %d is not known to its master", mnt->id);
	if (mnt->master && !(mnt->master->flags & MNT_SHARED))
		check_fails(c, "mount %d has a master that is not shared", mnt->id);
	list_for_each(node, &mnt->slaves) {
		const struct mount *slave = list_entry(node, struct mount, slave);

		if (slave->master != mnt)
			check_fails(c, "mount %d is listed as a slave of %d", slave->id,
				    mnt->id);
	}
}

void check_mount(struct check *c, const struct mount *mnt)
{
	check_place(c, mnt);
	check_peers(c, mnt);
	check_slaves(c, mnt);
	if (!dentry_is_beneath(mnt->root, mnt->sb->root) && mnt->root->parent != mnt->root)
		check_fails(c, "mount %d shows what is not in its superblock", mnt->id);
	if (mnt->is_detached == (mnt->ns != NULL))
		check_fails(c, "mount %d is %s", mnt->id,
			    mnt->ns ? "detached, and in a namespace" : "nowhere");
	if (mnt->is_detached && (mnt->group_id || mnt->master))
		check_fails(c, "mount %d is detached, and propagates", mnt->id);
	if (mnt->is_marked || !list_empty(&mnt->umounting) || !list_empty(&mnt->work))
		check_fails(c, "mount %d is left over from a walk", mnt->id);
}

void check_mnt_ns(struct check *c, const struct mnt_ns *ns)
{
	int n = 0;

	list_for_each(node, &ns->mounts) {
		const struct mount *mnt = list_entry(node, struct mount, in_ns);

		if (mnt->ns != ns)
			check_fails(c, "mount %d is listed in a namespace not its own",
				    mnt->id);
		n++;
	}
	if (n != ns->n_mounts || ns->n_pending != 0)
		check_fails(c, "a namespace counts %d and %d mounts, %d are there",
			    ns->n_mounts, ns->n_pending, n);
}
