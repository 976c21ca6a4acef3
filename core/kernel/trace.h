/*
 * A layer that tells of every call, a line each, in the dialect of print.h.
 *
 *	[1] # 3, init: mount --bind -o ro /srv/data /img/data
 *	[1] openat(AT_FDCWD, "/srv/data", O_RDONLY|O_PATH, 0) = 4</srv/data>
 *	[1] mkdirat(4</srv/data>, "x", 0755) = -EROFS
 *	[2] exit_group(0) = ?
 *
 * In front stands the task's number (kernel_task).  A line is written when its call returns;
 * those that may not return, exit_group(2) and execveat(2), are written before they go, with
 * ? for an answer, and a second time when they do return.  Lines with # are what the runner
 * noted: the step, its side, and the step as a shell line.
 */
#ifndef CORE_KERNEL_TRACE_H
#define CORE_KERNEL_TRACE_H

#include "core/kernel/layer.h"
#include "core/kernel/meaning.h"
#include "core/kernel/print.h"

#define TRACE_LINE_SIZE 4096 /* bytes; what is longer ends in ... */

/* limit and hide_values of style may be changed after trace_init; the rest is its own. */
struct trace {
	struct layer layer;
	struct print_style style;
	struct meanings meanings;
	int task; /* whose line is being written */
	/* Receives each line: n bytes, a newline at their end, a zero byte after it. */
	void (*sink)(void *context, const char *line, size_t n);
	void *context;
};

/* A sink: each line is one write(2) to fd on k, which stands below the tracer. */
struct trace_fd {
	struct kernel *k;
	int fd;
};
void trace_to_fd(void *trace_fd, const char *line, size_t n);

/* Traces lower.  meanings: memory for n descriptors of all tasks. */
void trace_init(struct trace *trace, struct kernel *lower, struct meaning *meanings, size_t n);
/* Where lines go; without one they go nowhere. */
void trace_sink(struct trace *trace, void (*sink)(void *, const char *, size_t), void *context);

#endif
