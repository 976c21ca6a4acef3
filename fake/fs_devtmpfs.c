/* devtmpfs: one superblock for all of its mounts, with the kernel's own device nodes. */
#include "fake/fs.h"
#include "fake/check.h"
#include "fake/cred.h"

#include <string.h>

static const struct {
	const char *name;
	mode_t mode;
	unsigned int major, minor;
} nodes[] = {
	{"null", 0666, 1, 3},	{"zero", 0666, 1, 5},	 {"full", 0666, 1, 7},
	{"random", 0666, 1, 8}, {"urandom", 0666, 1, 9}, {"kmsg", 0644, 1, 11},
	{"tty", 0666, 5, 0},	{"console", 0600, 5, 1}, {"ptmx", 0666, 5, 2},
};

/* As devtmpfsd() makes them at boot; a world says itself what there is. */
static void nodes_make(struct fake *f, struct dentry *root)
{
	struct dentry *node;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		if (root->inode->ops->create(f, root, nodes[i].name, S_IFCHR | nodes[i].mode,
					     makedev(nodes[i].major, nodes[i].minor), NULL,
					     &node) < 0)
			continue;
		node->inode->uid = 0;
		node->inode->gid = 0;
		dentry_put(f, node);
	}
}

static struct super_block *devtmpfs_find(struct fake *f)
{
	struct super_block *sb;

	list_for_each(node, &f->super_blocks) {
		sb = list_entry(node, struct super_block, all);
		if (sb->type == &devtmpfs_fs_type)
			return sb;
	}
	return NULL;
}

/* public_dev_mount(): the superblock is the kernel's, and stays. */
static int devtmpfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	struct super_block *sb = devtmpfs_find(f);

	if (fc->data && *fc->data && !is_no_call(f))
		return not_modelled(f, "mounting a devtmpfs with options");
	if (sb == NULL) {
		sb = memory_sb_new(f, fc->type, f->init_user_ns, 0755);
		sb->root->inode->uid = 0;
		sb->root->inode->gid = 0;
		memory_sb_of(sb)->counts_entries = true;
		memory_sb_of(sb)->dir_size = sb->root->inode->size = 40;
		if (!is_no_call(f))
			nodes_make(f, sb->root);
	}
	*out = sb_get(sb);
	return 0;
}

static int devtmpfs_parse_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	(void)fc, (void)o;
	return is_no_call(f) ? 0 : not_modelled(f, "mounting a devtmpfs with options");
}

/* The kernel's own reference. */
static void devtmpfs_holds(struct fake *f, struct super_block *sb, struct check *c)
{
	(void)f;
	check_holds_sb(c, sb);
}

const struct fs_type devtmpfs_fs_type = {
	.name = "devtmpfs",
	.flags = FS_NODEV | FS_LEGACY,
	.parse_param = devtmpfs_parse_param,
	.get_tree = devtmpfs_get_tree,
	.kill_sb = memory_kill_sb,
	.holds = devtmpfs_holds,
};
