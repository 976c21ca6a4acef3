/* mount(2) with MS_REMOUNT: other flags for one mount, or for a superblock. */
#include "fake/mount_tree.h"

#include "fake/fs_context.h"
#include "fake/task.h"

/* MS_RMT_MASK: what a remount of a superblock replaces. */
#define SB_REMOUNT_MASK (MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK | MS_I_VERSION | MS_LAZYTIME)

static int check_remount(struct fake *f, const struct path *path)
{
	if (!mnt_is_ours(f, path->mnt))
		return refuse(f, RULE_REMOUNT_NOT_OURS);
	if (!path_is_mount_root(path))
		return refuse(f, RULE_REMOUNT_NOT_ROOT);
	return 0;
}

int check_locked_flags(struct fake *f, const struct mount *mnt, unsigned int new)
{
	static const struct {
		unsigned int lock, flag;
	} locks[] = {
		{MNT_LOCK_READONLY, MNT_READONLY},
		{MNT_LOCK_NODEV, MNT_NODEV},
		{MNT_LOCK_NOSUID, MNT_NOSUID},
		{MNT_LOCK_NOEXEC, MNT_NOEXEC},
	};
	bool is_loosened = mnt->flags & MNT_LOCK_ATIME &&
			   (mnt->flags & MNT_ATIME_MASK) != (new &MNT_ATIME_MASK);

	for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++)
		if (mnt->flags & locks[i].lock && !(new &locks[i].flag))
			is_loosened = true;
	if (is_loosened)
		return refuse(f, RULE_REMOUNT_LOCKED_FLAG);
	return 0;
}

static void set_mount_attributes(struct mount *mnt, unsigned int flags)
{
	mnt->flags = flags | (mnt->flags & ~MNT_USER_SETTABLE_MASK);
	mnt_ns_touch(mnt->ns);
}

/*
 * The mount alone.  Where the superblock is read-only, asking for read-only changes nothing
 * that writers would have to be asked about.
 */
int do_reconfigure_mnt(struct fake *f, const struct path *path, unsigned int mnt_flags)
{
	struct mount *mnt = path->mnt;
	int r = check_remount(f, path);

	if (r == 0)
		r = check_locked_flags(f, mnt, mnt_flags);
	if (r < 0)
		return r;
	if (mnt_flags & MNT_READONLY && !mnt_is_readonly(mnt) && mnt->writers > 0)
		return refuse(f, RULE_REMOUNT_MOUNT_BUSY);
	set_mount_attributes(mnt, mnt_flags);
	return 0;
}

/* sb_prepare_remount_readonly() */
static bool sb_has_writers(const struct super_block *sb)
{
	if (sb->mounts.next == NULL)
		return false;
	list_for_each(node, &sb->mounts) {
		const struct mount *mnt = list_entry(node, struct mount, of_sb);

		if (!(mnt->flags & MNT_READONLY) && mnt->writers > 0)
			return true;
	}
	return false;
}

int reconfigure_super(struct fake *f, struct fs_context *fc, struct super_block *sb)
{
	bool to_readonly =
		fc->sb_flags & fc->sb_flags_mask & MS_RDONLY && !(sb->flags & MS_RDONLY);
	int r = 0;

	if (fc->sb_flags_mask & ~(unsigned long)SB_REMOUNT_MASK)
		return refuse(f, RULE_REMOUNT_FIXED_FLAG);
	if (to_readonly && sb_has_writers(sb))
		return refuse(f, RULE_REMOUNT_SB_BUSY);
	if (to_readonly && sb->n_removed > 0)
		return refuse(f, RULE_REMOUNT_SB_REMOVED);
	if (sb->type->reconfigure)
		r = sb->type->reconfigure(f, fc, sb);
	if (r < 0)
		return r;
	sb->flags &= ~fc->sb_flags_mask;
	sb->flags |= fc->sb_flags & fc->sb_flags_mask;
	return 0;
}

int check_sb_owner(struct fake *f, const struct super_block *sb)
{
	if (!ns_capable(f, sb->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_REMOUNT_NOT_OWNED);
	return 0;
}

int do_remount(struct fake *f, const struct path *path, unsigned long sb_flags,
	       unsigned int mnt_flags, const char *data)
{
	struct super_block *sb = path->dentry->sb;
	struct fs_context fc = {.sb_flags = sb_flags, .sb_flags_mask = SB_REMOUNT_MASK};
	int r = check_remount(f, path);

	if (r == 0)
		r = check_locked_flags(f, path->mnt, mnt_flags);
	if (r == 0)
		r = fs_context_init(f, &fc, sb->type, sb->user_ns);
	if (r < 0)
		return r;
	r = fs_context_data(f, &fc, data);
	if (r == 0)
		r = check_sb_owner(f, sb);
	if (r == 0)
		r = reconfigure_super(f, &fc, sb);
	if (r == 0)
		set_mount_attributes(path->mnt, mnt_flags);
	fs_context_clean(f, &fc);
	return r;
}
