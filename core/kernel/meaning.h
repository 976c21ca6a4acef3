/* What descriptors mean, task by task: followed through the calls that make and close them. */
#ifndef CORE_KERNEL_MEANING_H
#define CORE_KERNEL_MEANING_H

#include <stdbool.h>

#include "core/kernel/call.h"

#define MEANING_SIZE                                                                           \
	56 /* bytes of a meaning, zero byte included; longer ones are cut in front */
#define MEANING_TASKS 64    /* tasks that are followed */
#define MEANING_SPAWNING 16 /* children that are not seen yet */

/* One descriptor of one task. */
struct meaning {
	int task; /* 0: free */
	int fd;
	char text[MEANING_SIZE]; /* "/srv/data", "pipe", "pid:12" */
};

/*
 * The memory is the caller's.  Where it does not suffice a descriptor has no meaning.
 *
 * A child has the descriptors that its parent had when it was made.  Which number it has
 * shows when it first calls: it takes the table of the call that is making a task, as in a
 * process that fork copied; else that of the child that waits longest, as in the fake, where
 * all tasks share this memory.
 */
struct meanings {
	struct meaning *at;
	size_t n;
	int seen[MEANING_TASKS];
	int n_seen;
	struct {
		int parent; /* 0: free */
		bool made;  /* the call has returned */
		unsigned long serial;
	} spawning[MEANING_SPAWNING];
	unsigned long serial;
};

void meanings_init(struct meanings *m, struct meaning *memory, size_t n);
/* To be told before a call, and after it: meanings_opened, then meanings_closed. */
void meanings_before(struct meanings *m, int task, const struct call *call);
/* Descriptors that the call made mean something now. */
void meanings_opened(struct meanings *m, int task, const struct call *call, int r);
/* Descriptors that it closed mean nothing any more. */
void meanings_closed(struct meanings *m, int task, const struct call *call, int r);
/* NULL when nothing is known. */
const char *meaning_of(const struct meanings *m, int task, int fd);
/* Gives a descriptor a meaning that no call gave: standard output, a received one. */
void meaning_set(struct meanings *m, int task, int fd, const char *text);

#endif
