/* What cannot change under us: own ids and capabilities, what the kernel has, the terminal. */
#include "core/plan/facts.h"

#define CWD_SIZE 4096
#define SYSCTL_SIZE 16
#define TERMINAL_SIZE 64

static int ask_capabilities(struct kernel *k, struct facts *facts)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	int r;

	r = sys_capget(k, &header, data);
	if (r < 0)
		return r;
	facts->may_admin =
		data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
	facts->caps = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

static bool is_there(struct kernel *k, const char *path)
{
	struct statx st;

	return sys_statx(k, AT_FDCWD, path, 0, STATX_TYPE, &st) == 0;
}

/* Not there, or anything but "0": whoever made the limit meant it to count. */
static bool sysctl_allows(struct kernel *k, const char *path)
{
	char text[SYSCTL_SIZE] = "";
	int fd = sys_openat(k, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return true;
	sys_read(k, fd, text, sizeof(text) - 1);
	sys_close(k, fd);
	return text[0] != '0';
}

/* 0 where the descriptor is a terminal, -ENOTTY or -EBADF where it is none. */
static int ask_terminal(struct kernel *k, int fd)
{
	struct kernel_termios termios;

	return sys_ioctl_tcgets(k, fd, &termios);
}

/*
 * Whether the payload could reach a terminal of the caller's; where that cannot be told, it
 * could.  /dev/tty opens, or refuses otherwise than by ENXIO, where the session has one,
 * whichever descriptors are open (tty(4)).
 */
static bool may_have_terminal(struct kernel *k)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		int r = ask_terminal(k, fd);

		if (r != -ENOTTY && r != -EBADF)
			return true;
	}
	fd = sys_openat(k, AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	if (fd >= 0)
		sys_close(k, fd);
	return fd != -ENXIO;
}

static int ask_device(struct kernel *k, int dir, const char *path, int flags, struct statx *st)
{
	int r = sys_statx(k, dir, path, flags, STATX_TYPE, st);

	return r == 0 && !S_ISCHR(st->stx_mode) ? -ENOTTY : r;
}

/*
 * A mount of another namespace cannot be copied by its descriptor, so its path is needed; and
 * what has that path by now must still be the same device (ttyname(3)).
 */
static int ask_stdout(struct kernel *k, struct arena *arena, struct facts *facts)
{
	char *path = arena_alloc(arena, TERMINAL_SIZE);
	struct statx open, found;
	int n;

	if (!path)
		return -ENOMEM;
	if (ask_terminal(k, 1) < 0 || ask_device(k, 1, "", AT_EMPTY_PATH, &open) < 0)
		return 0;
	n = sys_readlinkat(k, AT_FDCWD, "/proc/self/fd/1", path, TERMINAL_SIZE - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	if (ask_device(k, AT_FDCWD, path, 0, &found) == 0 &&
	    found.stx_rdev_major == open.stx_rdev_major &&
	    found.stx_rdev_minor == open.stx_rdev_minor)
		facts->stdout_terminal = path;
	return 0;
}

/* What lies outside of the root begins with "(unreachable)" (getcwd(2)). */
static int ask_cwd(struct kernel *k, struct arena *arena, struct facts *facts)
{
	char *cwd = arena_alloc(arena, CWD_SIZE);

	if (!cwd)
		return -ENOMEM;
	if (sys_getcwd(k, cwd, CWD_SIZE) >= 0 && cwd[0] == '/')
		facts->cwd = cwd;
	return 0;
}

static bool has_dev(const struct spec *spec)
{
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == TREE_DEV)
			return true;
	return false;
}

int facts_ask(struct kernel *k, const struct spec *spec, struct arena *arena,
	      struct facts *facts)
{
	int r;

	*facts = (struct facts){.root = false};
	r = ask_capabilities(k, facts);
	if (r < 0)
		return r;
	facts->uid = (uid_t)sys_geteuid(k);
	facts->root = facts->uid == 0;
	if (spec->classic)
		return 0;
	facts->gid = (gid_t)sys_getegid(k);
	if (spec->user == UNSHARE_TRY)
		facts->has_userns =
			is_there(k, "/proc/self/ns/user") &&
			sysctl_allows(k, "/proc/sys/user/max_user_namespaces") &&
			sysctl_allows(k, "/proc/sys/kernel/unprivileged_userns_clone");
	if (spec->cgroup == UNSHARE_TRY)
		facts->has_cgroupns = is_there(k, "/proc/self/ns/cgroup");
	if (!spec->new_session && !spec->terminal)
		facts->terminal = may_have_terminal(k);
	if (has_dev(spec) && !spec->terminal && ask_stdout(k, arena, facts) < 0)
		return -ENOMEM;
	return spec->chdir ? 0 : ask_cwd(k, arena, facts);
}
