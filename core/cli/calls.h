/* The calls of a run, kept as lines under the step that made them. */
#ifndef CORE_CLI_CALLS_H
#define CORE_CLI_CALLS_H

#include "core/base/arena.h"
#include "core/kernel/trace.h"

#define CALLS_TASKS 8
#define CALLS_MEANINGS 64

struct call_line {
	struct call_line *next;
	char text[]; /* trace.h's dialect, without the task */
};

struct calls {
	struct trace trace;
	struct meaning meanings[CALLS_MEANINGS];
	struct arena lines;
	/* Those of step n, from 1; of 0: before the first. */
	struct call_list {
		struct call_line *first, *last;
	} * steps;
	size_t n_steps;
	/* Which step a task is at. */
	struct {
		int task;
		size_t step;
	} tasks[CALLS_TASKS];
	bool lost; /* there were more than memory was set aside for */
};

/*
 * Prepares to keep calls of n_steps steps in as many bytes of the arena's end; 0 or -ENOMEM.
 * calls is zeroed.
 */
int calls_init(struct calls *calls, struct arena *arena, size_t n_steps, size_t size);
/* What to make the calls on, that k then gets. */
struct kernel *calls_watch(struct calls *calls, struct kernel *k, bool show_values);

#endif
