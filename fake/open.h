/* What opening, creating and changing files have in common. */
#ifndef FAKE_OPEN_H
#define FAKE_OPEN_H

#include "fake/mount.h"

#define LARGEFILE 0100000u /* the kernel's O_LARGEFILE: the C library's is 0 */
#define OPEN_HOW_SIZE_VER0 24

/* getname(): the text of a path, before anything is looked at. */
int path_name_check(struct fake *f, const char *name, unsigned int flags);
/* path_noexec() */
static inline bool path_is_noexec(const struct path *path)
{
	return (path->mnt && (path->mnt->flags & MNT_NOEXEC)) || path->dentry->sb->noexec;
}

/* Mode of a new inode: set-group-id where it may not be, umask, what the call lets through. */
mode_t mode_prepare(struct fake *f, const struct inode *dir, mode_t mode, mode_t allowed);
/* do_truncate(): set-user-id bits go, then the bytes. */
int inode_truncate(struct fake *f, struct inode *inode, off_t size);
/* file_remove_privs(): writing takes set-user-id and set-group-id bits. */
void inode_remove_privileges(struct fake *f, struct inode *inode);

/* Devices, FIFOs, sockets: neither mount nor inode count who writes them. */
static inline bool file_is_special(const struct inode *inode)
{
	return S_ISCHR(inode->mode) || S_ISBLK(inode->mode) || S_ISFIFO(inode->mode) ||
	       S_ISSOCK(inode->mode);
}

/* Is a number free?  0, or EMFILE as a refusal. */
int fd_check_room(struct fake *f);

#endif
