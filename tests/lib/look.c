/* Looks at what a task sees, made of the calls that any program would make. */
#include "tests/lib/look.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 256
#define DEPTH_MAX 10
#define DESCRIPTORS_MAX 128

/* Numbers of linux/magic.h: trees that are other on each machine, or in each moment. */
#define PROC_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572

struct listing {
	struct kernel *k;
	struct text *out;
	char path[4096];
};

static const char *error_name(int r)
{
	const char *name = strerrorname_np(-r);

	return name ? name : "?";
}

static void item(struct text *out)
{
	if (out->len && out->at[out->len - 1] != ' ')
		text_add(out, "; ");
}

static const char *type_name(unsigned int mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "dir";
	case S_IFREG:
		return "file";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	}
	return "?";
}

/* Not inlined: its buffer would lie on the small stack once for each level. */
static __attribute__((noinline)) void link_target(struct listing *l)
{
	char target[4096];
	int n = sys_readlinkat(l->k, AT_FDCWD, l->path, target, sizeof(target) - 1);

	text_add(l->out, " -> ");
	if (n < 0)
		text_addf(l->out, "!%s", error_name(n));
	else
		text_add_escaped(l->out, target, (size_t)n);
}

static void describe(struct listing *l, const struct statx *s)
{
	item(l->out);
	text_add_escaped(l->out, l->path, strlen(l->path));
	text_addf(l->out, " %s %04o %u:%u", type_name(s->stx_mode), s->stx_mode & 07777,
		  s->stx_uid, s->stx_gid);
	if (!S_ISDIR(s->stx_mode) && s->stx_nlink != 1)
		text_addf(l->out, " links=%u", s->stx_nlink);
	if (S_ISREG(s->stx_mode))
		text_addf(l->out, " size=%llu", (unsigned long long)s->stx_size);
	if (S_ISCHR(s->stx_mode) || S_ISBLK(s->stx_mode))
		text_addf(l->out, " %u:%u", s->stx_rdev_major, s->stx_rdev_minor);
	if (S_ISLNK(s->stx_mode))
		link_target(l);
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of a directory, "." and ".." left out; the caller frees each.  Or -errno. */
static __attribute__((noinline)) int names_read(struct kernel *k, int fd,
						char *names[NAMES_MAX])
{
	char records[8192];
	int count = 0, n;

	while ((n = sys_getdents64(k, fd, records, sizeof(records))) > 0)
		for (int at = 0; at < n && count < NAMES_MAX;) {
			struct kernel_dirent *d =
				(struct kernel_dirent *)(void *)(records + at);

			at += d->d_reclen;
			if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
				names[count++] = strdup(d->d_name);
		}
	qsort(names, (size_t)count, sizeof(*names), name_compare);
	return n < 0 && !count ? n : count;
}

static bool is_listed(struct kernel *k, int fd)
{
	struct statfs s;

	return sys_fstatfs(k, fd, &s) == 0 && s.f_type != PROC_MAGIC && s.f_type != SYSFS_MAGIC;
}

static void list(struct listing *l, int depth);

static void list_names(struct listing *l, char **names, int n, int depth)
{
	size_t len = strlen(l->path);

	for (int i = 0; i < n; i++) {
		if (len + 1 + strlen(names[i]) < sizeof(l->path)) {
			struct text path;

			text_init(&path, l->path + len, sizeof(l->path) - len);
			text_addf(&path, "%s%s", len > 1 ? "/" : "", names[i]);
			list(l, depth + 1);
			l->path[len] = '\0';
		}
		free(names[i]);
	}
}

static void list_directory(struct listing *l, int depth)
{
	char *names[NAMES_MAX];
	int fd = sys_openat(l->k, AT_FDCWD, l->path,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	int n = fd < 0 ? fd : 0;

	if (fd >= 0 && is_listed(l->k, fd))
		n = names_read(l->k, fd, names);
	if (fd >= 0)
		sys_close(l->k, fd);
	if (n < 0)
		text_addf(l->out, " !%s", error_name(n));
	list_names(l, names, n < 0 ? 0 : n, depth);
}

static void list(struct listing *l, int depth)
{
	struct statx s;
	int r = sys_statx(l->k, AT_FDCWD, l->path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
			  STATX_BASIC_STATS, &s);

	if (r < 0) {
		item(l->out);
		text_addf(l->out, "%s !%s", l->path, error_name(r));
		return;
	}
	describe(l, &s);
	if (S_ISDIR(s.stx_mode) && depth < DEPTH_MAX)
		list_directory(l, depth);
}

static void look_tree(struct kernel *k, const char *path, struct text *out, int depth)
{
	struct listing l = {.k = k, .out = out};

	strncat(l.path, path, sizeof(l.path) - 1);
	list(&l, depth);
}

static void look_cwd(struct kernel *k, struct text *out)
{
	char path[4096];
	int n = sys_getcwd(k, path, sizeof(path));

	if (n < 0)
		text_addf(out, "!%s", error_name(n));
	else
		text_add_escaped(out, path, strlen(path));
}

/* What can be asked of a descriptor without /proc: flags and the type of its file. */
static void look_fds(struct kernel *k, struct text *out)
{
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
		int close_on_exec = sys_fcntl_getfd(k, fd);
		int flags = sys_fcntl_getfl(k, fd);
		static const char *const modes[] = {"r", "w", "rw", "?"};
		struct statx s;

		if (close_on_exec < 0)
			continue;
		item(out);
		text_addf(out, "%d %s", fd, flags & O_PATH ? "path" : modes[flags & O_ACCMODE]);
		if (sys_statx(k, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &s) == 0)
			text_addf(out, " %s", type_name(s.stx_mode));
		if (close_on_exec & FD_CLOEXEC)
			text_add(out, " cloexec");
	}
}

/* clang-format off */
static const char *const capability_names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid",
	"kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind", "net_broadcast", "net_admin", "net_raw", "ipc_lock",
	"ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace",
	"sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource",
	"sys_time", "sys_tty", "mknod", "lease", "audit_write",
	"audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
	"checkpoint",
};
/* clang-format on */

