/* Steps that change what a task is: its umask, and the namespaces it is in. */
#include "core/steps/steps.h"

/* The first change keeps the caller's umask. */
int step_umask(struct side *side, const struct step *step)
{
	int before = sys_umask(side->k, step->mode);

	if (side->umask < 0)
		side->umask = before;
	return 0;
}

int step_umask_back(struct side *side, const struct step *step)
{
	(void)step;
	sys_umask(side->k, (mode_t)side->umask);
	side->umask = -1;
	return 0;
}

/* All of the task's namespaces are opened by this: its number can come to mean another. */
int step_task(struct side *side, const struct step *step)
{
	char memory[FD_PATH_SIZE];
	struct text path;
	int fd;

	text_init(&path, memory, sizeof(memory));
	text_addf(&path, "/proc/%d", side->plan->join);
	fd = sys_openat(side->k, AT_FDCWD, path.at, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd >= 0)
		side->slots[step->slot] = fd;
	return fd;
}

int step_ns_open(struct side *side, const struct step *step)
{
	char memory[FD_PATH_SIZE];
	struct text path;
	int fd;

	text_init(&path, memory, sizeof(memory));
	text_addf(&path, "ns/%s", step->target);
	fd = sys_openat(side->k, side->slots[SLOT_TASK], path.at, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0)
		side->slots[step->slot] = fd;
	return fd;
}

int step_ns_enter(struct side *side, const struct step *step)
{
	int r = sys_setns(side->k, side->slots[step->slot], (int)step->flags);

	if (r == 0 && step->flags == CLONE_NEWPID)
		side->entered = true;
	return slot_close_after(side, step->slot, r);
}

/* /proc/self/ns/pid is the namespace that the task is in, whatever its children will be in. */
int step_ns_back(struct side *side, const struct step *step)
{
	int fd, r;

	(void)step;
	fd = sys_openat(side->k, AT_FDCWD, "/proc/self/ns/pid", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_setns(side->k, fd, CLONE_NEWPID);
	if (r == 0)
		side->entered = false;
	return fd_close_after(side, fd, r);
}

int step_unshare(struct side *side, const struct step *step)
{
	return sys_unshare(side->k, (int)step->flags);
}
