/*
 * The calls of a modern launch and nothing else: what box is measured against.  The same
 * mounts, ids, capabilities, descriptors and protections, each by the fewest calls that are as
 * safe, without a plan, an option, or a word about what failed.
 *
 *     bare [--net] [--image] [--binds N DIR] ROOTFS COMMAND...
 */
#include "core/kernel/abi.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READONLY MOUNT_ATTR_RDONLY
#define SHUT (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
#define PLAIN (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define FS_READONLY 1
#define EVERY UINT64_MAX

struct sandbox {
	bool net, image;
	int n_binds;
	const char *binds; /* DIR/0, DIR/1, … are bound on /binds/0, … */
	const char *rootfs;
	char *const *argv;
	char *const *envp;
	bool terminal;
};

static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

static const char *const links[][2] = {
	{"ptmx", "pts/ptmx"},	       {"core", "/proc/kcore"},
	{"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
};

/* Each call must succeed, or the measurement is of something else. */
static long must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		_exit(1);
	}
	return r;
}

/* No link is followed, and nothing leads out. */
static int beneath(int dir, const char *name, int flags)
{
	struct open_how how = {.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags),
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
}

static int directory_beneath(int dir, const char *name)
{
	return (int)must(beneath(dir, name, O_DIRECTORY), name);
}

/* A copy of a mount with its attributes set, mounted nowhere yet. */
static int copy(int dir, const char *path, unsigned int recursive, uint64_t attributes)
{
	struct mount_attr attr = {.attr_set = attributes};
	unsigned int empty = path[0] ? 0 : AT_EMPTY_PATH;
	int mount = (int)must(syscall(SYS_open_tree, dir, path,
				      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive | empty),
			      path);

	must(syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | recursive, &attr,
		     sizeof(attr)),
	     "mount_setattr");
	return mount;
}

static void put(int mount, int place)
{
	must(syscall(SYS_move_mount, mount, "", place, "",
		     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
	     "move_mount");
	close(mount);
	close(place);
}

/* mount(2) does in one call what fsopen(2) and its kin do in many. */
static void mount_new(int place, const char *fstype, unsigned long flags, const char *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	must(mount(fstype, path, fstype, flags, data), fstype);
	close(place);
}

static int made(int dir, const char *name)
{
	must(mkdirat(dir, name, 0755), name);
	return directory_beneath(dir, name);
}

/* What would reach the whole machine's kernel. */
static void protect(int proc)
{
	static const char *const covered[] = {"sys",  "sysrq-trigger", "irq",		"bus",
					      "acpi", "scsi",	       "dynamic_debug", "fs"};

	for (size_t i = 0; i < sizeof(covered) / sizeof(*covered); i++) {
		int place = beneath(proc, covered[i], 0);

		if (place >= 0)
			put(copy(place, "", 0, READONLY | SHUT), place);
	}
	close(proc);
}

static void nodes_make(int dev)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		struct statx st;
		char path[32];

		snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		must(statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_MODE, &st), path);
		must(mknodat(dev, nodes[i], st.stx_mode,
			     makedev(st.stx_rdev_major, st.stx_rdev_minor)),
		     path);
	}
}

/* Of ourselves is what lies in this directory: a name in it is as good as a descriptor. */
static void nodes_bind(int dev)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		char path[32];
		int node;

		snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		node = copy(AT_FDCWD, path, 0,
			    READONLY | MOUNT_ATTR_NOSUID);
		must(mknodat(dev, nodes[i], S_IFREG | 0444, 0), path);
		must(syscall(SYS_move_mount, node, "", dev, nodes[i], MOVE_MOUNT_F_EMPTY_PATH),
		     path);
		close(node);
	}
}

