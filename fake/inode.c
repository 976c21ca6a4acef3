/* Superblocks, inodes, and who may do what to them by mode bits. */
#include "fake/inode.h"

#include "fake/file.h"
#include "fake/task.h"

struct super_block *sb_new(struct fake *f, const struct fs_type *type, struct user_ns *user_ns)
{
	struct super_block *sb = heap_alloc(f, sizeof(*sb));

	sb->refs = 1;
	sb->type = type;
	sb->dev = makedev(0, (unsigned int)id_pool_take(f, f->anon_devs));
	sb->user_ns = user_ns;
	ns_get(&user_ns->ns);
	/* alloc_super(): device nodes of a less privileged mounter do not open. */
	sb->nodev = user_ns->parent != NULL;
	sb->next_ino = 1;
	sb->block_size = PAGE_BYTES;
	list_append(&sb->all, &f->super_blocks);
	return sb;
}

struct super_block *sb_get(struct super_block *sb)
{
	sb->refs++;
	return sb;
}

void sb_put(struct fake *f, struct super_block *sb)
{
	if (--sb->refs > 0)
		return;
	if (sb->root)
		dentry_tree_drop(f, sb->root);
	if (sb->type && sb->type->kill_sb)
		sb->type->kill_sb(f, sb);
	if (major(sb->dev) == 0)
		id_pool_give(f, f->anon_devs, (int)minor(sb->dev));
	list_remove(&sb->all);
	ns_put(f, &sb->user_ns->ns);
	heap_free(f, sb);
}

static const struct inode_ops *inode_ops_for(const struct super_block *sb, mode_t mode)
{
	if (S_ISDIR(mode))
		return sb->dir_ops;
	return S_ISLNK(mode) ? sb->link_ops : sb->file_iops;
}

static const struct file_ops *file_ops_for(mode_t mode)
{
	if (S_ISDIR(mode))
		return &dir_file_ops;
	return S_ISREG(mode) ? &memory_file_ops : NULL;
}

struct inode *inode_new(struct fake *f, struct super_block *sb, mode_t mode)
{
	static const struct inode_ops nothing;
	struct inode *inode = heap_alloc(f, sizeof(*inode));
	const struct inode_ops *ops = inode_ops_for(sb, mode);

	inode->refs = 1;
	inode->sb = sb;
	inode->ino = sb->next_ino++;
	inode->mode = mode;
	if (f->current) {
		inode->uid = f->current->cred->fsuid;
		inode->gid = f->current->cred->fsgid;
	}
	inode->nlink = S_ISDIR(mode) ? 2 : 1;
	inode->atime = inode->mtime = inode->ctime = inode->btime = fake_now(f);
	inode->ops = ops ? ops : &nothing;
	inode->fops = file_ops_for(mode);
	if (S_ISFIFO(mode))
		fifo_init(f, inode);
	return inode;
}

struct inode *inode_get(struct inode *inode)
{
	inode->refs++;
	return inode;
}

void inode_put(struct fake *f, struct inode *inode)
{
	if (--inode->refs > 0)
		return;
	if (inode->ops->evict)
		inode->ops->evict(f, inode);
	heap_free(f, inode->data);
	heap_free(f, inode->pages);
	heap_free(f, inode);
}

/* acl_permission_check(): owner, group or others, the first that fits decides. */
static bool mode_allows(struct fake *f, const struct inode *inode, int mask)
{
	mode_t mode = inode->mode;

	if (f->current->cred->fsuid == inode->uid)
		mode >>= 6;
	else if ((mask & (mode ^ (mode >> 3))) && in_group(f, inode->gid))
		mode >>= 3;
	return ((mode_t)mask & ~mode) == 0;
}

/* The capabilities of generic_permission(). */
static bool capability_allows(struct fake *f, const struct inode *inode, int mask)
{
	bool is_dir = S_ISDIR(inode->mode);
	bool reads_only = is_dir ? !(mask & MAY_WRITE) : mask == MAY_READ;

	if (reads_only && capable_over_inode(f, inode, CAP_DAC_READ_SEARCH))
		return true;
	/* Executing needs some x bit, even for root. */
	if (!is_dir && (mask & MAY_EXEC) && !(inode->mode & 0111))
		return false;
	return capable_over_inode(f, inode, CAP_DAC_OVERRIDE);
}

static int refuse_access(struct fake *f, const struct inode *inode, int mask)
{
	if (S_ISDIR(inode->mode)) {
		if (mask & MAY_WRITE)
			return refuse(f, RULE_DIR_NOT_WRITABLE);
		if (mask & MAY_EXEC)
			return refuse(f, RULE_DIR_NOT_SEARCHABLE);
		return refuse(f, RULE_DIR_NOT_READABLE);
	}
	if (mask & MAY_EXEC)
		return refuse(f, RULE_FILE_NOT_EXECUTABLE);
	if (mask & MAY_WRITE)
		return refuse(f, RULE_FILE_NOT_WRITABLE);
	return refuse(f, RULE_FILE_NOT_READABLE);
}

static bool is_special(mode_t mode)
{
	return !S_ISREG(mode) && !S_ISDIR(mode) && !S_ISLNK(mode);
}

int inode_permission(struct fake *f, struct inode *inode, int mask)
{
	if ((mask & MAY_WRITE) && (inode->sb->flags & MS_RDONLY) && !is_special(inode->mode))
		return refuse(f, RULE_SB_READONLY);
	if ((mask & MAY_WRITE) && inode->is_immutable)
		return refuse(f, RULE_IMMUTABLE);
	if (inode->ops->permission)
		return inode->ops->permission(f, inode, mask);
	return generic_permission(f, inode, mask);
}

int generic_permission(struct fake *f, struct inode *inode, int mask)
{
	if (mode_allows(f, inode, mask) || capability_allows(f, inode, mask))
		return 0;
	return refuse_access(f, inode, mask);
}

bool inode_owner_or_capable(struct fake *f, const struct inode *inode)
{
	return f->current->cred->fsuid == inode->uid ||
	       capable_over_inode(f, inode, CAP_FOWNER);
}

bool in_group_or_capable(struct fake *f, const struct inode *inode, gid_t gid)
{
	return in_group(f, gid) || capable_over_inode(f, inode, CAP_FSETID);
}

bool sb_knows_caller(struct fake *f, const struct super_block *sb)
{
	const struct cred *cred = f->current->cred;

	return uid_inside(sb->user_ns, cred->fsuid) != (uid_t)-1 &&
	       gid_inside(sb->user_ns, cred->fsgid) != (gid_t)-1;
}
