/* The calls of a classic launch and nothing else: what box is measured against. */
#include "core/kernel/abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Each call must succeed, or the measurement is of something else. */
static long must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		_exit(1);
	}
	return r;
}

static int beneath(int dir, const char *name)
{
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS};

	return (int)must(syscall(SYS_openat2, dir, name, &how, sizeof(how)), name);
}

static int directory(const char *path)
{
	return (int)must(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), path);
}

static void mount_in(int root, const char *parent, const char *name, const char *source,
		     const char *fstype, unsigned long flags, const char *data)
{
	int dir = beneath(root, parent), target;
	char path[64];

	(void)mkdirat(dir, name, 0755);
	target = beneath(dir, name);
	close(dir);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", target);
	must(mount(source, path, fstype, flags, data), name);
	close(target);
}

static void mounts(int root)
{
	const unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	mount_in(root, ".", "proc", "proc", "proc", safe, NULL);
	mount_in(root, ".", "sys", "sysfs", "sysfs", safe, NULL);
	mount_in(root, ".", "dev", "tmpfs", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755");
	mount_in(root, "dev", "shm", "shm", "tmpfs", safe, "mode=1777");
	mount_in(root, "dev", "pts", "devpts", "devpts", MS_NOSUID | MS_NOEXEC,
		 "newinstance,ptmxmode=0666,mode=620,gid=5");
	mount_in(root, ".", "run", "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV | MS_STRICTATIME,
		 "mode=755");
}

static void nodes(int dev)
{
	static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty"};

	umask(0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct statx st;
		char path[32];

		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		must(statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_MODE, &st), path);
		must(mknodat(dev, names[i], st.stx_mode,
			     makedev(st.stx_rdev_major, st.stx_rdev_minor)),
		     path);
	}
	umask(022);
}

static void links(int dev)
{
	static const char *const names[][2] = {
		{"ptmx", "pts/ptmx"},	       {"core", "/proc/kcore"},
		{"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
		{"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)unlinkat(dev, names[i][0], 0);
		must(symlinkat(names[i][1], dev, names[i][0]), names[i][0]);
	}
}

static void cover(const char *path)
{
	struct statfs st;
	int dir = directory(path);

	must(fstatfs(dir, &st), path);
	must(fchdir(dir), path);
	must(mount("tmpfs", ".", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
	     path);
	close(dir);
	dir = directory(path);
	must(fstatfs(dir, &st), path);
	close(dir);
}

static void enter(int root)
{
	char table[16384];
	int fd;

	must(fchdir(root), "rootfs");
	must(mount(".", "/", NULL, MS_MOVE, NULL), "move");
	fd = (int)must(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), "mountinfo");
	cover("/proc");
	cover("/sys");
	while (read(fd, table, sizeof(table)) > 0)
		;
	close(fd);
	must(fchdir(root), "rootfs");
	must(chroot("."), "chroot");
	must(chdir("/"), "chdir");
}

static void set_up(const char *rootfs)
{
	struct statx st;
	struct statfs fs;
	char path[64];
	int fd = directory("/proc"), root, dev;

	must(fstatfs(fd, &fs), "/proc");
	close(fd);
	must(mount("", "/", "", MS_SLAVE | MS_REC, NULL), "/");
	fd = directory(rootfs);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(mount(path, path, "bind", MS_BIND | MS_REC, NULL), rootfs);
	root = directory(rootfs);
	must(statx(fd, "", AT_EMPTY_PATH, STATX_INO, &st), rootfs);
	must(statx(root, "", AT_EMPTY_PATH, STATX_INO, &st), rootfs);
	close(fd);
	mounts(root);
	dev = beneath(root, "dev");
	nodes(dev);
	links(dev);
	close(dev);
	enter(root);
	close(root);
	umask(022);
}

static int child(int channel, char *const *argv)
{
	char word[220] = "";

	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	set_up(argv[1]);
	must(send(channel, word, sizeof(word), MSG_NOSIGNAL), "send");
	must(recv(channel, word, sizeof(word), 0), "recv");
	must(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
	execv(argv[2], argv + 2);
	return 127;
}

int main(int argc, char *const *argv)
{
	struct clone_args args = {.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
					   CLONE_NEWPID,
				  .exit_signal = SIGCHLD};
	char word[220];
	siginfo_t info;
	int fds[2];
	long pid;

	if (argc < 3)
		return 125;
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), "socketpair");
	pid = must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
	if (pid == 0) {
		close(fds[0]);
		_exit(child(fds[1], argv));
	}
	close(fds[1]);
	must(recv(fds[0], word, sizeof(word), 0), "recv");
	must(send(fds[0], word, sizeof(word), MSG_NOSIGNAL), "send");
	must(recv(fds[0], word, sizeof(word), 0), "recv");
	must(waitid(P_PID, (id_t)pid, &info, WEXITED), "waitid");
	return info.si_status;
}
