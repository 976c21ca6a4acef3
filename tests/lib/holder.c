/* A sandbox that is there to be joined. */
#include "tests/lib/holder.h"

#include <string.h>

#include "core/run/classic.h"

#define TABLE_SIZE 8192
#define ARENA_SIZE 4096

struct held {
	struct kernel *k;
	char rootfs[256];
	bool bare_proc, bare_sys;
	int ready, hold, others[2];
};

/* Opened once: /proc may be taken away. */
static int table_read(struct kernel *k, int fd, char *table)
{
	size_t n = 0;
	int r;

	if (sys_lseek(k, fd, 0, SEEK_SET) < 0)
		return -EIO;
	while ((r = sys_read(k, fd, table + n, TABLE_SIZE - n)) > 0)
		n += (size_t)r;
	return r < 0 ? r : (int)n;
}

static int hold(const struct held *held, int fd, char *before, char *after)
{
	struct kernel *k = held->k;
	char byte = 'r';
	int n;

	n = table_read(k, fd, before);
	if (n < 0 || sys_write(k, held->ready, &byte, 1) != 1)
		return 3;
	while (sys_read(k, held->hold, &byte, 1) == -EINTR)
		;
	return table_read(k, fd, after) == n && memcmp(before, after, (size_t)n) == 0 ? 0 : 4;
}

static int held_main(void *arena)
{
	const struct held *held = arena;
	struct kernel *k = held->k;
	char before[TABLE_SIZE], after[TABLE_SIZE];
	int fd;

	sys_close(k, held->others[0]);
	sys_close(k, held->others[1]);
	if (classic_setup(k, held->rootfs, NULL, false) < 0)
		return 1;
	fd = sys_openat(k, AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || sys_sethostname(k, "inner", 5) < 0 ||
	    (held->bare_proc && sys_umount2(k, "/proc", MNT_DETACH) < 0) ||
	    (held->bare_sys && sys_umount2(k, "/sys", MNT_DETACH) < 0))
		return 2;
	return hold(held, fd, before, after);
}

int holder_start(struct kernel *k, const char *rootfs, bool bare_proc, bool bare_sys,
		 struct holder *holder)
{
	_Alignas(16) char arena[ARENA_SIZE] = {0};
	struct held *held = (struct held *)arena;
	const struct spawn_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS,
		.exit_signal = SIGCHLD,
		.main = held_main,
		.arena = arena,
		.arena_size = sizeof(arena),
	};
	int ready[2], held_by[2];
	char byte;
	int r;

	if (sys_pipe2(k, ready, O_CLOEXEC) < 0 || sys_pipe2(k, held_by, O_CLOEXEC) < 0)
		return -EMFILE;
	*held = (struct held){.k = k,
			      .bare_proc = bare_proc,
			      .bare_sys = bare_sys,
			      .ready = ready[1],
			      .hold = held_by[0],
			      .others = {ready[0], held_by[1]}};
	strncpy(held->rootfs, rootfs, sizeof(held->rootfs) - 1);
	holder->pid = sys_clone3(k, &args);
	sys_close(k, ready[1]);
	sys_close(k, held_by[0]);
	holder->hold = held_by[1];
	if (holder->pid < 0)
		return holder->pid;
	r = sys_read(k, ready[0], &byte, 1);
	sys_close(k, ready[0]);
	return r == 1 ? 0 : -ECHILD;
}

int holder_end(struct kernel *k, const struct holder *holder)
{
	siginfo_t info = {0};

	sys_close(k, holder->hold);
	if (sys_waitid(k, P_PID, holder->pid, &info, WEXITED) < 0)
		return 9;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
