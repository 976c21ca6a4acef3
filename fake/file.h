/* Open files and the descriptors that name them. */
#ifndef FAKE_FILE_H
#define FAKE_FILE_H

#include "fake/namei.h"

struct task;

/* An open file description. */
struct file {
	int refs;
	struct path path;
	struct inode *inode; /* path's; NULL for O_PATH only in that ops is NULL */
	unsigned int flags;  /* O_*: access mode and status flags */
	off_t pos;
	bool is_writer;		    /* counted in inode and mount */
	bool needs_unmount; /* FMODE_NEED_UNMOUNT: a tree that is still detached goes with it */
	struct cred *cred;	    /* of who opened it */
	const struct file_ops *ops; /* NULL: O_PATH */
	uint64_t dir_cookie;	    /* of a directory: of the entry listed last; 0: none yet */
	void *private;
};

/* Holds references to what it is made of.  path may be of a superblock that is not mounted. */
struct file *file_new(struct fake *f, const struct path *path, unsigned int flags);
struct file *file_get(struct file *file);
void file_put(struct fake *f, struct file *file);

/* FMODE_READ, FMODE_WRITE: an access mode of 3 is neither. */
static inline bool file_may_read(const struct file *file)
{
	return file->ops && ((file->flags + 1) & 1);
}
static inline bool file_may_write(const struct file *file)
{
	return file->ops && ((file->flags + 1) & 2);
}

struct fd_slot {
	struct file *file; /* NULL: free */
	bool is_cloexec;
};
struct fd_table {
	struct fd_slot *slots;
	int size;
};
#define FDS_MAX 1024 /* RLIMIT_NOFILE as a service manager leaves it */

/* Lowest free number >= least for the file, whose reference it takes over; -EMFILE. */
int fd_install(struct fake *f, struct file *file, int least, bool is_cloexec);
/* The file, without a reference; NULL: not open.  O_PATH files count. */
struct file *fd_file(struct fake *f, int fd);
/* As fd_file, but for calls that refuse O_PATH files; NULL: -EBADF. */
struct file *fd_file_io(struct fake *f, int fd);
struct fd_table *fd_table_copy(struct fake *f, const struct fd_table *from);
void fd_table_free(struct fake *f, struct fd_table *table);
/* At exec. */
void fd_table_close_on_exec(struct fake *f, struct fd_table *table);

/* Beside O_* for file_open: to be executed (EACCES: no x bit, noexec, no regular file). */
#define FILE_EXEC 0x20u

/*
 * Opens what a path names (already walked, last component followed or not by the caller):
 * permission, write access to mount and inode, the type's open.  For execve and the openers.
 */
int file_open(struct fake *f, const struct path *path, unsigned int flags, struct file **out);

#endif
