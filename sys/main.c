/* The composition root: the one place that knows Linux and the fake, and hands out both. */
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/cli/cli.h"
#include "fake/fake.h"
#include "sys/linux.h"

#define PROFILE "6.1"
#define PATH_SIZE 4096
#define PTYS_MAX 64

/* A rehearsal while it is held. */
struct held {
	struct fake *fake;
	const struct rehearsed *rehearsed;
	struct text *inside;
	char rootfs[PATH_SIZE]; /* as it is found from the root of the rehearsed host */
};

/* What stands in for the host's ptys: as many as make the one that is asked for exist. */
static void ptys_make(struct kernel *k, const char *console)
{
	int wanted, made = -1;

	if (sscanf(console, "/dev/pts/%d", &wanted) != 1 || wanted >= PTYS_MAX)
		return;
	while (made < wanted) {
		int fd = sys_openat(k, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
		const int unlocked = 0;

		if (fd < 0 || sys_ioctl_tiocgptn(k, fd, &made) < 0)
			return;
		sys_ioctl_tiocsptlck(k, fd, &unlocked);
	}
}

static int held_main(void *arg)
{
	struct held *held = arg;
	struct kernel *k = fake_kernel(held->fake);

	if (held->rehearsed->console)
		ptys_make(k, held->rehearsed->console);
	return held->rehearsed->main(k, held->rehearsed->arg);
}

static void held_exec(void *context, struct fake *f, const char *path, char *const *argv,
		      char *const *envp)
{
	static const enum fake_view views[] = {VIEW_MOUNTS, VIEW_IDS, VIEW_DESCRIPTORS};
	struct held *held = context;
	struct kernel *k = fake_kernel(f);

	(void)path;
	(void)argv;
	(void)envp;
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		fake_view(f, kernel_task(k), views[i], held->inside);
	held->rehearsed->look(k, held->rehearsed->arg);
}

/* "a/../b" beneath the caller's directory is "/b" on the rehearsed host, which starts at /. */
static void path_clean(const char *path, char out[PATH_SIZE])
{
	size_t n = 0;

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && strncmp(path, "..", 2) == 0)
			while (n > 0 && out[--n] != '/')
				;
		else if (length > 0 && !(length == 1 && *path == '.') &&
			 n + length + 2 < PATH_SIZE) {
			out[n++] = '/';
			memcpy(out + n, path, length);
			n += length;
		}
		path += length + (path[length] == '/');
	}
	out[n] = '\0';
}

/*
 * The standard host with the real rootfs in it.  A rootfs that is not there, or no directory,
 * is none there either: the rehearsal says so as the run would.
 */
static int held_make(struct held *held, struct kernel *real, struct text *why)
{
	char line[PATH_SIZE + 16];
	struct statx st;
	int r;

	if (fake_world(held->fake, fake_world_standard(), why) < 0)
		return -EINVAL;
	r = sys_statx(real, AT_FDCWD, held->rehearsed->rootfs, 0, STATX_TYPE, &st);
	path_clean(held->rehearsed->rootfs, held->rootfs);
	if (r < 0 || !held->rootfs[0])
		return 0;
	snprintf(line, sizeof(line), "\"%s\" %s\n", held->rootfs,
		 S_ISDIR(st.stx_mode) ? "dir" : "file");
	if (fake_world(held->fake, line, why) < 0)
		return -EINVAL;
	if (!S_ISDIR(st.stx_mode))
		return 0;
	r = fake_graft(held->fake, held->rootfs, real, held->rehearsed->rootfs);
	if (r < 0)
		text_addf(why, "the rootfs cannot be read: %s", strerror(-r));
	return r;
}

static int rehearsal_run(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
			 struct text *inside, struct text *why)
{
	struct held held = {.rehearsed = rehearsed, .inside = inside};
	const struct fake_options options = {
		.profile = PROFILE,
		.on_exec = held_exec,
		.context = &held,
	};
	int r;

	held.fake = fake_new(&options);
	if (!held.fake) {
		text_add(why, "out of memory");
		return -ENOMEM;
	}
	r = held_make(&held, rehearsal->context, why);
	if (r == 0)
		r = fake_run(held.fake, held_main, &held);
	if (r < 0 && fake_stopped(held.fake))
		text_add(why, fake_stopped(held.fake));
	fake_free(held.fake);
	return r < 0 ? r : 0;
}

int main(int argc, char **argv, char **envp)
{
	_Alignas(16) char memory[CLI_MEMORY_SIZE];
	struct linux_kernel linux_kernel;
	const struct rehearsal rehearsal = {
		.context = &linux_kernel.kernel,
		.host = "a standard host, rehearsed on the fake (profile " PROFILE ")",
		.run = rehearsal_run,
	};
	const struct cli cli = {
		.k = &linux_kernel.kernel,
		.argv = argv,
		.envp = envp,
		.secure = getauxval(AT_SECURE),
		.memory = memory,
		.memory_size = sizeof(memory),
		.rehearsal = &rehearsal,
	};
	int r;

	(void)argc;
	if (linux_init(&linux_kernel) < 0) {
		fputs("sandtable: cannot begin: cannot allocate memory\n", stderr);
		return 125;
	}
	r = cli_main(&cli);
	linux_free(&linux_kernel);
	return r;
}
