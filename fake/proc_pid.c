/* /proc/PID: what one task shows of itself, and to whom. */
#include "fake/cred.h"
#include "fake/proc.h"

#include <limits.h>

bool proc_may_see(struct fake *f, const struct proc_sb *sb, const struct task *t,
		  enum hidepid least)
{
	if (sb->hidepid == HIDEPID_NOT_PTRACEABLE)
		return ptrace_may_read(f, t);
	if (sb->hidepid < least || in_group(f, sb->gid))
		return true;
	return ptrace_may_read(f, t);
}

/* proc_pid_permission() */
static int pid_permission(struct fake *f, struct inode *inode, int mask)
{
	struct proc_what what = proc_what_of(inode);

	if (what.task == NULL)
		return refuse(f, RULE_PROC_PERMISSION_GONE);
	if (!proc_may_see(f, what.sb, what.task, HIDEPID_NO_ACCESS)) {
		if (what.sb->hidepid == HIDEPID_INVISIBLE)
			return refuse(f, RULE_PROC_HIDDEN);
		return refuse(f, RULE_PROC_HIDEPID);
	}
	return generic_permission(f, inode, mask);
}

static int pid_iterate(struct fake *f, struct file *file,
		       bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		       void *ctx)
{
	struct proc_what what = proc_what_of(file->inode);

	if (what.task == NULL)
		return refuse(f, RULE_PROC_DIR_TASK_GONE);
	proc_table_list(f, file, what.entry->children, emit, ctx);
	return 0;
}

static const struct inode_ops pid_dir_ops = {
	.lookup = proc_table_lookup,
	.iterate = pid_iterate,
	.permission = pid_permission,
	PROC_INODE_OPS,
};

/* task/TID: there is one thread in a task. */
static int task_lookup(struct fake *f, struct dentry *dir, const char *name,
		       struct dentry **out);

static int task_iterate(struct fake *f, struct file *file,
			bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
			void *ctx)
{
	struct proc_what what = proc_what_of(file->inode);
	char memory[16];
	struct text name;

	if (what.task == NULL)
		return refuse(f, RULE_PROC_DIR_TASK_GONE);
	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "%d", pid_in(what.pid, what.sb->pid_ns));
	emit(ctx, memory, proc_ino(file->inode->ino, memory), S_IFDIR | 0555);
	return 0;
}

static const struct inode_ops task_dir_ops = {
	.lookup = task_lookup,
	.iterate = task_iterate,
	PROC_INODE_OPS,
};

/* proc_cwd_link(), proc_root_link(), proc_exe_link() */
static int task_place(struct fake *f, const struct proc_what *what, struct path *out)
{
	const struct task *t = what->task;
	const char *name = what->entry->name;

	*out = name[0] == 'c' ? t->cwd : name[0] == 'r' ? t->root : t->exe;
	if (out->dentry == NULL)
		return refuse(f, RULE_PROC_LINK_NOWHERE);
	path_get(out);
	return 0;
}

/* proc_pid_get_link(): whoever may not look into the task may not go through it, either. */
static int link_jump(struct fake *f, struct dentry *d, struct path *out)
{
	struct proc_what what = proc_what_of(d->inode);

	if (what.task == NULL || !ptrace_may_read(f, what.task))
		return refuse(f, RULE_PROC_LINK_PERM);
	if (what.fd < 0)
		return task_place(f, &what, out);
	if (what.task->fds == NULL || what.fd >= what.task->fds->size ||
	    what.task->fds->slots[what.fd].file == NULL)
		return refuse(f, RULE_PROC_LINK_FD);
	*out = what.task->fds->slots[what.fd].file->path;
	path_get(out);
	return 0;
}

/* do_proc_readlink() */
static int link_readlink(struct fake *f, struct dentry *d, char *buf, size_t size)
{
	char memory[PATH_MAX + 16];
	struct text text;
	struct path path;
	int r = link_jump(f, d, &path);

	if (r < 0)
		return r;
	text_init(&text, memory, sizeof(memory));
	path_text(f, &path, &f->current->root, &text);
	path_put(f, &path);
	r = (int)(text.len < size ? text.len : size);
	for (int i = 0; i < r; i++)
		buf[i] = memory[i];
	return r;
}

const struct inode_ops proc_link_ops = {
	.readlink = link_readlink,
	.jump = link_jump,
	PROC_INODE_OPS,
};

