/* Making and removing names: mkdirat, mknodat, symlinkat, linkat, unlinkat. */
#include "fake/dir.h"

#include "fake/open.h"
#include "fake/task.h"

/* mode_strip_sgid(): a file in a set-group-id directory is not set-group-id by accident. */
static mode_t mode_strip_sgid(struct fake *f, const struct inode *dir, mode_t mode)
{
	const mode_t both = S_ISGID | S_IXGRP;

	if ((mode & both) != both || S_ISDIR(mode) || !(dir->mode & S_ISGID) ||
	    in_group_or_capable(f, dir, dir->gid))
		return mode;
	return mode & ~(mode_t)S_ISGID;
}

mode_t mode_prepare(struct fake *f, const struct inode *dir, mode_t mode, mode_t allowed)
{
	mode_t type = mode & S_IFMT;

	mode = mode_strip_sgid(f, dir, mode) & ~f->current->umask;
	return (mode & allowed) | type;
}

/* __lookup_hash() */
int lookup_to_change(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	int r;

	if (dir->inode->is_dead)
		return refuse(f, RULE_DEAD_DIRECTORY);
	r = lookup_one(f, dir, name, out);
	if (r != -ENOENT)
		return r;
	if (dir->sb->no_negatives)
		return refuse(f, RULE_NO_ENTRY_TO_MAKE);
	*out = NULL;
	return 0;
}

int may_create(struct fake *f, const struct inode *dir)
{
	if (!sb_knows_caller(f, dir->sb))
		return refuse(f, RULE_CREATE_UNMAPPED);
	return 0;
}

/* __check_sticky() */
static bool sticky_forbids(struct fake *f, const struct inode *dir, const struct inode *victim)
{
	uid_t fsuid = f->current->cred->fsuid;

	return (dir->mode & S_ISVTX) && victim->uid != fsuid && dir->uid != fsuid &&
	       !capable_over_inode(f, victim, CAP_FOWNER);
}

int may_delete(struct fake *f, struct dentry *dir, const struct dentry *victim, bool is_dir)
{
	bool victim_is_dir = S_ISDIR(victim->inode->mode);
	int r = inode_permission(f, dir->inode, MAY_WRITE | MAY_EXEC);

	if (r < 0)
		return r;
	if (sticky_forbids(f, dir->inode, victim->inode))
		return refuse(f, RULE_STICKY);
	if (victim->inode->is_immutable)
		return refuse(f, RULE_IMMUTABLE_VICTIM);
	if (is_dir && !victim_is_dir)
		return refuse(f, RULE_DELETE_NOT_DIRECTORY);
	if (!is_dir && victim_is_dir)
		return refuse(f, RULE_DELETE_IS_DIRECTORY);
	return 0;
}

/* Is the name free? */
static int create_lookup(struct fake *f, struct dentry *dir, const struct last *last)
{
	struct dentry *there = NULL;
	int r = 0;

	if (last->type == LAST_NORM)
		r = lookup_to_change(f, dir, last->name, &there);
	if (r < 0 || (last->type == LAST_NORM && there == NULL))
		return r;
	if (there)
		dentry_put(f, there);
	return refuse(f, RULE_CREATE_EXISTS);
}

/* filename_create(): where a new name may stand; name and parent for the caller on 0. */
static int create_prepare(struct fake *f, int dirfd, const char *path, bool wants_dir,
			  struct path *parent, struct last *last)
{
	int r = path_lookup_parent(f, dirfd, path, 0, parent, last);

	if (r < 0)
		return r;
	r = create_lookup(f, parent->dentry, last);
	if (r == 0 && last->has_slash && !wants_dir)
		r = refuse(f, RULE_CREATE_SLASH);
	if (r == 0)
		r = mnt_want_write(f, parent);
	if (r < 0)
		path_put(f, parent);
	return r;
}

/* Creates what the request says in a directory that was prepared, and lets go of it. */
struct node_request {
	mode_t mode;
	dev_t rdev;
	const char *target;
};

static int node_create(struct fake *f, struct path *parent, const char *name,
		       const struct node_request *want)
{
	struct inode *dir = parent->dentry->inode;
	struct dentry *made;
	int r = may_create(f, dir);
	bool is_device = S_ISCHR(want->mode) || S_ISBLK(want->mode);
	bool is_whiteout = S_ISCHR(want->mode) && want->rdev == 0;

	if (r == 0)
		r = inode_permission(f, dir, MAY_WRITE | MAY_EXEC);
	if (r == 0 && is_device && !is_whiteout && !capable(f, CAP_MKNOD))
		r = refuse(f, RULE_MKNOD_CAPABILITY);
	if (r == 0 &&
	    (dir->ops->create == NULL || (dir->ops->makes_files_only && !S_ISREG(want->mode))))
		r = S_ISREG(want->mode) ? refuse(f, RULE_CREATE_NOT_HERE)
					: refuse(f, RULE_MKNOD_NOT_HERE);
	if (r == 0)
		r = dir->ops->create(f, parent->dentry, name, want->mode, want->rdev,
				     want->target, &made);
	if (r == 0)
		dentry_put(f, made);
	path_put(f, parent);
	return r;
}

