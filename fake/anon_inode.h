/* Descriptors of what has no name anywhere: signals, counters, processes. */
#ifndef FAKE_ANON_INODE_H
#define FAKE_ANON_INODE_H

#include "fake/file.h"

/*
 * anon_inode_getfd(): a descriptor, close-on-exec with O_CLOEXEC, of a file with these
 * operations; name is "[signalfd]".  A refusal leaves private to the caller.
 */
int anon_inode_fd(struct fake *f, const char *name, const struct file_ops *ops, void *private,
		  unsigned int flags);

#endif
