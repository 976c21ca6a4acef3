/* Filesystems in memory: the directories and files of tmpfs, and of ext4 in worlds. */
#include "fake/fs.h"

#include "fake/file.h"
#include "fake/memfd.h"
#include "fake/open.h"
#include "fake/rlimit.h"
#include "fake/task.h"

#include <stdio.h> /* RENAME_EXCHANGE */
#include <string.h>

#define ENTRY_SIZE 20 /* BOGO_DIRENT_SIZE of mm/shmem.c */
/* Simplified: one byte of a file is one byte of the fake, so files have an end. */
#define FILE_BYTES_MAX ((off_t)64 << 20)

struct memory_sb *memory_sb_of(const struct super_block *sb)
{
	return sb->dir_ops == &memory_dir_ops ? sb->private : NULL;
}

void memory_kill_sb(struct fake *f, struct super_block *sb)
{
	heap_free(f, sb->private);
}

struct super_block *memory_sb_new(struct fake *f, const struct fs_type *type,
				  struct user_ns *user_ns, mode_t mode)
{
	struct super_block *sb = sb_new(f, type, user_ns);
	struct memory_sb *m = heap_alloc(f, sizeof(*m));
	struct inode *root;

	sb->dir_ops = &memory_dir_ops;
	sb->file_iops = &memory_file_iops;
	sb->link_ops = &memory_link_ops;
	sb->private = m;
	m->dir_size = PAGE_BYTES;
	m->mode = mode;
	m->used_inodes = 1;
	root = inode_new(f, sb, S_IFDIR | mode);
	root->size = m->dir_size;
	sb->root = dentry_new(f, NULL, "", root);
	return sb;
}

static off_t entry_size(const struct inode *dir)
{
	return memory_sb_of(dir->sb)->counts_entries ? ENTRY_SIZE : 0;
}

static void dir_changed(struct fake *f, struct inode *dir, int n_entries)
{
	dir->size += n_entries * entry_size(dir);
	dir->mtime = dir->ctime = fake_now(f);
}

/* shmem_reserve_inode(): names count as well as inodes. */
static int inode_reserve(struct fake *f, struct memory_sb *m)
{
	if (m->max_inodes && m->used_inodes >= m->max_inodes)
		return refuse(f, RULE_NO_INODES);
	m->used_inodes++;
	return 0;
}

static void memory_evict(struct fake *f, struct inode *inode)
{
	struct memory_sb *m = memory_sb_of(inode->sb);

	(void)f;
	m->used_blocks -= inode->n_pages;
	m->used_inodes--;
	if (inode->nlink == 0)
		inode->sb->n_removed--;
}

/* One page more of this inode: false where the superblock has none left. */
static bool page_take(struct inode *inode)
{
	struct memory_sb *m = memory_sb_of(inode->sb);

	if (m && m->max_blocks && m->used_blocks >= m->max_blocks)
		return false;
	if (m)
		m->used_blocks++;
	inode->n_pages++;
	return true;
}

static void pages_reserve(struct fake *f, struct inode *inode, size_t n)
{
	size_t size = inode->pages_size ? inode->pages_size : 16;
	bool *pages;

	if (n <= inode->pages_size)
		return;
	while (size < n)
		size *= 2;
	pages = heap_alloc(f, size);
	if (inode->pages)
		memcpy(pages, inode->pages, inode->pages_size);
	heap_free(f, inode->pages);
	inode->pages = pages;
	inode->pages_size = size;
}

/* Takes those of the pages [from, to) that are not there yet; answers where it had to stop. */
static size_t pages_take(struct fake *f, struct inode *inode, size_t from, size_t to)
{
	pages_reserve(f, inode, to);
	while (from < to && (inode->pages[from] || page_take(inode)))
		inode->pages[from++] = true;
	return from;
}

/* Gives those back that lie at or behind page n. */
static void pages_give(struct inode *inode, size_t n)
{
	struct memory_sb *m = memory_sb_of(inode->sb);

	for (; n < inode->pages_size; n++) {
		if (!inode->pages[n])
			continue;
		inode->pages[n] = false;
		inode->n_pages--;
		if (m)
			m->used_blocks--;
	}
}

static size_t pages_for(off_t size)
{
	return (size_t)(size + PAGE_BYTES - 1) / PAGE_BYTES;
}

static int link_set_target(struct fake *f, struct inode *inode, const char *target)
{
	size_t n = strlen(target);

	/* SHORT_SYMLINK_LEN: longer ones take a page. */
	if (n + 1 > 128 && memory_sb_of(inode->sb)->counts_entries && !page_take(inode))
		return refuse(f, RULE_NO_SPACE_LINK);
	inode->data = heap_strndup(f, target, n);
	inode->capacity = n;
	inode->size = (off_t)n;
	return 0;
}

/* shmem_get_inode(), inode_init_owner() */
static int memory_inode_new(struct fake *f, const struct inode *dir, mode_t mode, dev_t rdev,
			    struct inode **out)
{
	struct memory_sb *m = memory_sb_of(dir->sb);
	int r = inode_reserve(f, m);
	struct inode *inode;

