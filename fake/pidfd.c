/* Descriptors that name a process: pidfd_open(2) and CLONE_PIDFD. */
#include "fake/check.h"
#include "fake/file.h"
#include "fake/task.h"

static void pidfd_release(struct fake *f, struct file *file)
{
	pid_put(f, file->private);
}

static void pidfd_holds(struct fake *f, struct file *file, struct check *c)
{
	(void)f;
	check_holds_pid(c, file->private);
}

/* pidfd_poll(): readable once the process has exited, reaped or not. */
static short pidfd_poll(struct fake *f, struct file *file)
{
	const struct pid *pid = file->private;

	(void)f;
	if (pid->task == NULL || pid->task->state == TASK_ZOMBIE ||
	    pid->task->state == TASK_DEAD)
		return POLLIN | POLLRDNORM;
	return 0;
}

static const struct file_ops pidfd_file_ops = {
	.holds = pidfd_holds,
	.release = pidfd_release,
	.poll = pidfd_poll,
};

int pidfd_make(struct fake *f, struct pid *pid, unsigned int flags)
{
	struct inode *inode = f->profile.pidfds_have_inodes ? inode_new(f, f->pidfs, 0600)
							    : inode_get(f->anon_inode);
	struct path path = {.dentry = dentry_new(f, NULL, "anon_inode:[pidfd]", inode)};
	struct file *file;
	int fd;

	file = file_new(f, &path, O_RDWR | (flags & O_NONBLOCK));
	path_put(f, &path);
	file->ops = &pidfd_file_ops;
	file->private = pid_get(pid);
	fd = fd_install(f, file, 0, true);
	if (fd < 0)
		file_put(f, file);
	return fd;
}

struct pid *pidfd_pid(struct file *file)
{
	return file->ops == &pidfd_file_ops ? file->private : NULL;
}

int do_pidfd_open(struct fake *f, pid_t pid, unsigned int flags)
{
	struct task *t;

	if (flags & ~(unsigned int)O_NONBLOCK)
		return refuse(f, RULE_PIDFD_OPEN_FLAGS);
	if (pid <= 0)
		return refuse(f, RULE_PIDFD_OPEN_PID);
	t = task_find(f, pid);
	if (t == NULL)
		return refuse(f, RULE_PIDFD_OPEN_NO_TASK);
	return pidfd_make(f, t->pid, flags);
}
