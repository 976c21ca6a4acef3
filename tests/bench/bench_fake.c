/* How quick the fake is: calls a second, by kind of call. */
#include "fake/fake.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 200000

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ask_pid(struct kernel *k)
{
	return sys_getpid(k);
}

static int walk(struct kernel *k)
{
	struct statx out;

	return sys_statx(k, AT_FDCWD, "/a/b/c/d", 0, STATX_BASIC_STATS, &out);
}

static int open_and_close(struct kernel *k)
{
	int fd = sys_openat(k, AT_FDCWD, "/a/b/c/d", O_PATH | O_CLOEXEC, 0);

	return fd < 0 ? fd : sys_close(k, fd);
}

static int mount_and_umount(struct kernel *k)
{
	int r = sys_mount(k, "/a", "/m", NULL, MS_BIND, NULL);

	return r < 0 ? r : sys_umount2(k, "/m", 0);
}

/* clang-format off */
static const struct bench {
	const char *name;
	int n_calls;
	int (*run)(struct kernel *k);
} benches[] = {
	{"getpid", 1, ask_pid},
	{"statx, four components", 1, walk},
	{"openat and close", 2, open_and_close},
	{"bind and umount2", 2, mount_and_umount},
};
/* clang-format on */

static int run_benches(void *arg)
{
	struct kernel *k = arg;

	for (size_t i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		double start = seconds(), ns;

		for (int round = 0; round < ROUNDS; round++) {
			int r = benches[i].run(k);

			if (r < 0) {
				fprintf(stderr, "%s: %d\n", benches[i].name, r);
				return 1;
			}
		}
		ns = (seconds() - start) * 1e9 / ROUNDS / benches[i].n_calls;
		printf("fake: %-24s %8.0f ns a call, %10.0f calls a second\n", benches[i].name,
		       ns, 1e9 / ns);
	}
	return 0;
}

int main(void)
{
	static char memory[256];
	struct fake *f = fake_new(NULL);
	struct text error;
	int r;

	text_init(&error, memory, sizeof(memory));
	r = f ? fake_world(f, "/ ext4 rw\n/a/b/c/d dir\n/m dir\n", &error) : -ENOMEM;
	if (r < 0) {
		fprintf(stderr, "world: %d %s\n", r, error.at);
		return 1;
	}
	r = fake_run(f, run_benches, fake_kernel(f));
	if (r != 0)
		fprintf(stderr, "bench: %d %s\n", r, fake_stopped(f) ? fake_stopped(f) : "");
	fake_free(f);
	return r != 0;
}
