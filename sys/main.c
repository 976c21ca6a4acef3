/* The composition root: the one place that knows Linux and the fake, and hands out both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/cli/cli.h"
#include "fake/fake.h"
#include "sys/caller.h"
#include "sys/linux.h"

#define PROFILE "6.1"
#define PATH_SIZE 4096
#define PTYS_MAX 64
#define HOST_TASK 1

/* A rehearsal while it is held. */
struct held {
	struct fake *fake;
	const struct rehearsed *rehearsed;
	struct view *view;
	struct caller caller;
	int unlike; /* -errno where its task could not become the caller */
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

/* fd becomes what from is, which is closed. */
static int fd_put(struct kernel *k, int from, int fd)
{
	int r = from;

	if (from >= 0 && from != fd) {
		r = sys_dup3(k, from, fd, 0);
		sys_close(k, from);
	}
	return r;
}

/* A filter that allows all; what the caller's says is not read. */
static int filter_make(struct kernel *k)
{
	const struct sock_filter allow = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
	int fd = sys_memfd_create(k, "filter", 0);

	if (fd >= 0) {
		sys_write(k, fd, &allow, sizeof(allow));
		sys_lseek(k, fd, 0, SEEK_SET);
	}
	return fd;
}

/* What stands in for the caller's descriptors. */
static void fds_make(struct kernel *k, const struct rehearsed *rehearsed)
{
	for (size_t i = 0; i < rehearsed->n_fds; i++)
		fd_put(k, sys_openat(k, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0),
		       rehearsed->fds[i]);
	for (size_t i = 0; i < rehearsed->n_filters; i++)
		fd_put(k, filter_make(k), rehearsed->filters[i]);
}

static int held_main(void *arg)
{
	struct held *held = arg;
	struct kernel *k = fake_kernel(held->fake);

	fds_make(k, held->rehearsed);
	if (held->rehearsed->console)
		ptys_make(k, held->rehearsed->console);
	held->unlike = sys_chdir(k, held->caller.cwd);
	if (held->unlike >= 0 && !held->rehearsed->as_root)
		held->unlike = caller_become(k, &held->caller);
	if (held->unlike < 0)
		return -held->unlike;
	return held->rehearsed->main(k, held->rehearsed->arg);
}

static void held_exec(void *context, struct fake *f, const char *path, char *const *argv,
		      char *const *envp)
{
	struct held *held = context;
	struct kernel *k = fake_kernel(f);
	int payload = kernel_task(k);

	(void)path;
	(void)argv;
	fake_view(f, payload, VIEW_MOUNTS, &held->view->mounts);
	fake_view(f, payload, VIEW_IDS, &held->view->ids);
	fake_view(f, payload, VIEW_DESCRIPTORS, &held->view->descriptors);
	fake_view(f, HOST_TASK, VIEW_IDS, &held->view->host);
	held->rehearsed->look(k, envp, held->rehearsed->arg);
}

/* Adds to what is there already, of n bytes: "a/../b" after "/c" is "/c/b". */
static size_t path_walk(const char *path, char out[PATH_SIZE], size_t n)
{
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
	return n;
}

/* A path of the caller's, from the root on and without dots; the root is "". */
static void path_clean(const struct held *held, const char *path, char out[PATH_SIZE])
{
	size_t n = *path == '/' ? 0 : path_walk(held->caller.cwd, out, 0);

	path_walk(path, out, n);
}

/* The standard host has these of its own. */
static bool is_kernels(const char *path)
{
	static const char *const kernels[] = {"/proc", "/sys", "/dev"};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++) {
		size_t n = strlen(kernels[i]);

		if (strncmp(path, kernels[i], n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	return false;
}

struct asked {
	struct kernel *k;
	const char *path;
};

static int asked_main(void *arg)
{
	const struct asked *asked = arg;
	struct statx st;

	return sys_statx(asked->k, AT_FDCWD, asked->path, 0, STATX_TYPE, &st) < 0;
}

/* The rehearsed host has this already: of its own, or with another path. */
static bool is_taken(struct held *held, const char *path)
{
	struct asked asked = {fake_kernel(held->fake), path};

	return fake_run(held->fake, asked_main, &asked) == 0;
}

/* Directories that the standard host has: what is in them there is not what is in them here. */
static const char *const standard_dirs[] = {
	"/usr/bin",   "/usr/sbin",  "/usr/lib",	  "/usr/lib/x86_64-linux-gnu",
	"/usr/lib64", "/usr/local", "/usr/share", "/home/user",
	"/var/lib",   "/var/log",   "/var/tmp",
};

static int dir_graft(struct held *held, struct kernel *real, const char *path, const char *at,
		     struct text *why)
{
	int r = fake_graft(held->fake, at, real, path);

	if (r < 0)
		text_addf(why, "%s cannot be read: %s", path, strerror(-r));
	return r;
}

static bool is_dir(struct kernel *k, const char *path)
{
	struct statx st;

	return sys_statx(k, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0 &&
	       S_ISDIR(st.stx_mode);
}

static bool is_link(struct kernel *k, const char *path)
{
	struct statx st;

	return sys_statx(k, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0 &&
	       S_ISLNK(st.stx_mode);
}

/* A directory of the real host, in its place, with those in it that the other has as well. */
static int dir_take(struct held *held, struct kernel *real, const char *path, const char *at,
		    struct text *why)
{
	int r = dir_graft(held, real, path, at, why);
	size_t n = strlen(at);

	for (size_t i = 0; i < sizeof(standard_dirs) / sizeof(*standard_dirs) && r >= 0; i++) {
		char beneath[2 * PATH_SIZE];

		if (strncmp(standard_dirs[i], at, n) != 0 || standard_dirs[i][n] != '/')
			continue;
		snprintf(beneath, sizeof(beneath), "%s%s", path, standard_dirs[i] + n);
		if (is_dir(real, beneath))
			r = dir_graft(held, real, beneath, standard_dirs[i], why);
	}
	return r;
}

/* Of the real root what is not the kernel's, nor links where /usr is merged. */
static int root_take(struct held *held, struct kernel *real, struct text *why)
{
	static const char *const tops[] = {"/usr", "/etc",  "/opt",  "/srv", "/var",
					   "/tmp", "/home", "/root", "/mnt", "/media"};
	int r = 0;

	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops) && r >= 0; i++)
		if (is_dir(real, tops[i]))
			r = dir_take(held, real, tops[i], tops[i], why);
	return r;
}

/* The last component goes; what is left of "/x" and "x" is "/" and ".". */
static void parent_of(const char *path, char out[PATH_SIZE])
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	snprintf(out, PATH_SIZE, "%.*s", (int)n, n ? path : ".");
}

static int path_take(struct held *held, struct kernel *real, const char *path,
		     struct text *why);

/*
 * A path behind a directory that the caller may not search: taken as far as it is seen, it is
 * behind the same one there.  What root finds there is not known.
 */
static int hidden_take(struct held *held, struct kernel *real, const char *path,
		       struct text *why)
{
	char above[PATH_SIZE];

	parent_of(path, above);
	if (held->rehearsed->as_root || !above[1]) {
		text_addf(why, "%s cannot be read: %s", path, strerror(EACCES));
		return -EACCES;
	}
	return path_take(held, real, above, why);
}

/* A link is in the directory that it is in; what it leads to is where it is. */
static int link_take(struct held *held, struct kernel *real, const char *path, struct text *why)
{
	char above[PATH_SIZE], target[PATH_SIZE], whole[2 * PATH_SIZE];
	int n = sys_readlinkat(real, AT_FDCWD, path, target, sizeof(target) - 1);
	int r;

	parent_of(path, above);
	r = n < 0 ? n : path_take(held, real, above, why);
	if (r < 0)
		return r;
	target[n] = '\0';
	snprintf(whole, sizeof(whole), "%s/%s", *target == '/' ? "" : above, target);
	return path_take(held, real, whole, why);
}

/*
 * A path of the real host, found on the rehearsed one, too: a file with the directory that it
 * is in.  What is not there is not there either: the rehearsal says so as the run would.
 */
static int path_take(struct held *held, struct kernel *real, const char *path, struct text *why)
{
	char clean[PATH_SIZE]; /* as it is found from the root of the rehearsed host */
	char above[PATH_SIZE], clean_above[PATH_SIZE];
	struct statx st;
	int r;

	r = sys_statx(real, AT_FDCWD, path, 0, STATX_TYPE, &st);
	path_clean(held, path, clean);
	if (r == -EACCES)
		return hidden_take(held, real, path, why);
	if (r < 0 || is_kernels(clean))
		return 0;
	if (!clean[0])
		return root_take(held, real, why);
	if (is_link(real, path))
		return link_take(held, real, path, why);
	if (S_ISDIR(st.stx_mode))
		return dir_take(held, real, path, clean, why);
	parent_of(path, above);
	parent_of(clean, clean_above);
	if (is_taken(held, clean) || !clean_above[1])
		return 0;
	return dir_take(held, real, above, clean_above, why);
}

struct way {
	struct kernel *k;
	const char *path;
	const struct statx *real;
};

static int way_main(void *arg)
{
	const struct way *way = arg;
	const struct statx *real = way->real;
	struct statx st;

	if (sys_statx(way->k, AT_FDCWD, way->path, 0, STATX_BASIC_STATS, &st) < 0)
		return 0;
	if (st.stx_uid != real->stx_uid || st.stx_gid != real->stx_gid)
		sys_fchownat(way->k, AT_FDCWD, way->path, real->stx_uid, real->stx_gid, 0);
	if (st.stx_mode != real->stx_mode)
		sys_fchmodat(way->k, AT_FDCWD, way->path, real->stx_mode & 07777);
	return 0;
}

/* The directories that lead to a path may be searched there by whom they may be here. */
static void way_take(struct held *held, struct kernel *real, const char *path)
{
	char clean[PATH_SIZE];
	struct statx st;
	struct way way = {fake_kernel(held->fake), clean, &st};

	path_clean(held, path, clean);
	if (is_kernels(clean))
		return;
	for (char *end = strrchr(clean, '/'); end && end != clean; end = strrchr(clean, '/')) {
		*end = '\0';
		if (sys_statx(real, AT_FDCWD, clean, 0, STATX_BASIC_STATS, &st) == 0 &&
		    S_ISDIR(st.stx_mode))
			fake_run(held->fake, way_main, &way);
	}
}

/* The standard host with what is named of the real one. */
static int held_make(struct held *held, struct kernel *real, struct text *why)
{
	int r = fake_world(held->fake, fake_world_standard(), why);

	if (r < 0)
		return -EINVAL;
	for (size_t i = 0; i < held->rehearsed->n_paths && r >= 0; i++)
		r = path_take(held, real, held->rehearsed->paths[i], why);
	if (r >= 0 && !is_taken(held, held->caller.cwd))
		r = path_take(held, real, held->caller.cwd, why);
	for (size_t i = 0; i < held->rehearsed->n_paths; i++)
		way_take(held, real, held->rehearsed->paths[i]);
	way_take(held, real, held->caller.cwd);
	return r < 0 ? r : 0;
}

static int rehearsal_run(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
			 struct view *view, struct text *why)
{
	struct held held = {.rehearsed = rehearsed, .view = view};
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
	r = caller_ask(rehearsal->context, &held.caller, why);
	if (r == 0)
		r = held_make(&held, rehearsal->context, why);
	if (r == 0)
		r = fake_run(held.fake, held_main, &held);
	if (r < 0 && fake_stopped(held.fake))
		text_add(why, fake_stopped(held.fake));
	if (r >= 0 && held.unlike < 0) {
		r = held.unlike;
		text_addf(why, "nobody there can be as the caller is: %s", strerror(-r));
	}
	caller_free(&held.caller);
	fake_free(held.fake);
	return r < 0 ? r : 0;
}

int main(int argc, char **argv, char **envp)
{
	/* What is not used of it is never touched, and so never there. */
	const size_t memory_size = cli_memory_size(argv, envp);
	void *memory = malloc(memory_size);
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
		.executable = "/proc/self/exe",
		.secure = getauxval(AT_SECURE),
		.memory = memory,
		.memory_size = memory_size,
		.rehearsal = &rehearsal,
	};
	int r;

	(void)argc;
	if (!memory || linux_init(&linux_kernel) < 0) {
		free(memory);
		fputs("sandtable: cannot begin: cannot allocate memory\n", stderr);
		return 125;
	}
	r = cli_main(&cli);
	linux_free(&linux_kernel);
	free(memory);
	return r;
}
