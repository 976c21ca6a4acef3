/* Steps that mount new filesystems: made apart, with all their flags, then put in place. */
#include <string.h>

#include "core/base/mountinfo.h"
#include "core/steps/mounting.h"

#define OPTION_SIZE 256
#define LINE_SIZE 512

/* The attributes of a mount have the same numbers in both interfaces, but for the times. */
unsigned int mount_attributes(unsigned long flags)
{
	unsigned int attr = flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);

	if (flags & MS_STRICTATIME)
		attr |= MOUNT_ATTR_STRICTATIME;
	return attr;
}

int mount_put(struct side *side, int mount, int place)
{
	return sys_move_mount(side->k, mount, "", place, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* One option of n bytes, "mode=755". */
static int option_set(struct side *side, int fs, const char *option, size_t n)
{
	char key[OPTION_SIZE];
	char *value;
	struct text t;

	text_init(&t, key, sizeof(key));
	text_add_bytes(&t, option, n);
	value = key + strcspn(key, "=");
	*value++ = '\0';
	return sys_fsconfig(side->k, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int options_set(struct side *side, int fs, const char *options)
{
	int r = 0;

	while (options && *options && r == 0) {
		size_t n = strcspn(options, ",");

		r = option_set(side, fs, options, n);
		options += n + (options[n] == ',');
	}
	return r;
}

static int fs_create(struct side *side, const struct step *step, int fs)
{
	int r;

	r = sys_fsconfig(side->k, fs, FSCONFIG_SET_STRING, "source", step->source, 0);
	if (r == 0)
		r = options_set(side, fs, step->data);
	if (r == 0)
		r = sys_fsconfig(side->k, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (r == 0)
		r = sys_fsmount(side->k, fs, FSMOUNT_CLOEXEC, mount_attributes(step->flags));
	return r;
}

int fs_mount(struct side *side, const struct step *step)
{
	int fs = sys_fsopen(side->k, step->fstype, FSOPEN_CLOEXEC);
	int r;

	if (fs < 0)
		return fs;
	r = fs_create(side, step, fs);
	return fd_keep_after(side, fs, r);
}

int step_new(struct side *side, const struct step *step)
{
	int mount = fs_mount(side, step);
	int place, r;

	if (mount < 0)
		return mount;
	place = place_open(side, step, S_IFDIR);
	r = place;
	if (place >= 0)
		r = fd_close_after(side, place, mount_put(side, mount, place));
	return root_close_after(side, step, mount, r);
}

int propagation_set(struct side *side, int mount, uint64_t propagation)
{
	const struct mount_attr attr = {.propagation = propagation};

	return sys_mount_setattr(side->k, mount, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

/*
 * A mount on / covers the root, but no path that begins there leads into it: sources are
 * found as ever, and only by this descriptor is the new root reached.  Unbindable, it is no
 * part of a copy of / either.
 */
int root_put(struct side *side, const struct step *step, int mount)
{
	int r = propagation_set(side, mount, MS_UNBINDABLE);

	if (r == 0)
		r = sys_move_mount(side->k, mount, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
	if (r < 0)
		return fd_close_after(side, mount, r);
	side->slots[step->slot] = mount;
	return 0;
}

int step_root_new(struct side *side, const struct step *step)
{
	int mount = fs_mount(side, step);

	return mount < 0 ? mount : root_put(side, step, mount);
}

/* What was mounted on the root of the sandbox is its root from now on. */
int root_close_after(struct side *side, const struct step *step, int mount, int r)
{
	int before = side->slots[SLOT_ROOTFS];

	if (r < 0 || strspn(step->target, "/.") != strlen(step->target))
		return fd_close_after(side, mount, r);
	side->slots[SLOT_ROOTFS] = mount;
	return fd_close_after(side, before, 0);
}

int step_root_ro(struct side *side, const struct step *step)
{
	const struct mount_attr attr = {.attr_set = mount_attributes(step->flags)};

	return sys_mount_setattr(side->k, side->slots[SLOT_ROOTFS], "", AT_EMPTY_PATH, &attr,
				 sizeof(attr));
}

/*
 * Unmounts what is stacked where this task stands, from the top down to the old root itself.
 * What covered the old root is among it: a single umount2(2) would take off only that.
 */
static int stack_unmount(struct side *side)
{
	int r = sys_umount2(side->k, ".", MNT_DETACH);

	if (r < 0)
		return r;
	do
		r = sys_umount2(side->k, ".", MNT_DETACH);
	while (r == 0);
	/* EINVAL: this directory is on no mount any more. */
	return r == -EINVAL ? 0 : r;
}

/* Stacks the old root upon the new one, and takes it off (pivot_root(2)). */
static int root_change(struct side *side, const struct step *step, int old)
{
	int r = sys_fchdir(side->k, side->slots[step->slot]);

	if (r == 0)
		r = sys_pivot_root(side->k, ".", ".");
	if (r == 0)
		r = sys_fchdir(side->k, old);
	if (r == 0)
		r = stack_unmount(side);
	/* The payload may bind what is its own. */
	if (r == 0)
		r = propagation_set(side, side->slots[step->slot], MS_PRIVATE);
	return r < 0 ? r : sys_chdir(side->k, "/");
}

/*
 * EINVAL of pivot_root(2) means more than one thing.  The first mount of a namespace is its
 * root, and of type rootfs where nothing was ever mounted on that.
 */
static int pivot_explain(struct side *side, int r)
{
	char line[LINE_SIZE] = "";
	struct mountinfo m;
	int fd;

	if (r != -EINVAL)
		return r;
	fd = sys_openat(side->below, AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return r;
	sys_read(side->below, fd, line, sizeof(line) - 1);
	sys_close(side->below, fd);
	line[strcspn(line, "\n")] = '\0';
	if (!mountinfo_parse(line, &m) || strcmp(m.fstype, "rootfs") != 0)
		return r;
	return side_explain(side, REASON_INITRAMFS, "/", r);
}

int step_pivot(struct side *side, const struct step *step)
{
	int old = sys_openat(side->k, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int r;

	if (old < 0)
		return old;
	r = fd_close_after(side, old, root_change(side, step, old));
	if (r < 0)
		return pivot_explain(side, r);
	return slot_close_after(side, step->slot, r);
}
