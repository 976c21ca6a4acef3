/* Asking what is known of files: statx, fstatfs, faccessat2, readlinkat. */
#include "fake/fs.h"
#include "fake/open.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U /* Linux 6.8 */
#endif
#ifndef STATX__RESERVED
#define STATX__RESERVED 0x80000000U
#endif
#define STATX_FLAGS (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)

static struct statx_timestamp statx_time(const struct timespec *t)
{
	return (struct statx_timestamp){.tv_sec = t->tv_sec, .tv_nsec = (uint32_t)t->tv_nsec};
}

static void statx_inode(struct fake *f, const struct inode *inode, unsigned int mask,
			struct statx *out)
{
	const struct user_ns *ns = f->current->cred->user_ns;

	out->stx_mask = STATX_BASIC_STATS | (mask & STATX_BTIME);
	out->stx_blksize = inode->sb->block_size;
	out->stx_nlink = inode->nlink;
	out->stx_uid = uid_shown(ns, inode->uid);
	out->stx_gid = gid_shown(ns, inode->gid);
	out->stx_mode = (uint16_t)inode->mode;
	out->stx_ino = inode->ino;
	out->stx_size = (uint64_t)inode->size;
	out->stx_blocks = inode->n_pages * (PAGE_BYTES / 512);
	out->stx_attributes_mask = STATX_ATTR_AUTOMOUNT | STATX_ATTR_DAX;
	out->stx_atime = statx_time(&inode->atime);
	if (mask & STATX_BTIME)
		out->stx_btime = statx_time(&inode->btime);
	out->stx_ctime = statx_time(&inode->ctime);
	out->stx_mtime = statx_time(&inode->mtime);
	out->stx_rdev_major = major(inode->rdev);
	out->stx_rdev_minor = minor(inode->rdev);
	out->stx_dev_major = major(inode->sb->dev);
	out->stx_dev_minor = minor(inode->sb->dev);
}

/*
 * vfs_statx() on top of getattr.
 * Simplified: what is of no mount (namespace files, pipes) has mount id 0.
 */
static void statx_mount(struct fake *f, const struct path *path, unsigned int mask,
			struct statx *out)
{
	out->stx_attributes_mask |= STATX_ATTR_MOUNT_ROOT;
	out->stx_mask |= STATX_MNT_ID;
	if (path->mnt == NULL)
		return;
	if (path->dentry == path->mnt->root)
		out->stx_attributes |= STATX_ATTR_MOUNT_ROOT;
	out->stx_mnt_id = (uint64_t)path->mnt->id;
	if ((mask & STATX_MNT_ID_UNIQUE) && f->profile.statx_mnt_id_unique) {
		out->stx_mask &= ~STATX_MNT_ID;
		out->stx_mask |= STATX_MNT_ID_UNIQUE;
		out->stx_mnt_id = path->mnt->unique_id;
	}
}

int do_statx(struct fake *f, int dirfd, const char *path, int flags, unsigned int mask,
	     struct statx *out)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path at;
	int r;

	if (mask & STATX__RESERVED)
		return refuse(f, RULE_STATX_RESERVED);
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return refuse(f, RULE_STATX_SYNC);
	if (flags & ~STATX_FLAGS)
		return refuse(f, RULE_STATX_FLAGS);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	if (f->profile.statx_takes_null && path == NULL && dirfd >= 0 &&
	    (flags & ~(AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE)) == AT_EMPTY_PATH)
		path = "";
	r = path_lookup(f, dirfd, path, lookup, &at);
	if (r < 0)
		return r;
	if (memory_is_bad(out)) {
		path_put(f, &at);
		return refuse_fault(f);
	}
	if (at.dentry->inode->ops->refresh)
		at.dentry->inode->ops->refresh(f, at.dentry->inode);
	memset(out, 0, sizeof(*out));
	statx_inode(f, at.dentry->inode, mask, out);
	statx_mount(f, &at, mask, out);
	path_put(f, &at);
	return 0;
}

