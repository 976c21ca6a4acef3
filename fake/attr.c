/* Changing what is known of files: fchmod, fchmodat, fchown, fchownat, and truncation. */
#include "fake/fs.h"
#include "fake/memfd.h"
#include "fake/open.h"
#include "fake/rlimit.h"
#include "fake/task.h"

enum {
	ATTR_MODE = 1,
	ATTR_UID = 2,
	ATTR_GID = 4,
	ATTR_SIZE = 8,
	ATTR_KILL_SUID = 16,
	ATTR_KILL_SGID = 32,
};

struct iattr {
	unsigned int valid;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	off_t size;
};

/* setattr_should_drop_sgid() */
static bool should_drop_sgid(struct fake *f, const struct inode *inode)
{
	if (!(inode->mode & S_ISGID))
		return false;
	return (inode->mode & S_IXGRP) || !in_group_or_capable(f, inode, inode->gid);
}

/* chown_ok() */
static bool chown_is_ok(struct fake *f, const struct inode *inode, uid_t uid)
{
	if (f->current->cred->fsuid == inode->uid && uid == inode->uid)
		return true;
	return capable_over_inode(f, inode, CAP_CHOWN);
}

/* chgrp_ok() */
static bool chgrp_is_ok(struct fake *f, const struct inode *inode, gid_t gid)
{
	if (f->current->cred->fsuid == inode->uid && (gid == inode->gid || in_group(f, gid)))
		return true;
	return capable_over_inode(f, inode, CAP_CHOWN);
}

/* setattr_prepare() */
static int setattr_prepare(struct fake *f, struct inode *inode, struct iattr *attr)
{
	gid_t gid = attr->valid & ATTR_GID ? attr->gid : inode->gid;

	if ((attr->valid & ATTR_SIZE) && attr->size > inode->size &&
	    (uint64_t)attr->size > rlimit(f, RLIMIT_FSIZE))
		return refuse_file_size(f);
	if ((attr->valid & ATTR_UID) && !chown_is_ok(f, inode, attr->uid))
		return refuse(f, RULE_CHOWN_NOT_ALLOWED);
	if ((attr->valid & ATTR_GID) && !chgrp_is_ok(f, inode, attr->gid))
		return refuse(f, RULE_CHGRP_NOT_ALLOWED);
	if (!(attr->valid & ATTR_MODE))
		return 0;
	if (!inode_owner_or_capable(f, inode))
		return refuse(f, RULE_CHMOD_NOT_OWNER);
	if (!in_group_or_capable(f, inode, gid))
		attr->mode &= ~(mode_t)S_ISGID;
	return 0;
}

static void setattr_copy(struct fake *f, struct inode *inode, const struct iattr *attr)
{
	if (attr->valid & ATTR_UID)
		inode->uid = attr->uid;
	if (attr->valid & ATTR_GID)
		inode->gid = attr->gid;
	if ((attr->valid & ATTR_SIZE) && memory_sb_of(inode->sb)) {
		memory_truncate(f, inode, attr->size);
		inode->mtime = fake_now(f);
	}
	if (attr->valid & ATTR_MODE) {
		inode->mode = attr->mode;
		if (!in_group_or_capable(f, inode, inode->gid))
			inode->mode &= ~(mode_t)S_ISGID;
	}
	inode->ctime = fake_now(f);
}

/* The bits that go are a change of mode, for which the caller must be allowed to. */
static void setattr_kill_bits(const struct inode *inode, struct iattr *attr)
{
	mode_t kill = 0;

	if (attr->valid & ATTR_KILL_SUID)
		kill |= S_ISUID;
	if (attr->valid & ATTR_KILL_SGID)
		kill |= S_ISGID;
	if (inode->mode & kill) {
		attr->valid |= ATTR_MODE;
		attr->mode = inode->mode & ~kill;
	}
}

