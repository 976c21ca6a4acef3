/* Pipes: bytes from a write end to a read end, as fs/pipe.c moves them. */
#include "fake/pipe.h"

#include "fake/tasks.h"

#include <string.h>

static bool is_reader(const struct file *file)
{
	return (file->flags & O_ACCMODE) != O_WRONLY;
}

static bool is_writer(const struct file *file)
{
	return (file->flags & O_ACCMODE) != O_RDONLY;
}

struct pipe *pipe_open(struct fake *f, struct file *file)
{
	struct pipe *pipe = file->inode->pipe;

	if (pipe == NULL)
		pipe = file->inode->pipe = heap_alloc(f, sizeof(*pipe));
	pipe->files++;
	pipe->readers += is_reader(file);
	pipe->r_counter += is_reader(file);
	pipe->writers += is_writer(file);
	pipe->w_counter += is_writer(file);
	file->private = pipe;
	return pipe;
}

void pipe_close(struct fake *f, struct file *file)
{
	struct pipe *pipe = file->private;

	if (pipe == NULL)
		return;
	file->private = NULL;
	pipe->readers -= is_reader(file);
	pipe->writers -= is_writer(file);
	if (--pipe->files > 0)
		return;
	for (int i = 0; i < PIPE_SLOTS; i++)
		heap_free(f, pipe->slots[i].page);
	file->inode->pipe = NULL;
	heap_free(f, pipe);
}

/* Reading. */

/* What there is, up to n bytes. */
static size_t pipe_take(struct pipe *pipe, char *buf, size_t n)
{
	size_t taken = 0;

	while (taken < n && !pipe_is_empty(pipe)) {
		struct pipe_slot *slot = &pipe->slots[pipe->tail % PIPE_SLOTS];
		size_t chunk = (size_t)slot->len < n - taken ? (size_t)slot->len : n - taken;

		memcpy(buf + taken, slot->page + slot->offset, chunk);
		taken += chunk;
		slot->offset += (int)chunk;
		slot->len -= (int)chunk;
		if (slot->len == 0)
			pipe->tail++;
	}
	return taken;
}

static bool pipe_is_readable(struct fake *f, void *arg)
{
	const struct pipe *pipe = arg;

	(void)f;
	return !pipe_is_empty(pipe) || pipe->writers == 0;
}

int pipe_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct pipe *pipe = file->private;
	int r;

	if (n == 0)
		return 0;
	if (!pipe_is_readable(f, pipe)) {
		if (file->flags & O_NONBLOCK)
			return refuse(f, RULE_PIPE_EMPTY);
		f->current->waits_on = pipe;
		f->current->waits_on_mode = O_WRONLY;
		r = task_sleep(f, pipe_is_readable, pipe, "bytes in %s",
			       file->path.dentry->name);
		if (r < 0)
			return r;
	}
	return (int)pipe_take(pipe, buf, n);
}

/* Writing. */

/* The odd bytes of a write join those of the last page where all of them fit. */
static size_t pipe_merge(struct pipe *pipe, const char *buf, size_t n)
{
	size_t odd = n % PIPE_PAGE;
	struct pipe_slot *slot;

	if (odd == 0 || pipe_is_empty(pipe))
		return 0;
	slot = &pipe->slots[(pipe->head - 1) % PIPE_SLOTS];
	if ((size_t)(slot->offset + slot->len) + odd > PIPE_PAGE)
		return 0;
	memcpy(slot->page + slot->offset + slot->len, buf, odd);
	slot->len += (int)odd;
	return odd;
}

/* A page's worth, in the next slot. */
static size_t pipe_put_page(struct fake *f, struct pipe *pipe, const char *buf, size_t n)
{
	struct pipe_slot *slot = &pipe->slots[pipe->head++ % PIPE_SLOTS];

	if (n > PIPE_PAGE)
		n = PIPE_PAGE;
	if (slot->page == NULL)
		slot->page = heap_alloc(f, PIPE_PAGE);
	memcpy(slot->page, buf, n);
	slot->offset = 0;
	slot->len = (int)n;
	return n;
}

static bool pipe_is_writable(struct fake *f, void *arg)
{
	const struct pipe *pipe = arg;

	(void)f;
	return !pipe_is_full(pipe) || pipe->readers == 0;
}

