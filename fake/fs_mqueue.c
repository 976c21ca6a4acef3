/* mqueue: POSIX message queues as files, of one ipc namespace; ipc/mqueue.c */
#include "fake/cred.h"
#include "fake/fs.h"
#include "fake/task.h"

/* mqueue_init_fs_context(): whoever owns the ipc namespace may. */
static int mqueue_init(struct fake *f, struct fs_context *fc)
{
	struct plain_ns *ipc = (f->current ? f->current : f->init)->ns.ipc;

	fc->ns = ns_get(&ipc->ns);
	fc->user_ns = ipc->ns.owner;
	return 0;
}

/* Simplified: queues are not modelled, so that it is always empty. */
static int mqueue_create(struct fake *f, struct dentry *dir, const char *name, mode_t mode,
			 dev_t rdev, const char *target, struct dentry **out)
{
	(void)dir, (void)name, (void)mode, (void)rdev, (void)target, (void)out;
	return not_modelled(f, "making a message queue");
}

static const struct inode_ops mqueue_dir_ops = {
	.create = mqueue_create,
	.makes_files_only = true,
};

/* mqueue_fill_super(); the superblock belongs to who made the namespace. */
static struct super_block *mqueue_new(struct fake *f, const struct fs_context *fc)
{
	const struct plain_ns *ipc = (const struct plain_ns *)fc->ns;
	struct super_block *sb = sb_new(f, fc->type, fc->user_ns);
	struct inode *root;

	sb->flags = fc->sb_flags;
	sb->noexec = true;
	sb->nodev = true;
	sb->ns_inum = ipc->ns.inum;
	sb->dir_ops = &mqueue_dir_ops;
	root = inode_new(f, sb, S_IFDIR | S_ISVTX | 0777);
	root->uid = ipc->uid;
	root->gid = ipc->gid;
	sb->root = dentry_new(f, NULL, "", root);
	return sb;
}

/*
 * mqueue_get_tree()
 * Simplified: Linux makes the superblock with the namespace, and keeps it as long.
 */
static int mqueue_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	list_for_each(node, &f->super_blocks) {
		struct super_block *sb = list_entry(node, struct super_block, all);

		if (sb->type == &mqueue_fs_type && sb->ns_inum == fc->ns->inum)
			return fs_reuse_sb(f, fc, sb, out);
	}
	if (fc->is_exclusive)
		return not_modelled(f, "FSCONFIG_CMD_CREATE_EXCL of an mqueue");
	*out = mqueue_new(f, fc);
	return 0;
}

const struct fs_type mqueue_fs_type = {
	.name = "mqueue",
	.flags = FS_USERNS_MOUNT | FS_NODEV,
	.init = mqueue_init,
	.get_tree = mqueue_get_tree,
};
