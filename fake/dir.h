/* What making, removing and renaming names ask first. */
#ifndef FAKE_DIR_H
#define FAKE_DIR_H

#include "fake/mount.h"

/*
 * lookup_one() for who is about to change the directory: one that was removed is refused.
 * out becomes NULL where the name is free.
 */
int lookup_to_change(struct fake *f, struct dentry *dir, const char *name, struct dentry **out);
/* may_create(), without its last check, which is inode_permission() of the directory. */
int may_create(struct fake *f, const struct inode *dir);
/* may_delete(): write access, sticky bit, and whether it is what the caller takes it for. */
int may_delete(struct fake *f, struct dentry *dir, const struct dentry *victim, bool is_dir);

#endif
