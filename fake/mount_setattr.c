/* mount_setattr(2): flags, propagation and ids of mounts, one or a tree; fs/namespace.c. */
#include "fake/file.h"
#include "fake/mount_attr.h"
#include "fake/mount_tree.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

#define SETATTR_FLAGS (AT_EMPTY_PATH | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT)
#define PROPAGATION_TYPES (MS_UNBINDABLE | MS_PRIVATE | MS_SLAVE | MS_SHARED)

/* What is asked of each mount: struct mount_kattr. */
struct kattr {
	unsigned int set, clear; /* MNT_* */
	unsigned long propagation;
	bool recurse;
};

unsigned int mount_attr_flags(uint64_t attr)
{
	static const struct {
		uint64_t attr;
		unsigned int mnt;
	} pairs[] = {
		{MOUNT_ATTR_RDONLY, MNT_READONLY},
		{MOUNT_ATTR_NOSUID, MNT_NOSUID},
		{MOUNT_ATTR_NODEV, MNT_NODEV},
		{MOUNT_ATTR_NOEXEC, MNT_NOEXEC},
		{MOUNT_ATTR_NODIRATIME, MNT_NODIRATIME},
		{MOUNT_ATTR_NOSYMFOLLOW, MNT_NOSYMFOLLOW},
	};
	unsigned int flags = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (attr & pairs[i].attr)
			flags |= pairs[i].mnt;
	return flags;
}

bool mount_attr_atime(uint64_t attr, unsigned int *out)
{
	switch (attr & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_RELATIME:
		*out = MNT_RELATIME;
		return true;
	case MOUNT_ATTR_NOATIME:
		*out = MNT_NOATIME;
		return true;
	case MOUNT_ATTR_STRICTATIME:
		*out = 0;
		return true;
	default:
		return false;
	}
}

/* Access times are one field: to set it, all of it must be cleared. */
static int read_atime(struct fake *f, const struct mount_attr *attr, struct kattr *k)
{
	uint64_t cleared = attr->attr_clr & MOUNT_ATTR__ATIME;
	unsigned int atime;

	if (cleared == 0) {
		if (attr->attr_set & MOUNT_ATTR__ATIME)
			return refuse(f, RULE_SETATTR_ATIME_SET);
		return 0;
	}
	if (cleared != MOUNT_ATTR__ATIME)
		return refuse(f, RULE_SETATTR_ATIME_PART);
	if (!mount_attr_atime(attr->attr_set, &atime))
		return refuse(f, RULE_SETATTR_ATIME_VALUE);
	k->clear |= MNT_RELATIME | MNT_NOATIME;
	k->set |= atime;
	return 0;
}

/* Whose ids: build_mount_idmapped() */
static int read_idmap(struct fake *f, const struct mount_attr *attr)
{
	const struct ns *ns;
	struct file *file;

	if (!((attr->attr_set | attr->attr_clr) & MOUNT_ATTR_IDMAP))
		return 0;
	if (attr->attr_clr & MOUNT_ATTR_IDMAP)
		return refuse(f, RULE_SETATTR_IDMAP_CLEAR);
	if (attr->userns_fd > INT_MAX)
		return refuse(f, RULE_SETATTR_IDMAP_NUMBER);
	file = fd_file_io(f, (int)attr->userns_fd);
	if (file == NULL)
		return refuse_badf(f);
	ns = nsfs_ns(file->inode);
	if (ns == NULL || ns->type != CLONE_NEWUSER)
		return refuse(f, RULE_SETATTR_IDMAP_FILE);
	if (ns == &f->init_user_ns->ns)
		return refuse(f, RULE_SETATTR_IDMAP_INITIAL);
	return not_modelled(f, "mount_setattr(2) with MOUNT_ATTR_IDMAP");
}

/* build_mount_kattr() */
static int read_attr(struct fake *f, const struct mount_attr *attr, struct kattr *k)
{
	uint64_t all = attr->attr_set | attr->attr_clr;
	uint64_t type = attr->propagation;
	int r;

	if (type & ~(uint64_t)PROPAGATION_TYPES || type & (type - 1))
		return refuse(f, RULE_SETATTR_PROPAGATION);
	k->propagation = (unsigned long)type;
	if (all & ~(uint64_t)(MOUNT_ATTR_FOR_NEW | MOUNT_ATTR_IDMAP))
		return refuse(f, RULE_SETATTR_UNKNOWN);
	k->set = mount_attr_flags(attr->attr_set);
	k->clear = mount_attr_flags(attr->attr_clr);
	r = read_atime(f, attr, k);
	return r < 0 ? r : read_idmap(f, attr);
}

