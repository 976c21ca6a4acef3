/* Opening: openat(2), openat2(2), and the last step of them that others need, file_open(). */
#include "fake/open.h"

#include "fake/namei_walk.h"
#include "fake/task.h"

#include <string.h>

#define O_TMPFILE_BIT 020000000	 /* __O_TMPFILE: O_TMPFILE without O_DIRECTORY */
#define O_SYNC_BIT 04000000	 /* __O_SYNC */
#define FMODE_NONOTIFY 0x4000000 /* is stripped before anybody asks whether it is known */

#define OPEN_KNOWN                                                                             \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK |           \
	 O_SYNC_BIT | O_DSYNC | O_ASYNC | O_DIRECT | LARGEFILE | O_DIRECTORY | O_NOFOLLOW |    \
	 O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE_BIT)
#define OPEN_WITH_PATH (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)
#define RESOLVE_KNOWN                                                                          \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |     \
	 RESOLVE_IN_ROOT | RESOLVE_CACHED)

/* What a call asks for, once its flags were found to make sense: struct open_flags. */
struct open_request {
	unsigned int flags, lookup;
	mode_t mode;
	int access; /* MAY_* that the file must allow */
};

static bool will_create(uint64_t flags)
{
	return flags & (O_CREAT | O_TMPFILE_BIT);
}

/* ACC_MODE(): an access mode of 3 asks for both, and is then neither. */
static int access_of(unsigned int flags)
{
	static const int masks[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
				    MAY_READ | MAY_WRITE};
	int access = masks[flags & O_ACCMODE];

	if (flags & O_TRUNC)
		access |= MAY_WRITE;
	if (flags & FILE_EXEC)
		access = MAY_EXEC;
	return access;
}

static unsigned int lookup_of(const struct open_how *how)
{
	unsigned int lookup = LOOKUP_RESOLVE(how->resolve);
	uint64_t flags = how->flags;

	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		flags |= O_NOFOLLOW;
	if (flags & O_DIRECTORY)
		lookup |= LOOKUP_DIRECTORY;
	if (!(flags & O_NOFOLLOW))
		lookup |= LOOKUP_FOLLOW;
	return lookup;
}

/* build_open_flags(): the mode, and what goes with what. */
static int open_how_check_mode(struct fake *f, const struct open_how *how)
{
	uint64_t flags = how->flags;

	if (will_create(flags) && (how->mode & ~07777ULL))
		return refuse(f, RULE_OPEN_MODE_BITS);
	if (!will_create(flags) && how->mode)
		return refuse(f, RULE_OPEN_MODE_UNUSED);
	if ((flags & (O_DIRECTORY | O_CREAT)) == (O_DIRECTORY | O_CREAT))
		return refuse(f, RULE_OPEN_CREATE_DIRECTORY);
	if ((flags & O_TMPFILE_BIT) && !(flags & O_DIRECTORY))
		return refuse(f, RULE_OPEN_TMPFILE_BIT);
	if ((flags & O_TMPFILE_BIT) && !(access_of((unsigned int)flags) & MAY_WRITE))
		return refuse(f, RULE_OPEN_TMPFILE_READ);
	if ((flags & O_PATH) && (flags & ~(uint64_t)OPEN_WITH_PATH))
		return refuse(f, RULE_OPEN_PATH_FLAGS);
	return 0;
}

static int open_how_check(struct fake *f, const struct open_how *how)
{
	int r;

	if (how->flags & ~(uint64_t)OPEN_KNOWN)
		return refuse(f, RULE_OPEN_UNKNOWN_FLAGS);
	if (how->resolve & ~(uint64_t)RESOLVE_KNOWN)
		return refuse(f, RULE_OPEN_UNKNOWN_RESOLVE);
	if ((how->resolve & RESOLVE_BENEATH) && (how->resolve & RESOLVE_IN_ROOT))
		return refuse(f, RULE_OPEN_TWO_SCOPES);
	r = open_how_check_mode(f, how);
	if (r < 0)
		return r;
	if ((how->resolve & RESOLVE_CACHED) &&
	    (how->flags & (O_TRUNC | O_CREAT | O_TMPFILE_BIT)))
		return refuse(f, RULE_OPEN_CACHED_CREATE);
	if (how->flags & O_DIRECT)
		return not_modelled(f, "open(2) with O_DIRECT");
	return 0;
}

