/* Descriptor tables: close, close_range, dup, fcntl. */
#include "fake/lock.h"
#include "fake/open.h"
#include "fake/rlimit.h"
#include "fake/task.h"

#include <string.h>

static struct fd_table *fds_of(struct fake *f)
{
	return f->current->fds;
}

/* The table has a slot of this number: it doubles until it has. */
static void fd_table_grow(struct fake *f, struct fd_table *table, int fd)
{
	struct fd_slot *old = table->slots;
	int size = table->size ? table->size : 16;

	while (size <= fd)
		size *= 2;
	if (size == table->size)
		return;
	table->slots = heap_alloc(f, (size_t)size * sizeof(*old));
	if (old)
		memcpy(table->slots, old, (size_t)table->size * sizeof(*old));
	table->size = size;
	heap_free(f, old);
}

static int fd_lowest_free(const struct fd_table *table, int least)
{
	int fd = least;

	while (fd < table->size && table->slots[fd].file)
		fd++;
	return fd;
}

/* alloc_fd(): RLIMIT_NOFILE. */
static int fd_find_free(struct fake *f, int least)
{
	int fd = fd_lowest_free(fds_of(f), least);

	if ((uint64_t)fd < rlimit(f, RLIMIT_NOFILE))
		return fd;
	return refuse(f, RULE_NO_FREE_DESCRIPTOR);
}

int fd_check_room(struct fake *f)
{
	int fd = fd_find_free(f, 0);

	return fd < 0 ? fd : 0;
}

static void fd_put_at(struct fake *f, struct file *file, int fd, bool is_cloexec)
{
	struct fd_table *table = fds_of(f);

	fd_table_grow(f, table, fd);
	table->slots[fd] = (struct fd_slot){.file = file, .is_cloexec = is_cloexec};
}

int fd_install(struct fake *f, struct file *file, int least, bool is_cloexec)
{
	int fd = fd_find_free(f, least);

	if (fd >= 0)
		fd_put_at(f, file, fd, is_cloexec);
	return fd;
}

static struct fd_slot *fd_slot(struct fake *f, int fd)
{
	struct fd_table *table = fds_of(f);

	if (fd < 0 || fd >= table->size || table->slots[fd].file == NULL)
		return NULL;
	return &table->slots[fd];
}

struct file *fd_file(struct fake *f, int fd)
{
	struct fd_slot *slot = fd_slot(f, fd);

	return slot ? slot->file : NULL;
}

struct file *fd_file_io(struct fake *f, int fd)
{
	struct file *file = fd_file(f, fd);

	return file && file->ops ? file : NULL;
}

struct fd_table *fd_table_copy(struct fake *f, const struct fd_table *from)
{
	struct fd_table *table = heap_alloc(f, sizeof(*table));

	fd_table_grow(f, table, from->size > 0 ? from->size - 1 : 0);
	for (int fd = 0; fd < from->size; fd++) {
		table->slots[fd] = from->slots[fd];
		if (from->slots[fd].file)
			file_get(from->slots[fd].file);
	}
	return table;
}

/*
 * filp_close(): the slot is free before the file goes: what its release does finds it closed.
 */
static void fd_close_slot(struct fake *f, const struct fd_table *table, struct fd_slot *slot)
{
	struct file *file = slot->file;

	*slot = (struct fd_slot){0};
	locks_release(f, file->inode, table);
	file_put(f, file);
}

static void fd_table_close(struct fake *f, struct fd_table *table, bool only_cloexec)
{
	for (int fd = 0; fd < table->size; fd++)
		if (table->slots[fd].file && (!only_cloexec || table->slots[fd].is_cloexec))
			fd_close_slot(f, table, &table->slots[fd]);
}

void fd_table_free(struct fake *f, struct fd_table *table)
{
	fd_table_close(f, table, false);
	heap_free(f, table->slots);
	heap_free(f, table);
}

void fd_table_close_on_exec(struct fake *f, struct fd_table *table)
{
	fd_table_close(f, table, true);
}

