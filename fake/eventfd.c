/* Counters to wait for: eventfd(2), in the order of fs/eventfd.c. */
#include "fake/anon_inode.h"
#include "fake/task.h"

#include <string.h>
#include <sys/eventfd.h>

struct eventfd {
	uint64_t count;
	bool is_semaphore;
};

static bool can_read(struct fake *f, void *arg)
{
	const struct eventfd *eventfd = arg;

	(void)f;
	return eventfd->count > 0;
}

struct eventfd_write {
	const struct eventfd *eventfd;
	uint64_t more;
};

static bool can_write(struct fake *f, void *arg)
{
	const struct eventfd_write *write = arg;

	(void)f;
	return UINT64_MAX - write->eventfd->count > write->more;
}

static int event_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct eventfd *eventfd = file->private;
	uint64_t taken;
	int r = 0;

	if (n < sizeof(taken))
		return refuse(f, RULE_EVENTFD_SHORT);
	if (!can_read(f, eventfd) && file->flags & O_NONBLOCK)
		return refuse(f, RULE_EVENTFD_EMPTY);
	if (!can_read(f, eventfd))
		r = task_sleep(f, can_read, eventfd, "a count in an eventfd");
	if (r < 0)
		return r;
	taken = eventfd->is_semaphore ? 1 : eventfd->count;
	eventfd->count -= taken;
	memcpy(buf, &taken, sizeof(taken));
	return sizeof(taken);
}

static int event_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct eventfd *eventfd = file->private;
	struct eventfd_write write = {.eventfd = eventfd};
	int r = 0;

	if (n < sizeof(write.more) || (n > sizeof(write.more) && f->profile.eventfd_is_exact))
		return refuse(f, RULE_EVENTFD_SHORT);
	memcpy(&write.more, buf, sizeof(write.more));
	if (write.more == UINT64_MAX)
		return refuse(f, RULE_EVENTFD_MAX);
	if (!can_write(f, &write) && file->flags & O_NONBLOCK)
		return refuse(f, RULE_EVENTFD_FULL);
	if (!can_write(f, &write))
		r = task_sleep(f, can_write, &write, "room in an eventfd");
	if (r < 0)
		return r;
	eventfd->count += write.more;
	return sizeof(write.more);
}

static short eventfd_poll(struct fake *f, struct file *file)
{
	const struct eventfd *eventfd = file->private;
	int events = 0;

	(void)f;
	if (eventfd->count > 0)
		events |= POLLIN;
	if (eventfd->count == UINT64_MAX)
		events |= POLLERR;
	if (eventfd->count < UINT64_MAX - 1)
		events |= POLLOUT;
	return (short)events;
}

static void eventfd_release(struct fake *f, struct file *file)
{
	heap_free(f, file->private);
}

static const struct file_ops eventfd_file_ops = {
	.has_noop_lseek = true,
	.release = eventfd_release,
	.read = event_read,
	.write = event_write,
	.poll = eventfd_poll,
};

int do_eventfd2(struct fake *f, unsigned int initval, int flags)
{
	struct eventfd *eventfd;
	int fd;

	if (flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
		return refuse(f, RULE_EVENTFD_FLAGS);
	eventfd = heap_alloc(f, sizeof(*eventfd));
	eventfd->count = initval;
	eventfd->is_semaphore = flags & EFD_SEMAPHORE;
	fd = anon_inode_fd(f, "[eventfd]", &eventfd_file_ops, eventfd, (unsigned int)flags);
	if (fd < 0)
		heap_free(f, eventfd);
	return fd;
}
