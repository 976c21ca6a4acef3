/* Steps that bind: a copy of a tree made apart, its flags set, then put in place. */
#include <linux/magic.h>
#include <string.h>

#include "core/steps/mounting.h"

/* A copy of the mount at path, with the step's attributes added to those it has. */
static int tree_clone(struct side *side, const struct step *step, int dir, const char *path)
{
	const struct mount_attr attr = {.attr_set = mount_attributes(step->flags)};
	unsigned int recursive = step->flags & MS_REC ? AT_RECURSIVE : 0;
	int mount, r = 0;

	mount = sys_open_tree(side->k, dir, path,
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive |
				      (path[0] ? 0 : AT_EMPTY_PATH));
	if (mount < 0)
		return mount;
	if (attr.attr_set)
		r = sys_mount_setattr(side->k, mount, "", AT_EMPTY_PATH | recursive, &attr,
				      sizeof(attr));
	return r < 0 ? fd_close_after(side, mount, r) : mount;
}

/* The place is made after what is put there: a directory for one, else a file. */
static int clone_put(struct side *side, const struct step *step, int mount)
{
	struct step made = *step;
	struct statx st;
	int place, r;

	r = sys_statx(side->k, mount, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return r;
	made.mode = S_ISDIR(st.stx_mode) ? 0755 : 0444;
	place = place_open(side, &made, S_ISDIR(st.stx_mode) ? S_IFDIR : S_IFREG);
	if (place < 0)
		return place;
	return fd_close_after(side, place, mount_put(side, mount, place));
}

int step_bind(struct side *side, const struct step *step)
{
	int mount = tree_clone(side, step, AT_FDCWD, step->source);

	if (mount < 0)
		return mount == -step->tolerate ? 0 : mount;
	return root_close_after(side, step, mount, clone_put(side, step, mount));
}

int fd_bind(struct side *side, const struct step *step, int fd)
{
	int mount = tree_clone(side, step, fd, "");

	if (mount < 0)
		return mount;
	return fd_close_after(side, mount, clone_put(side, step, mount));
}

int step_root_bind(struct side *side, const struct step *step)
{
	int mount = tree_clone(side, step, AT_FDCWD, step->source);

	return mount < 0 ? mount : root_put(side, step, mount);
}

/* The path may have come to lead elsewhere since the proc was mounted on it. */
static int proc_find(struct side *side, const struct step *step)
{
	int proc = target_find(side, step->source, O_DIRECTORY);
	struct statfs st;
	int r;

	if (proc < 0)
		return proc;
	r = sys_fstatfs(side->k, proc, &st);
	if (r == 0 && st.f_type != PROC_SUPER_MAGIC)
		r = side_refuse(side, REASON_PROC_GONE, step->source);
	return r < 0 ? fd_close_after(side, proc, r) : proc;
}

/* On itself, so that the flags are of this place only. */
int step_protect(struct side *side, const struct step *step)
{
	int proc = proc_find(side, step);
	int place, mount, r;

	if (proc < 0)
		return proc;
	place = open_beneath(side, proc, step->target + strlen(step->source) + 1, 0);
	if (place == -step->tolerate)
		return fd_close_after(side, proc, 0);
	place = fd_keep_after(side, proc, place);
	if (place < 0)
		return place;
	mount = tree_clone(side, step, place, "");
	r = mount;
	if (mount >= 0)
		r = fd_close_after(side, mount, mount_put(side, mount, place));
	return fd_close_after(side, place, r);
}

/* Only the mount that is on top there, as the caller sees it; what is beneath it stays. */
int step_remount_ro(struct side *side, const struct step *step)
{
	const struct mount_attr attr = {.attr_set = mount_attributes(step->flags)};
	int place = target_find(side, step->target, 0);
	int r;

	if (place < 0)
		return place;
	r = sys_mount_setattr(side->k, place, "", AT_EMPTY_PATH, &attr, sizeof(attr));
	return fd_close_after(side, place, r);
}

/* The host's null device: whoever may plant files inside did not make this one. */
static int null_clone(struct side *side, const struct step *step)
{
	struct step file = *step;
	struct statx st;
	int mount, r;

	file.flags = MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC;
	mount = tree_clone(side, &file, AT_FDCWD, "/dev/null");
	if (mount < 0)
		return mount;
	r = sys_statx(side->k, mount, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r == 0 &&
	    (!S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3))
		r = side_refuse(side, REASON_NOT_NULL, "/dev/null");
	return r < 0 ? fd_close_after(side, mount, r) : mount;
}

static int empty_mount(struct side *side)
{
	static const struct step empty = {.fstype = "tmpfs",
					  .source = "tmpfs",
					  .data = "mode=000,size=4k",
					  .flags =
						  MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC};

	return fs_mount(side, &empty);
}

int step_mask(struct side *side, const struct step *step)
{
	int place = target_find(side, step->target, 0);
	struct statx st;
	int mount, r;

	/* What is not there cannot be seen. */
	if (place < 0)
		return place == -ENOENT ? 0 : place;
	r = sys_statx(side->k, place, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return fd_close_after(side, place, r);
	mount = S_ISDIR(st.stx_mode) ? empty_mount(side) : null_clone(side, step);
	r = mount;
	if (mount >= 0)
		r = fd_close_after(side, mount, mount_put(side, mount, place));
	return fd_close_after(side, place, r);
}