/* do_dentry_open(), what comes before the type's own open. */
static int file_take_write(struct fake *f, struct file *file)
{
	int r;

	if (!file_may_write(file) || file_is_special(file->inode))
		return 0;
	if (file->inode->writers < 0)
		return refuse(f, RULE_OPEN_BEING_EXECUTED);
	r = file->path.mnt ? mnt_want_write(f, &file->path) : 0;
	if (r < 0)
		return r;
	file->inode->writers++;
	if (file->path.mnt)
		file->path.mnt->writers++;
	file->is_writer = true;
	return 0;
}

static int file_type_open(struct fake *f, struct file *file)
{
	mode_t mode = file->inode->mode;

	if (S_ISCHR(mode))
		return chrdev_open(f, file);
	/* Simplified: no block device has a driver. */
	if (S_ISBLK(mode))
		return refuse(f, RULE_OPEN_NO_DRIVER);
	if (S_ISSOCK(mode))
		return refuse(f, RULE_OPEN_SOCKET);
	return file->ops->open ? file->ops->open(f, file) : 0;
}

/* vfs_open() */
static int file_open_unchecked(struct fake *f, const struct path *path, unsigned int flags,
			       struct file **out)
{
	static const struct file_ops nothing;
	struct file *file = file_new(f, path, flags);
	int r;

	r = file_take_write(f, file);
	if (r == 0)
		r = file_type_open(f, file);
	if (r < 0) {
		file->ops = &nothing; /* what was not opened is not released */
		file_put(f, file);
		return r;
	}
	file->flags &= ~(unsigned int)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | FILE_EXEC);
	*out = file;
	return 0;
}

/* may_open(): what the type of the file forbids. */
static int may_open_type(struct fake *f, const struct path *path, int access)
{
	mode_t mode = path->dentry->inode->mode;
	bool is_device = S_ISCHR(mode) || S_ISBLK(mode);

	if (S_ISLNK(mode))
		return refuse(f, RULE_OPEN_SYMLINK);
	if (S_ISDIR(mode) && (access & MAY_WRITE))
		return refuse(f, RULE_OPEN_DIRECTORY_WRITE);
	if (is_device && path->mnt && (path->mnt->flags & MNT_NODEV))
		return refuse(f, RULE_OPEN_NODEV_MOUNT);
	if (is_device && path->dentry->sb->nodev)
		return refuse(f, RULE_OPEN_NODEV_SB);
	if ((access & MAY_EXEC) && !S_ISREG(mode))
		return refuse(f, RULE_EXEC_NOT_REGULAR);
	if ((access & MAY_EXEC) && path_is_noexec(path))
		return refuse(f, RULE_EXEC_NOEXEC);
	return 0;
}

static int may_open(struct fake *f, const struct path *path, int access, unsigned int flags)
{
	struct inode *inode = path->dentry->inode;
	int r = may_open_type(f, path, access);

	if (r == 0)
		r = inode_permission(f, inode, access);
	if (r < 0)
		return r;
	if ((flags & O_NOATIME) && !inode_owner_or_capable(f, inode))
		return refuse(f, RULE_OPEN_NOATIME);
	return 0;
}

/* handle_truncate() */
static int open_truncate(struct fake *f, struct file *file)
{
	if (file->inode->writers < 0)
		return refuse(f, RULE_TRUNCATE_BEING_EXECUTED);
	return inode_truncate(f, file->inode, 0);
}

/* The end of do_open(): access, the type's open, and then the file is emptied. */
static int open_existing(struct fake *f, const struct path *path, int access,
			 unsigned int flags, struct file **out)
{
	bool truncates = (flags & O_TRUNC) && S_ISREG(path->dentry->inode->mode);
	struct file *file = NULL;
	int r = 0;

	if (truncates && path->mnt)
		r = mnt_want_write(f, path);
	if (r == 0)
		r = may_open(f, path, access, flags);
	if (r == 0)
		r = file_open_unchecked(f, path, flags, &file);
	if (r < 0)
		return r;
	r = truncates ? open_truncate(f, file) : 0;
	if (r < 0)
		file_put(f, file);
	else
		*out = file;
	return r;
}

int file_open(struct fake *f, const struct path *path, unsigned int flags, struct file **out)
{
	if (flags & O_PATH) {
		*out = file_new(f, path, flags);
		return 0;
	}
	return open_existing(f, path, access_of(flags), flags, out);
}