	if (r < 0)
		return r;
	if (S_ISDIR(mode) && (dir->mode & S_ISGID))
		mode |= S_ISGID;
	inode = inode_new(f, dir->sb, mode);
	if (dir->mode & S_ISGID)
		inode->gid = dir->gid;
	inode->rdev = rdev;
	if (S_ISDIR(mode))
		inode->size = m->dir_size;
	*out = inode;
	return 0;
}

/* drop_nlink() */
static void nlink_drop(struct inode *inode)
{
	if (--inode->nlink == 0)
		inode->sb->n_removed++;
}

/* inc_nlink() */
static void nlink_take(struct inode *inode)
{
	if (inode->nlink++ == 0)
		inode->sb->n_removed--;
}

static int memory_create(struct fake *f, struct dentry *dir, const char *name, mode_t mode,
			 dev_t rdev, const char *target, struct dentry **out)
{
	struct inode *inode;
	int r = memory_inode_new(f, dir->inode, mode, rdev, &inode);

	if (r < 0)
		return r;
	if (target)
		r = link_set_target(f, inode, target);
	if (r < 0) {
		inode_put(f, inode);
		return r;
	}
	*out = dentry_new(f, dir, name, inode);
	dentry_pin(*out);
	if (S_ISDIR(mode))
		dir->inode->nlink++;
	dir_changed(f, dir->inode, 1);
	return 0;
}

/* shmem_tmpfile(), d_tmpfile(): named "#12" in a directory that does not know it. */
static int memory_tmpfile(struct fake *f, struct dentry *dir, mode_t mode, struct dentry **out)
{
	struct inode *inode;
	struct text name;
	char memory[32];
	int r = memory_inode_new(f, dir->inode, mode, 0, &inode);

	if (r < 0)
		return r;
	nlink_drop(inode);
	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "#%llu", (unsigned long long)inode->ino);
	*out = dentry_new(f, dir, memory, inode);
	dentry_unlink(f, *out);
	return 0;
}

static int memory_link(struct fake *f, struct dentry *old, struct dentry *dir, const char *name)
{
	struct inode *inode = old->inode;
	struct dentry *made;
	int r = inode->nlink ? inode_reserve(f, memory_sb_of(inode->sb)) : 0;

	if (r < 0)
		return r;
	nlink_take(inode);
	inode->is_linkable = false;
	inode->ctime = fake_now(f);
	made = dentry_new(f, dir, name, inode_get(inode));
	dentry_pin(made);
	dentry_put(f, made);
	dir_changed(f, dir->inode, 1);
	return 0;
}

static int memory_unlink(struct fake *f, struct dentry *dir, struct dentry *victim)
{
	struct inode *inode = victim->inode;

	if (inode->nlink > 1 && !S_ISDIR(inode->mode))
		memory_sb_of(inode->sb)->used_inodes--;
	nlink_drop(inode);
	inode->ctime = fake_now(f);
	dir_changed(f, dir->inode, -1);
	dentry_unlink(f, victim);
	return 0;
}

/* simple_empty(); a directory that another kernel still has to be asked about is read first. */
static bool dir_is_empty(struct fake *f, struct dentry *d)
{
	struct dentry *child;

	if (d->inode->ops->lookup && d->inode->ops->lookup(f, d, "", &child) == 0)
		dentry_put(f, child);
	return list_empty(&d->children);
}

static int memory_rmdir(struct fake *f, struct dentry *dir, struct dentry *victim)
{
	if (!dir_is_empty(f, victim))
		return refuse(f, RULE_RMDIR_NOT_EMPTY);
	nlink_drop(victim->inode);
	dir->inode->nlink--;
	return memory_unlink(f, dir, victim);
}

/* simple_rename_exchange(), d_exchange() */
static void memory_exchange(struct fake *f, struct dentry *a, struct dentry *b)
{
	struct dentry *a_dir = dentry_get(a->parent), *b_dir = dentry_get(b->parent);
	char *a_name = heap_strdup(f, a->name), *b_name = heap_strdup(f, b->name);
	bool a_is_dir = S_ISDIR(a->inode->mode), b_is_dir = S_ISDIR(b->inode->mode);

	if (a_dir != b_dir && a_is_dir && !b_is_dir) {
		a_dir->inode->nlink--;
		b_dir->inode->nlink++;
	} else if (a_dir != b_dir && b_is_dir && !a_is_dir) {
		b_dir->inode->nlink--;
		a_dir->inode->nlink++;
	}
	dentry_move(f, a, b_dir, b_name);
	dentry_move(f, b, a_dir, a_name);
	a->inode->ctime = b->inode->ctime = fake_now(f);
	dir_changed(f, a_dir->inode, 0);
	dir_changed(f, b_dir->inode, 0);
	heap_free(f, a_name);
	heap_free(f, b_name);
	dentry_put(f, a_dir);
	dentry_put(f, b_dir);
}

