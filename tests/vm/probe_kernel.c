/* Run as root inside a kernel under test: is everything there as tests/vm/run promises it? */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define TMPFS_MAGIC 0x01021994
#define FLOOD (1 << 20)

struct question {
	const char *sentence;
	bool (*holds)(void);
};

/* How many lines of mountinfo have this mountpoint (or any) and this type (or any). */
static int n_mounts(const char *mountpoint, const char *type)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	char line[4096], at[1024], what[64];
	int n = 0;

	while (table && fgets(line, sizeof(line), table)) {
		const char *after = strstr(line, " - ");

		if (!after || sscanf(line, "%*s %*s %*s %*s %1023s", at) != 1 ||
		    sscanf(after, " - %63s", what) != 1)
			continue;
		n += (!mountpoint || strcmp(at, mountpoint) == 0) &&
		     (!type || strcmp(what, type) == 0);
	}
	if (table)
		fclose(table);
	return n;
}

/* Answers whether the function, run in a child with these namespaces of its own, holds. */
static bool holds_in_child(int namespaces, bool (*function)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(namespaces) == 0 && function() ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool root_is_tmpfs(void)
{
	struct statfs st;

	return statfs("/", &st) == 0 && st.f_type == TMPFS_MAGIC &&
	       n_mounts("/", "tmpfs") == 1 && n_mounts("/", NULL) == 1 &&
	       n_mounts(NULL, "rootfs") == 0;
}

static bool pivot(void)
{
	return mount("new", "/mnt", "tmpfs", 0, NULL) == 0 && chdir("/mnt") == 0 &&
	       syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
	       access("/bin/busybox", F_OK) < 0;
}

static bool root_can_be_pivoted(void)
{
	return holds_in_child(CLONE_NEWNS, pivot);
}

static bool proc_is_mounted_once(void)
{
	return n_mounts("/proc", "proc") == 1 && n_mounts(NULL, "proc") == 1;
}

static bool fresh_proc(void)
{
	pid_t pid;
	int status = -1;

	if (unshare(CLONE_NEWPID) < 0 || (pid = fork()) < 0)
		return false;
	if (pid == 0)
		_exit(mount("proc", "/mnt", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)
			      ? 1
			      : 0);
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool covered_proc(void)
{
	return mount("t", "/proc/sys", "tmpfs", 0, NULL) == 0 &&
	       holds_in_child(CLONE_NEWUSER | CLONE_NEWNS, fresh_proc);
}

/* Were the initramfs's own proc still somewhere, it would be the one that is fully visible. */
static bool no_hidden_proc_is_fully_visible(void)
{
	return holds_in_child(CLONE_NEWUSER | CLONE_NEWNS, fresh_proc) &&
	       !holds_in_child(CLONE_NEWNS, covered_proc);
}

static bool usual_mounts_are_there(void)
{
	return n_mounts("/sys", "sysfs") == 1 && n_mounts("/dev", "devtmpfs") == 1 &&
	       n_mounts("/dev/pts", "devpts") == 1 && n_mounts("/dev/shm", "tmpfs") == 1 &&
	       n_mounts("/sys/fs/cgroup", "cgroup2") == 1 && n_mounts("/tmp", "tmpfs") == 1 &&
	       n_mounts("/run", "tmpfs") == 1;
}

static bool terminals_can_be_made(void)
{
	struct stat st;
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	bool made = fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 &&
		    stat(ptsname(fd), &st) == 0 && S_ISCHR(st.st_mode);

	if (fd >= 0)
		close(fd);
	return made;
}

static bool anything(void)
{
	return true;
}

static bool nobody_makes_user_namespace(void)
{
	return setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0 &&
	       holds_in_child(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET, anything);
}

static bool user_namespaces_can_be_made(void)
{
	return holds_in_child(CLONE_NEWUSER, anything) &&
	       holds_in_child(0, nobody_makes_user_namespace);
}

static bool other_namespaces_can_be_made(void)
{
	return holds_in_child(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
				      CLONE_NEWNET | CLONE_NEWCGROUP,
			      anything);
}

static bool overlay(void)
{
	return mkdir("/tmp/l", 0755) == 0 && mkdir("/tmp/u", 0755) == 0 &&
	       mkdir("/tmp/w", 0755) == 0 &&
	       mount("o", "/mnt", "overlay", 0,
		     "lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w") == 0;
}

static bool overlay_can_be_mounted(void)
{
	return holds_in_child(CLONE_NEWNS, overlay);
}

static bool loopback_is_up(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);

	close(fd);
	return up;
}

static bool descriptors_are_three(void)
{
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return false;
	return getsid(0) == getpid() && fcntl(0, F_GETFD) == 0;
}

/* A state above AVX that a kernel loses when it switches tasks would break memcpy first. */
static bool wide_registers_survive(void)
{
	unsigned char from[4096], to[4096];
	pid_t pid = fork();
	bool same = true;

	for (int round = 0; round < 2000; round++) {
		memset(from, pid ? round : ~round, sizeof(from));
		memcpy(to, from, sizeof(to));
		if (round % 100 == 0)
			sched_yield();
		same = same && memcmp(from, to, sizeof(to)) == 0;
	}
	if (pid == 0)
		_exit(same ? 0 : 1);
	int status = -1;

	return waitpid(pid, &status, 0) == pid && status == 0 && same;
}

static const struct question questions[] = {
	{"the root is a tmpfs, and the only mount on /", root_is_tmpfs},
	{"the root can be pivoted", root_can_be_pivoted},
	{"proc is mounted once", proc_is_mounted_once},
	{"no hidden proc is fully visible", no_hidden_proc_is_fully_visible},
	{"the usual mounts are there", usual_mounts_are_there},
	{"terminals can be made", terminals_can_be_made},
	{"root and nobody can make user namespaces", user_namespaces_can_be_made},
	{"all other namespaces can be made", other_namespaces_can_be_made},
	{"overlay can be mounted", overlay_can_be_mounted},
	{"the loopback interface is up", loopback_is_up},
	{"the command leads a session and has three descriptors", descriptors_are_three},
	{"wide registers survive a switch of tasks", wide_registers_survive},
};

static int ask_all(void)
{
	size_t n = sizeof(questions) / sizeof(*questions), n_held = 0;

	for (size_t i = 0; i < n; i++) {
		bool held = questions[i].holds();

		n_held += held;
		printf("%s: %s\n", held ? "yes" : "NO", questions[i].sentence);
	}
	printf("%zu of %zu\n", n_held, n);
	return n_held == n ? 0 : 1;
}

static int flood(void)
{
	for (int i = 0; i < FLOOD; i++)
		putchar(i * 31 +
			(i >> 8)); /* every value of a byte, in an order that shows gaps */
	return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "ask";
	int number = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(what, "ask") == 0)
		return ask_all();
	if (strcmp(what, "exit") == 0)
		return number;
	if (strcmp(what, "signal") == 0)
		return raise(number);
	if (strcmp(what, "flood") == 0)
		return flood();
	while (strcmp(what, "hang") == 0)
		pause();
	return 64;
}
