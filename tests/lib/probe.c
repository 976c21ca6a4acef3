/* A payload that tells what it sees, in the same words on every kernel. */
#include "tests/lib/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/inside.h"

/* On the stack: a payload that is killed does not give anything back. */
#define VIEW_SIZE 8192

static int file_read(struct kernel *k, const char *path, char *out, size_t size)
{
	int fd = sys_openat(k, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	size_t done = 0;
	int r;

	if (fd < 0)
		return fd;
	while ((r = sys_read(k, fd, out + done, size - 1 - done)) > 0)
		done += (size_t)r;
	out[done] = '\0';
	sys_close(k, fd);
	return r;
}

/* "/proc proc rw,nosuid"; of the root "rw" or "ro" only; of devpts also its options. */
static void mount_line(char *line, struct text *out)
{
	char *words[6], *rest = line, *dash, *type;

	for (int i = 0; i < 6; i++)
		words[i] = strsep(&rest, " ");
	dash = rest ? strstr(rest, "- ") : NULL;
	if (!dash)
		return;
	dash += 2;
	type = strsep(&dash, " ");
	strsep(&dash, " ");
	if (strcmp(words[4], "/") == 0)
		text_addf(out, "/ %.2s", words[5]);
	else
		text_addf(out, "%s %s %s", words[4], type, words[5]);
	if (strcmp(words[4], "/dev/pts") == 0)
		text_addf(out, " %s", dash);
	text_add_char(out, '\n');
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted: kernels list the same mounts in different orders. */
static void see_mounts(struct kernel *k, struct text *out)
{
	char table[VIEW_SIZE] = "", shown[VIEW_SIZE], *lines[64];
	char *rest = table;
	struct text lines_text;
	size_t n = 0;
	int r = file_read(k, "/proc/self/mountinfo", table, sizeof(table));

	text_init(&lines_text, shown, sizeof(shown));
	text_add(out, "mounts:\n");
	if (r < 0)
		text_addf(out, "%s\n", strerrorname_np(-r));
	while (r >= 0 && rest && *rest)
		mount_line(strsep(&rest, "\n"), &lines_text);
	rest = shown;
	while (rest && *rest && n < 64)
		lines[n++] = strsep(&rest, "\n");
	qsort(lines, n, sizeof(lines[0]), compare);
	for (size_t i = 0; i < n; i++)
		text_addf(out, "%s\n", lines[i]);
}

static void see_descriptors(struct kernel *k, struct text *out)
{
	text_add(out, "descriptors:");
	for (int fd = 0; fd < 64; fd++)
		if (sys_fcntl_getfd(k, fd) >= 0)
			text_addf(out, " %d", fd);
	text_add_char(out, '\n');
}

static void see_root(struct kernel *k, struct text *out)
{
	int r = sys_mkdirat(k, AT_FDCWD, "/new", 0755);

	text_addf(out, "mkdir /new: %s\n", r < 0 ? strerrorname_np(-r) : "0");
	sys_unlinkat(k, AT_FDCWD, "/new", AT_REMOVEDIR);
}

static void look(struct kernel *k, struct text *out)
{
	struct utsname uts;
	char cwd[256];
	int mask = sys_umask(k, 0);

	sys_umask(k, (mode_t)mask);
	see_mounts(k, out);
	text_add(out, "dev:\n");
	dir_say(k, "/dev", out);
	see_descriptors(k, out);
	text_addf(out, "umask: %04o\n", mask);
	if (sys_getcwd(k, cwd, sizeof(cwd)) > 0)
		text_addf(out, "cwd: %s\n", cwd);
	text_addf(out, "pid: %d\n", sys_getpid(k));
	if (sys_uname(k, &uts) == 0)
		text_addf(out, "hostname: %s\n", uts.nodename);
	see_root(k, out);
}

static int linger_main(void *memory)
{
	struct kernel *k = *(struct kernel **)memory;
	char byte;

	/* Until the one that left it has ended, and a little longer. */
	while (sys_read(k, 0, &byte, 1) > 0)
		;
	return 0;
}

/* Ends before what it started has. */
static int leave_behind(struct kernel *k)
{
	const struct spawn_args args = {.exit_signal = SIGCHLD,
					.main = linger_main,
					.arena = &k,
					.arena_size = sizeof(k)};

	return sys_clone3(k, &args) < 0 ? 97 : 5;
}

/* Ids and capabilities, in the kernel's own words (proc_pid_status(5)). */
static int see_rights(struct kernel *k)
{
	char status[VIEW_SIZE] = "", setgroups[32] = "";
	int r = file_read(k, "/proc/self/status", status, sizeof(status));

	if (r < 0 || sys_write(k, 1, status, strlen(status)) < 0)
		return 98;
	r = file_read(k, "/proc/self/setgroups", setgroups, sizeof(setgroups));
	if (r == 0)
		sys_write(k, 1, "setgroups: ", strlen("setgroups: "));
	return r < 0 || sys_write(k, 1, setgroups, strlen(setgroups)) < 0 ? 98 : 0;
}

/* Is there a controlling terminal? */
static const char *session_say(struct kernel *k)
{
	int fd = sys_openat(k, AT_FDCWD, "/dev/tty", O_RDWR | O_CLOEXEC, 0), sid = 0;
	int r = fd < 0 ? fd : sys_ioctl_tiocgsid(k, fd, &sid);

	if (fd >= 0)
		sys_close(k, fd);
	if (r < 0)
		return strerrorname_np(-r);
	return sid == sys_getpid(k) ? "its own" : "another's";
}

/* What a terminal is like, and one line that is typed there. */
static int see_terminal(struct kernel *k)
{
	char memory[512], line[128];
	struct kernel_termios modes;
	struct winsize size = {0};
	struct text out;
	int n;

	text_init(&out, memory, sizeof(memory));
	text_add(&out, "terminals:");
	for (int fd = 0; fd < 3; fd++)
		if (sys_ioctl_tcgets(k, fd, &modes) == 0)
			text_addf(&out, " %d", fd);
	if (sys_ioctl_tiocgwinsz(k, 0, &size) == 0)
		text_addf(&out, "\nsize: %ux%u", size.ws_row, size.ws_col);
	text_addf(&out, "\nsession: %s\n", session_say(k));
	n = sys_read(k, 0, line, sizeof(line));
	text_add(&out, "typed: ");
	if (n >= 0)
		text_add_bytes(&out, line, (size_t)n);
	else
		text_add(&out, strerrorname_np(-n));
	text_add(&out, "\n");
	return sys_write(k, 1, out.at, out.len) < 0 ? 98 : 6;
}

/* Whether a filter comes before the descriptor, which is a file: ENOTTY else. */
static int say_fake_input(struct kernel *k)
{
	const char byte = 'x';
	char memory[64];
	struct text out;
	int r = sys_ioctl_tiocsti(k, 1, &byte);

	text_init(&out, memory, sizeof(memory));
	text_addf(&out, "TIOCSTI: %s\n", r < 0 ? strerrorname_np(-r) : "0");
	return sys_write(k, 1, out.at, out.len) < 0 ? 98 : 0;
}

int probe_main(struct kernel *k, char *const *argv, char *const *envp)
{
	struct text out;
	char memory[VIEW_SIZE];

	(void)envp;
	if (argv[1] && strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	if (argv[1] && strcmp(argv[1], "kill") == 0) {
		const struct kernel_sigaction action = {.handler = SIG_DFL};

		sys_rt_sigaction(k, atoi(argv[2]), &action, NULL);
		sys_kill(k, sys_getpid(k), atoi(argv[2]));
		return 99;
	}
	if (argv[1] && strcmp(argv[1], "fake-input") == 0)
		return say_fake_input(k);
	if (argv[1] && strcmp(argv[1], "rights") == 0)
		return see_rights(k);
	if (argv[1] && strcmp(argv[1], "terminal") == 0)
		return see_terminal(k);
	if (argv[1] && strcmp(argv[1], "leave") == 0)
		return leave_behind(k);
	text_init(&out, memory, sizeof(memory));
	look(k, &out);
	if (sys_write(k, 1, out.at, out.len) < 0)
		return 98;
	return 0;
}