int do_mkdirat(struct fake *f, int dirfd, const char *path, mode_t mode)
{
	struct node_request want = {0};
	struct path parent;
	struct last last;
	int r = create_prepare(f, dirfd, path, true, &parent, &last);

	if (r < 0)
		return r;
	want.mode = mode_prepare(f, parent.dentry->inode, S_IFDIR | (mode & 07777), 01777);
	return node_create(f, &parent, last.name, &want);
}

/* may_mknod() */
static int may_mknod(struct fake *f, mode_t mode)
{
	switch (mode & S_IFMT) {
	case 0: /* a regular file, too */
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFDIR:
		return refuse(f, RULE_MKNOD_DIRECTORY);
	default:
		return refuse(f, RULE_MKNOD_TYPE);
	}
}

int do_mknodat(struct fake *f, int dirfd, const char *path, mode_t mode, dev_t dev)
{
	struct node_request want = {0};
	struct path parent;
	struct last last;
	int r = may_mknod(f, mode);

	if ((mode & S_IFMT) == 0)
		mode |= S_IFREG;
	if (r == 0)
		r = create_prepare(f, dirfd, path, false, &parent, &last);
	if (r < 0)
		return r;
	want.mode = mode_prepare(f, parent.dentry->inode, mode & (S_IFMT | 07777), 07777);
	/* new_decode_dev(): the call carries 32 bits. */
	if (S_ISCHR(mode) || S_ISBLK(mode))
		want.rdev =
			makedev((dev & 0xfff00) >> 8, (dev & 0xff) | ((dev >> 12) & 0xfff00));
	return node_create(f, &parent, last.name, &want);
}

int do_symlinkat(struct fake *f, const char *target, int dirfd, const char *linkpath)
{
	struct node_request want = {.mode = S_IFLNK | 0777, .target = target};
	struct path parent;
	struct last last;
	int r = path_name_check(f, target, 0);

	if (r == 0)
		r = create_prepare(f, dirfd, linkpath, false, &parent, &last);
	return r < 0 ? r : node_create(f, &parent, last.name, &want);
}

/* safe_hardlink_source() */
static bool hardlink_is_safe(struct fake *f, struct inode *inode)
{
	const mode_t both = S_ISGID | S_IXGRP;

	return S_ISREG(inode->mode) && !(inode->mode & S_ISUID) &&
	       (inode->mode & both) != both &&
	       inode_permission(f, inode, MAY_READ | MAY_WRITE) == 0;
}

/* may_linkat(): fs.protected_hardlinks. */
static int may_linkat(struct fake *f, struct inode *inode)
{
	if (!f->protected_hardlinks || inode_owner_or_capable(f, inode) ||
	    hardlink_is_safe(f, inode))
		return 0;
	return refuse(f, RULE_PROTECTED_HARDLINK);
}

/* vfs_link() */
static int link_here(struct fake *f, const struct path *old, const struct path *parent,
		     const char *name)
{
	struct inode *dir = parent->dentry->inode, *inode = old->dentry->inode;
	int r;

	if (old->mnt != parent->mnt)
		return refuse(f, RULE_LINK_OTHER_MOUNT);
	r = may_linkat(f, inode);
	if (r == 0)
		r = may_create(f, dir);
	if (r == 0)
		r = inode_permission(f, dir, MAY_WRITE | MAY_EXEC);
	if (r < 0)
		return r;
	if (dir->ops->link == NULL)
		return refuse(f, RULE_LINK_NOT_HERE);
	if (S_ISDIR(inode->mode))
		return refuse(f, RULE_LINK_DIRECTORY);
	if (inode->nlink == 0 && !inode->is_linkable)
		return refuse(f, RULE_LINK_REMOVED);
	return dir->ops->link(f, old->dentry, parent->dentry, name);
}

/* AT_EMPTY_PATH would let a task name files that it was only handed a descriptor of. */
static int link_check_empty(struct fake *f, int dirfd, const char *path)
{
	struct file *file;

	if (!f->profile.linkat_empty_by_opener)
		return capable(f, CAP_DAC_READ_SEARCH) ? 0
						       : refuse(f, RULE_LINK_EMPTY_CAPABILITY);
	if (memory_is_bad(path) || *path == '/' || dirfd == AT_FDCWD)
		return 0;
	file = fd_file(f, dirfd);
	if (file && file->cred != f->current->cred &&
	    !ns_capable(f, file->cred->user_ns, CAP_DAC_READ_SEARCH))
		return refuse(f, RULE_LINK_EMPTY_OPENER);
	return 0;
}

