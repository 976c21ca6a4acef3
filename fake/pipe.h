/* Pipes: what two ends share, whether they have a name or not. */
#ifndef FAKE_PIPE_H
#define FAKE_PIPE_H

#include "fake/file.h"

#define PIPE_SLOTS 16 /* PIPE_DEF_BUFFERS */
#define PIPE_PAGE 4096

/* One page of bytes: small writes join in the last one while they fit. */
struct pipe_slot {
	char *page; /* kept when empty */
	int offset, len;
};

/* The kernel's struct pipe_inode_info. */
struct pipe {
	int files; /* open; the last one to close frees it */
	int readers, writers;
	unsigned int r_counter, w_counter; /* openings so far: what FIFOs wait for */
	unsigned int head, tail;	   /* slots written and read so far */
	struct pipe_slot slots[PIPE_SLOTS];
};

static inline bool pipe_is_empty(const struct pipe *pipe)
{
	return pipe->head == pipe->tail;
}

static inline bool pipe_is_full(const struct pipe *pipe)
{
	return pipe->head - pipe->tail >= PIPE_SLOTS;
}

/* One more opening with the file's access mode; makes the inode's pipe where there is none. */
struct pipe *pipe_open(struct fake *f, struct file *file);
/* Takes the opening back. */
void pipe_close(struct fake *f, struct file *file);

int pipe_read(struct fake *f, struct file *file, void *buf, size_t n);
int pipe_write(struct fake *f, struct file *file, const void *buf, size_t n);
short pipe_poll(struct fake *f, struct file *file);

/*
 * Two descriptors for what pipe2(2) and socketpair(2) made; takes over the references.  0, or
 * -EMFILE, -EFAULT, and then neither is open.
 */
int fd_install_pair(struct fake *f, struct file *files[2], bool is_cloexec, int *fds);

#endif