#define N_CAPABILITIES (sizeof(capability_names) / sizeof(*capability_names))

/* Some hosts never hand out CAP_SYS_RESOURCE (24): it does not count. */
static void add_capabilities(struct text *out, const char *which, uint64_t set)
{
	const uint64_t all = ((1ULL << N_CAPABILITIES) - 1) & ~(1ULL << 24);
	const char *between = "";

	text_addf(out, " %s=", which);
	if ((set & all) == all || (set & all) == 0) {
		text_add(out, set & all ? "all" : "none");
		return;
	}
	for (size_t i = 0; i < N_CAPABILITIES; i++)
		if (set & all & (1ULL << i)) {
			text_addf(out, "%s%s", between, capability_names[i]);
			between = ",";
		}
}

static void look_capabilities(struct kernel *k, struct text *out)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2];
	int r = sys_capget(k, &header, d);

	if (r < 0) {
		text_addf(out, " !%s", error_name(r));
		return;
	}
	add_capabilities(out, "permitted", d[0].permitted | (uint64_t)d[1].permitted << 32);
	add_capabilities(out, "effective", d[0].effective | (uint64_t)d[1].effective << 32);
	add_capabilities(out, "inheritable",
			 d[0].inheritable | (uint64_t)d[1].inheritable << 32);
}

static void look_creds(struct kernel *k, struct text *out)
{
	uid_t u[3] = {0};
	gid_t g[3] = {0}, groups[64];
	int n = sys_getgroups(k, 64, groups);
	mode_t mask = (mode_t)sys_umask(k, 0);

	sys_umask(k, mask);
	sys_getresuid(k, &u[0], &u[1], &u[2]);
	sys_getresgid(k, &g[0], &g[1], &g[2]);
	text_addf(out, "uid=%u,%u,%u gid=%u,%u,%u groups=", u[0], u[1], u[2], g[0], g[1], g[2]);
	for (int i = 0; i < n; i++)
		text_addf(out, "%s%u", i ? "," : "", groups[i]);
	text_addf(out, " umask=%03o", mask);
	look_capabilities(k, out);
}

int look(struct kernel *k, const char *words, struct text *out)
{
	if (strncmp(words, "@tree /", 7) == 0)
		look_tree(k, words + 6, out, 0);
	else if (strncmp(words, "@file /", 7) == 0)
		look_tree(k, words + 6, out, DEPTH_MAX);
	else if (strcmp(words, "@cwd") == 0)
		look_cwd(k, out);
	else if (strcmp(words, "@fds") == 0)
		look_fds(k, out);
	else if (strcmp(words, "@creds") == 0)
		look_creds(k, out);
	else
		return -ENOENT;
	return 0;
}

int look_is_beside(const char *words)
{
	return strncmp(words, "@mount", 6) == 0 || strcmp(words, "@done") == 0 ||
	       strcmp(words, "@alive") == 0;
}
