/* Steps in user namespaces: who maps to whom, and what of the host is needed for it. */
#include <linux/magic.h>
#include <string.h>

#include "core/steps/steps.h"

/* A proc of the host's, kept open: the path to it ends with the new root. */
int step_proc_open(struct side *side, const struct step *step)
{
	struct statfs st;
	int fd, r;

	fd = sys_openat(side->k, AT_FDCWD, step->target, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_fstatfs(side->k, fd, &st);
	if (r == 0 && st.f_type != PROC_SUPER_MAGIC)
		r = side_refuse(side, REASON_NOT_PROC, step->target);
	if (r < 0)
		return fd_close_after(side, fd, r);
	side->slots[step->slot] = fd;
	return 0;
}

/* In one piece, as the kernel demands; whoever mounted over the file changes nothing. */
int step_id_map(struct side *side, const struct step *step)
{
	const struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH,
	};
	char memory[FD_PATH_SIZE];
	struct text path;
	int fd, r;

	text_init(&path, memory, sizeof(memory));
	text_addf(&path, "self/%s", step->target);
	fd = open_scoped(side, side->slots[SLOT_PROC], path.at, &how);
	if (fd < 0)
		return fd;
	r = sys_write(side->k, fd, step->data, strlen(step->data));
	return fd_close_after(side, fd, r < 0 ? r : 0);
}

int step_userns(struct side *side, const struct step *step)
{
	return sys_setns(side->k, step->fd, CLONE_NEWUSER);
}

int step_hostname(struct side *side, const struct step *step)
{
	return sys_sethostname(side->k, step->data, strlen(step->data));
}

/* The kernel gives lo its addresses when it goes up (net/ipv4/devinet.c, inetdev_event). */
int step_loopback(struct side *side, const struct step *step)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd, r;

	(void)step;
	fd = sys_socket(side->k, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_ioctl_siocsifflags(side->k, fd, &lo);
	return fd_close_after(side, fd, r);
}
