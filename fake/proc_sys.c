/* /proc/sys: settings of the kernel as files. */
#include "fake/cred.h"
#include "fake/proc.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* 0, or a refusal where the lowest bits of mode do not allow it. */
static int refuse_sysctl(struct fake *f, mode_t mode, int mask)
{
	if ((mode_t)mask & ~mode & 7)
		return refuse(f, RULE_SYSCTL_PERM);
	return 0;
}

/* test_perm() of fs/proc/proc_sysctl.c: by effective ids, and no capability counts. */
static int sys_permission(struct fake *f, struct inode *inode, int mask)
{
	const struct cred *cred = f->current->cred;
	mode_t mode = inode->mode;
	bool is_in_group = cred->egid == 0;

	for (int i = 0; i < cred->n_groups; i++)
		is_in_group = is_in_group || cred->groups[i] == 0;
	if (cred->euid == 0)
		mode >>= 6;
	else if (is_in_group)
		mode >>= 3;
	return refuse_sysctl(f, mode, mask);
}

static int sys_iterate(struct fake *f, struct file *file,
		       bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		       void *ctx)
{
	proc_table_list(f, file, proc_what_of(file->inode).entry->children, emit, ctx);
	return 0;
}

const struct inode_ops proc_sys_dir_ops = {
	.lookup = proc_table_lookup,
	.iterate = sys_iterate,
	.permission = sys_permission,
	PROC_INODE_OPS,
};

const struct inode_ops proc_sys_file_ops = {
	.permission = sys_permission,
	PROC_INODE_OPS,
};

/* Settings that can be changed here, where they live, and what they take. */
static const struct setting {
	const char *name;
	size_t offset; /* of an int in struct fake */
	long least, most;
} settings[] = {
	{"protected_symlinks", offsetof(struct fake, protected_symlinks), 0, 1},
	{"protected_hardlinks", offsetof(struct fake, protected_hardlinks), 0, 1},
	{"protected_fifos", offsetof(struct fake, protected_fifos), 0, 2},
	{"protected_regular", offsetof(struct fake, protected_regular), 0, 2},
	{"max", offsetof(struct fake, pty_max), 0, INT_MAX},
	{"unprivileged_userns_clone", offsetof(struct fake, unprivileged_userns_clone), 0,
	 INT_MAX},
	{"reserve", offsetof(struct fake, pty_reserve), 0, INT_MAX},
	{"mount-max", offsetof(struct fake, mount_max), 1, INT_MAX},
};

static const struct setting *setting_of(const struct proc_what *what)
{
	const struct setting *setting = settings;

	while (strcmp(setting->name, what->entry->name) != 0)
		setting++;
	return setting;
}

static int *setting_value(struct fake *f, const struct setting *setting)
{
	return (int *)(void *)((char *)f + setting->offset);
}

static int show_setting(struct fake *f, const struct proc_what *what, struct text *out)
{
	text_addf(out, "%d\n", *setting_value(f, setting_of(what)));
	return 0;
}

/* proc_dointvec_minmax() and proc_doulongvec_minmax(): a number in bounds. */
static int write_number(struct fake *f, const struct proc_what *what, const char *text,
			size_t n, const long bounds[2], int *out)
{
	char word[16] = "";
	size_t len = n < sizeof(word) ? n : 0;
	char *end;
	long value;

	/* proc_first_pos_non_zero_ignore() */
	if (what->file->pos != 0)
		return (int)n;
	memcpy(word, text, len);
	value = strtol(word, &end, 10);
	if (len == 0 || end == word || (*end != '\0' && *end != '\n') || value < bounds[0] ||
	    value > bounds[1])
		return refuse(f, RULE_SYSCTL_VALUE);
	*out = (int)value;
	return (int)n;
}

static int write_setting(struct fake *f, const struct proc_what *what, const char *text,
			 size_t n)
{
	const struct setting *setting = setting_of(what);
	const long bounds[] = {setting->least, setting->most};

	return write_number(f, what, text, n, bounds, setting_value(f, setting));
}

/* Whose names: the reader's, not the mount's. */
static char *uts_name(struct fake *f, const struct proc_what *what)
{
	struct uts_ns *uts = f->current->ns.uts;

	return what->entry->name[0] == 'h' ? uts->hostname : uts->domainname;
}

static int show_uts_name(struct fake *f, const struct proc_what *what, struct text *out)
{
	text_addf(out, "%s\n", uts_name(f, what));
	return 0;
}

/* proc_do_uts_string(): one line, cut at 64 bytes. */
static int write_uts_name(struct fake *f, const struct proc_what *what, const char *text,
			  size_t n)
{
	char *name = uts_name(f, what);
	size_t len = 0;

	while (len < n && len < 64 && text[len] && text[len] != '\n')
		len++;
	memset(name, 0, 65);
	memcpy(name, text, len);
	return (int)n;
}

static int show_release(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)what;
	text_addf(out, "%s\n", f->profile.release);
	return 0;
}

/* Numbers that nothing here changes, as Debian's kernels have them. */
static int show_number(struct fake *f, const struct proc_what *what, struct text *out)
{
	static const struct {
		const char *name;
		int value;
	} numbers[] = {
		{"pid_max", 32768},
		{"ngroups_max", 65536},
		{"cap_last_cap", CAP_LAST_CAP},
		{"overflowuid", 65534},
		{"overflowgid", 65534},
		{"suid_dumpable", 0},
		{"nr_open", 1048576},
		{"pipe-max-size", 1048576},
		{"sysrq", 438},
	};

	(void)f;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strcmp(numbers[i].name, what->entry->name) == 0)
			text_addf(out, "%d\n", numbers[i].value);
	return 0;
}

