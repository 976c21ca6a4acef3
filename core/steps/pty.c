/* Steps of a terminal inside: a pty of the sandbox's own devpts, and who controls it. */
#include <linux/magic.h>

#include "core/steps/mounting.h"

/* The place that the payload's /dev/ptmx opens, and no other: no link is followed to it. */
static int ptmx_open(struct side *side, int pts, const char *name)
{
	const struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};
	struct statfs st;
	int r = sys_fstatfs(side->k, pts, &st);

	if (r == 0 && st.f_type != DEVPTS_SUPER_MAGIC)
		r = side_refuse(side, REASON_NOT_DEVPTS, name);
	return r < 0 ? r : open_scoped(side, pts, "ptmx", &how);
}

/* The other end by its first, whatever its path is by now (TIOCGPTPEER(2const)). */
static int slave_open(struct side *side, int master)
{
	const int unlocked = 0;
	int r = sys_ioctl_tiocsptlck(side->k, master, &unlocked);

	return r < 0 ? r
		     : sys_ioctl_tiocgptpeer(side->k, master, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int step_pty(struct side *side, const struct step *step)
{
	int pts = target_find(side, step->target, O_DIRECTORY);
	int master, slave;

	if (pts < 0)
		return pts;
	master = fd_keep_after(side, pts, ptmx_open(side, pts, step->target));
	if (master < 0)
		return master;
	slave = slave_open(side, master);
	if (slave < 0)
		return fd_close_after(side, master, slave);
	side->slots[SLOT_MASTER] = master;
	side->slots[SLOT_SLAVE] = slave;
	return 0;
}

int step_pty_bind(struct side *side, const struct step *step)
{
	return fd_bind(side, step, side->slots[step->slot]);
}

/* Of the new session; what is typed as Ctrl-C there goes to its foreground. */
int step_terminal(struct side *side, const struct step *step)
{
	int slave = side->slots[step->slot];
	int r = sys_ioctl_tiocsctty(side->k, slave, 0);

	for (int fd = 0; fd < 3 && r >= 0; fd++)
		r = sys_dup3(side->k, slave, fd, 0);
	return r < 0 ? r : slot_close_after(side, step->slot, 0);
}