/* Until there is room or nobody reads; the write then goes on or fails. */
static int pipe_wait_for_room(struct fake *f, struct file *file)
{
	struct pipe *pipe = file->private;

	if (pipe_is_writable(f, pipe))
		return 0;
	if (file->flags & O_NONBLOCK)
		return refuse(f, RULE_PIPE_FULL);
	f->current->waits_on = pipe;
	f->current->waits_on_mode = O_RDONLY;
	return task_sleep(f, pipe_is_writable, pipe, "room in %s", file->path.dentry->name);
}

static int pipe_broken(struct fake *f)
{
	signal_send(f, f->current, SIGPIPE);
	return refuse(f, RULE_PIPE_BROKEN);
}

/* No more than PIPE_BUF bytes fit in one slot, so they are never torn apart. */
int pipe_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct pipe *pipe = file->private;
	size_t done;
	int r = 0;

	if (n == 0)
		return 0;
	done = pipe->readers ? pipe_merge(pipe, buf, n) : 0;
	while (r == 0 && done < n) {
		r = pipe_wait_for_room(f, file);
		if (r == 0 && pipe->readers == 0)
			r = pipe_broken(f);
		if (r == 0)
			done += pipe_put_page(f, pipe, (const char *)buf + done, n - done);
	}
	return done ? (int)done : r;
}

/* A FIFO opened with O_NONBLOCK is not hung up before its first writer: see fifo.c. */
short pipe_poll(struct fake *f, struct file *file)
{
	const struct pipe *pipe = file->private;
	int events = 0;

	(void)f;
	if (is_reader(file) && !pipe_is_empty(pipe))
		events |= POLLIN | POLLRDNORM;
	if (is_reader(file) && pipe->writers == 0 && file->pos != (off_t)pipe->w_counter)
		events |= POLLHUP;
	if (is_writer(file) && !pipe_is_full(pipe))
		events |= POLLOUT | POLLWRNORM;
	if (is_writer(file) && pipe->readers == 0)
		events |= POLLERR;
	return (short)events;
}

/* pipe2(2) */

static const struct file_ops pipe_file_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.release = pipe_close,
};

static struct path pipe_path(struct fake *f)
{
	struct inode *inode = inode_new(f, f->pipefs, S_IFIFO | 0600);
	char memory[32];
	struct text name;

	inode->uid = f->current->cred->fsuid;
	inode->gid = f->current->cred->fsgid;
	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "pipe:[%lu]", (unsigned long)inode->ino);
	return (struct path){.dentry = dentry_new(f, NULL, memory, inode)};
}

static struct file *pipe_end_new(struct fake *f, const struct path *path, int flags)
{
	struct file *file = file_new(f, path, (unsigned int)flags);

	file->ops = &pipe_file_ops;
	pipe_open(f, file);
	return file;
}

int fd_install_pair(struct fake *f, struct file *files[2], bool is_cloexec, int *fds)
{
	int first = fd_install(f, files[0], 0, is_cloexec);
	int second = first < 0 ? first : fd_install(f, files[1], 0, is_cloexec);

	if (second < 0)
		file_put(f, files[1]);
	if (first < 0)
		file_put(f, files[0]);
	else if (second < 0)
		do_close(f, first);
	if (second < 0)
		return second;
	if (memory_is_bad(fds)) {
		do_close(f, first);
		do_close(f, second);
		return refuse_fault(f);
	}
	fds[0] = first;
	fds[1] = second;
	return 0;
}

int do_pipe2(struct fake *f, int *fds, int flags)
{
	const bool is_cloexec = flags & O_CLOEXEC;
	struct file *ends[2];
	struct path path;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT | O_EXCL))
		return refuse(f, RULE_PIPE_FLAGS);
	if (flags & O_DIRECT)
		return not_modelled(f, "pipe2(2) with O_DIRECT");
	if (flags & O_EXCL)
		return not_modelled(f, "pipe2(2) with O_NOTIFICATION_PIPE");
	path = pipe_path(f);
	ends[0] = pipe_end_new(f, &path, O_RDONLY | (flags & O_NONBLOCK));
	ends[1] = pipe_end_new(f, &path, O_WRONLY | (flags & O_NONBLOCK));
	path_put(f, &path);
	return fd_install_pair(f, ends, is_cloexec, fds);
}
