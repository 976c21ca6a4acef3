/* A layer that remembers every call. */
#include "core/kernel/record.h"

#include <string.h>

/* The note that counts for a task; NULL: no room for one. */
static struct note *note_of(struct record *record, int task)
{
	for (int i = 0; i < RECORD_TASKS; i++) {
		if (record->notes[i].task == 0)
			record->notes[i].task = task;
		if (record->notes[i].task == task)
			return &record->notes[i].note;
	}
	return NULL;
}

static void text_of(struct record *record, struct recorded *entry)
{
	size_t start = record->text.len;

	if (entry->answered)
		call_print_answered(&record->text, &entry->call, entry->answer, &record->style);
	else
		call_print(&record->text, &entry->call, &record->style);
	entry->text = record->text.at + start;
	/* The zero byte stays between this text and the next. */
	if (record->text.len + 1 < record->text.size)
		record->text.at[++record->text.len] = '\0';
	else
		record->text.cut = true;
	record->full = record->full || record->text.cut;
}

/* NULL when there is no more room. */
static struct recorded *add(struct record *record, const struct call *call)
{
	int task = kernel_task(record->layer.lower);
	const struct note *note = note_of(record, task);
	struct recorded *entry;

	if (record->n == record->max || record->full) {
		record->full = true;
		return NULL;
	}
	entry = &record->at[record->n++];
	*entry = (struct recorded){.call = *call,
				   .task = task,
				   .side = note ? note->side : NULL,
				   .step = note ? note->step : 0};
	return entry;
}

static int record_call(struct layer *layer, const struct call *call)
{
	struct record *record = (struct record *)layer;
	bool leaves = call->op == OP_exit_group || call->op == OP_execveat;
	struct recorded *entry = leaves ? add(record, call) : NULL;
	int r;

	if (entry)
		text_of(record, entry);
	r = layer_pass(layer, call);
	if (!leaves)
		entry = add(record, call);
	if (!entry)
		return r;
	entry->answered = true;
	entry->answer = r;
	text_of(record, entry);
	return r;
}

static void record_note(struct layer *layer, const struct note *note)
{
	struct record *record = (struct record *)layer;
	struct note *kept = note_of(record, kernel_task(layer->lower));

	if (kept)
		*kept = *note;
	kernel_note(layer->lower, note);
}

void record_init(struct record *record, struct kernel *lower, struct recorded *calls, int max,
		 char *text, size_t size)
{
	*record = (struct record){.at = calls, .max = max};
	layer_init(&record->layer, lower, record_call);
	record->layer.note = record_note;
	text_init(&record->text, text, size);
}

void record_clear(struct record *record)
{
	record->n = 0;
	record->full = false;
	text_clear(&record->text);
}

int record_count(const struct record *record, enum sysop op)
{
	int n = 0;

	for (int i = 0; i < record->n; i++)
		n += record->at[i].call.op == op;
	return n;
}

const struct recorded *record_nth(const struct record *record, enum sysop op, int n)
{
	for (int i = 0; i < record->n; i++)
		if (record->at[i].call.op == op && --n == 0)
			return &record->at[i];
	return NULL;
}

int record_find(const struct record *record, int from, const char *pattern)
{
	for (int i = from; i < record->n; i++)
		if (strstr(record->at[i].text, pattern))
			return i;
	return -ENOENT;
}

bool record_never(const struct record *record, const char *pattern)
{
	return !record->full && record_find(record, 0, pattern) < 0;
}

bool record_before(const struct record *record, const char *one, const char *other)
{
	int first = record_find(record, 0, one);

	return !record->full && first >= 0 && record_find(record, 0, other) > first;
}

bool record_at_most(const struct record *record, int n, const char *pattern)
{
	int i = record_find(record, 0, pattern);

	for (; i >= 0; i = record_find(record, i + 1, pattern))
		n--;
	return !record->full && n >= 0;
}

void record_print(const struct record *record, struct text *t)
{
	for (int i = 0; i < record->n; i++)
		text_addf(t, "[%d] %s\n", record->at[i].task, record->at[i].text);
	if (record->full)
		text_add(t, "... there was no room for more\n");
}
