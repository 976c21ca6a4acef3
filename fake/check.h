/* What rooms tell the checker: who holds references to what. */
#ifndef FAKE_CHECK_H
#define FAKE_CHECK_H

#include "fake/task.h"

struct check;

/*
 * One reference to it is held.  NULL is nothing.  Called by the holds members of fs_type,
 * inode_ops and file_ops for what is in their private parts.
 */
void check_holds_sb(struct check *c, const struct super_block *sb);
void check_holds_dentry(struct check *c, const struct dentry *d);
void check_holds_inode(struct check *c, const struct inode *inode);
void check_holds_mount(struct check *c, const struct mount *mnt);
void check_holds_path(struct check *c, const struct path *path);
void check_holds_file(struct check *c, const struct file *file);
void check_holds_cred(struct check *c, const struct cred *cred);
void check_holds_ns(struct check *c, const struct ns *ns);
void check_holds_pid(struct check *c, const struct pid *pid);

/* Something is broken: the first time, its description is kept. */
void check_fails(struct check *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Trees of mounts, namespaces, peers, masters and slaves (check_mount.c). */
void check_mount(struct check *c, const struct mount *mnt);
void check_mnt_ns(struct check *c, const struct mnt_ns *ns);

#endif
