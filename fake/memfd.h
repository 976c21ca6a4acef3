/* Seals: what may no longer be done to a file of memfd_create(2). */
#ifndef FAKE_MEMFD_H
#define FAKE_MEMFD_H

#include "fake/inode.h"

/* shmem_setattr(): this mode, this size (NULL: not asked for).  0 or a refusal. */
int sealed_setattr(struct fake *f, const struct inode *inode, const mode_t *mode,
		   const off_t *size);
/*
 * shmem_write_begin(), piece by piece: n becomes what may be written at pos, 1 byte at least.
 * 0 or a refusal.
 */
int sealed_write(struct fake *f, const struct inode *inode, off_t pos, size_t *n);

#endif
