/* May a new proc or sysfs be shown here?  Not more than one that is fully visible. */
#include "fake/mount_tree.h"

#include "fake/task.h"

#include <string.h>

/* Does something locked cover more than a directory that never holds anything? */
static bool hides_something(const struct mount *mnt)
{
	list_for_each(node, &mnt->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child->flags & MNT_LOCKED && !child->mountpoint->inode->is_empty_dir)
			return true;
	}
	return false;
}

/* Is it as it would be without this mount, but for flags that the new one has as well? */
static bool is_fully_visible(const struct mount *mnt, unsigned int flags, unsigned int new)
{
	if (mnt->root != mnt->sb->root)
		return false;
	if (flags & MNT_LOCK_READONLY && !(new &MNT_READONLY))
		return false;
	if (flags & MNT_LOCK_ATIME && (flags & MNT_ATIME_MASK) != (new &MNT_ATIME_MASK))
		return false;
	return !hides_something(mnt);
}

/* mnt_already_visible(): what is locked there is locked on the new mount, too. */
static bool is_visible_already(const struct mnt_ns *ns, const struct super_block *sb,
			       unsigned int *new_flags)
{
	list_for_each(node, &ns->mounts) {
		const struct mount *mnt = list_entry(node, struct mount, in_ns);
		unsigned int flags = mnt->flags;

		if (mnt->sb->type != sb->type)
			continue;
		/* What is read-only in the superblock is not to be missed. */
		if (mnt->sb->flags & MS_RDONLY)
			flags |= MNT_LOCK_READONLY;
		if (!is_fully_visible(mnt, flags, *new_flags))
			continue;
		*new_flags |= flags & (MNT_LOCK_READONLY | MNT_LOCK_ATIME);
		return true;
	}
	return false;
}

int check_revealing(struct fake *f, const struct super_block *sb, unsigned int *mnt_flags)
{
	const struct mnt_ns *ns = f->current->ns.mnt;

	if (ns->ns.owner == f->init_user_ns || !(sb->type->flags & FS_USERNS_VISIBLE))
		return 0;
	if (is_visible_already(ns, sb, mnt_flags))
		return 0;
	if (strcmp(sb->type->name, "proc") == 0)
		return refuse(f, RULE_PROC_FULLY_VISIBLE);
	return refuse(f, RULE_SYSFS_FULLY_VISIBLE);
}
