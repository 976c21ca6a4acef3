/* Signals read from a descriptor: signalfd(2), in the order of fs/signalfd.c. */
#include "fake/signalfd.h"

#include "fake/anon_inode.h"
#include "fake/task.h"

#include <string.h>
#include <sys/signalfd.h>

#define UNBLOCKABLE (1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1))

struct signalfd {
	uint64_t mask; /* what it tells of */
};

static void signalfd_release(struct fake *f, struct file *file)
{
	heap_free(f, file->private);
}

struct signalfd_wait {
	const struct task *t;
	uint64_t mask;
};

static bool has_signal(struct fake *f, void *arg)
{
	const struct signalfd_wait *wait = arg;

	(void)f;
	return signal_pending_in(wait->t, wait->mask);
}

/* signalfd_copyinfo() */
static void info_tell(int sig, const struct signal_info *info, char *out)
{
	struct signalfd_siginfo told = {
		.ssi_signo = (uint32_t)sig,
		.ssi_code = info->code,
		.ssi_pid = (uint32_t)info->pid,
		.ssi_uid = info->uid,
		.ssi_status = info->status,
	};

	memcpy(out, &told, sizeof(told));
}

/* signalfd_dequeue(): waits for the first alone. */
static int signal_await(struct fake *f, struct file *file, uint64_t mask)
{
	struct signalfd_wait wait = {f->current, mask};

	if (has_signal(f, &wait))
		return 0;
	if (file->flags & O_NONBLOCK)
		return refuse(f, RULE_SIGNALFD_EMPTY);
	return task_sleep(f, has_signal, &wait, "a signal of a signalfd");
}

static int signalfd_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	const struct signalfd *signalfd = file->private;
	struct signal_info info;
	size_t done = 0;
	int sig, r;

	if (n < sizeof(struct signalfd_siginfo))
		return refuse(f, RULE_SIGNALFD_SHORT);
	r = signal_await(f, file, signalfd->mask);
	if (r < 0)
		return r;
	for (; done + sizeof(struct signalfd_siginfo) <= n;
	     done += sizeof(struct signalfd_siginfo)) {
		sig = signal_dequeue(f->current, signalfd->mask, &info);
		if (sig == 0)
			break;
		info_tell(sig, &info, (char *)buf + done);
	}
	return (int)done;
}

static short signalfd_poll(struct fake *f, struct file *file)
{
	return signalfd_events(file, f->current);
}

static const struct file_ops signalfd_file_ops = {
	.has_noop_lseek = true,
	.release = signalfd_release,
	.read = signalfd_read,
	.poll = signalfd_poll,
};

bool file_is_signalfd(const struct file *file)
{
	return file->ops == &signalfd_file_ops;
}

short signalfd_events(const struct file *file, const struct task *t)
{
	const struct signalfd *signalfd = file->private;

	return signal_pending_in(t, signalfd->mask) ? POLLIN : 0;
}

static int signalfd_new(struct fake *f, uint64_t mask, int flags)
{
	struct signalfd *signalfd = heap_alloc(f, sizeof(*signalfd));
	int fd;

	signalfd->mask = mask;
	fd = anon_inode_fd(f, "[signalfd]", &signalfd_file_ops, signalfd, (unsigned int)flags);
	if (fd < 0)
		heap_free(f, signalfd);
	return fd;
}

int do_signalfd4(struct fake *f, int fd, const uint64_t *mask, int flags)
{
	struct file *file;
	uint64_t set;

	if (memory_is_bad(mask))
		return refuse_fault(f);
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return refuse(f, RULE_SIGNALFD_FLAGS);
	set = *mask & ~UNBLOCKABLE;
	if (fd == -1)
		return signalfd_new(f, set, flags);
	file = fd_file_io(f, fd);
	if (file == NULL)
		return refuse_badf(f);
	if (!file_is_signalfd(file))
		return refuse(f, RULE_SIGNALFD_OTHER);
	((struct signalfd *)file->private)->mask = set;
	return fd;
}
