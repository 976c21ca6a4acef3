/* A descriptor and the kernel that it belongs to: closed when its scope ends. */
#ifndef CORE_KERNEL_FD_H
#define CORE_KERNEL_FD_H

#include "core/kernel/sysops.h"

/* n is -errno when opening it failed, -EBADF when there is none. */
struct fd {
	struct kernel *k;
	int n;
};

/* Once: on Linux the descriptor is gone, whatever close(2) answers. */
static inline void fd_close(struct fd *fd)
{
	if (fd->n >= 0)
		(void)sys_close(fd->k, fd->n);
	fd->n = -EBADF;
}

/*
 * To be made and given a value in one statement; never where goto jumps over it.
 *
 *	scoped_fd root = fd_open(k, AT_FDCWD, "/", O_PATH | O_DIRECTORY);
 *
 *	if (root.n < 0)
 *		return root.n;
 */
#define scoped_fd struct fd __attribute__((cleanup(fd_close)))

/* Takes over a descriptor, or the answer of a call that should have made one. */
static inline struct fd fd_of(struct kernel *k, int n)
{
	return (struct fd){k, n};
}

/* openat(2) with O_CLOEXEC. */
static inline struct fd fd_open(struct kernel *k, int dirfd, const char *path, int flags)
{
	return fd_of(k, sys_openat(k, dirfd, path, flags | O_CLOEXEC, 0));
}

/* Hands the descriptor over to the caller: the scope closes it no more. */
static inline int fd_take(struct fd *fd)
{
	int n = fd->n;

	fd->n = -EBADF;
	return n;
}

#endif
