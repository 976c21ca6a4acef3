/* sysfs: a small fixed tree, one superblock for each network namespace. */
#include "fake/fs.h"
#include "fake/cred.h"
#include "fake/task.h"

#include <string.h>

/*
 * Simplified: of all that Linux shows there are the directories that containers mount upon or
 * look for, and they are empty.
 */
static const char *const directories[] = {
	"block",     "bus",	     "class",	      "class/net",	 "dev",
	"dev/block", "dev/char",     "devices",	      "firmware",	 "fs",
	"fs/bpf",    "fs/cgroup",    "fs/fuse",	      "fs/selinux",	 "hypervisor",
	"kernel",    "kernel/debug", "kernel/config", "kernel/security", "kernel/tracing",
	"module",    "power",
};

/* sysfs_create_mount_point() */
static const char *const mount_points[] = {
	"fs/bpf",	 "fs/cgroup",	    "fs/selinux",     "kernel/debug",
	"kernel/config", "kernel/security", "kernel/tracing",
};

static bool is_mount_point(const char *path)
{
	for (size_t i = 0; i < sizeof(mount_points) / sizeof(*mount_points); i++)
		if (strcmp(mount_points[i], path) == 0)
			return true;
	return false;
}

/* kernfs_iop_lookup(): what is not there is not, however long its name. */
static int sysfs_lookup(struct fake *f, struct dentry *dir, const char *name,
			struct dentry **out)
{
	(void)f, (void)dir, (void)name, (void)out;
	return -ENOENT;
}

/* Nothing can be made in it: kernfs has mkdir, but sysfs lends it to nobody. */
static const struct inode_ops sysfs_dir_ops = {.lookup = sysfs_lookup};
static const struct inode_ops sysfs_file_iops;

static struct dentry *sysfs_mkdir(struct fake *f, struct super_block *sb, struct dentry *parent,
				  const char *name)
{
	struct inode *inode = inode_new(f, sb, S_IFDIR | 0755);
	struct dentry *d;

	inode->uid = 0;
	inode->gid = 0;
	d = dentry_new(f, parent, name, inode);
	if (parent) {
		parent->inode->nlink++;
		dentry_pin(d);
	}
	return d;
}

/* make_empty_dir_inode() */
static void make_empty_dir(struct inode *inode)
{
	inode->is_empty_dir = true;
	inode->mode = S_IFDIR | 0555;
}

static void sysfs_fill(struct fake *f, struct super_block *sb)
{
	struct dentry *parent, *d;
	const char *slash;
	char top[32];

	sb->root = sysfs_mkdir(f, sb, NULL, "");
	sb->root->inode->mode = S_IFDIR | 0555;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		parent = sb->root;
		slash = strchr(directories[i], '/');
		if (slash) {
			memcpy(top, directories[i], (size_t)(slash - directories[i]));
			top[slash - directories[i]] = '\0';
			parent = dentry_child(f, sb->root, top);
		}
		d = sysfs_mkdir(f, sb, parent, slash ? slash + 1 : directories[i]);
		if (is_mount_point(directories[i]))
			make_empty_dir(d->inode);
		dentry_put(f, d);
	}
}

static struct plain_ns *net_of(struct fake *f)
{
	return f->current ? f->current->ns.net : NULL;
}

/* sysfs_init_fs_context(): whoever owns the network namespace may. */
static int sysfs_init(struct fake *f, struct fs_context *fc)
{
	struct plain_ns *net = net_of(f);

	if (net) {
		if (!ns_capable(f, net->ns.owner, CAP_SYS_ADMIN))
			return refuse(f, RULE_SYSFS_NET_NS);
		fc->user_ns = net->ns.owner;
		fc->ns = ns_get(&net->ns);
	}
	return 0;
}

static int sysfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	struct super_block *sb;
	uint64_t inum = fc->ns ? fc->ns->inum : 0;

	list_for_each(node, &f->super_blocks) {
		sb = list_entry(node, struct super_block, all);
		if (sb->type == &sysfs_fs_type && sb->ns_inum == inum)
			return fs_reuse_sb(f, fc, sb, out);
	}
	sb = sb_new(f, fc->type, fc->user_ns);
	sb->flags = fc->sb_flags;
	sb->noexec = true;
	sb->nodev = true;
	sb->ns_inum = inum;
	sb->dir_ops = &sysfs_dir_ops;
	sb->file_iops = sb->link_ops = &sysfs_file_iops;
	sysfs_fill(f, sb);
	*out = sb;
	return 0;
}

const struct fs_type sysfs_fs_type = {
	.name = "sysfs",
	.flags = FS_USERNS_MOUNT | FS_USERNS_VISIBLE | FS_NODEV,
	.init = sysfs_init,
	.get_tree = sysfs_get_tree,
};
