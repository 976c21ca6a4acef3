/* Renaming: renameat2 with RENAME_NOREPLACE and RENAME_EXCHANGE. */
#include "fake/dir.h"
#include "fake/task.h"

#include <stdio.h> /* RENAME_* */

/* One rename under way: struct renamedata.  All hold references; target may be NULL. */
struct renaming {
	struct fake *f;
	struct path old_dir, new_dir;
	struct last old_last, new_last;
	struct dentry *source, *target;
	unsigned int flags;
};

static bool is_dir(const struct dentry *d)
{
	return S_ISDIR(d->inode->mode);
}

/* d_ancestor(): the child of top through which d is beneath it; NULL: d is not. */
static struct dentry *child_towards(struct dentry *top, struct dentry *d)
{
	while (d->parent != top) {
		if (d->parent == d)
			return NULL;
		d = d->parent;
	}
	return d;
}

/* lock_rename(): what may be neither source nor target, because it holds the other's parent. */
static struct dentry *rename_trap(const struct renaming *rn)
{
	struct dentry *old_dir = rn->old_dir.dentry, *new_dir = rn->new_dir.dentry;
	struct dentry *trap;

	if (old_dir == new_dir)
		return NULL;
	trap = child_towards(old_dir, new_dir);
	return trap ? trap : child_towards(new_dir, old_dir);
}

static int rename_check_flags(struct fake *f, unsigned int flags)
{
	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
		return refuse(f, RULE_RENAME_FLAGS);
	if ((flags & RENAME_EXCHANGE) && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)))
		return refuse(f, RULE_RENAME_EXCHANGE_FLAGS);
	if (flags & RENAME_WHITEOUT)
		return not_modelled(f, "renameat2(2) with RENAME_WHITEOUT");
	return 0;
}

/* What is said of the two places before anything is looked up in them. */
static int rename_check_places(struct renaming *rn)
{
	struct fake *f = rn->f;

	if (rn->old_dir.mnt != rn->new_dir.mnt)
		return refuse(f, RULE_RENAME_OTHER_MOUNT);
	if (rn->old_last.type != LAST_NORM)
		return refuse(f, RULE_RENAME_OLD_DOTS);
	if (rn->new_last.type != LAST_NORM)
		return rn->flags & RENAME_NOREPLACE ? refuse(f, RULE_RENAME_NOREPLACE_DOTS)
						    : refuse(f, RULE_RENAME_NEW_DOTS);
	return mnt_want_write(f, &rn->old_dir);
}

static int rename_lookup(struct renaming *rn)
{
	struct fake *f = rn->f;
	int r = lookup_to_change(f, rn->old_dir.dentry, rn->old_last.name, &rn->source);

	if (r < 0)
		return r;
	if (rn->source == NULL)
		return refuse(f, RULE_RENAME_NO_SOURCE);
	r = lookup_to_change(f, rn->new_dir.dentry, rn->new_last.name, &rn->target);
	if (r < 0)
		return r;
	if (rn->target && (rn->flags & RENAME_NOREPLACE))
		return refuse(f, RULE_RENAME_EXISTS);
	if (rn->target == NULL && (rn->flags & RENAME_EXCHANGE))
		return refuse(f, RULE_RENAME_NO_TARGET);
	return 0;
}

static int rename_check_names(struct renaming *rn)
{
	struct fake *f = rn->f;
	bool exchanges = rn->flags & RENAME_EXCHANGE;
	struct dentry *trap = rename_trap(rn);

	if (exchanges && !is_dir(rn->target) && rn->new_last.has_slash)
		return refuse(f, RULE_RENAME_TARGET_SLASH);
	if (!is_dir(rn->source) && rn->old_last.has_slash)
		return refuse(f, RULE_RENAME_SOURCE_SLASH);
	if (!is_dir(rn->source) && !exchanges && rn->new_last.has_slash)
		return refuse(f, RULE_RENAME_NEW_SLASH);
	if (trap && rn->source == trap)
		return refuse(f, RULE_RENAME_INTO_ITSELF);
	if (trap && rn->target == trap)
		return exchanges ? refuse(f, RULE_RENAME_EXCHANGE_ANCESTOR)
				 : refuse(f, RULE_RENAME_ONTO_ANCESTOR);
	return 0;
}

