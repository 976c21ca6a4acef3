/* Steps of the console: the host's pty becomes root's, and appears as /dev/console. */
#include "core/steps/steps.h"

#define CONSOLE_NAME "console"

/* UNIX98_PTY_SLAVE_MAJOR and the seven behind it (admin-guide/devices.txt). */
static bool is_pty_slave(const struct statx *st)
{
	return S_ISCHR(st->stx_mode) && st->stx_rdev_major >= 136 && st->stx_rdev_major <= 143;
}

/*
 * O_PATH, so that the pty is not opened: the last close of a slave hangs its master up
 * before the payload has begun (pts(4)).
 */
int step_console(struct side *side, const struct step *step)
{
	struct statx st;
	int r;

	r = sys_openat(side->k, AT_FDCWD, step->source, O_PATH | O_CLOEXEC, 0);
	if (r < 0)
		return r;
	side->slots[SLOT_CONSOLE] = r;
	r = sys_statx(side->k, r, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MODE, &st);
	if (r < 0)
		return r;
	if (!is_pty_slave(&st))
		return side_refuse(side, REASON_NOT_PTY, step->source);
	side->console = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	return 0;
}

/* fchmod(2) refuses O_PATH. */
int step_console_mode(struct side *side, const struct step *step)
{
	char path[FD_PATH_SIZE];

	(void)step;
	return sys_fchmodat(side->k, AT_FDCWD, fd_path(path, side->slots[SLOT_CONSOLE]), 0600);
}

int step_console_own(struct side *side, const struct step *step)
{
	(void)step;
	return sys_fchownat(side->k, side->slots[SLOT_CONSOLE], "", 0, 0, AT_EMPTY_PATH);
}

/* Here a node that is there already was made by someone else: EEXIST stands. */
int step_console_node(struct side *side, const struct step *step)
{
	(void)step;
	return sys_mknodat(side->k, side->slots[SLOT_DEV], CONSOLE_NAME, S_IFCHR | 0600,
			   side->console);
}

int step_console_bind(struct side *side, const struct step *step)
{
	char source[FD_PATH_SIZE], target[FD_PATH_SIZE];
	int fd, r;

	(void)step;
	fd = open_beneath(side, side->slots[SLOT_DEV], CONSOLE_NAME, 0);
	if (fd < 0)
		return fd;
	r = sys_mount(side->k, fd_path(source, side->slots[SLOT_CONSOLE]), fd_path(target, fd),
		      "bind", MS_BIND, NULL);
	r = fd_close_after(side, fd, r);
	return slot_close_after(side, SLOT_CONSOLE, r);
}