static int show_n_ptys(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)what;
	text_addf(out, "%d\n", f->n_ptys);
	return 0;
}

/* kernel/ucount.c: limits of the reader's user namespace, by name. */
static int *limit_of(struct fake *f, const struct proc_what *what)
{
	static const char *const names[N_UCOUNTS] = {
		[UCOUNT_USER] = "max_user_namespaces",
		[UCOUNT_PID] = "max_pid_namespaces",
		[UCOUNT_UTS] = "max_uts_namespaces",
		[UCOUNT_IPC] = "max_ipc_namespaces",
		[UCOUNT_NET] = "max_net_namespaces",
		[UCOUNT_MNT] = "max_mnt_namespaces",
		[UCOUNT_CGROUP] = "max_cgroup_namespaces",
		[UCOUNT_TIME] = "max_time_namespaces",
	};
	int i = 0;

	while (strcmp(names[i], what->entry->name) != 0)
		i++;
	return &f->current->cred->user_ns->limits[i];
}

static int show_limit(struct fake *f, const struct proc_what *what, struct text *out)
{
	text_addf(out, "%d\n", *limit_of(f, what));
	return 0;
}

static int write_limit(struct fake *f, const struct proc_what *what, const char *text, size_t n)
{
	static const long bounds[] = {0, INT_MAX};

	return write_number(f, what, text, n, bounds, limit_of(f, what));
}

/* set_permissions(): who has CAP_SYS_RESOURCE may all, others may look. */
static int limit_permission(struct fake *f, struct inode *inode, int mask)
{
	mode_t mode = inode->mode;

	if (ns_capable(f, f->current->cred->user_ns, CAP_SYS_RESOURCE))
		mode >>= 6;
	else
		mode &= S_IROTH;
	return refuse_sysctl(f, mode, mask);
}

static const struct inode_ops limit_ops = {
	.permission = limit_permission,
	PROC_INODE_OPS,
};

static int show_ostype(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	text_add(out, what->entry->name[0] == 'o' ? "Linux\n" : "#1 SMP\n");
	return 0;
}

static int write_not_modelled(struct fake *f, const struct proc_what *what, const char *text,
			      size_t n)
{
	(void)text;
	(void)n;
	return fake_stop(f, "fake: writing %s of /proc/sys is not modelled", what->entry->name);
}

/* clang-format off */
#define DIR(n, table) \
	{.name = n, .mode = S_IFDIR | 0555, .children = table, .ops = &proc_sys_dir_ops}
#define RO(n, how) {.name = n, .mode = S_IFREG | 0444, .show = how, .is_setting = true, \
	 .ops = &proc_sys_file_ops}
#define RW(n, how, write_how) \
	{.name = n, .mode = S_IFREG | 0644, .show = how, .write = write_how, \
	 .is_setting = true, .ops = &proc_sys_file_ops}
#define FIXED(n) RW(n, show_number, write_not_modelled)
#define LIMIT(n) \
	{.name = n, .mode = S_IFREG | 0644, .show = show_limit, .write = write_limit, \
	 .is_setting = true, .ops = &limit_ops}
#define END {.name = NULL}

static const struct proc_entry nothing[] = {END};
static const struct proc_entry pty_entries[] = {
	RW("max", show_setting, write_setting), RW("reserve", show_setting, write_setting),
	RO("nr", show_n_ptys), END,
};
/* Simplified: of the settings only those that sandboxes are known to look at. */
static const struct proc_entry kernel_entries[] = {
	RO("cap_last_cap", show_number),
	RW("domainname", show_uts_name, write_uts_name),
	RW("hostname", show_uts_name, write_uts_name),
	RO("ngroups_max", show_number),
	RO("osrelease", show_release),
	RO("ostype", show_ostype),
	FIXED("overflowgid"), FIXED("overflowuid"), FIXED("pid_max"),
	DIR("pty", pty_entries),
	FIXED("sysrq"),
	{.name = "unprivileged_userns_clone", .mode = S_IFREG | 0644, .show = show_setting,
	 .write = write_setting, .ops = &proc_sys_file_ops, .is_setting = true,
	 .is_debians = true},
	RO("version", show_ostype),
	END,
};
static const struct proc_entry fs_entries[] = {
	{.name = "binfmt_misc", .mode = S_IFDIR | 0555, .children = nothing,
	 .ops = &proc_sys_dir_ops, .is_empty_dir = true},
	RW("mount-max", show_setting, write_setting),
	FIXED("nr_open"), FIXED("overflowgid"), FIXED("overflowuid"), FIXED("pipe-max-size"),
	RW("protected_fifos", show_setting, write_setting),
	RW("protected_hardlinks", show_setting, write_setting),
	RW("protected_regular", show_setting, write_setting),
	RW("protected_symlinks", show_setting, write_setting),
	FIXED("suid_dumpable"),
	END,
};
static const struct proc_entry user_entries[] = {
	LIMIT("max_cgroup_namespaces"), LIMIT("max_ipc_namespaces"),
	LIMIT("max_mnt_namespaces"),
	LIMIT("max_net_namespaces"), LIMIT("max_pid_namespaces"), LIMIT("max_time_namespaces"),
	LIMIT("max_user_namespaces"), LIMIT("max_uts_namespaces"), END,
};
const struct proc_entry proc_sys_entries[] = {
	DIR("abi", nothing), DIR("debug", nothing), DIR("dev", nothing), DIR("fs", fs_entries),
	DIR("kernel", kernel_entries), DIR("net", nothing), DIR("user", user_entries),
	DIR("vm", nothing), END,
};
/* clang-format on */