static int notify_change(struct fake *f, struct inode *inode, struct iattr *attr)
{
	int r = 0;

	if ((attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID)) && inode->is_immutable)
		return refuse(f, RULE_IMMUTABLE_ATTRIBUTES);
	if ((attr->valid & ATTR_MODE) && S_ISLNK(inode->mode))
		return refuse(f, RULE_CHMOD_SYMLINK);
	if (f->profile.anon_inodes_are_fixed && inode->sb == f->pidfs)
		return refuse(f, RULE_ANON_INODE_FIXED);
	setattr_kill_bits(inode, attr);
	if ((attr->valid & ATTR_MODE) && inode->ops->setattr)
		r = inode->ops->setattr(f, inode);
	if (r == 0)
		r = setattr_prepare(f, inode, attr);
	if (r == 0)
		r = sealed_setattr(f, inode, attr->valid & ATTR_MODE ? &attr->mode : NULL,
				   attr->valid & ATTR_SIZE ? &attr->size : NULL);
	if (r == 0)
		setattr_copy(f, inode, attr);
	return r;
}

/* setattr_should_drop_suidgid(); what goes, goes without asking who asks. */
void inode_remove_privileges(struct fake *f, struct inode *inode)
{
	mode_t kill = inode->mode & S_ISUID;

	if (should_drop_sgid(f, inode))
		kill |= S_ISGID;
	if (kill && S_ISREG(inode->mode) && !capable(f, CAP_FSETID))
		inode->mode &= ~kill;
}

int inode_truncate(struct fake *f, struct inode *inode, off_t size)
{
	struct iattr attr = {.valid = ATTR_SIZE, .size = size};
	int r = notify_change(f, inode, &attr);

	if (r == 0)
		inode_remove_privileges(f, inode);
	return r;
}

/* chmod_common() */
static int chmod_common(struct fake *f, const struct path *path, mode_t mode)
{
	struct inode *inode = path->dentry->inode;
	struct iattr attr = {.valid = ATTR_MODE,
			     .mode = (mode & 07777) | (inode->mode & ~(mode_t)07777)};
	int r = path->mnt ? mnt_want_write(f, path) : 0;

	return r < 0 ? r : notify_change(f, inode, &attr);
}

int do_fchmod(struct fake *f, int fd, mode_t mode)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	return chmod_common(f, &file->path, mode);
}

int do_fchmodat(struct fake *f, int dirfd, const char *path, mode_t mode)
{
	struct path at;
	int r = path_lookup(f, dirfd, path, LOOKUP_FOLLOW, &at);

	if (r < 0)
		return r;
	r = chmod_common(f, &at, mode);
	path_put(f, &at);
	return r;
}

/* chown_common(): an id of -1 stays as it is. */
static int chown_common(struct fake *f, const struct path *path, uid_t uid, gid_t gid)
{
	const struct user_ns *ns = f->current->cred->user_ns;
	struct inode *inode = path->dentry->inode;
	struct iattr attr = {.uid = uid_outside(ns, uid), .gid = gid_outside(ns, gid)};
	int r = path->mnt ? mnt_want_write(f, path) : 0;

	if (r < 0)
		return r;
	if (uid != (uid_t)-1)
		attr.valid |= ATTR_UID;
	if (gid != (gid_t)-1)
		attr.valid |= ATTR_GID;
	if ((attr.valid & ATTR_UID) && attr.uid == (uid_t)-1)
		return refuse(f, RULE_CHOWN_UNMAPPED_UID);
	if ((attr.valid & ATTR_GID) && attr.gid == (gid_t)-1)
		return refuse(f, RULE_CHOWN_UNMAPPED_GID);
	if (!S_ISDIR(inode->mode))
		attr.valid |= ATTR_KILL_SUID;
	if (!S_ISDIR(inode->mode) && should_drop_sgid(f, inode))
		attr.valid |= ATTR_KILL_SGID;
	return notify_change(f, inode, &attr);
}

int do_fchown(struct fake *f, int fd, uid_t uid, gid_t gid)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	return chown_common(f, &file->path, uid, gid);
}

int do_fchownat(struct fake *f, int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path at;
	int r;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return refuse(f, RULE_FCHOWNAT_FLAGS);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = path_lookup(f, dirfd, path, lookup, &at);
	if (r < 0)
		return r;
	r = chown_common(f, &at, uid, gid);
	path_put(f, &at);
	return r;
}
