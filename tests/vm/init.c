/* Pid 1 of a kernel under test: furnishes a root, runs one command, tells the host, ends. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/vm/line.h"
#include "tests/vm/root.h"

#define JOB_FOLDER "job" /* in the initramfs only: /job/job and the modules */
#define MOST_ARGS 1024
#define END_SECONDS 10

/*
 * What to do, as written by tests/vm/run: records "key=value", each ended by a NUL.
 *   module=PATH  load it, in this order     line=DEVICE  where the host listens
 *   arg=WORD     of the command             env=NAME=VALUE
 *   out=FOLDER   bring its files out after  stdio=1      stdin comes, stderr goes apart
 */
struct job {
	char *text;
	size_t size;
};

struct relay {
	struct line line;
	pid_t command;
	int in, out, err, deaths;
	bool over;
	int status;
	size_t input_start, input_end;
	uint8_t input[LINE_MOST], output[LINE_MOST];
};

/* The host takes an end without a LINE_STATUS for a failure, whatever else it saw. */
static void __attribute__((noreturn, format(printf, 1, 2))) give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("\ninit gives up: ", stderr);
	vfprintf(stderr, format, args);
	fputs("\n", stderr);
	va_end(args);
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void must(int r, const char *what)
{
	if (r < 0)
		give_up("%s: %s", what, strerror(-r));
}

static struct job job_read(const char *path)
{
	struct stat st;
	struct job job;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		give_up("%s: %s", path, strerror(errno));
	job.size = (size_t)st.st_size;
	job.text = malloc(job.size + 1);
	if (!job.text || read(fd, job.text, job.size) != st.st_size)
		give_up("%s: cannot be read", path);
	job.text[job.size] = '\0';
	close(fd);
	return job;
}

/* The value of the next record with this key from *at on, or NULL; *at moves behind it. */
static char *job_next(const struct job *job, const char *key, size_t *at)
{
	size_t n = strlen(key);

	while (*at < job->size) {
		char *record = job->text + *at;

		*at += strlen(record) + 1;
		if (strncmp(record, key, n) == 0 && record[n] == '=')
			return record + n + 1;
	}
	return NULL;
}

static char *job_value(const struct job *job, const char *key)
{
	size_t at = 0;

	return job_next(job, key, &at);
}

static void load_modules(const struct job *job)
{
	char *path;

	for (size_t at = 0; (path = job_next(job, "module", &at));) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
			give_up("module %s: %s", path, strerror(errno));
		close(fd);
	}
}

/* A device that hangs behind a bus appears a moment after its module has been loaded. */
static void open_line(struct line *line, const char *device)
{
	int r = -ENOENT;

	for (int i = 0; i < 500 && (r == -ENOENT || r == -ENXIO || r == -ENODEV); i++) {
		r = line_open(line, device);
		if (r < 0)
			usleep(10000);
	}
	must(r, device);
}

static void make_folders(const char *path)
{
	char part[256];

	for (const char *p = path; *p; p++) {
		size_t n = (size_t)(p - path) + 1;

		if ((p[1] != '/' && p[1] != '\0') || n >= sizeof(part))
			continue;
		memcpy(part, path, n);
		part[n] = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			give_up("%s: %s", part, strerror(errno));
	}
}

static void __attribute__((noreturn))
become_command(const struct job *job, int in, int out, int err)
{
	char *argv[MOST_ARGS + 1], *value;
	size_t n = 0;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	for (size_t at = 0; n < MOST_ARGS && (value = job_next(job, "arg", &at));)
		argv[n++] = value;
	argv[n] = NULL;
	clearenv();
	for (size_t at = 0; (value = job_next(job, "env", &at));)
		putenv(value);
	if (n == 0 || setsid() < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	close_range(3, ~0u, 0);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		give_up("pipe: %s", strerror(errno));
}

/* Without stdio both outputs share a pipe, so that they arrive in the order of writing. */
static void start_command(struct relay *relay, const struct job *job)
{
	bool stdio = job_value(job, "stdio");
	int in[2] = {open("/dev/null", O_RDONLY | O_CLOEXEC), -1}, out[2], err[2] = {-1, -1};

	if (stdio) {
		close(in[0]);
		make_pipe(in);
		make_pipe(err);
	}
	make_pipe(out);
	relay->command = fork();
	if (relay->command < 0)
		give_up("fork: %s", strerror(errno));
	if (relay->command == 0)
		become_command(job, in[0], out[1], stdio ? err[1] : out[1]);
	close(in[0]);
	close(out[1]);
	relay->in = in[1];
	relay->out = out[0];
	relay->err = err[0];
	if (stdio)
		close(err[1]);
	fcntl(relay->out, F_SETFL, O_NONBLOCK);
	if (stdio) {
		fcntl(relay->err, F_SETFL, O_NONBLOCK);
		fcntl(relay->in, F_SETFL, O_NONBLOCK);
	}
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Passes on what there is. Answers whether there was something. */
static bool relay_output(struct relay *relay, int *fd, enum line_kind kind)
{
	ssize_t n = *fd < 0 ? 0 : read(*fd, relay->output, sizeof(relay->output));

	if (n > 0)
		must(line_send(&relay->line, kind, relay->output, (size_t)n), "line");
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_one(fd);
	return n > 0;
}

static void relay_frame(struct relay *relay)
{
	char kind;
	int n = line_receive(&relay->line, &kind, relay->input);

	if (n < 0)
		give_up("the host has gone: %s", strerror(-n));
	must(line_send(&relay->line, LINE_TAKEN, NULL, 0), "line");
	relay->input_start = 0;
	relay->input_end = (size_t)n;
	if (n == 0)
		close_one(&relay->in);
}

static void relay_input(struct relay *relay)
{
	size_t left = relay->input_end - relay->input_start;
	ssize_t n = write(relay->in, relay->input + relay->input_start, left);

	if (n > 0)
		relay->input_start += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		close_one(&relay->in); /* EPIPE: the command reads no more */
}

static void relay_deaths(struct relay *relay)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	if (read(relay->deaths, &info, sizeof(info)) < 0 && errno != EAGAIN)
		give_up("signalfd: %s", strerror(errno));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == relay->command) {
			relay->over = true;
			relay->status = status;
		}
}

