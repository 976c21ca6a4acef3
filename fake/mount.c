/* Mounts: mount(2) in all its forms, umount2(2), pivot_root(2), mount namespaces. */
#include "fake/mount.h"

#define ABSENT(what) not_modelled(f, what)

struct mount *mnt_get(struct mount *mnt)
{
	mnt->refs++;
	return mnt;
}

void mnt_put(struct fake *f, struct mount *mnt)
{
	(void)mnt;
	ABSENT("mnt_put");
}

struct mount *mount_on(struct mount *parent, struct dentry *mountpoint)
{
	(void)parent;
	(void)mountpoint;
	return NULL;
}

bool dentry_is_local_mountpoint(struct fake *f, const struct dentry *d)
{
	(void)f;
	(void)d;
	return false;
}

void detach_mounts(struct fake *f, struct dentry *d)
{
	(void)d;
	ABSENT("detach_mounts");
}

int mnt_want_write(struct fake *f, const struct path *path)
{
	(void)path;
	return ABSENT("mnt_want_write");
}

bool mnt_is_readonly(const struct mount *mnt)
{
	return mnt->flags & MNT_READONLY || mnt->sb->flags & MS_RDONLY;
}

int mount_attach_new(struct fake *f, struct mnt_ns *ns, struct super_block *sb,
		     const struct path *at, const char *source, unsigned int flags,
		     struct mount **out)
{
	(void)ns, (void)sb, (void)at, (void)source, (void)flags, (void)out;
	return ABSENT("mount_attach_new");
}

struct mnt_ns *mnt_ns_new(struct fake *f, struct user_ns *owner)
{
	(void)owner;
	ABSENT("mnt_ns_new");
	return NULL;
}

int mnt_ns_copy(struct fake *f, struct mnt_ns *from, struct user_ns *owner, struct path *root,
		struct path *cwd, struct mnt_ns **out)
{
	(void)from, (void)owner, (void)root, (void)cwd, (void)out;
	return ABSENT("mnt_ns_copy");
}

void mnt_ns_root(struct fake *f, struct mnt_ns *ns, struct path *out)
{
	(void)ns, (void)out;
	ABSENT("mnt_ns_root");
}

void mnt_ns_free(struct fake *f, struct mnt_ns *ns)
{
	(void)ns;
	ABSENT("mnt_ns_free");
}

void mountinfo_show(struct fake *f, struct mnt_ns *ns, const struct path *root,
		    struct text *out)
{
	(void)ns, (void)root, (void)out;
	ABSENT("mountinfo_show");
}

void mounts_show(struct fake *f, struct mnt_ns *ns, const struct path *root, struct text *out)
{
	(void)ns, (void)root, (void)out;
	ABSENT("mounts_show");
}

void mount_boot(struct fake *f)
{
	ABSENT("mount_boot");
}
