/* Where a scenario takes place: both kinds of ground, made alike. */
#include "tests/lib/ground.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/check.h"
#include "tests/lib/image.h"
#include "tests/lib/probe.h"

#define COPY_SIZE 65536

const char *ground_refusal(void)
{
	if (geteuid() != 0)
		return "not root";
	return NULL;
}

static const char fake_image[] = "/img dir\n"
				 "/img/probe file elf\n";

void ground_make_fake(struct ground *g, const struct fake_options *options)
{
	char memory[512];
	struct text error;

	*g = (struct ground){.fake = fake_new(options)};
	assert_non_null(g->fake);
	text_init(&error, memory, sizeof(memory));
	if (fake_world(g->fake, fake_world_standard(), &error) < 0 ||
	    fake_world(g->fake, fake_image, &error) < 0)
		fail_msg("broken: %s", error.at);
	assert_int_equal(fake_payload(g->fake, "/probe", probe_main), 0);
	assert_int_equal(fake_payload(g->fake, "/img/probe", probe_main), 0);
}

static void copy(const char *from, const char *to)
{
	static char buffer[COPY_SIZE];
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	size_t n;

	if (!in || !out)
		fail_msg("broken: cannot copy %s to %s", from, to);
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		assert_int_equal(fwrite(buffer, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(to, 0755), 0);
}

void ground_make_linux(struct ground *g, const char *probe)
{
	const char *tmp = getenv("TMPDIR");
	char path[GROUND_PATH_SIZE];

	*g = (struct ground){.is_linux = true};
	assert_int_equal(linux_init(&g->linux_kernel), 0);
	snprintf(g->base, sizeof(g->base), "%s/sandtable.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(g->base));
	assert_int_equal(mkdir(ground_path(g, "/img", path), 0755), 0);
	copy(probe, ground_path(g, "/img/probe", path));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void ground_free(struct ground *g)
{
	if (!g->is_linux) {
		fake_free(g->fake);
		return;
	}
	assert_int_equal(nftw(g->base, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT), 0);
	linux_free(&g->linux_kernel);
}

struct kernel *ground_kernel(struct ground *g)
{
	return g->is_linux ? &g->linux_kernel.kernel : fake_kernel(g->fake);
}

struct start {
	struct ground *g;
	ground_main *main;
	void *arg;
};

static int start_main(void *arg)
{
	const struct start *start = arg;

	return start->main(ground_kernel(start->g), start->arg);
}

int ground_run(struct ground *g, ground_main *main, void *arg)
{
	struct start start = {g, main, arg};
	int status = 0;
	pid_t pid;

	if (!g->is_linux) {
		status = fake_run(g->fake, start_main, &start);
		if (status < 0)
			fail_msg("the fake stopped: %s", fake_stopped(g->fake));
		return status;
	}
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(start_main(&start));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

const char *ground_path(const struct ground *g, const char *path, char out[GROUND_PATH_SIZE])
{
	assert_true(strlen(g->base) + strlen(path) < GROUND_PATH_SIZE);
	snprintf(out, GROUND_PATH_SIZE, "%.120s%.120s", g->base, path);
	return out;
}

struct reading {
	char path[GROUND_PATH_SIZE];
	struct text *out;
};

static int read_main(struct kernel *k, void *arg)
{
	struct reading *reading = arg;
	int fd = sys_openat(k, AT_FDCWD, reading->path, O_RDONLY | O_CLOEXEC, 0);
	char buffer[4096];
	int r;

	if (fd < 0)
		return 1;
	while ((r = sys_read(k, fd, buffer, sizeof(buffer))) > 0)
		text_add_bytes(reading->out, buffer, (size_t)r);
	sys_close(k, fd);
	return r < 0;
}

/* No task of its own is needed to read on Linux, and none could fill our memory. */
void ground_read(struct ground *g, const char *path, struct text *out)
{
	struct reading reading = {.out = out};

	ground_path(g, path, reading.path);
	if (g->is_linux)
		assert_int_equal(read_main(ground_kernel(g), &reading), 0);
	else
		assert_int_equal(ground_run(g, read_main, &reading), 0);
	assert_false(out->cut);
}
