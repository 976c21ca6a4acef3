/* Waiting for descriptors and for time: ppoll(2). */
#include "fake/file.h"
#include "fake/rlimit.h"
#include "fake/signalfd.h"
#include "fake/task.h"

#include <limits.h>

#define NANOSECONDS 1000000000ULL

struct poll_wait {
	struct task *t;
	const struct pollfd *fds;
	unsigned int n;
};

static struct file *file_of(const struct task *t, int fd)
{
	return fd < t->fds->size ? t->fds->slots[fd].file : NULL;
}

/* do_pollfd(): a file without a poll of its own is always ready for both. */
static short poll_one(struct fake *f, const struct task *t, const struct pollfd *pollfd)
{
	struct file *file;
	int events;

	if (pollfd->fd < 0)
		return 0;
	file = file_of(t, pollfd->fd);
	if (file == NULL || file->ops == NULL)
		return POLLNVAL;
	events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
	if (file_is_signalfd(file))
		events = signalfd_events(file, t);
	else if (file->ops->poll)
		events = file->ops->poll(f, file);
	return (short)(events & (pollfd->events | POLLERR | POLLHUP));
}

static bool poll_is_ready(struct fake *f, void *arg)
{
	const struct poll_wait *wait = arg;

	for (unsigned int i = 0; i < wait->n; i++)
		if (poll_one(f, wait->t, &wait->fds[i]))
			return true;
	return false;
}

/* What the caller is told, once. */
static short poll_tell(struct fake *f, const struct task *t, const struct pollfd *pollfd)
{
	struct file *file = pollfd->fd < 0 ? NULL : file_of(t, pollfd->fd);
	short events = poll_one(f, t, pollfd);

	if (file && file->ops && file->ops->polled)
		file->ops->polled(f, file);
	return events;
}

/* poll_select_set_timeout(): NULL waits for ever, and what is too far away nearly so. */
static int poll_deadline(struct fake *f, const struct timespec *timeout)
{
	uint64_t wait;

	if (timeout == NULL)
		return 0;
	if (memory_is_bad(timeout))
		return refuse_fault(f);
	if (timeout->tv_sec < 0 || (unsigned long)timeout->tv_nsec >= NANOSECONDS)
		return refuse(f, RULE_PPOLL_TIMEOUT);
	if (__builtin_mul_overflow((uint64_t)timeout->tv_sec, NANOSECONDS, &wait) ||
	    __builtin_add_overflow(wait, (uint64_t)timeout->tv_nsec, &wait) ||
	    __builtin_add_overflow(wait, f->clock, &f->current->deadline))
		f->current->deadline = UINT64_MAX;
	return 0;
}

int do_ppoll(struct fake *f, struct pollfd *fds, unsigned int nfds,
	     const struct timespec *timeout)
{
	struct poll_wait wait = {.t = f->current, .fds = fds, .n = nfds};
	int n = 0, r = poll_deadline(f, timeout);

	if (r < 0)
		return r;
	if (nfds > rlimit(f, RLIMIT_NOFILE))
		r = refuse(f, RULE_PPOLL_TOO_MANY);
	else if (nfds > 0 && memory_is_bad(fds))
		r = refuse_fault(f);
	else
		r = task_sleep(f, poll_is_ready, &wait, "one of %u descriptors", nfds);
	f->current->deadline = 0;
	if (r < 0)
		return r;
	for (unsigned int i = 0; i < nfds; i++) {
		fds[i].revents = poll_tell(f, wait.t, &fds[i]);
		n += fds[i].revents != 0;
	}
	return n;
}
