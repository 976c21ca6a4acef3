/* Steps in the new /dev: nodes like the host's, and links. */
#include "core/steps/steps.h"

#include <string.h>

/* The new /dev is opened beneath the rootfs once, all that is made in it by this descriptor. */
int step_open(struct side *side, const struct step *step)
{
	int fd = open_beneath(side, side->slots[SLOT_ROOTFS], step->target, O_DIRECTORY);

	if (fd >= 0)
		side->slots[step->slot] = fd;
	return fd;
}

int step_close(struct side *side, const struct step *step)
{
	return slot_close_after(side, step->slot, 0);
}

/* "dev/null" without the directory, which is SLOT_DEV. */
static const char *name_in_dev(const struct step *step)
{
	return strrchr(step->target, '/') + 1;
}

/* The host's, links followed; its type, mode and number, to the bit. */
int step_node(struct side *side, const struct step *step)
{
	const char *name = name_in_dev(step);
	int dev = side->slots[SLOT_DEV];
	struct statx st;
	int r;

	r = sys_statx(side->k, AT_FDCWD, step->source, 0, STATX_TYPE | STATX_MODE, &st);
	if (r < 0)
		return r;
	r = sys_mknodat(side->k, dev, name, st.stx_mode,
			makedev(st.stx_rdev_major, st.stx_rdev_minor));
	if (r != -EEXIST)
		return r;
	/* A node that is there will do; a link would lead whoever opens it elsewhere. */
	r = sys_statx(side->k, dev, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st);
	if (r == 0 && S_ISLNK(st.stx_mode))
		r = side_refuse(side, REASON_NODE_LINK, step->target);
	return r;
}

/* unlink(2), else rmdir(2): Linux says EISDIR to the first where only the second can do. */
int step_remove(struct side *side, const struct step *step)
{
	const char *name = name_in_dev(step);
	int r;

	r = sys_unlinkat(side->k, side->slots[SLOT_DEV], name, 0);
	if (r == -EISDIR)
		r = sys_unlinkat(side->k, side->slots[SLOT_DEV], name, AT_REMOVEDIR);
	return r == -ENOENT ? 0 : r;
}

int step_link(struct side *side, const struct step *step)
{
	return sys_symlinkat(side->k, step->source, side->slots[SLOT_DEV], name_in_dev(step));
}
