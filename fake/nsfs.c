/* Namespaces as files: what /proc/PID/ns/mnt leads to, what a bind of it keeps alive. */
#include "fake/check.h"
#include "fake/file.h"
#include "fake/ns.h"
#include "fake/task.h"

static void nsfs_evict(struct fake *f, struct inode *inode)
{
	ns_put(f, inode->private);
}

static void nsfs_holds(struct fake *f, struct inode *inode, struct check *c)
{
	(void)f;
	check_holds_ns(c, inode->private);
}

static const struct inode_ops nsfs_iops = {.evict = nsfs_evict, .holds = nsfs_holds};
/* read(2) and write(2) of it are EINVAL; its ioctls are not rows. */
static const struct file_ops nsfs_file_ops;

/*
 * ns_get_path() of fs/nsfs.c.
 * Simplified: each walk makes an inode and a dentry of its own; they are equal by number.
 */
int nsfs_path(struct fake *f, struct ns *ns, struct path *out)
{
	struct inode *inode = inode_new(f, f->nsfs, S_IFREG | 0444);
	char memory[32];
	struct text name;

	inode->ino = ns->inum;
	inode->uid = 0;
	inode->gid = 0;
	inode->is_immutable = true;
	inode->ops = &nsfs_iops;
	inode->fops = &nsfs_file_ops;
	inode->private = ns_get(ns);
	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "%s:[%u]", ns_name(ns->type), ns->inum);
	*out = (struct path){.dentry = dentry_new(f, NULL, memory, inode)};
	return 0;
}

struct ns *nsfs_ns(const struct inode *inode)
{
	return inode->ops == &nsfs_iops ? inode->private : NULL;
}
