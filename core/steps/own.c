/* Our own executable: what leads back to it is not executed. */
#include "core/steps/own.h"

#include <string.h>

/* What the kernel reads of a program, and how often one script leads to another. */
#define HEAD_SIZE 256
#define SCRIPTS_MAX 5

static bool is_own(const struct side *side, const struct statx *st)
{
	const struct own_file *own = &side->plan->own;

	return st->stx_ino == own->inode && st->stx_mnt_id == own->mount &&
	       st->stx_dev_major == own->dev_major && st->stx_dev_minor == own->dev_minor;
}

/* The word behind "#!" into path; false: none is there. */
static bool interpreter_of(char *head, char path[HEAD_SIZE])
{
	size_t n;

	if (strncmp(head, "#!", 2) != 0)
		return false;
	head += 2;
	head += strspn(head, " \t");
	n = strcspn(head, " \t\n");
	memcpy(path, head, n);
	path[n] = '\0';
	return n > 0;
}

/* One file: 1 where path now says what it is run by. */
static int file_refuse(struct side *side, int fd, const char *program, char path[HEAD_SIZE])
{
	char head[HEAD_SIZE];
	struct statx st;
	int n, r;

	r = sys_statx(side->k, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_MNT_ID,
		      &st);
	if (r < 0)
		return r;
	if (is_own(side, &st))
		return side_refuse(side, REASON_OWN_INSIDE, program);
	n = S_ISREG(st.stx_mode) ? sys_read(side->k, fd, head, sizeof(head) - 1) : 0;
	if (n < 0)
		return n;
	head[n] = '\0';
	return interpreter_of(head, path);
}

int own_refuse(struct side *side, const char *path)
{
	char interpreter[HEAD_SIZE];
	const char *at = path;
	int r = 1;

	if (!side->plan->own.inode)
		return 0;
	for (int i = 0; i <= SCRIPTS_MAX && r == 1; i++) {
		int fd = sys_openat(side->below, AT_FDCWD, at,
				    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);

		if (fd < 0)
			return 0;
		r = file_refuse(side, fd, path, interpreter);
		r = fd_close_after(side, fd, r);
		at = interpreter;
	}
	return r < 0 ? r : 0;
}
