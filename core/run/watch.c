/* A layer that knows which calls were refused last. */
#include "core/run/watch.h"

#include <string.h>

#include "core/kernel/print.h"

#define MARK "[...]"

void text_cut_middle(char *out, size_t size, const char *text)
{
	size_t n = strlen(text);
	size_t head = (size - sizeof(MARK)) / 2;
	size_t tail = size - sizeof(MARK) - head;

	if (n < size) {
		memcpy(out, text, n + 1);
		return;
	}
	memcpy(out, text, head);
	memcpy(out + head, MARK, sizeof(MARK) - 1);
	memcpy(out + head + sizeof(MARK) - 1, text + n - tail, tail + 1);
}

/* Moves the refusal of this errno, or the oldest, to the front and answers it. */
static struct refusal *refusal_front(struct watch *w, int r)
{
	int at = 0;

	while (at < w->n && w->refusals[at].r != r)
		at++;
	if (at == w->n && w->n < WATCH_REFUSALS_MAX)
		w->n++;
	if (at == WATCH_REFUSALS_MAX)
		at--;
	memmove(&w->refusals[1], &w->refusals[0], (size_t)at * sizeof(w->refusals[0]));
	return &w->refusals[0];
}

/* The call as a message shows it: an environment would bury the rest. */
static void refusal_print(struct refusal *refusal, const struct call *call, bool show_values)
{
	static const char *const elided[] = {"...", NULL};
	const struct print_style style = {.limit = 64, .hide_values = !show_values};
	struct call shown = *call;
	char memory[1024];
	struct text t;

	if (call->op == OP_execveat)
		shown.arg[3] = (uintptr_t)elided;
	text_init(&t, memory, sizeof(memory));
	call_print_answered(&t, &shown, refusal->r, &style);
	text_cut_middle(refusal->text, sizeof(refusal->text), t.at);
}

static int watch_call(struct layer *layer, const struct call *call)
{
	struct watch *w = (struct watch *)layer;
	int r = layer_pass(layer, call);

	if (r < 0) {
		struct refusal *refusal = refusal_front(w, r);

		refusal->op = call->op;
		refusal->r = r;
		refusal_print(refusal, call, w->show_values);
	}
	return r;
}

void watch_init(struct watch *w, struct kernel *lower, bool show_values)
{
	layer_init(&w->layer, lower, watch_call);
	w->n = 0;
	w->show_values = show_values;
}

const struct refusal *watch_find(const struct watch *w, int r)
{
	for (int i = 0; i < w->n; i++)
		if (w->refusals[i].r == r)
			return &w->refusals[i];
	return NULL;
}
