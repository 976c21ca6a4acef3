/* proc: tasks and settings as files, seen from one pid namespace. */
#include "fake/check.h"
#include "fake/cred.h"
#include "fake/fs_context.h"
#include "fake/pid.h"
#include "fake/proc.h"

#include <string.h>

/* What is said; what is not stays as it is. */
struct proc_options {
	bool has_gid, has_hidepid, has_subset;
	gid_t gid;
	enum hidepid hidepid;
};

/* proc_parse_hidepid_param() */
static bool parse_hidepid(const struct option *o, enum hidepid *out)
{
	static const struct {
		const char *name;
		enum hidepid hidepid;
	} names[] = {
		{"off", HIDEPID_OFF},
		{"noaccess", HIDEPID_NO_ACCESS},
		{"invisible", HIDEPID_INVISIBLE},
		{"ptraceable", HIDEPID_NOT_PTRACEABLE},
	};
	uint32_t number;

	if (option_u32(o, 0, &number)) {
		*out = (enum hidepid)number;
		return number <= HIDEPID_NOT_PTRACEABLE && number != 3;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].name, o->value) == 0) {
			*out = names[i].hidepid;
			return true;
		}
	return false;
}

/* proc_parse_param() */
static int proc_parse_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	struct proc_options *options = fc->options;
	bool is_hidepid = strcmp(o->key, "hidepid") == 0;
	bool is_subset = strcmp(o->key, "subset") == 0;

	if (strcmp(o->key, "gid") == 0) {
		if (!option_u32(o, 0, &options->gid))
			return option_bad_value(f, fc, o);
		options->has_gid = true;
		return 0;
	}
	if (!is_hidepid && !is_subset)
		return OPTION_UNKNOWN;
	if (!option_is_string(o))
		return option_bad_value(f, fc, o);
	if (is_hidepid && !parse_hidepid(o, &options->hidepid)) {
		fc_log(f, fc, 'e', "proc: unknown value of hidepid - %s\n", o->value);
		return refuse(f, RULE_PROC_HIDEPID_VALUE);
	}
	if (is_subset && strcmp(o->value, "pid") != 0) {
		fc_log(f, fc, 'e', "proc: unsupported subset option - %s\n", o->value);
		return refuse(f, RULE_PROC_SUBSET_VALUE);
	}
	options->has_hidepid |= is_hidepid;
	options->has_subset |= is_subset;
	return 0;
}

static struct pid_ns *pid_ns_of_mounter(struct fake *f)
{
	return task_pid_ns(f->current ? f->current : f->init);
}

/* Who owns the pid namespace owns its proc: proc_init_fs_context(). */
static int proc_init(struct fake *f, struct fs_context *fc)
{
	struct pid_ns *pid_ns = pid_ns_of_mounter(f);

	fc->ns = ns_get(&pid_ns->ns);
	fc->user_ns = pid_ns->ns.owner;
	return 0;
}

static void apply_options(struct fake *f, struct proc_sb *proc,
			  const struct proc_options *options)
{
	const struct user_ns *ns = f->current ? f->current->cred->user_ns : f->init_user_ns;

	if (options->has_gid)
		proc->gid = gid_outside(ns, options->gid);
	if (options->has_hidepid)
		proc->hidepid = options->hidepid;
	if (options->has_subset)
		proc->is_pid_only = true;
}

static struct task *task_find_in(struct fake *f, const struct pid_ns *ns, int nr)
{
	struct pid *pid = pid_find(f, ns, nr);

	return pid ? pid->task : NULL;
}

/* The task of the next higher number there; NULL: no more. */
static struct task *task_next_in(struct fake *f, const struct pid_ns *ns, int nr)
{
	struct task *next = NULL;

	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);
		int here = pid_in(t->pid, ns);

		if (here > nr && (next == NULL || here < pid_in(next->pid, ns)))
			next = t;
	}
	return next;
}

/* /proc/PID, where it is a task of this namespace that the caller may know of. */
static int pid_lookup(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	const struct proc_sb *proc = proc_sb_of(dir->sb);
	int nr = proc_number(name);
	struct task *t = nr > 0 ? task_find_in(f, proc->pid_ns, nr) : NULL;

	if (t == NULL)
		return -ENOENT;
	/* Simplified: with hidepid=2 such a name is not there at all; O_PATH would still do. */
	if (proc->hidepid >= HIDEPID_INVISIBLE && !proc_may_see(f, proc, t, HIDEPID_INVISIBLE))
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, &proc_pid_entry, t->pid, -1);
	(*out)->inode->is_immutable = true;
	return 0;
}

/* proc_self_get_link(): who walks, as this proc numbers it. */
static int self_readlink(struct fake *f, struct dentry *d, char *buf, size_t size)
{
	int nr = pid_in(f->current->pid, proc_sb_of(d->sb)->pid_ns);
	bool is_thread = strcmp(d->name, "thread-self") == 0;
	struct text text;
	char memory[48];

	if (nr == 0)
		return refuse(f, RULE_PROC_SELF_NOBODY);
	text_init(&text, memory, sizeof(memory));
	text_addf(&text, "%d", nr);
	if (is_thread)
		text_addf(&text, "/task/%d", nr);
	if (size > text.len)
		size = text.len;
	memcpy(buf, memory, size);
	return (int)size;
}

static const struct inode_ops self_ops = {
	.readlink = self_readlink,
	PROC_INODE_OPS,
};

