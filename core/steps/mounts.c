/* Steps that mount: the rootfs on itself, the system's filesystems, and those renewed. */
#include "core/steps/steps.h"

#include <linux/magic.h>

/* CAP_SYS_ADMIN can mount anything on /proc: what is there must say itself that it is one. */
int step_proc(struct side *side, const struct step *step)
{
	struct statfs st;
	int fd, r;

	fd = sys_openat(side->k, AT_FDCWD, step->target, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_fstatfs(side->k, fd, &st);
	if (r == 0 && st.f_type != PROC_SUPER_MAGIC)
		r = side_refuse(side, REASON_NOT_PROC, step->target);
	return fd_close_after(side, fd, r);
}

int step_propagation(struct side *side, const struct step *step)
{
	return sys_mount(side->k, "", step->target, "", step->flags, NULL);
}

static int dir_open(struct side *side, const char *path)
{
	return sys_openat(side->k, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

/*
 * A descriptor of before shows what the new mount covers, so the path is walked once more;
 * it must lead to the same directory, by another mount.
 */
static int rootfs_reopen(struct side *side, const struct step *step, int covered)
{
	const unsigned int mask = STATX_TYPE | STATX_INO | STATX_MNT_ID;
	struct statx below, now;
	int r;

	r = dir_open(side, step->target);
	if (r < 0)
		return r;
	side->slots[step->slot] = r;
	r = sys_statx(side->k, covered, "", AT_EMPTY_PATH, mask, &below);
	if (r < 0)
		return r;
	r = sys_statx(side->k, side->slots[step->slot], "", AT_EMPTY_PATH, mask, &now);
	if (r < 0)
		return r;
	if (below.stx_ino != now.stx_ino || below.stx_dev_major != now.stx_dev_major ||
	    below.stx_dev_minor != now.stx_dev_minor || below.stx_mnt_id == now.stx_mnt_id)
		return side_refuse(side, REASON_ROOTFS_GONE, step->target);
	return 0;
}

int step_rootfs(struct side *side, const struct step *step)
{
	char path[FD_PATH_SIZE];
	int fd, r;

	fd = dir_open(side, step->source);
	if (fd < 0)
		return fd;
	fd_path(path, fd);
	r = sys_mount(side->k, path, path, "bind", step->flags, NULL);
	if (r == 0)
		r = rootfs_reopen(side, step, fd);
	return fd_close_after(side, fd, r);
}

int step_readonly(struct side *side, const struct step *step)
{
	char path[FD_PATH_SIZE];

	fd_path(path, side->slots[SLOT_ROOTFS]);
	return sys_mount(side->k, path, path, "bind", step->flags, NULL);
}

/* mkdir -p of one level; the descriptor is kept for the mount. */
int step_dir(struct side *side, const struct step *step)
{
	const char *name;
	int dir, r;

	dir = parent_open(side, step->target, &name);
	if (dir < 0)
		return dir;
	r = sys_mkdirat(side->k, dir, name, step->mode);
	if (r == 0 || r == -EEXIST) {
		r = open_beneath(side, dir, name, O_DIRECTORY);
		side->slots[SLOT_TARGET] = r < 0 ? -EBADF : r;
	}
	return fd_close_after(side, dir, r);
}

int step_mount(struct side *side, const struct step *step)
{
	char path[FD_PATH_SIZE];
	int r;

	fd_path(path, side->slots[SLOT_TARGET]);
	r = sys_mount(side->k, step->source, path, step->fstype, step->flags, step->data);
	return slot_close_after(side, SLOT_TARGET, r);
}

/* Mounts on a directory without a path to it: it is where this task stands meanwhile. */
static int mount_here(struct side *side, const struct step *step, int dir)
{
	int r = sys_fchdir(side->k, dir);

	if (r < 0)
		return r;
	return sys_mount(side->k, step->source, ".", step->fstype, step->flags, step->data);
}

/* The directory is opened beneath the root without following a link of the image. */
static int mount_on_root(struct side *side, const struct step *step)
{
	int root, dir, r;

	root = dir_open(side, "/");
	if (root < 0)
		return root;
	dir = open_beneath(side, root, step->target + 1, O_DIRECTORY);
	r = fd_close_after(side, root, dir);
	if (dir < 0)
		return r;
	if (r >= 0)
		r = mount_here(side, step, dir);
	return fd_close_after(side, dir, r);
}

/* By then the only proc is gone, so that no path leads to a descriptor. */
int step_remount(struct side *side, const struct step *step)
{
	int here, r, back;

	r = sys_umount2(side->k, step->target, MNT_DETACH | UMOUNT_NOFOLLOW);
	if (r < 0)
		return r == -step->tolerate ? 0 : r;
	here = dir_open(side, ".");
	if (here < 0)
		return here;
	r = mount_on_root(side, step);
	back = sys_fchdir(r < 0 ? side->below : side->k, here);
	return fd_close_after(side, here, r < 0 ? r : back);
}