static void relay_once(struct relay *relay)
{
	bool pending = relay->in >= 0 && relay->input_start < relay->input_end;
	struct pollfd ready[] = {
		{.fd = relay->deaths, .events = POLLIN},
		{.fd = relay->out, .events = POLLIN},
		{.fd = relay->err, .events = POLLIN},
		{.fd = pending ? relay->in : -1, .events = POLLOUT},
		{.fd = pending ? -1 : relay->line.fd, .events = POLLIN},
	};

	if (poll(ready, 5, -1) < 0 && errno != EINTR)
		give_up("poll: %s", strerror(errno));
	if (ready[1].revents)
		relay_output(relay, &relay->out, LINE_OUTPUT);
	if (ready[2].revents)
		relay_output(relay, &relay->err, LINE_ERRORS);
	if (ready[3].revents)
		relay_input(relay);
	if (ready[4].revents)
		relay_frame(relay);
	if (ready[0].revents)
		relay_deaths(relay);
}

static void run_command(struct relay *relay, const struct job *job)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	relay->deaths = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (relay->deaths < 0)
		give_up("signalfd: %s", strerror(errno));
	start_command(relay, job);
	while (!relay->over)
		relay_once(relay);
	/* What the command left running is not waited for; what was written is not lost. */
	kill(-1, SIGKILL);
	while (relay_output(relay, &relay->out, LINE_OUTPUT) ||
	       relay_output(relay, &relay->err, LINE_ERRORS))
		;
}

static void send_bytes(struct relay *relay, int fd, const char *path)
{
	ssize_t n;

	while ((n = read(fd, relay->output, sizeof(relay->output))) > 0)
		must(line_send(&relay->line, LINE_DATA, relay->output, (size_t)n), "line");
	if (n < 0)
		give_up("%s: %s", path, strerror(errno));
}

static void send_tree(struct relay *relay, int index, const char *top, const char *path);

static void send_entry(struct relay *relay, int index, const char *top, const char *path)
{
	char head[4096 + 64];
	struct stat st;
	int fd, n;

	if (lstat(path, &st) < 0)
		give_up("%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		send_tree(relay, index, top, path);
	if (!S_ISREG(st.st_mode))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		give_up("%s: %s", path, strerror(errno));
	n = snprintf(head, sizeof(head), "%d %o %lld %s", index, st.st_mode & 0777u,
		     (long long)st.st_size, path + strlen(top) + 1);
	must(line_send(&relay->line, LINE_FILE, head, (size_t)n), "line");
	send_bytes(relay, fd, path);
	close(fd);
}

static void send_tree(struct relay *relay, int index, const char *top, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char inner[4096];

	if (!dir)
		give_up("%s: %s", path, strerror(errno));
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name) >=
		    (int)sizeof(inner))
			give_up("%s: too long a path", path);
		send_entry(relay, index, top, inner);
	}
	closedir(dir);
}

static void send_files(struct relay *relay, const struct job *job)
{
	int index = 0;
	char *top;

	for (size_t at = 0; (top = job_next(job, "out", &at)); index++)
		send_tree(relay, index, top, top);
}

static void send_status(const struct relay *relay)
{
	char text[32];
	int n = WIFEXITED(relay->status)
			? snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(relay->status))
			: snprintf(text, sizeof(text), "signal %d", WTERMSIG(relay->status));

	must(line_send(&relay->line, LINE_STATUS, text, (size_t)n), "line");
}

/*
 * A write to a virtio port returns before the host has it, and a reboot would lose it: the host
 * ends this kernel when it has read the status, or hangs up.
 */
static void await_end(const struct relay *relay)
{
	struct pollfd hangup = { .fd = relay->line.fd, .events = POLLIN };

	poll(&hangup, 1, END_SECONDS * 1000);
}

int main(void)
{
	struct job job = job_read("/" JOB_FOLDER "/job");
	struct relay *relay = calloc(1, sizeof(*relay));
	struct utsname name;
	char *device = job_value(&job, "line"), *folder;

	if (!relay || !device || getpid() != 1)
		give_up("not the first program of a kernel under test");
	load_modules(&job);
	must(root_move(JOB_FOLDER), "the move from the initramfs to a tmpfs");
	must(root_furnish(), "the usual mounts");
	must(root_loopback(), "the loopback interface");
	open_line(&relay->line, device);
	uname(&name);
	must(line_send(&relay->line, LINE_HELLO, name.release, strlen(name.release)), "line");
	for (size_t at = 0; (folder = job_next(&job, "out", &at));)
		make_folders(folder);
	run_command(relay, &job);
	send_files(relay, &job);
	send_status(relay);
	await_end(relay);
	reboot(RB_AUTOBOOT);
	return 1;
}