int do_linkat(struct fake *f, int olddirfd, const char *oldpath, int newdirfd,
	      const char *newpath, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	struct path old, parent;
	struct last last;
	int r = 0;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return refuse(f, RULE_LINK_FLAGS);
	if (flags & AT_EMPTY_PATH) {
		r = link_check_empty(f, olddirfd, oldpath);
		lookup |= LOOKUP_EMPTY;
	}
	if (r == 0)
		r = path_lookup(f, olddirfd, oldpath, lookup, &old);
	if (r < 0)
		return r;
	r = create_prepare(f, newdirfd, newpath, false, &parent, &last);
	if (r == 0) {
		r = link_here(f, &old, &parent, last.name);
		path_put(f, &parent);
	}
	path_put(f, &old);
	return r;
}

/* vfs_rmdir() */
static int rmdir_here(struct fake *f, struct dentry *dir, struct dentry *victim)
{
	int r = may_delete(f, dir, victim, true);

	if (r < 0)
		return r;
	if (dir->inode->ops->rmdir == NULL)
		return refuse(f, RULE_RMDIR_NOT_HERE);
	if (dentry_is_local_mountpoint(f, victim))
		return refuse(f, RULE_RMDIR_MOUNTPOINT);
	r = dir->inode->ops->rmdir(f, dir, victim);
	if (r < 0)
		return r;
	victim->inode->is_dead = true;
	detach_mounts(f, victim);
	return 0;
}

static int rmdir_check_last(struct fake *f, const struct last *last)
{
	switch (last->type) {
	case LAST_DOTDOT:
		return refuse(f, RULE_RMDIR_DOTDOT);
	case LAST_DOT:
		return refuse(f, RULE_RMDIR_DOT);
	case LAST_ROOT:
		return refuse(f, RULE_RMDIR_ROOT);
	default:
		return 0;
	}
}

/* do_rmdir(), once the parent is found. */
static int rmdir_in(struct fake *f, const struct path *parent, const struct last *last)
{
	struct dentry *victim = NULL;
	int r = rmdir_check_last(f, last);

	if (r == 0)
		r = mnt_want_write(f, parent);
	if (r == 0)
		r = lookup_to_change(f, parent->dentry, last->name, &victim);
	if (r < 0)
		return r;
	if (victim == NULL)
		return refuse(f, RULE_RMDIR_NO_ENTRY);
	r = rmdir_here(f, parent->dentry, victim);
	dentry_put(f, victim);
	return r;
}

/* vfs_unlink() */
static int unlink_here(struct fake *f, struct dentry *dir, struct dentry *victim)
{
	int r = may_delete(f, dir, victim, false);

	if (r < 0)
		return r;
	if (dir->inode->ops->unlink == NULL)
		return refuse(f, RULE_UNLINK_NOT_HERE);
	if (dentry_is_local_mountpoint(f, victim))
		return refuse(f, RULE_UNLINK_MOUNTPOINT);
	r = dir->inode->ops->unlink(f, dir, victim);
	if (r == 0)
		detach_mounts(f, victim);
	return r;
}

/* do_unlinkat(), once the parent is found. */
static int unlink_in(struct fake *f, const struct path *parent, const struct last *last)
{
	struct dentry *victim = NULL;
	int r;

	if (last->type != LAST_NORM)
		return refuse(f, RULE_UNLINK_DOTS);
	r = mnt_want_write(f, parent);
	if (r == 0)
		r = lookup_to_change(f, parent->dentry, last->name, &victim);
	if (r < 0)
		return r;
	if (victim == NULL)
		return refuse(f, RULE_UNLINK_NO_ENTRY);
	if (last->has_slash)
		r = S_ISDIR(victim->inode->mode) ? refuse(f, RULE_UNLINK_SLASH_DIRECTORY)
						 : refuse(f, RULE_UNLINK_SLASH);
	else
		r = unlink_here(f, parent->dentry, victim);
	dentry_put(f, victim);
	return r;
}

int do_unlinkat(struct fake *f, int dirfd, const char *path, int flags)
{
	struct path parent;
	struct last last;
	int r;

	if (flags & ~AT_REMOVEDIR)
		return refuse(f, RULE_UNLINK_FLAGS);
	r = path_lookup_parent(f, dirfd, path, 0, &parent, &last);
	if (r < 0)
		return r;
	r = flags & AT_REMOVEDIR ? rmdir_in(f, &parent, &last) : unlink_in(f, &parent, &last);
	path_put(f, &parent);
	return r;
}
