/* The calls of a run, kept as lines under the step that made them. */
#include "core/cli/calls.h"

#include <string.h>

/* The digits at *at, which then stands behind them. */
static size_t number_read(const char **at)
{
	size_t n = 0;

	for (; **at >= '0' && **at <= '9'; ++*at)
		n = n * 10 + (size_t)(**at - '0');
	return n;
}

/* The step a task is at; its place is made when it is first heard of. */
static size_t *step_of(struct calls *calls, int task)
{
	size_t i = 0;

	while (i < CALLS_TASKS - 1 && calls->tasks[i].task && calls->tasks[i].task != task)
		i++;
	calls->tasks[i].task = task;
	return &calls->tasks[i].step;
}

static void line_keep(struct calls *calls, size_t step, const char *text, size_t n)
{
	struct call_line *line = arena_alloc(&calls->lines, sizeof(*line) + n + 1);
	struct call_list *list = &calls->steps[step];

	if (!line) {
		calls->lost = true;
		return;
	}
	memcpy(line->text, text, n);
	if (list->last)
		list->last->next = line;
	else
		list->first = line;
	list->last = line;
}

/* "[2] # 7, init: ..." names the step of what follows from the same task. */
static void calls_take(void *context, const char *line, size_t n)
{
	struct calls *calls = context;
	const char *at = line + 1;
	size_t *step = step_of(calls, (int)number_read(&at));

	at += strlen("] ");
	if (*at != '#') {
		/* Without the newline. */
		line_keep(calls, *step, at, n - 1 - (size_t)(at - line));
		return;
	}
	at += strlen("# ");
	*step = number_read(&at);
	if (*step > calls->n_steps)
		*step = 0;
}

int calls_init(struct calls *calls, struct arena *arena, size_t n_steps, size_t size)
{
	calls->steps = arena_alloc(arena, (n_steps + 1) * sizeof(*calls->steps));
	if (!calls->steps)
		return -ENOMEM;
	calls->n_steps = n_steps;
	/* The end is not zeroed before it is used. */
	if (size > arena->size - arena->used)
		size = (arena->size - arena->used) / 2;
	size &= ~(size_t)15;
	arena->size = (arena->size - size) & ~(size_t)15;
	arena_init(&calls->lines, arena->base + arena->size, size);
	return 0;
}

struct kernel *calls_watch(struct calls *calls, struct kernel *k, bool show_values)
{
	trace_init(&calls->trace, k, calls->meanings, CALLS_MEANINGS);
	calls->trace.style.hide_values = !show_values;
	trace_sink(&calls->trace, calls_take, calls);
	return &calls->trace.layer.kernel;
}
