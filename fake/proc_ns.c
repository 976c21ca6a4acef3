/* /proc/PID/ns: the namespaces of a task. */
#include "fake/cred.h"
#include "fake/proc.h"

#include <string.h>

/* Where each link leads: pid is what the task is in, pid_for_children its next child. */
static struct ns *ns_of(const struct task *t, const char *name)
{
	struct pid_ns *next = t->ns.pid_for_children;

	if (strcmp(name, "user") == 0)
		return &t->cred->user_ns->ns;
	if (strcmp(name, "pid") == 0)
		return &task_pid_ns(t)->ns;
	if (t->ns.mnt == NULL)
		return NULL;
	if (strcmp(name, "pid_for_children") == 0)
		return next->init ? &next->ns : NULL;
	if (strcmp(name, "mnt") == 0)
		return &t->ns.mnt->ns;
	if (strcmp(name, "uts") == 0)
		return &t->ns.uts->ns;
	if (strcmp(name, "ipc") == 0)
		return &t->ns.ipc->ns;
	return strcmp(name, "net") == 0 ? &t->ns.net->ns : &t->ns.cgroup->ns;
}

/* proc_ns_get_link() */
static int link_ns(struct fake *f, const struct dentry *d, struct ns **out)
{
	struct proc_what what = proc_what_of(d->inode);

	if (what.task == NULL || !ptrace_may_read(f, what.task))
		return refuse(f, RULE_PROC_NS_PERM);
	*out = ns_of(what.task, what.entry->name);
	if (*out == NULL)
		return refuse(f, RULE_PROC_NS_NONE);
	return 0;
}

static int ns_jump(struct fake *f, struct dentry *d, struct path *out)
{
	struct ns *ns;
	int r = link_ns(f, d, &ns);

	return r < 0 ? r : nsfs_path(f, ns, out);
}

static int ns_readlink(struct fake *f, struct dentry *d, char *buf, size_t size)
{
	char memory[32];
	struct text text;
	struct ns *ns;
	int r = link_ns(f, d, &ns);

	if (r < 0)
		return r;
	text_init(&text, memory, sizeof(memory));
	text_addf(&text, "%s:[%u]", ns_name(ns->type), ns->inum);
	if (size > text.len)
		size = text.len;
	memcpy(buf, memory, size);
	return (int)size;
}

static const struct inode_ops ns_link_ops = {
	.readlink = ns_readlink,
	.jump = ns_jump,
	PROC_INODE_OPS,
};

/* clang-format off */
#define LNK(n) {.name = n, .mode = S_IFLNK | 0777, .ops = &ns_link_ops}
/* ns_entries of fs/proc/namespaces.c.  Simplified: there are no time namespaces. */
static const struct proc_entry entries[] = {
	LNK("net"), LNK("uts"), LNK("ipc"), LNK("pid"), LNK("pid_for_children"), LNK("user"),
	LNK("mnt"), LNK("cgroup"), {.name = NULL},
};
/* clang-format on */

static int ns_lookup(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	struct proc_what what = proc_what_of(dir->inode);
	const struct proc_entry *entry = proc_entry_find(entries, name);

	if (what.task == NULL || entry == NULL)
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, entry, what.pid, -1);
	return 0;
}

static int ns_iterate(struct fake *f, struct file *file,
		      bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		      void *ctx)
{
	if (proc_what_of(file->inode).task == NULL)
		return refuse(f, RULE_PROC_DIR_TASK_GONE);
	proc_table_list(f, file, entries, emit, ctx);
	return 0;
}

const struct inode_ops proc_ns_ops = {
	.lookup = ns_lookup,
	.iterate = ns_iterate,
	PROC_INODE_OPS,
};
