/* The whole program on a ground: its descriptors are files, its payload a probe. */
#include "tests/lib/box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/cli.h"
#include "core/cli/inside.h"
#include "tests/lib/check.h"
#include "tests/lib/golden.h"
#include "tests/lib/holder.h"
#include "tests/lib/image.h"
#include "tests/lib/invariants.h"
#include "tests/lib/reached.h"
#include "tests/lib/reading.h"

#define WORDS_MAX 160
#define BOX_STEPS_MAX 256
#define BOX_MEMORY_SIZE (2 * CLI_MEMORY_SIZE)

const char box_image[] = "/proc dir\n/sys dir\n/dev dir\n/run dir\n";

struct boxed {
	struct ground *g;
	const struct given *given;
	char *memory; /* of the program */
	char pty[32];
	int master; /* of that, where there is one */
	struct kernel_termios modes;
	struct holder holder;
	struct invariants invariants;
	char line[2048];
	char *argv[WORDS_MAX];
};

/* Opens a file of the ground as this descriptor. */
static int redirect(struct kernel *k, const struct ground *g, const char *path, int fd)
{
	char whole[GROUND_PATH_SIZE];
	int r = sys_openat(k, AT_FDCWD, ground_path(g, path, whole),
			   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (r < 0)
		return r;
	sys_dup3(k, r, fd, 0);
	return sys_close(k, r);
}

/* A new pty; its master stays open as long as the task lives. */
static int pty_make(struct kernel *k, struct boxed *b)
{
	int master = sys_openat(k, AT_FDCWD, "/dev/ptmx",
				O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
	const int unlocked = 0;
	int number, r;

	if (master < 0)
		return master;
	b->master = master;
	sys_ioctl_tiocsptlck(k, master, &unlocked);
	r = sys_ioctl_tiocgptn(k, master, &number);
	if (r == 0)
		snprintf(b->pty, sizeof(b->pty), "/dev/pts/%d", number);
	return r;
}

/* Its standard output is the pty, and its input where something was typed. */
static int terminal_begin(struct kernel *k, struct boxed *b)
{
	const struct winsize size = {.ws_row = 30, .ws_col = 100};
	int r = pty_make(k, b);

	if (r == 0)
		r = sys_openat(k, AT_FDCWD, b->pty, O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	if (r < 0)
		return r;
	sys_dup3(k, r, 1, 0);
	if (b->given->typed) {
		sys_dup3(k, r, 0, 0);
		sys_write(k, b->master, b->given->typed, strlen(b->given->typed));
	}
	sys_ioctl_tiocswinsz(k, b->master, &size);
	sys_ioctl_tcgets(k, 1, &b->modes);
	return sys_close(k, r);
}

static bool terminal_is_same(struct kernel *k, const struct boxed *b)
{
	struct kernel_termios modes;

	return sys_ioctl_tcgets(k, b->master, &modes) == 0 &&
	       memcmp(&modes, &b->modes, sizeof(modes)) == 0;
}

/* What came out of the pty, without what the line discipline added, is written to /inside. */
static int terminal_end(struct kernel *k, struct boxed *b)
{
	char bytes[BOX_TEXT_SIZE];
	int n = sys_read(k, b->master, bytes, sizeof(bytes)), left = 0;

	for (int i = 0; i < n; i++)
		if (bytes[i] != '\r')
			bytes[left++] = bytes[i];
	redirect(k, b->g, "/inside", 1);
	return sys_write(k, 1, bytes, (size_t)left);
}

/* "@" and "%" replaced; the words of one line. */
static void arguments_make(struct boxed *b)
{
	const struct given *given = b->given;
	char form[2048];
	char *word, *rest = b->line;
	size_t n = 0;
	struct text line;

	if (given->line)
		snprintf(form, sizeof(form), "%s", given->line);
	else
		snprintf(form, sizeof(form), "sandtable box --classic %s -- %s", given->options,
			 given->command ? given->command : "/probe");
	text_init(&line, b->line, sizeof(b->line));
	for (const char *c = form; *c; c++)
		if (*c == '@')
			text_add(&line, b->g->base);
		else if (*c == '%')
			text_add(&line, b->pty);
		else if (*c == '&')
			text_addf(&line, "%d", b->holder.pid);
		else
			text_add_char(&line, *c);
	while ((word = strsep(&rest, " ")) && n < WORDS_MAX - 1)
		if (*word)
			b->argv[n++] = word;
	b->argv[n] = NULL;
}

/* Adds "pty 0600 0:0" and the listing of the rootfs to /after. */
static int after_write(struct kernel *k, const struct boxed *b)
{
	char path[GROUND_PATH_SIZE];
	char *memory = calloc(1, BOX_TEXT_SIZE);
	struct statx st;
	struct text out;
	int fd, r;

	text_init(&out, memory, BOX_TEXT_SIZE);
	dir_say(k, ground_path(b->g, "/img", path), &out);
	if (b->pty[0] && sys_statx(k, AT_FDCWD, b->pty, 0, STATX_BASIC_STATS, &st) == 0)
		text_addf(&out, "pty %04o %u:%u\n", st.stx_mode & 07777, st.stx_uid,
			  st.stx_gid);
	fd = sys_openat(k, AT_FDCWD, ground_path(b->g, "/after", path),
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	r = sys_write(k, fd, out.at, out.len);
	free(memory);
	return r;
}

static struct kernel *golden_begin(struct golden *golden, struct kernel *k,
				   const struct ground *g)
{
	static const char *const files[] = {"/calls.host", "/calls.init"};
	char path[GROUND_PATH_SIZE];
	int fds[2];

	/* Far away, so that the numbers of the program's own are as they would be. */
	for (int i = 0; i < 2; i++) {
		int fd = sys_openat(k, AT_FDCWD, ground_path(g, files[i], path),
				    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

		fds[i] = sys_fcntl_dupfd_cloexec(k, fd, 60 + i);
		sys_close(k, fd);
	}
	golden_init(golden, k, g->base, fds[0], fds[1]);
	golden->skip = "for m in";
	return &golden->layer.kernel;
}

/* A bit for each descriptor that is open. */
static uint64_t open_descriptors(struct kernel *k)
{
	uint64_t open = 0;

	for (int fd = 0; fd < 64; fd++)
		if (sys_fcntl_getfd(k, fd) >= 0)
			open |= UINT64_C(1) << fd;
	return open;
}

/* What a careless caller leaves open or closed; the payload must not see it. */
static void careless(struct kernel *k, const struct given *given)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	int fd;

	sys_dup3(k, 1, 9, 0);
	sys_dup3(k, 1, 29, 0);
	if (given->leaks) {
		fd = sys_openat(k, AT_FDCWD, given->leaks, O_RDONLY | O_DIRECTORY, 0);
		sys_dup3(k, fd, given->leaks_as ? given->leaks_as : 0, 0);
		sys_close(k, fd);
	}
	for (fd = 0; fd < 3; fd++)
		if (given->closed & (1u << fd))
			sys_close(k, fd);
	if (!given->inheritable)
		return;
	sys_capget(k, &header, data);
	for (int i = 0; i < 2; i++)
		data[i].inheritable = data[i].permitted;
	sys_capset(k, &header, data);
}

/* The program, and what it leaves behind in its task. */
static int program(struct kernel *k, const struct cli *cli, const struct given *given)
{
	const mode_t umask = given->umask ? given->umask : 022;
	uint64_t before;
	int status;

	careless(k, given);
	/* What the caller has closed is filled. */
	before = open_descriptors(k) | 7;
	sys_umask(k, umask);
	status = cli_main(cli);
	if ((open_descriptors(k) | 7) != before)
		return BOX_DESCRIPTORS;
	return sys_umask(k, 022) == (int)umask ? status : BOX_UMASK;
}

/* Open anew, so that it is read from its beginning. */
static int bytes_open(struct kernel *k, const struct given_fd *given)
{
	int fd = sys_memfd_create(k, "given", MFD_CLOEXEC), r;
	char path[32];

	if (fd < 0)
		return fd;
	r = sys_write(k, fd, given->bytes, given->n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r >= 0)
		r = sys_openat(k, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	sys_close(k, fd);
	return r;
}

static int given_open(struct kernel *k, const struct ground *g, const struct given_fd *given)
{
	char path[GROUND_PATH_SIZE];
	int r = -EBADF;

	if (given->path)
		r = sys_openat(k, AT_FDCWD, ground_path(g, given->path, path),
			       O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	else
		r = bytes_open(k, given);
	if (r < 0)
		return r;
	sys_dup3(k, r, given->fd, 0);
	return sys_close(k, r);
}

static int boxed_begin(struct kernel *k, struct boxed *b)
{
	const struct given *given = b->given;
	const char *words = given->line ? given->line : given->options;
	char path[GROUND_PATH_SIZE];

	if (redirect(k, b->g, "/inside", 1) < 0 || redirect(k, b->g, "/said", 2) < 0)
		return BOX_BROKEN;
	if (given->terminal && terminal_begin(k, b) < 0)
		return BOX_BROKEN;
	for (const struct given_fd *fd = given->fds; fd && fd->fd; fd++)
		if (given_open(k, b->g, fd) < 0)
			return BOX_BROKEN;
	if (strchr(words, '%') && pty_make(k, b) < 0)
		return BOX_BROKEN;
	if (strchr(words, '&') &&
	    holder_start(k, ground_path(b->g, "/img", path), given->bare_proc, given->bare_sys,
			 &b->holder) < 0)
		return BOX_BROKEN;
	arguments_make(b);
	return 0;
}

static void signal_send(struct kernel *k, int sig)
{
	const uint64_t mask = UINT64_C(1) << (sig - 1);

	sys_rt_sigprocmask(k, SIG_BLOCK, &mask, NULL);
	sys_kill(k, sys_getpid(k), sig);
}

static int boxed_main(struct kernel *k, void *arg)
{
	static char path_word[] = "PATH=/:/nowhere", odd[] = "ODD";
	struct boxed *b = arg;
	char *const envp[] = {odd, b->given->no_path ? NULL : path_word, NULL};
	struct cli cli = {.envp = envp,
			  .argv = b->argv,
			  .memory = b->memory,
			  .memory_size = BOX_MEMORY_SIZE,
			  .refuse_at = b->given->refuse_at,
			  .secure = b->given->secure,
			  .executable = b->given->executable,
			  .rehearsal = b->given->rehearsal,
			  .k = k};
	struct golden golden;
	int status = boxed_begin(k, b);

	if (status)
		return status;
	if (b->given->pending)
		signal_send(k, b->given->pending);
	if (b->given->golden)
		cli.k = golden_begin(&golden, k, b->g);
	if (b->given->between)
		cli.k = b->given->between(b->given->context, cli.k);
	invariants_init(&b->invariants, cli.k, k, b->g->fake, b->argv);
	cli.k = &b->invariants.layer.kernel;
	status = program(k, &cli, b->given);
	if (b->given->terminal && !terminal_is_same(k, b))
		return BOX_MODES;
	if (b->given->terminal && terminal_end(k, b) < 0)
		return BOX_BROKEN;
	if (b->holder.pid && holder_end(k, &b->holder) != 0)
		return BOX_HOLDER;
	return after_write(k, b) < 0 ? BOX_BROKEN : status;
}

static int prepare_main(struct kernel *k, void *arg)
{
	const struct boxed *b = arg;
	char path[GROUND_PATH_SIZE];
	const char *image = b->given->image ? b->given->image : box_image;

	if (image_make(k, ground_path(b->g, "/img", path), image) < 0)
		return 1;
	if (b->given->setup && image_make(k, b->g->base, b->given->setup) < 0)
		return 2;
	return 0;
}

void box_prepare(struct ground *g, const struct given *given)
{
	struct boxed b = {.g = g, .given = given};

	assert_int_equal(ground_run(g, prepare_main, &b), 0);
}

int box_run_only(struct ground *g, const struct given *given)
{
	struct boxed b = {.g = g, .given = given};
	int status;

	b.memory = malloc(BOX_MEMORY_SIZE);
	assert_non_null(b.memory);
	status = ground_run(g, boxed_main, &b);
	free(b.memory);
	if (b.invariants.broken[0])
		fail_msg("invariant %s", b.invariants.broken);
	return status;
}

void box_run(struct ground *g, const struct given *given, struct seen *seen)
{
	struct text inside, said, after;

	text_init(&inside, seen->inside, sizeof(seen->inside));
	text_init(&said, seen->said, sizeof(seen->said));
	text_init(&after, seen->after, sizeof(seen->after));
	seen->status = box_run_only(g, given);
	ground_read(g, "/inside", &inside);
	ground_read(g, "/said", &said);
	if (strstr(seen->said, "invariant "))
		fail_msg("%s", seen->said);
	ground_read(g, "/after", &after);
}

/* As in arguments_make, but without a ground: what stands there does not change the steps. */
static void words_make(const struct given *given, char *line, size_t size)
{
	struct text out;

	text_init(&out, line, size);
	if (!given->line)
		text_addf(&out, "sandtable box --classic %s -- /probe", given->options);
	for (const char *c = given->line ? given->line : ""; *c; c++)
		if (*c != '@')
			text_add_char(&out, *c);
	for (char *c = line; *c; c++)
		*c = *c == '%' ? 'x' : *c == '&' ? '1' : *c;
}

void box_plan(struct plan *p, const struct given *given)
{
	static struct step steps[BOX_STEPS_MAX];
	static struct reading reading;
	static struct arena arena;
	static char memory[16384], line[1024];
	const struct facts root = {.root = true,
				   .may_admin = true,
				   .caps = (UINT64_C(1) << 41) - 1,
				   .has_userns = true,
				   .has_cgroupns = true,
				   .cwd = "/"};

	words_make(given, line, sizeof(line));
	reading_init(&reading);
	reading.root = true;
	for (size_t i = 0; given->fds && given->fds[i].fd && i < READING_FDS_MAX; i++)
		reading.fds[i] = (struct reading_fd){.fd = given->fds[i].fd,
						     .bytes = given->fds[i].bytes,
						     .n = given->fds[i].n};
	if (reading_line(&reading, line + strlen("sandtable ")) != 0)
		fail_msg("%s: %s", line, reading.why.at);
	arena_init(&arena, memory, sizeof(memory));
	plan_init(p, steps, BOX_STEPS_MAX);
	p->arena = &arena;
	assert_int_equal(plan_build(p, &reading.spec, &root), 0);
	reading_free(&reading);
}

void want_refusal(const struct seen *seen, int status, const char *first, const char *id)
{
	char bracketed[64];

	snprintf(bracketed, sizeof(bracketed), "[%s]", id);
	if (seen->status != status << 8 || strncmp(seen->said, first, strlen(first)) != 0 ||
	    !strstr(seen->said, bracketed))
		fail_msg("status %#x, said: %s\nwanted: %d, %s ... %s", seen->status,
			 seen->said, status, first, bracketed);
	assert_string_equal(seen->inside, "");
	reached("why", id, NULL);
}