/* clang-format off */
#define DIR(n, m, ...) {.name = n, .mode = S_IFDIR | (m), __VA_ARGS__}
#define REG(n, m, ...) {.name = n, .mode = S_IFREG | (m), __VA_ARGS__}
#define LNK(n) {.name = n, .mode = S_IFLNK | 0777}
#define UNSEEN(n, m) {.name = n, .mode = S_IFREG | (m), .open = proc_open_not_modelled}

/* Simplified: empty. */
static const struct proc_entry net_entries[] = {{.name = NULL}};

/* tgid_base_stuff of fs/proc/base.c, in its order. */
#define COMMON_ENTRIES                                                                         \
	DIR("fd", 0500, .ops = &proc_fd_ops),                                                  \
	DIR("fdinfo", 0555, .ops = &proc_fdinfo_ops),                                          \
	DIR("ns", 0511, .ops = &proc_ns_ops),                                                  \
	DIR("net", 0555, .children = net_entries),                                             \
	REG("environ", 0400, .show = proc_show_environ, .open = proc_open_environ),	\
	UNSEEN("auxv", 0400),                                                                  \
	REG("status", 0444, .show = proc_show_status),                                         \
	UNSEEN("limits", 0444),                                                                \
	UNSEEN("sched", 0644),                                                                 \
	REG("comm", 0644, .show = proc_show_comm, .write = proc_write_comm),                   \
	REG("cmdline", 0444, .show = proc_show_cmdline),				\
	REG("stat", 0444, .show = proc_show_stat),                                             \
	UNSEEN("statm", 0444),                                                                 \
	UNSEEN("maps", 0444),                                                                  \
	UNSEEN("mem", 0600),                                                                   \
	LNK("cwd"),                                                                            \
	LNK("root"),                                                                           \
	LNK("exe"),                                                                            \
	REG("mounts", 0444),                                                                   \
	REG("mountinfo", 0444),                                                                \
	UNSEEN("smaps", 0444),                                                                 \
	UNSEEN("attr", 0444),                                                                  \
	UNSEEN("wchan", 0444),                                                                 \
	UNSEEN("stack", 0400),                                                                 \
	REG("cgroup", 0444, .show = proc_show_cgroup),                                         \
	UNSEEN("oom_score", 0444),                                                             \
	UNSEEN("oom_adj", 0644),                                                               \
	UNSEEN("oom_score_adj", 0644),                                                         \
	UNSEEN("loginuid", 0644),                                                              \
	UNSEEN("sessionid", 0444),                                                             \
	UNSEEN("io", 0400),                                                                    \
	REG("uid_map", 0644, .show = proc_show_uid_map, .write = proc_write_uid_map,           \
	    .open = proc_open_id_map, .is_of_user_ns = true),                                  \
	REG("gid_map", 0644, .show = proc_show_gid_map, .write = proc_write_gid_map,           \
	    .open = proc_open_id_map, .is_of_user_ns = true),                                  \
	REG("projid_map", 0644, .show = proc_show_projid_map, .write = proc_write_projid_map,  \
	    .open = proc_open_id_map, .is_of_user_ns = true),                                  \
	REG("setgroups", 0644, .show = proc_show_setgroups, .write = proc_write_setgroups,     \
	    .open = proc_open_setgroups, .is_of_user_ns = true)

static const struct proc_entry tid_entries[] = {
	COMMON_ENTRIES,
	{.name = NULL},
};
static const struct proc_entry tgid_entries[] = {
	DIR("task", 0555, .ops = &task_dir_ops),
	COMMON_ENTRIES,
	UNSEEN("mountstats", 0400),
	UNSEEN("timerslack_ns", 0666),
	{.name = NULL},
};
static const struct proc_entry tid_entry =
	DIR("", 0555, .children = tid_entries);
const struct proc_entry proc_pid_entry =
	DIR("", 0555, .children = tgid_entries, .ops = &pid_dir_ops);
/* clang-format on */

static int task_lookup(struct fake *f, struct dentry *dir, const char *name,
		       struct dentry **out)
{
	struct proc_what what = proc_what_of(dir->inode);

	if (what.task == NULL || proc_number(name) != pid_in(what.pid, what.sb->pid_ns))
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, &tid_entry, what.pid, -1);
	(*out)->inode->is_immutable = true;
	return 0;
}
