/* mount(2): the order of its checks, what it is asked to do, and new mounts. */
#include "fake/mount_tree.h"

#include "fake/fs_context.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

#define PAGE_BYTES 4096

int may_mount(struct fake *f)
{
	if (!ns_capable(f, f->current->ns.mnt->ns.owner, CAP_SYS_ADMIN))
		return refuse(f, RULE_MOUNT_NOT_ADMIN);
	return 0;
}

int graft_tree(struct fake *f, struct mount *mnt, const struct path *at)
{
	if (mnt->sb->flags & (unsigned long)MS_NOUSER)
		return refuse(f, RULE_MOUNT_INTERNAL);
	if (S_ISDIR(at->dentry->inode->mode) != S_ISDIR(mnt->root->inode->mode))
		return refuse(f, RULE_MOUNT_KIND);
	return attach_recursive_mnt(f, mnt, at->mnt, at->dentry, NULL);
}

/* A mount that nobody has seen yet, at path: do_add_mount(). */
static int add_mount(struct fake *f, struct mount *mnt, struct path *path)
{
	int r = lock_mount(f, path);

	if (r < 0)
		return r;
	if (!mnt_is_ours(f, path->mnt))
		return refuse(f, RULE_MOUNT_TARGET_NOT_OURS);
	if (path->mnt->sb == mnt->sb && path->mnt->root == path->dentry)
		return refuse(f, RULE_MOUNT_TWICE);
	return graft_tree(f, mnt, path);
}

int mount_capable(struct fake *f, const struct fs_context *fc)
{
	bool is_for_all = fc->type->flags & FS_USERNS_MOUNT;

	if (!ns_capable(f, is_for_all ? fc->user_ns : f->init_user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_MOUNT_TYPE_NOT_ADMIN);
	return 0;
}

static int do_new_mount_fc(struct fake *f, struct fs_context *fc, struct path *path,
			   unsigned int mnt_flags)
{
	struct super_block *sb;
	struct mount *mnt;
	int r = mount_capable(f, fc);

	if (r == 0)
		r = fc->type->get_tree(f, fc, &sb);
	if (r < 0)
		return r;
	r = check_revealing(f, sb, &mnt_flags);
	if (r == 0) {
		mnt = mnt_create(f, sb, sb->root, fc->source ? fc->source : "none");
		mnt->flags = mnt_flags;
		r = add_mount(f, mnt, path);
		if (r < 0)
			mnt_put(f, mnt);
	}
	sb_put(f, sb);
	return r;
}

/* What mount(2) was told of a superblock. */
struct mount_request {
	const char *source, *data;
	unsigned long sb_flags;
};

static int do_new_mount(struct fake *f, struct path *path, const char *fstype,
			unsigned int mnt_flags, const struct mount_request *m)
{
	struct fs_context fc = {.sb_flags = m->sb_flags};
	const struct fs_type *type;
	int r;

	if (fstype == NULL)
		return refuse(f, RULE_MOUNT_NO_TYPE);
	r = fs_type_get(f, fstype, &type);
	if (r == 0)
		r = fs_context_init(f, &fc, type, f->current->cred->user_ns);
	if (r < 0)
		return r;
	fs_context_source(f, &fc, m->source);
	r = fs_context_data(f, &fc, m->data);
	if (r == 0)
		r = do_new_mount_fc(f, &fc, path, mnt_flags);
	fs_context_clean(f, &fc);
	return r;
}

/* Exactly one kind, MS_REC and MS_SILENT beside it: flags_to_propagation_type(); 0: no. */
static unsigned long propagation_type(unsigned long flags)
{
	unsigned long type = (unsigned int)flags & ~(MS_REC | MS_SILENT);

	switch (type) {
	case MS_SHARED:
	case MS_PRIVATE:
	case MS_SLAVE:
	case MS_UNBINDABLE:
		return type;
	default:
		return 0;
	}
}

int may_change_propagation(struct fake *f, const struct mount *mnt)
{
	if (!mnt_is_mounted(mnt))
		return refuse(f, RULE_PROPAGATION_NOT_MOUNTED);
	if (!ns_capable(f, mnt->ns->ns.owner, CAP_SYS_ADMIN))
		return refuse(f, RULE_PROPAGATION_NOT_ADMIN);
	return 0;
}

static int do_change_type(struct fake *f, const struct path *path, unsigned long flags)
{
	struct mount *mnt = path->mnt;
	bool recurse = flags & MS_REC;
	unsigned long type = propagation_type(flags);
	int r;

	if (!path_is_mount_root(path))
		return refuse(f, RULE_PROPAGATION_NOT_ROOT);
	if (type == 0)
		return refuse(f, RULE_PROPAGATION_FLAGS);
	r = may_change_propagation(f, mnt);
	if (r < 0)
		return r;
	if (type == MS_SHARED)
		invent_group_ids(f, mnt, recurse);
	for (struct mount *m = mnt; m; m = recurse ? next_mnt(m, mnt) : NULL)
		change_mnt_propagation(f, m, type);
	return 0;
}

/* Flags. */

static unsigned int mnt_flags_of(unsigned long flags, unsigned int old)
{
	static const struct {
		unsigned long ms;
		unsigned int mnt;
	} pairs[] = {
		{MS_NOSUID, MNT_NOSUID},	   {MS_NODEV, MNT_NODEV},
		{MS_NOEXEC, MNT_NOEXEC},	   {MS_NOATIME, MNT_NOATIME},
		{MS_RDONLY, MNT_READONLY},	   {MS_NODIRATIME, MNT_NODIRATIME},
		{MS_NOSYMFOLLOW, MNT_NOSYMFOLLOW},
	};
	unsigned int mnt_flags = flags & MS_NOATIME ? 0 : MNT_RELATIME;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (flags & pairs[i].ms)
			mnt_flags |= pairs[i].mnt;
	if (flags & MS_STRICTATIME)
		mnt_flags &= ~(MNT_RELATIME | MNT_NOATIME);
	/* A remount that says nothing of access times keeps what there is. */
	if (flags & MS_REMOUNT &&
	    !(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME))) {
		mnt_flags &= ~MNT_ATIME_MASK;
		mnt_flags |= old & MNT_ATIME_MASK;
	}
	return mnt_flags;
}

