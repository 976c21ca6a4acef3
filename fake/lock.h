/* Locks on parts of files, and when they go by themselves. */
#ifndef FAKE_LOCK_H
#define FAKE_LOCK_H

#include "fake/inode.h"

/*
 * All locks that this owner has on the inode go: a table of descriptors one of whose closes
 * (locks_remove_posix), an open file that is closed for good (locks_remove_file).
 */
void locks_release(struct fake *f, struct inode *inode, const void *owner);

#endif
