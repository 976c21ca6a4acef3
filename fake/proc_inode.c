/* proc's inodes: made from rows of tables when a name is looked up, gone with the last use. */
#include "fake/check.h"
#include "fake/proc.h"

#include <string.h>

int proc_open_not_modelled(struct fake *f, const struct proc_what *what)
{
	return fake_stop(f, "fake: %s of proc is not modelled", what->entry->name);
}

struct proc_what proc_what_of(const struct inode *inode)
{
	const struct proc_inode *pi = inode->private;

	return (struct proc_what){
		.entry = pi->entry,
		.sb = proc_sb_of(inode->sb),
		.pid = pi->pid,
		.task = pi->pid ? pi->pid->task : NULL,
		.fd = pi->fd,
	};
}

void proc_evict(struct fake *f, struct inode *inode)
{
	struct proc_inode *pi = inode->private;

	if (pi->pid)
		pid_put(f, pi->pid);
	heap_free(f, pi);
}

void proc_holds(struct fake *f, struct inode *inode, struct check *c)
{
	const struct proc_inode *pi = inode->private;

	(void)f;
	check_holds_pid(c, pi->pid);
}

/* The access mode of a descriptor is the mode of its link. */
static void refresh_fd_mode(const struct task *t, struct inode *inode, int fd)
{
	const struct file *file = t->fds && fd < t->fds->size ? t->fds->slots[fd].file : NULL;

	if (!S_ISLNK(inode->mode) || file == NULL)
		return;
	inode->mode = S_IFLNK;
	if (file_may_read(file))
		inode->mode |= 0500;
	if (file_may_write(file))
		inode->mode |= 0300;
}

/* task_dump_owner(): what may not be looked into is its namespace's root's. */
void proc_refresh(struct fake *f, struct inode *inode)
{
	const struct proc_inode *pi = inode->private;
	const struct task *t = pi->pid ? pi->pid->task : NULL;
	bool is_open_dir = inode->mode == (S_IFDIR | 0555);

	(void)f;
	inode->uid = 0;
	inode->gid = 0;
	if (t == NULL)
		return;
	if (is_open_dir || (t->mm_user_ns && t->is_dumpable)) {
		inode->uid = t->cred->euid;
		inode->gid = t->cred->egid;
	} else if (t->mm_user_ns) {
		inode->uid = uid_of_root(t->mm_user_ns);
		inode->gid = gid_of_root(t->mm_user_ns);
	}
	if (pi->fd >= 0)
		refresh_fd_mode(t, inode, pi->fd);
}

/* pid_revalidate() and tid_fd_revalidate() */
bool proc_revalidate(struct fake *f, struct dentry *d)
{
	const struct proc_inode *pi = d->inode->private;
	const struct task *t;

	(void)f;
	if (pi->pid == NULL)
		return true;
	t = pi->pid->task;
	if (t == NULL)
		return false;
	if (pi->fd < 0)
		return true;
	return t->fds && pi->fd < t->fds->size && t->fds->slots[pi->fd].file;
}

/* proc_setattr() and proc_sys_setattr(): no chmod, whoever asks; else proc_notify_change(). */
int proc_setattr(struct fake *f, struct inode *inode)
{
	const struct proc_inode *pi = inode->private;

	/* proc_root_inode_operations has no setattr: simple_setattr() lets its owner. */
	if (inode == inode->sb->root->inode)
		return 0;
	if (pi->pid || pi->entry->ops)
		return refuse(f, RULE_PROC_CHMOD);
	return 0;
}

uint64_t proc_ino(uint64_t dir_ino, const char *name)
{
	uint32_t hash = (uint32_t)dir_ino * 2654435761u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return 0x10000u + (hash & 0x7fffffffu);
}

const struct proc_entry *proc_entry_find(const struct proc_entry *table, const char *name)
{
	for (const struct proc_entry *entry = table; entry && entry->name; entry++)
		if (strcmp(entry->name, name) == 0)
			return entry;
	return NULL;
}

int proc_table_lookup(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	const struct proc_inode *pi = dir->inode->private;
	const struct proc_entry *entry = proc_entry_find(pi->entry->children, name);

	if (entry == NULL || (pi->pid && pi->pid->task == NULL))
		return -ENOENT;
	if (entry->is_debians && !f->profile.has_debians_settings)
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, entry, pi->pid, -1);
	return 0;
}

bool proc_table_list(struct fake *f, struct file *file, const struct proc_entry *table,
		     bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		     void *ctx)
{
	for (const struct proc_entry *entry = table; entry && entry->name; entry++) {
		if (entry->is_debians && !f->profile.has_debians_settings)
			continue;
		if (!emit(ctx, entry->name, proc_ino(file->inode->ino, entry->name),
			  entry->mode))
			return false;
	}
	return true;
}

static int table_iterate(struct fake *f, struct file *file,
			 bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
			 void *ctx)
{
	const struct proc_inode *pi = file->inode->private;

	if (pi->pid && pi->pid->task == NULL)
		return refuse(f, RULE_PROC_DIR_TASK_GONE);
	proc_table_list(f, file, pi->entry->children, emit, ctx);
	return 0;
}

static int target_readlink(struct fake *f, struct dentry *d, char *buf, size_t size)
{
	const struct proc_inode *pi = d->inode->private;
	size_t n = strlen(pi->entry->target);

	(void)f;
	if (n > size)
		n = size;
	memcpy(buf, pi->entry->target, n);
	return (int)n;
}

static const struct inode_ops table_dir_ops = {
	.lookup = proc_table_lookup,
	.iterate = table_iterate,
	PROC_INODE_OPS,
};

static const struct inode_ops file_iops = {
	PROC_INODE_OPS,
};

static const struct inode_ops target_ops = {
	.readlink = target_readlink,
	PROC_INODE_OPS,
};

static const struct inode_ops *ops_of(const struct proc_entry *entry)
{
	if (entry->ops)
		return entry->ops;
	if (S_ISDIR(entry->mode))
		return &table_dir_ops;
	if (S_ISLNK(entry->mode))
		return entry->target ? &target_ops : &proc_link_ops;
	return &file_iops;
}

static unsigned int links_of(const struct proc_entry *entry)
{
	unsigned int n = 1;

	if (!S_ISDIR(entry->mode))
		return n;
	n = 2;
	for (const struct proc_entry *child = entry->children; child && child->name; child++)
		n += S_ISDIR(child->mode);
	return n;
}

struct dentry *proc_dentry_new(struct fake *f, struct dentry *dir, const char *name,
			       const struct proc_entry *entry, struct pid *pid, int fd)
{
	struct inode *inode = inode_new(f, dir->sb, entry->mode);
	struct proc_inode *pi = heap_alloc(f, sizeof(*pi));

	pi->entry = entry;
	pi->pid = pid ? pid_get(pid) : NULL;
	pi->fd = fd;
	inode->private = pi;
	inode->ino = proc_ino(dir->inode->ino, name);
	inode->ops = ops_of(entry);
	if (S_ISREG(entry->mode))
		inode->fops = &proc_file_ops;
	inode->nlink = links_of(entry);
	inode->is_empty_dir = entry->is_empty_dir;
	proc_refresh(f, inode);
	return dentry_new(f, dir, name, inode);
}

int proc_number(const char *name)
{
	size_t n = strspn(name, "0123456789");
	int number = 0;

	if (n == 0 || n > 9 || name[n] != '\0' || (name[0] == '0' && n > 1))
		return -1;
	for (; *name; name++)
		number = 10 * number + (*name - '0');
	return number;
}
