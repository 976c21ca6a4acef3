/* Places: holding them, and going down into mounts and up out of them. */
#include "fake/mount.h"
#include "fake/namei.h"

void path_get(const struct path *path)
{
	if (path->mnt)
		mnt_get(path->mnt);
	if (path->dentry)
		dentry_get(path->dentry);
}

void path_put(struct fake *f, struct path *path)
{
	struct path old = *path;

	*path = (struct path){0};
	if (old.dentry)
		dentry_put(f, old.dentry);
	if (old.mnt)
		mnt_put(f, old.mnt);
}

void path_leave(struct fake *f, struct path *path)
{
	struct path old = *path;

	*path = (struct path){0};
	if (old.dentry)
		dentry_put(f, old.dentry);
	if (old.mnt)
		mnt_put_no_expire(f, old.mnt);
}

void path_follow_down(struct fake *f, struct path *path)
{
	struct mount *mounted;
	struct path below;

	while (path->dentry->n_mounted > 0) {
		mounted = mount_on(path->mnt, path->dentry);
		if (mounted == NULL)
			return;
		below = (struct path){mnt_get(mounted), dentry_get(mounted->root)};
		path_leave(f, path);
		*path = below;
	}
}

bool path_follow_up(struct fake *f, struct path *path)
{
	struct path above;

	if (path->mnt->parent == path->mnt)
		return false;
	above = (struct path){path->mnt->parent, path->mnt->mountpoint};
	path_get(&above);
	path_leave(f, path);
	*path = above;
	return true;
}
