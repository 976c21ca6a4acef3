/* Steps that make files inside: directories, links, and copies of what a descriptor gives. */
#include <string.h>

#include "core/steps/mounting.h"

#define COPY_SIZE 16384

int step_dir_in(struct side *side, const struct step *step)
{
	int fd = place_open(side, step, S_IFDIR);

	return fd < 0 ? fd : fd_close_after(side, fd, 0);
}

/* The same link may be there already: images have what their makers' sandboxes had. */
static int link_same(struct side *side, int dir, const char *name, const char *said)
{
	char there[256];
	int n = sys_readlinkat(side->below, dir, name, there, sizeof(there));

	if (n < 0 || n >= (int)sizeof(there))
		return -EEXIST;
	there[n] = '\0';
	return strcmp(there, said) == 0 ? 0 : -EEXIST;
}

int step_symlink(struct side *side, const struct step *step)
{
	const char *name;
	int dir, r;

	dir = target_parent(side, step->target, 0755, &name);
	if (dir < 0)
		return dir;
	r = sys_symlinkat(side->k, step->source, dir, name);
	if (r == -EEXIST)
		r = link_same(side, dir, name, step->source);
	return fd_close_after(side, dir, r);
}

/* chmod(2) takes no descriptor of O_PATH, but a path that leads to one. */
int step_chmod(struct side *side, const struct step *step)
{
	char memory[FD_PATH_SIZE];
	struct text path;
	int fd, r;

	fd = target_find(side, step->target, 0);
	if (fd < 0)
		return fd;
	text_init(&path, memory, sizeof(memory));
	text_addf(&path, "self/fd/%d", fd);
	r = sys_fchmodat(side->k, side->slots[SLOT_PROC], path.at, step->mode);
	return fd_close_after(side, fd, r);
}

static int bytes_write(struct side *side, int to, const char *bytes, int n)
{
	while (n > 0) {
		int r = sys_write(side->k, to, bytes, (size_t)n);

		if (r == -EINTR)
			continue;
		if (r < 0)
			return r;
		bytes += r;
		n -= r;
	}
	return 0;
}

/* All that the caller's descriptor gives; it is closed then, whoever else has it. */
static int data_copy(struct side *side, int from, int to)
{
	size_t used = side->arena.used;
	char *buffer = side_alloc(side, COPY_SIZE);
	int n, r = 0;

	if (!buffer)
		return -ENOMEM;
	do {
		n = sys_read(side->k, from, buffer, COPY_SIZE);
		if (n > 0)
			r = bytes_write(side, to, buffer, n);
	} while ((n > 0 && r == 0) || n == -EINTR);
	side->arena.used = used;
	r = r < 0 ? r : n;
	return r < 0 ? r : sys_close(side->k, from);
}

/* A new file, or the one that is there emptied; a link at the end is refused. */
int step_file(struct side *side, const struct step *step)
{
	const char *name;
	int dir, fd, r;

	dir = target_parent(side, step->target, step->mode, &name);
	if (dir < 0)
		return dir;
	fd = sys_openat(side->k, dir, name,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				O_CLOEXEC,
			step->mode);
	r = fd;
	if (fd >= 0)
		r = fd_close_after(side, fd, data_copy(side, step->fd, fd));
	return fd_close_after(side, dir, r);
}

/*
 * Bound under a name that is taken away again: what has none already cannot be mounted
 * (attach_recursive_mnt() makes a place for mounts upon it first).
 */
int step_bind_data(struct side *side, const struct step *step)
{
	int staging = side->slots[SLOT_STAGING];
	int fd, r;

	fd = sys_openat(side->k, staging, "data", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
			step->mode);
	if (fd < 0)
		return fd;
	r = data_copy(side, step->fd, fd);
	/* Unbindable but for now: a copy of / must not take the staging along. */
	if (r >= 0)
		r = propagation_set(side, staging, MS_PRIVATE);
	if (r >= 0)
		r = fd_bind(side, step, fd);
	if (r >= 0)
		r = propagation_set(side, staging, MS_UNBINDABLE);
	if (r >= 0)
		r = sys_unlinkat(side->k, staging, "data", 0);
	return fd_close_after(side, fd, r);
}