/*
 * may_create_in_sticky(): fs.protected_fifos and fs.protected_regular say whether FIFOs and
 * files are protected; what is of another type always is.
 */
static int may_create_in_sticky(struct walk *w, const struct inode *inode)
{
	int level = 1;

	if (S_ISFIFO(inode->mode))
		level = w->f->protected_fifos;
	else if (S_ISREG(inode->mode))
		level = w->f->protected_regular;
	if (level == 0 || !(w->dir_mode & S_ISVTX) || inode->uid == w->dir_uid ||
	    inode->uid == w->f->current->cred->fsuid)
		return 0;
	if ((w->dir_mode & S_IWOTH) || ((w->dir_mode & S_IWGRP) && level >= 2))
		return refuse(w->f, RULE_PROTECTED_CREATE);
	return 0;
}

/* do_open() of what the walk has found. */
static int open_found(struct walk *w, const struct open_request *want, struct file **out)
{
	struct inode *inode = w->path.dentry->inode;
	int r;

	if (want->flags & O_CREAT) {
		if (want->flags & O_EXCL)
			return refuse(w->f, RULE_OPEN_EXISTS);
		if (S_ISDIR(inode->mode))
			return refuse(w->f, RULE_OPEN_CREATE_IS_DIRECTORY);
		r = may_create_in_sticky(w, inode);
		if (r < 0)
			return r;
	}
	if ((w->flags & LOOKUP_DIRECTORY) && !S_ISDIR(inode->mode))
		return refuse(w->f, RULE_NOT_DIRECTORY_LAST);
	return open_existing(w->f, &w->path, want->access, want->flags, out);
}

/* The create half of lookup_open(): the name is not there. */
static int open_create(struct walk *w, const char *name, const struct open_request *want,
		       struct file **out)
{
	struct fake *f = w->f;
	struct inode *dir = w->path.dentry->inode;
	mode_t mode = mode_prepare(f, dir, want->mode | S_IFREG, 07777);
	struct path path = {.mnt = w->path.mnt};
	int r = mnt_want_write(f, &w->path);

	if (r == 0 && !sb_knows_caller(f, dir->sb))
		return refuse(f, RULE_CREATE_UNMAPPED);
	if (r == 0)
		r = inode_permission(f, dir, MAY_WRITE | MAY_EXEC);
	if (r == 0 && dir->ops->create == NULL)
		return refuse(f, RULE_CREATE_NOT_HERE);
	if (r == 0)
		r = dir->ops->create(f, w->path.dentry, name, mode, 0, NULL, &path.dentry);
	if (r < 0)
		return r;
	/* What was just made is not asked for its mode. */
	r = open_existing(f, &path, 0, want->flags & ~(unsigned int)O_TRUNC, out);
	dentry_put(f, path.dentry);
	return r;
}

/* open_last_lookups() and do_open(); WALK_LINK: the last component was a link. */
static int open_last(struct walk *w, const struct open_request *want, struct file **out)
{
	struct dentry *child;
	char name[NAME_BYTES];
	int r;

	if (w->last_type != LAST_NORM) {
		r = walk_dots(w);
		return r < 0 ? r : open_found(w, want, out);
	}
	if (w->has_slash && (want->flags & O_CREAT))
		return refuse(w->f, RULE_OPEN_CREATE_SLASH);
	if (w->has_slash)
		w->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	walk_last_name(w, name);
	r = lookup_one(w->f, w->path.dentry, name, &child);
	if (r == -ENOENT && (want->flags & O_CREAT) && !w->path.dentry->inode->is_dead &&
	    !w->path.dentry->sb->no_negatives)
		return open_create(w, name, want, out);
	if (r == -ENOENT)
		return refuse(w->f, RULE_NO_ENTRY);
	if (r == 0)
		r = walk_step_into(w, child, STEP_TRAILING);
	if (r == WALK_LINK)
		w->rest = w->text;
	return r ? r : open_found(w, want, out);
}

static int open_walk(struct fake *f, int dirfd, const char *name,
		     const struct open_request *want, struct file **out)
{
	struct walk w;
	int r = walk_init(&w, f, dirfd, name, want->lookup);

	if (r < 0) {
		walk_end(&w);
		return r;
	}
	do {
		r = walk_to_last(&w);
		if (r == 0)
			r = open_last(&w, want, out);
	} while (r == WALK_LINK);
	walk_end(&w);
	return r;
}

