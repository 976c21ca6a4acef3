/* FIFOs: pipes with a name, whose two sides wait for each other in open(2). */
#include "fake/pipe.h"
#include "fake/tasks.h"

/* wait_for_partner(): somebody opened the other side since, even if he has left again. */
struct partner {
	const unsigned int *counter;
	unsigned int was;
};

static bool partner_came(struct fake *f, void *arg)
{
	const struct partner *partner = arg;

	(void)f;
	return *partner->counter != partner->was;
}

static int partner_wait(struct fake *f, const struct file *file, const unsigned int *counter,
			const char *who)
{
	struct partner partner = {.counter = counter, .was = *counter};

	return task_sleep(f, partner_came, &partner, "%s of %s", who, file->path.dentry->name);
}

/* fifo_open(): the access mode decides whether it waits; O_RDWR never does. */
static int fifo_open(struct fake *f, struct file *file)
{
	const int mode = file->flags & O_ACCMODE;
	const bool waits = !(file->flags & O_NONBLOCK);
	struct pipe *pipe = file->inode->pipe;
	int r = 0;

	if (mode == O_ACCMODE)
		return refuse(f, RULE_FIFO_ACCESS_MODE);
	if (mode == O_WRONLY && !waits && (pipe == NULL || pipe->readers == 0))
		return refuse(f, RULE_FIFO_NO_READER);
	pipe = pipe_open(f, file);
	if (mode == O_RDONLY && pipe->writers == 0) {
		if (waits)
			r = partner_wait(f, file, &pipe->w_counter, "a writer");
		else
			file->pos = (off_t)pipe->w_counter; /* no hang-up yet: f_version */
	}
	if (mode == O_WRONLY && pipe->readers == 0)
		r = partner_wait(f, file, &pipe->r_counter, "a reader");
	if (r < 0)
		pipe_close(f, file);
	return r;
}

const struct file_ops fifo_file_ops = {
	.open = fifo_open,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.release = pipe_close,
};

void fifo_init(struct fake *f, struct inode *inode)
{
	(void)f;
	inode->fops = &fifo_file_ops;
}
