/* Walking paths through directories, links and mounts. */
#ifndef FAKE_NAMEI_H
#define FAKE_NAMEI_H

#include "fake/inode.h"

struct mount;

/* A place: a dentry seen through a mount.  Both or none are held. */
struct path {
	struct mount *mnt;
	struct dentry *dentry;
};

void path_get(const struct path *path);
void path_put(struct fake *f, struct path *path);
/* As path_put; but to walk through a mount is no use that takes its MNT_EXPIRE mark away. */
void path_leave(struct fake *f, struct path *path);
static inline bool path_equal(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

#define LOOKUP_FOLLOW 1	   /* follow a symlink at the end */
#define LOOKUP_DIRECTORY 2 /* must be a directory */
#define LOOKUP_EMPTY 4	   /* "" is the directory itself */
#define LOOKUP_PARENT 8	   /* stop before the last component */
/* openat2's RESOLVE_* are passed beside these, shifted: */
#define LOOKUP_RESOLVE(resolve) ((unsigned int)(resolve) << 8)

/*
 * Walks name from dirfd; with references in out.  Answers 0 or a refusal: EFAULT, ENOENT,
 * ENAMETOOLONG, EBADF, ENOTDIR, EACCES, ELOOP, EXDEV.
 */
int path_lookup(struct fake *f, int dirfd, const char *name, unsigned int flags,
		struct path *out);

enum last_type { LAST_NORM, LAST_DOT, LAST_DOTDOT, LAST_ROOT };

/* What LOOKUP_PARENT leaves. */
struct last {
	enum last_type type;
	char name[258]; /* more than 255 bytes where it is too long */
	bool has_slash; /* trailing */
};
int path_lookup_parent(struct fake *f, int dirfd, const char *name, unsigned int flags,
		       struct path *parent, struct last *last);
/* One component beneath a directory, mounts on it not entered, with a reference; -ENOENT. */
int lookup_one(struct fake *f, struct dentry *dir, const char *name, struct dentry **out);

/* Down into whatever is mounted here, to the top; takes over and gives back references. */
void path_follow_down(struct fake *f, struct path *path);
/* From a mount's root to the mount point in its parent; false at the top of the tree. */
bool path_follow_up(struct fake *f, struct path *path);

/*
 * The text of a path as the kernel's d_path() makes it: seen from root, " (deleted)" behind
 * where unlinked, the dentry's own name ("pipe:[4]") where it is of no mount.  False where root
 * cannot be met on the way up: then the text starts at the top of its tree, and whoever tells
 * it (getcwd, not /proc/PID/fd) puts "(unreachable)" in front.
 */
bool path_text(struct fake *f, const struct path *path, const struct path *root,
	       struct text *out);

#endif