/* vfs_tmpfile() */
static int open_tmpfile_in(struct fake *f, const struct path *dir,
			   const struct open_request *want, struct file **out)
{
	struct inode *inode = dir->dentry->inode;
	mode_t mode = mode_prepare(f, inode, want->mode | S_IFREG, 07777);
	struct path path = {.mnt = dir->mnt};
	int r = mnt_want_write(f, dir);

	if (r == 0 && !sb_knows_caller(f, inode->sb))
		return refuse(f, RULE_CREATE_UNMAPPED);
	if (r == 0)
		r = inode_permission(f, inode, MAY_WRITE | MAY_EXEC);
	if (r == 0 && inode->ops->tmpfile == NULL)
		return refuse(f, RULE_OPEN_TMPFILE_NOT_HERE);
	if (r == 0)
		r = inode->ops->tmpfile(f, dir->dentry, mode, &path.dentry);
	if (r < 0)
		return r;
	path.dentry->inode->is_linkable = !(want->flags & O_EXCL);
	r = open_existing(f, &path, 0, want->flags & ~(unsigned int)O_TRUNC, out);
	dentry_put(f, path.dentry);
	return r;
}

static int open_tmpfile(struct fake *f, int dirfd, const char *name,
			const struct open_request *want, struct file **out)
{
	struct path dir;
	int r = path_lookup(f, dirfd, name, want->lookup | LOOKUP_DIRECTORY, &dir);

	if (r < 0)
		return r;
	r = open_tmpfile_in(f, &dir, want, out);
	path_put(f, &dir);
	return r;
}

static int open_path_only(struct fake *f, int dirfd, const char *name,
			  const struct open_request *want, struct file **out)
{
	struct path path;
	int r = path_lookup(f, dirfd, name, want->lookup, &path);

	if (r < 0)
		return r;
	*out = file_new(f, &path, want->flags);
	path_put(f, &path);
	return 0;
}

/* do_sys_openat2() */
static int openat_how(struct fake *f, int dirfd, const char *name, const struct open_how *how)
{
	struct open_request want = {.flags =
					    (unsigned int)how->flags & ~(unsigned int)O_CLOEXEC,
				    .lookup = lookup_of(how),
				    .mode = (mode_t)how->mode,
				    .access = access_of((unsigned int)how->flags)};
	struct file *file;
	int r = open_how_check(f, how);

	if (r == 0)
		r = path_name_check(f, name, 0);
	if (r == 0)
		r = fd_check_room(f);
	if (r < 0)
		return r;
	if (want.flags & O_SYNC_BIT)
		want.flags |= O_DSYNC;
	if (want.flags & O_TMPFILE_BIT)
		r = open_tmpfile(f, dirfd, name, &want, &file);
	else if (want.flags & O_PATH)
		r = open_path_only(f, dirfd, name, &want, &file);
	else
		r = open_walk(f, dirfd, name, &want, &file);
	return r < 0 ? r : fd_install(f, file, 0, how->flags & O_CLOEXEC);
}

int do_openat(struct fake *f, int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = ((unsigned int)flags & OPEN_KNOWN) | LARGEFILE,
		.mode = mode & 07777,
	};

	/* build_open_how(): open(2) drops what makes no sense where openat2(2) says no. */
	if (how.flags & O_PATH)
		how.flags &= OPEN_WITH_PATH;
	if (!will_create(how.flags))
		how.mode = 0;
	return openat_how(f, dirfd, path, &how);
}

int do_openat2(struct fake *f, int dirfd, const char *path, const struct open_how *how,
	       size_t size)
{
	struct open_how copy;
	const char *tail = (const char *)how;

	if (size < OPEN_HOW_SIZE_VER0)
		return refuse(f, RULE_OPEN_HOW_SMALL);
	if (size > PAGE_BYTES)
		return refuse(f, RULE_OPEN_HOW_LARGE);
	if (memory_is_bad(how))
		return refuse_fault(f);
	for (size_t i = sizeof(copy); i < size; i++)
		if (tail[i])
			return refuse(f, RULE_OPEN_HOW_TAIL);
	memcpy(&copy, how, sizeof(copy));
	copy.flags &= ~(uint64_t)FMODE_NONOTIFY;
	if (!(copy.flags & O_PATH))
		copy.flags |= LARGEFILE;
	return openat_how(f, dirfd, path, &copy);
}
