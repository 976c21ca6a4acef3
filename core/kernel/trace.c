/* A layer that tells of every call, a line each. */
#include "core/kernel/trace.h"

#include <string.h>

#include "core/kernel/forms.h"

/* A path may hold anything; what ends the meaning or the line is escaped. */
static void visible_add(struct text *t, const char *s, const char *escaped)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c >= 0x7f || strchr(escaped, c))
			text_addf(t, "\\%03o", c);
		else
			text_add_char(t, (char)c);
	}
}

static void meaning_add(void *context, struct text *t, int fd)
{
	struct trace *trace = context;
	const char *meaning = meaning_of(&trace->meanings, trace->task, fd);

	if (!meaning)
		return;
	text_add_char(t, '<');
	visible_add(t, meaning, "<>\"\\");
	text_add_char(t, '>');
}

static void line_start(struct trace *trace, struct text *t, char *memory)
{
	text_init(t, memory, TRACE_LINE_SIZE);
	trace->task = kernel_task(trace->layer.lower);
	text_addf(t, "[%d] ", trace->task);
}

static void line_end(struct trace *trace, struct text *t)
{
	if (t->cut)
		memcpy(t->at + t->size - 5, "...", 4);
	t->len -= t->cut ? 1 : 0;
	t->at[t->len++] = '\n';
	t->at[t->len] = '\0';
	if (trace->sink)
		trace->sink(trace->context, t->at, t->len);
}

/* Whether the answer of a row is a new descriptor. */
static bool answers_fd(enum sysop op)
{
	switch (op) {
	case OP_openat:
	case OP_openat2:
	case OP_dup:
	case OP_dup3:
	case OP_fcntl_dupfd_cloexec:
	case OP_pidfd_open:
	case OP_ioctl_tiocgptpeer:
		return true;
	default:
		return false;
	}
}

static void trace_before(struct trace *trace, const struct call *call)
{
	char memory[TRACE_LINE_SIZE + 2];
	struct text t;

	line_start(trace, &t, memory);
	call_print(&t, call, &trace->style);
	text_add(&t, " = ?");
	line_end(trace, &t);
}

static void trace_after(struct trace *trace, const struct call *call, int r)
{
	char memory[TRACE_LINE_SIZE + 2];
	struct text t;

	line_start(trace, &t, memory);
	meanings_opened(&trace->meanings, trace->task, call, r);
	call_print_answered(&t, call, r, &trace->style);
	if (r >= 0 && answers_fd(call->op))
		meaning_add(trace, &t, r);
	meanings_closed(&trace->meanings, trace->task, call, r);
	line_end(trace, &t);
}

static int trace_call(struct layer *layer, const struct call *call)
{
	struct trace *trace = (struct trace *)layer;
	int task = kernel_task(layer->lower);
	int r;

	meanings_before(&trace->meanings, task, call);
	if (call->op == OP_exit_group || call->op == OP_execveat)
		trace_before(trace, call);
	if (call->op == OP_exit_group)
		meanings_closed(&trace->meanings, task, call, 0);
	r = layer_pass(layer, call);
	trace_after(trace, call, r);
	return r;
}

static void trace_note(struct layer *layer, const struct note *note)
{
	struct trace *trace = (struct trace *)layer;
	char memory[TRACE_LINE_SIZE + 2];
	struct text t;

	line_start(trace, &t, memory);
	text_add(&t, "# ");
	if (note->step > 0)
		text_addf(&t, "%d%s", note->step, note->side ? ", " : ": ");
	if (note->side)
		text_addf(&t, "%s: ", note->side);
	visible_add(&t, note->text ? note->text : "", "");
	line_end(trace, &t);
	kernel_note(layer->lower, note);
}

void trace_init(struct trace *trace, struct kernel *lower, struct meaning *meanings, size_t n)
{
	*trace = (struct trace){.style = {.limit = 128, .hide_values = true}};
	layer_init(&trace->layer, lower, trace_call);
	trace->layer.note = trace_note;
	meanings_init(&trace->meanings, meanings, n);
	trace->style.describe = meaning_add;
	trace->style.context = trace;
}

void trace_sink(struct trace *trace, void (*sink)(void *, const char *, size_t), void *context)
{
	trace->sink = sink;
	trace->context = context;
}

void trace_to_fd(void *trace_fd, const char *line, size_t n)
{
	const struct trace_fd *to = trace_fd;

	/* A trace that cannot be written is lost; the program must not fail of it. */
	(void)sys_write(to->k, to->fd, line, n);
}
