/* /proc/PID/fd and fdinfo: the descriptors of a task. */
#include "fake/cred.h"
#include "fake/mount.h"
#include "fake/proc.h"

static const struct fd_slot *fd_slot_of(const struct task *t, int fd)
{
	if (t == NULL || t->fds == NULL || fd < 0 || fd >= t->fds->size ||
	    t->fds->slots[fd].file == NULL)
		return NULL;
	return &t->fds->slots[fd];
}

/* A pidfd also says whose it is. */
static void show_pidfd(const struct proc_what *what, const struct pid *pid, struct text *out)
{
	const struct pid_ns *ns = what->sb->pid_ns;

	if (pid->task == NULL) {
		text_add(out, "Pid:\t-1\nNSpid:\t-1\n");
		return;
	}
	text_addf(out, "Pid:\t%d\nNSpid:", pid_in(pid, ns));
	for (int i = ns->level; i <= pid->level; i++)
		text_addf(out, "\t%d", pid->numbers[i].nr);
	text_add(out, "\n");
}

/* seq_show() of fs/proc/fd.c; what is on no mount has mnt_id 0. */
static int show_fdinfo(struct fake *f, const struct proc_what *what, struct text *out)
{
	const struct fd_slot *slot = fd_slot_of(what->task, what->fd);
	struct file *file;

	if (slot == NULL)
		return refuse(f, RULE_PROC_FDINFO_CLOSED);
	file = slot->file;
	text_addf(out, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%llu\n",
		  (long long)file->pos, file->flags | (slot->is_cloexec ? O_CLOEXEC : 0u),
		  file->path.mnt ? file->path.mnt->id : 0,
		  (unsigned long long)file->inode->ino);
	if (pidfd_pid(file))
		show_pidfd(what, pidfd_pid(file), out);
	return 0;
}

/* proc_fdinfo_permission() */
static int fdinfo_permission(struct fake *f, struct inode *inode, int mask)
{
	const struct task *t = proc_what_of(inode).task;

	if (t == NULL)
		return refuse(f, RULE_PROC_PERMISSION_GONE);
	if (!ptrace_may_read(f, t))
		return refuse(f, RULE_PROC_FDINFO_PERM);
	return generic_permission(f, inode, mask);
}

static const struct inode_ops fdinfo_file_ops = {
	.permission = fdinfo_permission,
	PROC_INODE_OPS,
};

static const struct proc_entry fd_entry = {.name = "fd", .mode = S_IFLNK | 0700};
static const struct proc_entry fdinfo_entry = {
	.name = "fdinfo",
	.mode = S_IFREG | 0444,
	.show = show_fdinfo,
	.ops = &fdinfo_file_ops,
};

static int lookup(struct fake *f, struct dentry *dir, const char *name,
		  const struct proc_entry *entry, struct dentry **out)
{
	struct proc_what what = proc_what_of(dir->inode);
	int fd = proc_number(name);

	if (fd_slot_of(what.task, fd) == NULL)
		return -ENOENT;
	*out = proc_dentry_new(f, dir, name, entry, what.pid, fd);
	if (S_ISLNK((*out)->inode->mode))
		(*out)->inode->size = 64;
	return 0;
}

static int fd_lookup(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	return lookup(f, dir, name, &fd_entry, out);
}

static int fdinfo_lookup(struct fake *f, struct dentry *dir, const char *name,
			 struct dentry **out)
{
	return lookup(f, dir, name, &fdinfo_entry, out);
}

/* proc_readfd_common() */
static int fd_iterate(struct fake *f, struct file *file,
		      bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		      void *ctx)
{
	struct proc_what what = proc_what_of(file->inode);
	mode_t mode = file->inode->ops == &proc_fd_ops ? S_IFLNK : S_IFREG;
	char memory[16];
	struct text name;

	if (what.task == NULL)
		return refuse(f, RULE_PROC_DIR_TASK_GONE);
	text_init(&name, memory, sizeof(memory));
	for (int fd = 0; what.task->fds && fd < what.task->fds->size; fd++) {
		if (fd_slot_of(what.task, fd) == NULL)
			continue;
		text_clear(&name);
		text_addf(&name, "%d", fd);
		if (!emit(ctx, memory, proc_ino(file->inode->ino, memory), mode))
			break;
	}
	return 0;
}

/* proc_fd_permission(): a task may list its own whatever became of its ids. */
static int fd_permission(struct fake *f, struct inode *inode, int mask)
{
	if (proc_what_of(inode).task == f->current)
		return 0;
	return generic_permission(f, inode, mask);
}

const struct inode_ops proc_fd_ops = {
	.lookup = fd_lookup,
	.iterate = fd_iterate,
	.permission = fd_permission,
	PROC_INODE_OPS,
};

const struct inode_ops proc_fdinfo_ops = {
	.lookup = fdinfo_lookup,
	.iterate = fd_iterate,
	.permission = fdinfo_permission,
	PROC_INODE_OPS,
};