static void dev_make(const struct sandbox *s, int root)
{
	const unsigned long shut = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int dev;

	mount_new(directory_beneath(root, "dev"), "tmpfs",
		  MS_NOSUID | (s->image ? MS_STRICTATIME : MS_NODEV), "mode=755");
	dev = directory_beneath(root, "dev");
	if (s->image)
		nodes_make(dev);
	else
		nodes_bind(dev);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		must(symlinkat(links[i][1], dev, links[i][0]), links[i][0]);
	mount_new(made(dev, "shm"), "tmpfs", s->image ? shut : shut & ~MS_NOEXEC, "mode=1777");
	mount_new(made(dev, "pts"), "devpts", MS_NOSUID | MS_NOEXEC,
		  s->image ? "ptmxmode=0666,mode=620,gid=5" : "ptmxmode=0666,mode=620");
	close(dev);
}

static void binds_make(const struct sandbox *s, int root)
{
	for (int i = 0; i < s->n_binds; i++) {
		char source[128], target[32];

		snprintf(source, sizeof(source), "%s/%d", s->binds, i);
		snprintf(target, sizeof(target), "binds/%d", i);
		put(copy(AT_FDCWD, source, AT_RECURSIVE, PLAIN),
		    directory_beneath(root, target));
	}
}

/* Mounted on / and so in this namespace, the root is reached by its descriptor alone. */
static int tree_make(const struct sandbox *s)
{
	const unsigned long shut = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int root = copy(AT_FDCWD, s->rootfs, AT_RECURSIVE, PLAIN);

	must(syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "/");
	mount_new(directory_beneath(root, "proc"), "proc", shut, NULL);
	protect(directory_beneath(root, "proc"));
	if (s->image)
		mount_new(directory_beneath(root, "sys"), "sysfs", shut | MS_RDONLY, NULL);
	else
		put(copy(AT_FDCWD, "/sys", AT_RECURSIVE, READONLY | PLAIN),
		    directory_beneath(root, "sys"));
	dev_make(s, root);
	mount_new(directory_beneath(root, "run"), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
	binds_make(s, root);
	return root;
}

static void enter(int root)
{
	must(fchdir(root), "rootfs");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "umount2");
	must(chdir("/"), "/");
	close(root);
}

static void loopback(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = (int)must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	must(ioctl(fd, SIOCSIFFLAGS, &lo), "lo");
	close(fd);
}

static void capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	must(syscall(SYS_capget, &header, data), "capget");
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	must(syscall(SYS_capset, &header, data), "capset");
}

/* What box leaves to root in an image. */
static uint64_t privileges(const struct sandbox *s)
{
	static const int kept[] = {CAP_CHOWN,	    CAP_DAC_OVERRIDE,	  CAP_FSETID,
				   CAP_FOWNER,	    CAP_NET_RAW,	  CAP_SETGID,
				   CAP_SETUID,	    CAP_SETFCAP,	  CAP_SETPCAP,
				   CAP_SYS_CHROOT,  CAP_NET_BIND_SERVICE, CAP_KILL,
				   CAP_AUDIT_WRITE};
	uint64_t bits = 0;

	if (!s->image)
		return EVERY;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		bits |= UINT64_C(1) << kept[i];
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(bits >> cap & 1))
			must(prctl(PR_CAPBSET_DROP, cap), "PR_CAPBSET_DROP");
	return bits;
}

static void word_send(int channel)
{
	char word[8] = "ready";

	must(send(channel, word, sizeof(word), MSG_NOSIGNAL), "send");
}

static int word_receive(int channel)
{
	char word[220];

	return (int)must(recv(channel, word, sizeof(word), 0), "recv");
}

/* All but one. */
static void hold(int fd)
{
	if (fd > 3)
		must(syscall(SYS_close_range, 3, fd - 1, 0), "close_range");
	must(syscall(SYS_close_range, fd + 1, ~0U, 0), "close_range");
}

/* What would execute our own file is not executed: a script's first line may say so. */
static void exec_check(const char *path)
{
	char head[256];
	struct statx st;
	int fd = (int)must(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), path);

	must(statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &st), path);
	must(read(fd, head, sizeof(head)), path);
	close(fd);
}