/* A directory that changes its parent has its ".." rewritten. */
static int rename_may_flip_dotdot(struct renaming *rn)
{
	int r = 0;

	if (rn->old_dir.dentry->inode == rn->new_dir.dentry->inode)
		return 0;
	if (is_dir(rn->source))
		r = inode_permission(rn->f, rn->source->inode, MAY_WRITE);
	if (r == 0 && (rn->flags & RENAME_EXCHANGE) && is_dir(rn->target))
		r = inode_permission(rn->f, rn->target->inode, MAY_WRITE);
	return r;
}

static int rename_may(struct renaming *rn)
{
	struct fake *f = rn->f;
	struct inode *new_dir = rn->new_dir.dentry->inode;
	bool expects_dir = is_dir(rn->source);
	int r = may_delete(f, rn->old_dir.dentry, rn->source, expects_dir);

	if (r < 0)
		return r;
	if (rn->target) {
		if (rn->flags & RENAME_EXCHANGE)
			expects_dir = is_dir(rn->target);
		r = may_delete(f, rn->new_dir.dentry, rn->target, expects_dir);
	} else {
		r = may_create(f, new_dir);
		if (r == 0)
			r = inode_permission(f, new_dir, MAY_WRITE | MAY_EXEC);
	}
	if (r == 0 && rn->old_dir.dentry->inode->ops->rename == NULL)
		return refuse(f, RULE_RENAME_NOT_HERE);
	return r < 0 ? r : rename_may_flip_dotdot(rn);
}

/* vfs_rename() */
static int rename_here(struct renaming *rn)
{
	struct fake *f = rn->f;
	struct dentry *target = rn->target;
	int r;

	if (target && target->inode == rn->source->inode)
		return 0;
	r = rename_may(rn);
	if (r < 0)
		return r;
	if (dentry_is_local_mountpoint(f, rn->source))
		return refuse(f, RULE_RENAME_SOURCE_MOUNTPOINT);
	if (target && dentry_is_local_mountpoint(f, target))
		return refuse(f, RULE_RENAME_TARGET_MOUNTPOINT);
	r = rn->old_dir.dentry->inode->ops->rename(f, rn->source, rn->new_dir.dentry,
						   rn->new_last.name, target, rn->flags);
	if (r < 0 || target == NULL || (rn->flags & RENAME_EXCHANGE))
		return r;
	if (is_dir(target))
		target->inode->is_dead = true;
	detach_mounts(f, target);
	return 0;
}

static int rename_between(struct renaming *rn)
{
	int r = rename_check_places(rn);

	if (r == 0)
		r = rename_lookup(rn);
	if (r == 0)
		r = rename_check_names(rn);
	if (r == 0)
		r = rename_here(rn);
	if (rn->source)
		dentry_put(rn->f, rn->source);
	if (rn->target)
		dentry_put(rn->f, rn->target);
	return r;
}

int do_renameat2(struct fake *f, int olddirfd, const char *oldpath, int newdirfd,
		 const char *newpath, unsigned int flags)
{
	struct renaming rn = {.f = f, .flags = flags};
	int r = rename_check_flags(f, flags);

	if (r < 0)
		return r;
	r = path_lookup_parent(f, olddirfd, oldpath, 0, &rn.old_dir, &rn.old_last);
	if (r < 0)
		return r;
	r = path_lookup_parent(f, newdirfd, newpath, 0, &rn.new_dir, &rn.new_last);
	if (r == 0) {
		r = rename_between(&rn);
		path_put(f, &rn.new_dir);
	}
	path_put(f, &rn.old_dir);
	return r;
}
