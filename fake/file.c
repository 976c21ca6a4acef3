/* Open file descriptions: read(2), write(2), lseek(2), ftruncate(2). */
#include "fake/file.h"

#include "fake/lock.h"
#include "fake/open.h"
#include "fake/task.h"

#include <limits.h>

#define COUNT_MAX ((size_t)0x7ffff000) /* MAX_RW_COUNT: no call moves more */

struct file *file_new(struct fake *f, const struct path *path, unsigned int flags)
{
	static const struct file_ops nothing;
	struct file *file = heap_alloc(f, sizeof(*file));

	file->refs = 1;
	file->path = *path;
	path_get(path);
	file->inode = path->dentry->inode;
	file->flags = flags;
	if (f->current)
		file->cred = cred_get(f->current->cred);
	if (!(flags & O_PATH))
		file->ops = file->inode->fops ? file->inode->fops : &nothing;
	return file;
}

struct file *file_get(struct file *file)
{
	file->refs++;
	return file;
}

void file_put(struct fake *f, struct file *file)
{
	if (--file->refs > 0)
		return;
	if (file->ops && file->ops->release)
		file->ops->release(f, file);
	locks_release(f, file->inode, file);
	if (file->is_writer) {
		file->inode->writers--;
		if (file->path.mnt)
			file->path.mnt->writers--;
	}
	if (file->needs_unmount)
		dissolve_on_fput(f, file->path.mnt);
	path_put(f, &file->path);
	if (file->cred)
		cred_put(f, file->cred);
	heap_free(f, file);
}

/* Has the file a position?  What is not seekable answers ESPIPE. */
static bool file_is_seekable(const struct file *file)
{
	mode_t mode = file->inode->mode;

	if (S_ISREG(mode))
		return file->ops->read != NULL;
	return S_ISDIR(mode) || S_ISBLK(mode);
}

/* Where there is nothing to read, a bad buffer is never touched. */
static bool read_touches_buffer(const struct file *file)
{
	if (file->ops->read_sees_buffer)
		return false;
	return !S_ISREG(file->inode->mode) || file->pos < file->inode->size;
}

int do_read(struct fake *f, int fd, void *buf, size_t count)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (!file_may_read(file))
		return refuse(f, RULE_READ_NOT_READABLE);
	if (file->ops->read == NULL && !S_ISDIR(file->inode->mode))
		return refuse(f, RULE_READ_UNSUITABLE);
	if ((ssize_t)count < 0) /* access_ok(): no buffer is so large */
		return refuse_fault(f);
	if (S_ISDIR(file->inode->mode))
		return refuse(f, RULE_READ_DIRECTORY);
	if (count > 0 && memory_is_bad(buf) && read_touches_buffer(file))
		return refuse_fault(f);
	return file->ops->read(f, file, buf, count < COUNT_MAX ? count : COUNT_MAX);
}

int do_write(struct fake *f, int fd, const void *buf, size_t count)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (!file_may_write(file))
		return refuse(f, RULE_WRITE_NOT_WRITABLE);
	if (file->ops->write == NULL)
		return refuse(f, RULE_WRITE_UNSUITABLE);
	if ((ssize_t)count < 0 || (count > 0 && memory_is_bad(buf)))
		return refuse_fault(f);
	return file->ops->write(f, file, buf, count < COUNT_MAX ? count : COUNT_MAX);
}

/* Memory devices know no place: null_lseek() of drivers/char/mem.c. */
static bool file_has_null_lseek(const struct inode *inode)
{
	return S_ISCHR(inode->mode) && major(inode->rdev) == 1 &&
	       (minor(inode->rdev) == 3 || minor(inode->rdev) == 5 || minor(inode->rdev) == 7);
}

/* noop_llseek(): what says so, and random and urandom. */
static bool file_has_noop_lseek(const struct file *file)
{
	const struct inode *inode = file->inode;

	if (file->ops->has_noop_lseek)
		return true;
	return S_ISCHR(inode->mode) && major(inode->rdev) == 1 &&
	       (minor(inode->rdev) == 8 || minor(inode->rdev) == 9);
}

/* dcache_dir_lseek(): the place in a listing is a number of entries. */
static int lseek_directory(struct file *file, off_t to)
{
	struct list *children = &file->path.dentry->children;
	const struct dentry *child;
	off_t at = 2;

	if (to == file->pos)
		return (int)to;
	file->pos = to;
	file->dir_cookie = 0;
	for (struct list *l = children->prev; l != children && at < to; l = l->prev, at++) {
		child = list_entry(l, struct dentry, sibling);
		file->dir_cookie = child->cookie;
	}
	return (int)to;
}

static int lseek_to(struct fake *f, struct file *file, off_t from, off_t offset)
{
	off_t to;

	if (__builtin_add_overflow(from, offset, &to) || to < 0)
		return refuse(f, RULE_LSEEK_NEGATIVE);
	if (to > INT_MAX)
		return not_modelled(f, "a file position beyond INT_MAX");
	if (S_ISDIR(file->inode->mode))
		return lseek_directory(file, to);
	file->pos = to;
	return (int)to;
}

int do_lseek(struct fake *f, int fd, off_t offset, int whence)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (whence < 0 || whence > SEEK_HOLE)
		return refuse(f, RULE_LSEEK_WHENCE);
	if (file_has_null_lseek(file->inode))
		return (int)(file->pos = 0);
	if (file_has_noop_lseek(file))
		return (int)file->pos;
	if (!file_is_seekable(file))
		return refuse(f, RULE_LSEEK_PIPE);
	switch (whence) {
	case SEEK_SET:
		return lseek_to(f, file, 0, offset);
	case SEEK_CUR:
		return lseek_to(f, file, file->pos, offset);
	case SEEK_END:
		if (S_ISDIR(file->inode->mode))
			return refuse(f, RULE_LSEEK_DIRECTORY_END);
		return lseek_to(f, file, file->inode->size, offset);
	default:
		return not_modelled(f, "lseek(2) with SEEK_DATA or SEEK_HOLE");
	}
}

int do_ftruncate(struct fake *f, int fd, off_t length)
{
	struct file *file;

	if (length < 0)
		return refuse(f, RULE_FTRUNCATE_NEGATIVE);
	file = fd_file_io(f, fd);
	if (file == NULL)
		return refuse_badf(f);
	if (!S_ISREG(file->inode->mode))
		return refuse(f, RULE_FTRUNCATE_NOT_REGULAR);
	if (!file_may_write(file))
		return refuse(f, RULE_FTRUNCATE_NOT_WRITABLE);
	return inode_truncate(f, file->inode, length);
}