#define SB_FLAGS                                                                               \
	(MS_RDONLY | MS_SYNCHRONOUS | MS_MANDLOCK | MS_DIRSYNC | MS_SILENT | MS_POSIXACL |     \
	 MS_LAZYTIME | MS_I_VERSION)

/* The order of these questions is why MS_BIND with MS_MOVE is a bind: path_mount(). */
static int path_mount(struct fake *f, const char *source, struct path *path, const char *fstype,
		      unsigned long flags, const char *data)
{
	struct mount_request m = {.source = source, .data = data};
	unsigned int mnt_flags;
	int r;

	if ((flags & 0xffff0000UL) == 0xc0ed0000UL)
		flags &= 0xffffUL; /* what programs of Linux 2.2 had to put there */
	/* The constant is a negative int: bits 31 to 63, each. */
	if (flags & (unsigned long)MS_NOUSER)
		return refuse(f, RULE_MOUNT_HIGH_FLAGS);
	r = may_mount(f);
	if (r < 0)
		return r;
	mnt_flags = mnt_flags_of(flags, path->mnt ? path->mnt->flags : 0);
	m.sb_flags = flags & SB_FLAGS;
	if (flags & MS_REMOUNT && flags & MS_BIND)
		return do_reconfigure_mnt(f, path, mnt_flags);
	if (flags & MS_REMOUNT)
		return do_remount(f, path, m.sb_flags, mnt_flags, data);
	if (flags & MS_BIND)
		return do_loopback(f, path, source, flags & MS_REC);
	if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return do_change_type(f, path, flags);
	if (flags & MS_MOVE)
		return do_move_mount_old(f, path, source);
	return do_new_mount(f, path, fstype, mnt_flags, &m);
}

int mount_string_check(struct fake *f, const char *s)
{
	if (memory_is_bad(s))
		return refuse(f, RULE_MOUNT_BAD_STRING);
	if (strnlen(s, PATH_MAX) == PATH_MAX)
		return refuse(f, RULE_MOUNT_LONG_STRING);
	return 0;
}

/* copy_mount_options(): one page, of which the last byte is cut off. */
static int copy_data(struct fake *f, const char *data, char **copy)
{
	*copy = NULL;
	if (data == NULL)
		return 0;
	if (memory_is_bad(data))
		return refuse(f, RULE_MOUNT_BAD_DATA);
	*copy = heap_strndup(f, data, strnlen(data, PAGE_BYTES - 1));
	return 0;
}

int do_mount(struct fake *f, const char *source, const char *target, const char *fstype,
	     unsigned long flags, const char *data)
{
	struct path path;
	char *copy;
	int r = fstype ? mount_string_check(f, fstype) : 0;

	if (r == 0 && source)
		r = mount_string_check(f, source);
	if (r == 0)
		r = copy_data(f, data, &copy);
	if (r < 0)
		return r;
	r = path_lookup(f, AT_FDCWD, target, LOOKUP_FOLLOW, &path);
	if (r == 0) {
		r = path_mount(f, source, &path, fstype, flags, copy);
		path_put(f, &path);
	}
	heap_free(f, copy);
	return r;
}
