/* Listing directories: getdents64. */
#include "fake/file.h"

#include "fake/task.h"

#include <string.h>

/* The caller's buffer, as it fills. */
struct listing {
	char *at;
	size_t size, len;
	off_t pos;			/* of the entry that comes next */
	struct kernel_dirent *previous; /* whose d_off is still to be said */
	off_t skip;			/* entries that were listed before */
	bool is_full;
};

/* filldir64() */
static bool listing_add(struct listing *l, const char *name, uint64_t ino, mode_t mode)
{
	size_t n = strlen(name);
	size_t size = (offsetof(struct kernel_dirent, d_name) + n + 1 + 7) & ~(size_t)7;
	struct kernel_dirent *entry = (struct kernel_dirent *)(void *)(l->at + l->len);

	if (size > l->size - l->len) {
		l->is_full = true;
		return false;
	}
	if (l->previous)
		l->previous->d_off = l->pos;
	entry->d_ino = ino;
	entry->d_reclen = (unsigned short)size;
	entry->d_type = (unsigned char)((mode & S_IFMT) >> 12);
	memcpy(entry->d_name, name, n + 1);
	l->previous = entry;
	l->len += size;
	l->pos++;
	return true;
}

static bool listing_emit(void *ctx, const char *name, uint64_t ino, mode_t mode)
{
	struct listing *l = ctx;

	if (l->skip > 0) {
		l->skip--;
		return true;
	}
	return listing_add(l, name, ino, mode);
}

static void list_dots(const struct file *file, struct listing *l)
{
	const struct dentry *d = file->path.dentry;

	if (l->pos == 0 && !listing_add(l, ".", d->inode->ino, S_IFDIR))
		return;
	if (l->pos == 1)
		listing_add(l, "..", d->parent->inode->ino, S_IFDIR);
}

/* dcache_readdir(): newest first; what comes and goes meanwhile moves nothing else. */
static void list_children(struct file *file, struct listing *l)
{
	struct list *children = &file->path.dentry->children;
	const struct dentry *child;

	for (struct list *at = children->prev; at != children; at = at->prev) {
		child = list_entry(at, struct dentry, sibling);
		if (file->dir_cookie && child->cookie >= file->dir_cookie)
			continue;
		if (!listing_add(l, child->name, child->inode->ino, child->inode->mode))
			return;
		file->dir_cookie = child->cookie;
	}
}

static int list_directory(struct fake *f, struct file *file, struct listing *l)
{
	int r = 0;

	list_dots(file, l);
	if (l->is_full || l->pos < 2)
		return 0;
	if (file->inode->ops->iterate == NULL) {
		list_children(file, l);
		return 0;
	}
	l->skip = l->pos - 2;
	r = file->inode->ops->iterate(f, file, listing_emit, l);
	return r;
}

int do_getdents64(struct fake *f, int fd, void *buf, size_t count)
{
	struct file *file = fd_file_io(f, fd);
	struct listing l = {.at = buf, .size = (unsigned int)count};
	int r;

	if (file == NULL)
		return refuse_badf(f);
	if (!S_ISDIR(file->inode->mode))
		return refuse(f, RULE_GETDENTS_NOT_DIRECTORY);
	if (file->inode->is_dead)
		return refuse(f, RULE_GETDENTS_REMOVED);
	if (memory_is_bad(buf))
		return refuse_fault(f);
	l.pos = file->pos;
	r = list_directory(f, file, &l);
	if (r < 0)
		return r;
	if (l.len == 0 && l.is_full)
		return refuse(f, RULE_GETDENTS_ROOM);
	if (l.previous)
		l.previous->d_off = l.pos;
	file->pos = l.pos;
	return (int)l.len;
}