/* shmem_rename2() */
static int memory_rename(struct fake *f, struct dentry *old, struct dentry *dir,
			 const char *name, struct dentry *target, unsigned int flags)
{
	struct dentry *old_dir = old->parent;
	bool is_dir = S_ISDIR(old->inode->mode);

	if (flags & RENAME_EXCHANGE) {
		memory_exchange(f, old, target);
		return 0;
	}
	if (target && !dir_is_empty(f, target))
		return refuse(f, RULE_RENAME_NOT_EMPTY);
	if (is_dir)
		old_dir->inode->nlink--;
	if (target && is_dir)
		nlink_drop(target->inode);
	if (target)
		memory_unlink(f, dir, target);
	else if (is_dir)
		dir->inode->nlink++;
	old->inode->ctime = fake_now(f);
	dir_changed(f, old_dir->inode, -1);
	dir_changed(f, dir->inode, 1);
	dentry_move(f, old, dir, name);
	return 0;
}

const struct inode_ops memory_dir_ops = {
	.create = memory_create,
	.tmpfile = memory_tmpfile,
	.link = memory_link,
	.unlink = memory_unlink,
	.rmdir = memory_rmdir,
	.rename = memory_rename,
	.evict = memory_evict,
};
const struct inode_ops memory_file_iops = {.evict = memory_evict};
const struct inode_ops memory_link_ops = {.evict = memory_evict};

/* Files. */

static void data_reserve(struct fake *f, struct inode *inode, size_t size)
{
	size_t capacity = inode->capacity ? inode->capacity : 240;
	char *data;

	if (size <= inode->capacity)
		return;
	while (capacity < size)
		capacity = 2 * capacity + 16; /* with the heap's own 16 a power of two again */
	data = heap_alloc(f, capacity);
	if (inode->data)
		memcpy(data, inode->data, inode->capacity);
	heap_free(f, inode->data);
	inode->data = data;
	inode->capacity = capacity;
}

static int memory_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	const struct inode *inode = file->inode;
	off_t left = inode->size - file->pos;
	size_t stored = 0;

	(void)f;
	if (left <= 0)
		return 0;
	if (n > (size_t)left)
		n = (size_t)left;
	if ((size_t)file->pos < inode->capacity)
		stored = inode->capacity - (size_t)file->pos;
	if (stored > n)
		stored = n;
	if (stored)
		memcpy(buf, inode->data + file->pos, stored);
	memset((char *)buf + stored, 0, n - stored);
	file->pos += (off_t)n;
	return (int)n;
}

/* generic_write_check_limits() */
static int limited_write(struct fake *f, off_t pos, size_t *n)
{
	uint64_t limit = rlimit(f, RLIMIT_FSIZE);

	if (limit == RLIM64_INFINITY)
		return 0;
	if ((uint64_t)pos >= limit)
		return refuse_file_size(f);
	if (*n > limit - (uint64_t)pos)
		*n = (size_t)(limit - (uint64_t)pos);
	return 0;
}

static int memory_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct inode *inode = file->inode;
	off_t pos = file->flags & O_APPEND ? inode->size : file->pos, end;
	int r;

	if (n == 0)
		return 0;
	r = limited_write(f, pos, &n);
	if (r < 0)
		return r;
	if (n > (size_t)FILE_BYTES_MAX || pos > FILE_BYTES_MAX - (off_t)n)
		return not_modelled(f, "writing to a file beyond 64 MiB");
	inode_remove_privileges(f, inode);
	r = sealed_write(f, inode, pos, &n);
	if (r < 0)
		return r;
	end = (off_t)pages_take(f, inode, (size_t)pos / PAGE_BYTES, pages_for(pos + (off_t)n)) *
	      PAGE_BYTES;
	if (end <= pos)
		return refuse(f, RULE_NO_SPACE);
	if (pos + (off_t)n > end)
		n = (size_t)(end - pos);
	data_reserve(f, inode, (size_t)pos + n);
	memcpy(inode->data + pos, buf, n);
	file->pos = pos + (off_t)n;
	if (file->pos > inode->size)
		inode->size = file->pos;
	inode->mtime = inode->ctime = fake_now(f);
	return (int)n;
}

static short memory_poll(struct fake *f, struct file *file)
{
	(void)f;
	(void)file;
	return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
}

const struct file_ops memory_file_ops = {
	.read = memory_read,
	.write = memory_write,
	.poll = memory_poll,
};
const struct file_ops dir_file_ops = {.poll = memory_poll};

void memory_truncate(struct fake *f, struct inode *inode, off_t size)
{
	size_t old_end = (size_t)inode->size;

	(void)f;
	if (old_end > inode->capacity)
		old_end = inode->capacity;
	if ((size_t)size < old_end)
		memset(inode->data + size, 0, old_end - (size_t)size);
	pages_give(inode, pages_for(size));
	inode->size = size;
}

int memory_file_set(struct fake *f, struct inode *inode, const void *bytes, size_t n)
{
	memory_truncate(f, inode, 0);
	if (pages_take(f, inode, 0, pages_for((off_t)n)) < pages_for((off_t)n))
		return -ENOSPC;
	data_reserve(f, inode, n);
	if (n)
		memcpy(inode->data, bytes, n);
	inode->size = (off_t)n;
	return 0;
}
