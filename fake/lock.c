/* Locks on parts of files: F_SETLK and F_OFD_SETLK of fcntl(2), fs/locks.c. */
#include "fake/lock.h"

#include "fake/file.h"
#include "fake/task.h"

#define OFFSET_MAX INT64_MAX

struct lock {
	struct lock *next; /* of the same inode */
	const void *owner; /* a table of descriptors, or an open file */
	int type;
	int64_t start, end; /* the last byte */
};

static bool overlaps(const struct lock *a, const struct lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* posix_locks_conflict() */
static bool lock_is_taken(const struct inode *inode, const struct lock *want)
{
	for (const struct lock *lock = inode->locks; lock; lock = lock->next)
		if (lock->owner != want->owner && overlaps(lock, want) &&
		    (lock->type == F_WRLCK || want->type == F_WRLCK))
			return true;
	return false;
}

static void lock_add(struct fake *f, struct inode *inode, const struct lock *like,
		     int64_t start, int64_t end)
{
	struct lock *lock = heap_alloc(f, sizeof(*lock));

	*lock = *like;
	lock->start = start;
	lock->end = end;
	lock->next = inode->locks;
	inode->locks = lock;
}

/* What the owner has in this range goes; what sticks out of it stays. */
static void locks_cut(struct fake *f, struct inode *inode, const struct lock *range)
{
	struct lock **at = &inode->locks;

	while (*at) {
		struct lock *lock = *at;

		if (lock->owner != range->owner || !overlaps(lock, range)) {
			at = &lock->next;
			continue;
		}
		*at = lock->next;
		if (lock->start < range->start)
			lock_add(f, inode, lock, lock->start, range->start - 1);
		if (lock->end > range->end)
			lock_add(f, inode, lock, range->end + 1, lock->end);
		heap_free(f, lock);
		at = &inode->locks;
	}
}

void locks_release(struct fake *f, struct inode *inode, const void *owner)
{
	const struct lock all = {.owner = owner, .end = OFFSET_MAX};

	if (inode && inode->locks)
		locks_cut(f, inode, &all);
}

/* flock64_to_posix_lock() */
static int lock_read(struct fake *f, const struct file *file, const struct flock *in,
		     struct lock *out)
{
	int64_t start = 0;

	if (in->l_whence == SEEK_CUR)
		start = file->pos;
	else if (in->l_whence == SEEK_END)
		start = file->inode->size;
	else if (in->l_whence != SEEK_SET)
		return refuse(f, RULE_LOCK_WHENCE);
	if (in->l_start > OFFSET_MAX - start)
		return refuse(f, RULE_LOCK_OVERFLOW);
	start += in->l_start;
	if (start < 0 || (in->l_len < 0 && start + in->l_len < 0))
		return refuse(f, RULE_LOCK_NEGATIVE);
	if (in->l_len > 0 && in->l_len - 1 > OFFSET_MAX - start)
		return refuse(f, RULE_LOCK_OVERFLOW);
	out->start = in->l_len < 0 ? start + in->l_len : start;
	out->end = OFFSET_MAX;
	if (in->l_len)
		out->end = out->start + (in->l_len < 0 ? -in->l_len : in->l_len) - 1;
	if (in->l_type != F_RDLCK && in->l_type != F_WRLCK && in->l_type != F_UNLCK)
		return refuse(f, RULE_LOCK_TYPE);
	out->type = in->l_type;
	return 0;
}

/* check_fmode_for_setlk() */
static int lock_mode_check(struct fake *f, const struct file *file, int type)
{
	if (type == F_RDLCK && !file_may_read(file))
		return refuse(f, RULE_LOCK_NOT_READABLE);
	if (type == F_WRLCK && !file_may_write(file))
		return refuse(f, RULE_LOCK_NOT_WRITABLE);
	return 0;
}

static int lock_set(struct fake *f, int fd, const struct flock *in, bool is_ofd)
{
	struct file *file = fd_file_io(f, fd);
	struct lock lock = {0};
	int r;

	if (file == NULL)
		return refuse_badf(f);
	if (memory_is_bad(in))
		return refuse_fault(f);
	r = lock_read(f, file, in, &lock);
	if (r == 0)
		r = lock_mode_check(f, file, lock.type);
	if (r < 0)
		return r;
	if (is_ofd && in->l_pid != 0)
		return refuse(f, RULE_LOCK_OFD_PID);
	lock.owner = is_ofd ? (const void *)file : (const void *)f->current->fds;
	if (lock.type != F_UNLCK && lock_is_taken(file->inode, &lock))
		return refuse(f, RULE_LOCK_TAKEN);
	locks_cut(f, file->inode, &lock);
	if (lock.type != F_UNLCK)
		lock_add(f, file->inode, &lock, lock.start, lock.end);
	return 0;
}

int do_fcntl_setlk(struct fake *f, int fd, const struct flock *lock)
{
	return lock_set(f, fd, lock, false);
}

int do_fcntl_ofd_setlk(struct fake *f, int fd, const struct flock *lock)
{
	return lock_set(f, fd, lock, true);
}