static int payload(const struct sandbox *s, int channel)
{
	char here[4096];

	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	hold(channel);
	must(chdir("/"), "/");
	must(syscall(SYS_getcwd, here, sizeof(here)), "getcwd");
	word_send(channel);
	if (word_receive(channel) == 0)
		return 1;
	if (s->terminal)
		return 1;
	must(prctl(PR_SET_PDEATHSIG, 0), "prctl");
	must(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
	exec_check(s->argv[0]);
	execve(s->argv[0], s->argv, s->envp);
	return 127;
}

static int serve(pid_t child)
{
	int status = 0;

	for (;;) {
		siginfo_t info = {0};

		if (waitid(P_ALL, 0, &info, WEXITED) < 0)
			return status;
		if (info.si_pid == child)
			status = info.si_status;
	}
}

static long spawn(uint64_t namespaces)
{
	struct clone_args args = {.flags = namespaces, .exit_signal = SIGCHLD};

	return must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");
}

/* The first task inside: what is mounted, what is given up, and who stays. */
static int init(const struct sandbox *s, int channel, int status)
{
	mode_t mask;
	pid_t child;

	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	must(mount("", "/", "", MS_SLAVE | MS_REC, NULL), "/");
	mask = umask(0);
	enter(tree_make(s));
	if (s->net)
		loopback();
	must(prctl(PR_SET_DUMPABLE, 0), "prctl");
	umask(mask);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
	capabilities(privileges(s));
	child = (pid_t)spawn(0);
	if (child == 0)
		return payload(s, channel);
	capabilities(0);
	hold(status);
	must(prctl(PR_SET_PDEATHSIG, 0), "prctl");
	word_send(status);
	return serve(child);
}

/* Whoever inside may look into the task that stays must not be able to write to its file. */
static void protect_own_file(char *const *argv, char *const *envp)
{
	struct statfs st;
	int exe = (int)must(open("/proc/self/exe", O_PATH | O_CLOEXEC), "exe");
	int again;

	must(fstatfs(exe, &st), "exe");
	if (!(st.f_flags & FS_READONLY)) {
		again = copy(exe, "", 0, READONLY);
		must(syscall(SYS_execveat, again, "", argv, envp, AT_EMPTY_PATH), "execveat");
	}
	close(exe);
}

/* Whether a filter against TIOCSTI is needed; it is not where these are measured. */
static bool has_terminal(void)
{
	char termios[256];
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (ioctl(fd, TCGETS, termios) == 0)
			return true;
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int launch(const struct sandbox *s)
{
	uint64_t namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;
	int channel[2], status[2];
	siginfo_t info;
	long pid;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), "socketpair");
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, status), "socketpair");
	pid = spawn(namespaces | (s->net ? CLONE_NEWNET : 0));
	if (pid == 0) {
		close(channel[0]);
		close(status[0]);
		_exit(init(s, channel[1], status[1]));
	}
	close(channel[1]);
	close(status[1]);
	word_receive(channel[0]);
	word_receive(status[0]);
	word_send(channel[0]);
	word_receive(channel[0]);
	must(waitid(P_PID, (id_t)pid, &info, WEXITED), "waitid");
	return info.si_status;
}

int main(int argc, char **argv, char **envp)
{
	struct sandbox s = {.envp = envp};
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		s.net |= strcmp(argv[i], "--net") == 0;
		s.image |= strcmp(argv[i], "--image") == 0;
		if (strcmp(argv[i], "--binds") == 0 && i + 2 < argc) {
			s.n_binds = atoi(argv[i + 1]);
			s.binds = argv[i + 2];
			i += 2;
		}
	}
	if (argc < i + 2)
		return 125;
	s.rootfs = argv[i];
	s.argv = argv + i + 1;
	if (!s.image)
		protect_own_file(argv, envp);
	s.terminal = has_terminal();
	return launch(&s);
}