int do_close(struct fake *f, int fd)
{
	struct fd_slot *slot = fd_slot(f, fd);

	if (slot == NULL)
		return refuse_badf(f);
	fd_close_slot(f, fds_of(f), slot);
	return 0;
}

/* Simplified: no task shares its table, so there is nothing to unshare. */
int do_close_range(struct fake *f, unsigned int first, unsigned int last, unsigned int flags)
{
	struct fd_table *table = fds_of(f);

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return refuse(f, RULE_CLOSE_RANGE_FLAGS);
	if (first > last)
		return refuse(f, RULE_CLOSE_RANGE_ORDER);
	for (unsigned int fd = first; fd < (unsigned int)table->size && fd <= last; fd++) {
		if (table->slots[fd].file == NULL)
			continue;
		if (flags & CLOSE_RANGE_CLOEXEC)
			table->slots[fd].is_cloexec = true;
		else
			fd_close_slot(f, table, &table->slots[fd]);
	}
	return 0;
}

int do_dup(struct fake *f, int oldfd)
{
	struct file *file = fd_file(f, oldfd);
	int fd;

	if (file == NULL)
		return refuse_badf(f);
	fd = fd_install(f, file, 0, false);
	if (fd >= 0)
		file_get(file);
	return fd;
}

int do_dup3(struct fake *f, int oldfd, int newfd, int flags)
{
	struct fd_slot *slot;
	struct file *file;

	if (flags & ~O_CLOEXEC)
		return refuse(f, RULE_DUP3_FLAGS);
	if (oldfd == newfd)
		return refuse(f, RULE_DUP3_SAME);
	if (newfd < 0 || (uint64_t)newfd >= rlimit(f, RLIMIT_NOFILE))
		return refuse(f, RULE_DUP3_RANGE);
	file = fd_file(f, oldfd);
	if (file == NULL)
		return refuse_badf(f);
	file_get(file);
	slot = fd_slot(f, newfd);
	if (slot)
		fd_close_slot(f, fds_of(f), slot);
	fd_put_at(f, file, newfd, flags & O_CLOEXEC);
	return newfd;
}

int do_fcntl_dupfd_cloexec(struct fake *f, int fd, int least)
{
	struct file *file = fd_file(f, fd);
	int r;

	if (file == NULL)
		return refuse_badf(f);
	if (least < 0 || (uint64_t)least >= rlimit(f, RLIMIT_NOFILE))
		return refuse(f, RULE_DUPFD_RANGE);
	r = fd_install(f, file, least, true);
	if (r >= 0)
		file_get(file);
	return r;
}

int do_fcntl_getfd(struct fake *f, int fd)
{
	struct fd_slot *slot = fd_slot(f, fd);

	if (slot == NULL)
		return refuse_badf(f);
	return slot->is_cloexec ? FD_CLOEXEC : 0;
}

int do_fcntl_setfd(struct fake *f, int fd, int flags)
{
	struct fd_slot *slot = fd_slot(f, fd);

	if (slot == NULL)
		return refuse_badf(f);
	slot->is_cloexec = flags & FD_CLOEXEC;
	return 0;
}

int do_fcntl_getfl(struct fake *f, int fd)
{
	struct file *file = fd_file(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	return (int)file->flags;
}

/* setfl() of fs/fcntl.c */
int do_fcntl_setfl(struct fake *f, int fd, int flags)
{
	const unsigned int settable = O_APPEND | O_NONBLOCK | O_NOATIME;
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if ((flags & O_NOATIME) && !(file->flags & O_NOATIME) &&
	    !inode_owner_or_capable(f, file->inode))
		return refuse(f, RULE_SETFL_NOATIME);
	if (flags & O_DIRECT)
		return not_modelled(f, "F_SETFL with O_DIRECT");
	if (flags & O_ASYNC)
		return not_modelled(f, "F_SETFL with O_ASYNC");
	file->flags = (file->flags & ~settable) | ((unsigned int)flags & settable);
	return 0;
}