/* calculate_f_flags(): ST_* bits of mount and superblock. */
static long statfs_flags(const struct path *path)
{
	static const struct {
		unsigned int mnt;
		long st;
	} bits[] = {{MNT_READONLY, 0x1},    {MNT_NOSUID, 0x2},	      {MNT_NODEV, 0x4},
		    {MNT_NOEXEC, 0x8},	    {MNT_NOATIME, 0x400},     {MNT_NODIRATIME, 0x800},
		    {MNT_RELATIME, 0x1000}, {MNT_NOSYMFOLLOW, 0x2000}};
	unsigned long sb_flags = path->dentry->sb->flags;
	long flags = 0x20; /* ST_VALID */

	for (size_t i = 0; path->mnt && i < sizeof(bits) / sizeof(*bits); i++)
		if (path->mnt->flags & bits[i].mnt)
			flags |= bits[i].st;
	return flags | (long)(sb_flags & (MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK));
}

/* An O_PATH descriptor will do: fdget_raw() in fd_statfs(). */
int do_fstatfs(struct fake *f, int fd, struct statfs *out)
{
	struct file *file = fd_file(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (memory_is_bad(out))
		return refuse_fault(f);
	memset(out, 0, sizeof(*out));
	out->f_bsize = PAGE_BYTES;
	out->f_frsize = PAGE_BYTES;
	out->f_namelen = NAME_MAX;
	fs_statfs(f, file->inode->sb, out);
	out->f_flags = statfs_flags(&file->path);
	return 0;
}

/* access_override_creds(): as the real ids, with the capabilities that they would have. */
static struct cred *access_cred(struct fake *f)
{
	struct cred *cred = cred_copy(f, f->current->cred);

	cred->fsuid = cred->uid;
	cred->fsgid = cred->gid;
	if (cred->securebits & (1u << 2)) /* SECBIT_NO_SETUID_FIXUP */
		return cred;
	cred->effective = cred->uid == uid_outside(cred->user_ns, 0) ? cred->permitted : 0;
	return cred;
}

static int access_path(struct fake *f, const struct path *path, int mode)
{
	struct inode *inode = path->dentry->inode;
	int r;

	if ((mode & MAY_EXEC) && S_ISREG(inode->mode) && path_is_noexec(path))
		return refuse(f, RULE_ACCESS_NOEXEC);
	r = inode_permission(f, inode, mode);
	if (r < 0 || !(mode & MAY_WRITE) || file_is_special(inode) || path->mnt == NULL)
		return r;
	if (mnt_is_readonly(path->mnt))
		return refuse(f, RULE_ACCESS_READONLY);
	return 0;
}

static int access_lookup(struct fake *f, int dirfd, const char *name, int mode, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int r;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = path_lookup(f, dirfd, name, lookup, &path);
	if (r < 0)
		return r;
	r = access_path(f, &path, mode);
	path_put(f, &path);
	return r;
}

int do_faccessat2(struct fake *f, int dirfd, const char *path, int mode, int flags)
{
	struct cred *own = f->current->cred;
	int r;

	if (mode & ~(R_OK | W_OK | X_OK))
		return refuse(f, RULE_ACCESS_MODE);
	if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return refuse(f, RULE_ACCESS_FLAGS);
	if (flags & AT_EACCESS)
		return access_lookup(f, dirfd, path, mode, flags);
	f->current->cred = access_cred(f);
	r = access_lookup(f, dirfd, path, mode, flags);
	cred_put(f, f->current->cred);
	f->current->cred = own;
	return r;
}

static int readlink_path(struct fake *f, struct dentry *d, bool is_empty, char *buf,
			 size_t size)
{
	struct inode *inode = d->inode;
	char made[PATH_MAX];
	const char *text = inode->data;
	int n;

	if (!S_ISLNK(inode->mode))
		return refuse(f, is_empty ? RULE_READLINK_EMPTY : RULE_READLINK_NO_LINK);
	if (inode->ops->readlink) {
		n = inode->ops->readlink(f, d, made, sizeof(made) - 1);
		text = made;
	} else {
		n = (int)inode->size;
	}
	if (n < 0)
		return n;
	if (memory_is_bad(buf))
		return refuse_fault(f);
	if ((size_t)n > size)
		n = (int)size;
	memcpy(buf, text, (size_t)n);
	return n;
}

int do_readlinkat(struct fake *f, int dirfd, const char *path, char *buf, size_t count)
{
	struct path at;
	int r;

	if ((int)count <= 0)
		return refuse(f, RULE_READLINK_SIZE);
	r = path_lookup(f, dirfd, path, LOOKUP_EMPTY, &at);
	if (r < 0)
		return r;
	r = readlink_path(f, at.dentry, *path == '\0', buf, (size_t)(int)count);
	path_put(f, &at);
	return r;
}