static const struct proc_entry self_entries[] = {
	{.name = "self", .mode = S_IFLNK | 0777, .ops = &self_ops},
	{.name = "thread-self", .mode = S_IFLNK | 0777, .ops = &self_ops},
	{.name = NULL},
};

/* proc_root_lookup() */
static int root_lookup(struct fake *f, struct dentry *dir, const char *name,
		       struct dentry **out)
{
	const struct proc_entry *entry = proc_entry_find(self_entries, name);

	if (entry == NULL && pid_lookup(f, dir, name, out) == 0)
		return 0;
	if (entry == NULL && !proc_sb_of(dir->sb)->is_pid_only)
		entry = proc_entry_find(proc_root_entries, name);
	if (entry == NULL)
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, entry, NULL, -1);
	return 0;
}

/* In ascending order, as proc_pid_readdir() finds them. */
static void list_tasks(struct fake *f, struct file *file,
		       bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		       void *ctx)
{
	const struct proc_sb *proc = proc_sb_of(file->inode->sb);
	char memory[16];
	struct text name;
	struct task *t;

	text_init(&name, memory, sizeof(memory));
	for (int nr = 0; (t = task_next_in(f, proc->pid_ns, nr)) != NULL;) {
		nr = pid_in(t->pid, proc->pid_ns);
		if (!proc_may_see(f, proc, t, HIDEPID_INVISIBLE))
			continue;
		text_clear(&name);
		text_addf(&name, "%d", nr);
		if (!emit(ctx, memory, proc_ino(file->inode->ino, memory), S_IFDIR))
			return;
	}
}

/* proc_root_readdir() */
static int root_iterate(struct fake *f, struct file *file,
			bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
			void *ctx)
{
	if (!proc_sb_of(file->inode->sb)->is_pid_only &&
	    !proc_table_list(f, file, proc_root_entries, emit, ctx))
		return 0;
	if (!proc_table_list(f, file, self_entries, emit, ctx))
		return 0;
	list_tasks(f, file, emit, ctx);
	return 0;
}

static const struct inode_ops root_ops = {
	.lookup = root_lookup,
	.iterate = root_iterate,
	PROC_INODE_OPS,
};

static const struct proc_entry root_entry = {
	.name = "",
	.mode = S_IFDIR | 0555,
	.ops = &root_ops,
};

/* proc_fill_super() */
static void proc_fill(struct fake *f, struct super_block *sb)
{
	struct inode *root = inode_new(f, sb, root_entry.mode);
	struct proc_inode *pi = heap_alloc(f, sizeof(*pi));

	pi->entry = &root_entry;
	pi->fd = -1;
	root->private = pi;
	root->ops = &root_ops;
	root->ino = 1;
	root->uid = 0;
	root->gid = 0;
	sb->root = dentry_new(f, NULL, "", root);
}

/* Since Linux 5.8 each mount is a superblock of its own. */
static int proc_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	struct proc_sb *proc = heap_alloc(f, sizeof(*proc));
	struct super_block *sb;

	proc->pid_ns = (struct pid_ns *)fc->ns;
	ns_get(&proc->pid_ns->ns);
	apply_options(f, proc, fc->options);
	sb = sb_new(f, fc->type, proc->pid_ns->ns.owner);
	sb->flags = fc->sb_flags | MS_NODIRATIME | MS_NOSUID | MS_NOEXEC;
	sb->noexec = true;
	sb->nodev = true;
	sb->no_negatives = true;
	sb->block_size = 1024;
	sb->private = proc;
	proc_fill(f, sb);
	*out = sb;
	return 0;
}

static int proc_reconfigure(struct fake *f, struct fs_context *fc, struct super_block *sb)
{
	apply_options(f, sb->private, fc->options);
	return 0;
}

static void proc_show_options(struct fake *f, struct super_block *sb, struct text *out)
{
	static const char *const names[] = {
		[HIDEPID_NO_ACCESS] = "noaccess",
		[HIDEPID_INVISIBLE] = "invisible",
		[HIDEPID_NOT_PTRACEABLE] = "ptraceable",
	};
	const struct proc_sb *proc = proc_sb_of(sb);

	if (proc->gid != 0)
		text_addf(out, ",gid=%u", gid_shown(f->init_user_ns, proc->gid));
	if (proc->hidepid != HIDEPID_OFF)
		text_addf(out, ",hidepid=%s", names[proc->hidepid]);
	if (proc->is_pid_only)
		text_add(out, ",subset=pid");
}

static void proc_sb_holds(struct fake *f, struct super_block *sb, struct check *c)
{
	(void)f;
	check_holds_ns(c, &proc_sb_of(sb)->pid_ns->ns);
}

static void proc_kill_sb(struct fake *f, struct super_block *sb)
{
	struct proc_sb *proc = sb->private;

	ns_put(f, &proc->pid_ns->ns);
	heap_free(f, proc);
}

const struct fs_type proc_fs_type = {
	.name = "proc",
	.flags = FS_USERNS_MOUNT | FS_USERNS_VISIBLE | FS_NODEV,
	.options_size = sizeof(struct proc_options),
	.init = proc_init,
	.parse_param = proc_parse_param,
	.get_tree = proc_get_tree,
	.reconfigure = proc_reconfigure,
	.show_options = proc_show_options,
	.kill_sb = proc_kill_sb,
	.holds = proc_sb_holds,
};
