/* Steps that change what a task is: its umask, and the namespaces it is in. */
#include <string.h>

#include "core/steps/steps.h"

#define CWD_SIZE 4096

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

/* The first of these that is there; a directory of the caller's only where it has one. */
static int dir_try(struct side *side, const char *path)
{
	int r = path ? sys_chdir(side->k, path) : -ENOENT;

	if (r == 0)
		side->cwd = path;
	return r;
}

static const char *home_of(char *const *envp)
{
	for (; *envp; envp++)
		if (strncmp(*envp, "HOME=", 5) == 0)
			return *envp + 5;
	return NULL;
}

/* Magic links lead out of any root; what lies there has no path from it (getcwd(2)). */
static int dir_check(struct side *side)
{
	size_t used = side->arena.used;
	char *cwd = side_alloc(side, CWD_SIZE);
	int r;

	if (!cwd)
		return -ENOMEM;
	r = sys_getcwd(side->k, cwd, CWD_SIZE);
	if (r >= 0 && cwd[0] != '/')
		r = side_refuse(side, REASON_CWD_OUTSIDE, side->cwd);
	side->arena.used = used;
	return r;
}

int step_chdir(struct side *side, const struct step *step)
{
	int r;

	if (step->target)
		r = dir_try(side, step->target);
	else if (dir_try(side, side->plan->cwd) == 0 ||
		 dir_try(side, home_of(side->plan->envp)) == 0)
		r = 0;
	else
		r = dir_try(side, "/");
	return r < 0 ? r : dir_check(side);
}

/* Waits for whoever has the other end to write or to close. */
int step_block(struct side *side, const struct step *step)
{
	char byte;
	int r;

	do
		r = sys_read(side->k, step->fd, &byte, 1);
	while (r == -EINTR);
	return r < 0 ? r : sys_close(side->k, step->fd);
}

/* Held by this task until it ends (fcntl(2), F_SETLK); others may read-lock it, too. */
int step_lock(struct side *side, const struct step *step)
{
	/* The image says where it leads: not out by a magic link, nor to wait for a writer. */
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	const struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	int fd, r;

	if (side->n_kept == LOCKS_MAX)
		return side_refuse(side, REASON_MANY_LOCKS, step->target);
	fd = sys_openat2(side->k, AT_FDCWD, step->target, &how, sizeof(how));
	if (fd < 0)
		return fd;
	r = sys_fcntl_setlk(side->k, fd, &lock);
	if (r < 0)
		return fd_close_after(side, fd, r);
	side->kept[side->n_kept++] = fd;
	return 0;
}
