/* Steps that change the root: move, cover what is left behind, chroot. */
#include "core/steps/steps.h"

#include <linux/magic.h>
#include <string.h>

#include "core/base/mountinfo.h"

#define TABLE_BUFFER_SIZE 16384

/* By "." instead of a path: the mount is the one that this task stands on. */
int step_move(struct side *side, const struct step *step)
{
	int r = sys_fchdir(side->k, side->slots[SLOT_ROOTFS]);

	if (r < 0)
		return r;
	return sys_mount(side->k, ".", "/", "", step->flags, NULL);
}

/* Mounts on the directory by standing on it, if it still shows a whole proc or sysfs. */
static int cover_open(struct side *side, const struct step *step, int fd)
{
	struct statfs st;
	int r;

	r = sys_fstatfs(side->k, fd, &st);
	if (r < 0)
		return r;
	if (st.f_type != PROC_SUPER_MAGIC && st.f_type != SYSFS_MAGIC)
		return 0;
	r = sys_fchdir(side->k, fd);
	if (r < 0)
		return r;
	return sys_mount(side->k, step->source, ".", step->fstype, step->flags, NULL);
}

/*
 * Covers one mount of the table, if it is one to be covered.  The table lists the new root's
 * too, but no absolute path leads there before chroot(2).
 */
static int cover_line(struct side *side, const struct step *step, char *line)
{
	struct mountinfo m;
	int fd;

	if (!mountinfo_parse(line, &m) || strcmp(m.root, "/") != 0 ||
	    (strcmp(m.fstype, "proc") != 0 && strcmp(m.fstype, "sysfs") != 0))
		return 0;
	fd = sys_openat(side->k, AT_FDCWD, m.target, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return 0;
	if (fd < 0)
		return fd;
	return fd_close_after(side, fd, cover_open(side, step, fd));
}

/* Covers what the whole lines in buffer tell of; moves what is left of it to the front. */
static int cover_lines(struct side *side, const struct step *step, char *buffer, size_t *n)
{
	char *line = buffer;
	char *end;

	while ((end = memchr(line, '\n', *n - (size_t)(line - buffer)))) {
		int r;

		*end = '\0';
		r = cover_line(side, step, line);
		if (r < 0)
			return r;
		line = end + 1;
	}
	*n -= (size_t)(line - buffer);
	memmove(buffer, line, *n);
	return 0;
}

static int cover_all(struct side *side, const struct step *step, int table, char *buffer)
{
	size_t n = 0;
	int r;

	while ((r = sys_read(side->k, table, buffer + n, TABLE_BUFFER_SIZE - n)) > 0) {
		n += (size_t)r;
		r = cover_lines(side, step, buffer, &n);
		if (r < 0)
			return r;
		if (n == TABLE_BUFFER_SIZE)
			return side_refuse(side, REASON_LONG_LINE, "/proc/self/mountinfo");
	}
	return r;
}

int step_cover(struct side *side, const struct step *step)
{
	char *buffer = side_alloc(side, TABLE_BUFFER_SIZE);
	int table;

	if (!buffer)
		return -ENOMEM;
	table = sys_openat(side->k, AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	if (table < 0)
		return table;
	return fd_close_after(side, table, cover_all(side, step, table, buffer));
}

int step_chroot(struct side *side, const struct step *step)
{
	int r;

	(void)step;
	r = sys_fchdir(side->k, side->slots[SLOT_ROOTFS]);
	if (r < 0)
		return r;
	r = sys_chroot(side->k, ".");
	if (r < 0)
		return r;
	return sys_chdir(side->k, "/");
}