/* recalc_flags(): what is cleared and set is set. */
static unsigned int flags_for(const struct kattr *k, const struct mount *mnt)
{
	return (mnt->flags & ~k->clear) | k->set;
}

/* The mounts that are meant, one after the other. */
static struct mount *next_meant(const struct kattr *k, struct mount *m, struct mount *mnt)
{
	return k->recurse ? next_mnt(m, mnt) : NULL;
}

/* All or nothing: mount_setattr_prepare() */
static int check_all(struct fake *f, const struct kattr *k, struct mount *mnt)
{
	for (struct mount *m = mnt; m; m = next_meant(k, m, mnt)) {
		int r = check_locked_flags(f, m, flags_for(k, m));

		if (r < 0)
			return r;
		if (k->set & MNT_READONLY && !(m->flags & MNT_READONLY) && m->writers > 0)
			return refuse(f, RULE_SETATTR_BUSY);
	}
	return 0;
}

static void change_all(struct fake *f, const struct kattr *k, struct mount *mnt)
{
	for (struct mount *m = mnt; m; m = next_meant(k, m, mnt)) {
		m->flags = flags_for(k, m);
		if (k->propagation)
			change_mnt_propagation(f, m, k->propagation);
	}
	mnt_ns_touch(mnt->ns);
}

/* In a namespace that is the caller's, or in a detached tree, of which only the root counts. */
static int check_place(struct fake *f, const struct mount *mnt)
{
	if (!mnt_is_mounted(mnt))
		return refuse(f, RULE_SETATTR_NOT_MOUNTED);
	if (!is_anon_root(mnt) && !mnt_is_ours(f, mnt))
		return refuse(f, RULE_SETATTR_NOT_OURS);
	return 0;
}

static int do_mount_setattr_at(struct fake *f, const struct path *path, const struct kattr *k)
{
	struct mount *mnt = path->mnt;
	int r;

	if (!path_is_mount_root(path))
		return refuse(f, RULE_SETATTR_NOT_ROOT);
	r = check_place(f, mnt);
	if (r < 0)
		return r;
	if (k->propagation == MS_SHARED)
		invent_group_ids(f, mnt, k->recurse);
	r = check_all(f, k, mnt);
	if (r == 0)
		change_all(f, k, mnt);
	else if (k->propagation)
		cleanup_group_ids(f, mnt);
	return r;
}

/* copy_struct_from_user(): what a newer program says must say nothing. */
static int copy_attr(struct fake *f, const struct mount_attr *attr, size_t size,
		     struct mount_attr *copy)
{
	const char *bytes = (const char *)attr;

	if (memory_is_bad(attr))
		return refuse_fault(f);
	for (size_t i = sizeof(*copy); i < size; i++)
		if (bytes[i])
			return refuse(f, RULE_SETATTR_NEWER);
	memcpy(copy, attr, sizeof(*copy));
	return 0;
}

static int setattr_lookup(struct fake *f, int dirfd, const char *name, unsigned int flags,
			  const struct kattr *k)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int r;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = path_lookup(f, dirfd, name, lookup, &path);
	if (r < 0)
		return r;
	r = do_mount_setattr_at(f, &path, k);
	path_put(f, &path);
	return r;
}

int do_mount_setattr(struct fake *f, int dirfd, const char *path, unsigned int flags,
		     const struct mount_attr *attr, size_t size)
{
	struct kattr k = {.recurse = flags & AT_RECURSIVE};
	struct mount_attr copy;
	int r;

	if (flags & ~(unsigned int)SETATTR_FLAGS)
		return refuse(f, RULE_SETATTR_FLAGS);
	if (size > PAGE_BYTES)
		return refuse(f, RULE_SETATTR_LARGE);
	if (size < MOUNT_ATTR_SIZE_VER0)
		return refuse(f, RULE_SETATTR_SMALL);
	r = may_mount(f);
	if (r == 0)
		r = copy_attr(f, attr, size, &copy);
	if (r < 0)
		return r;
	/* Nothing is asked: nothing is looked at. */
	if (copy.attr_set == 0 && copy.attr_clr == 0 && copy.propagation == 0)
		return 0;
	r = read_attr(f, &copy, &k);
	return r < 0 ? r : setattr_lookup(f, dirfd, path, flags, &k);
}
