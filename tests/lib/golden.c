/* A layer that writes the calls of each side to a file of its own, and their comparison. */
#include "tests/lib/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/print.h"

#define FILE_SIZE 65536

static bool is_init(const struct golden *g)
{
	int task = kernel_task(g->layer.lower);

	for (int i = 0; i < g->n_tasks; i++)
		if (g->tasks[i] == task)
			return true;
	return false;
}

/* Writes a line without the prefix wherever it stands. */
static void write_line(struct golden *g, const char *line)
{
	char memory[1024];
	struct text out;
	const char *found;

	text_init(&out, memory, sizeof(memory));
	while (g->prefix[0] && (found = strstr(line, g->prefix))) {
		text_add_bytes(&out, line, (size_t)(found - line));
		line = found + strlen(g->prefix);
	}
	text_addf(&out, "%s\n", line);
	sys_write(g->layer.lower, g->fds[is_init(g)], out.at, out.len);
}

static void golden_note(struct layer *layer, const struct note *note)
{
	struct golden *g = (struct golden *)layer;
	char line[600];

	if (strcmp(note->side, "init") == 0 && !is_init(g) && g->n_tasks < GOLDEN_TASKS)
		g->tasks[g->n_tasks++] = kernel_task(layer->lower);
	if (is_init(g))
		g->skipping = g->skip && strncmp(note->text, g->skip, strlen(g->skip)) == 0;
	snprintf(line, sizeof(line), "# %s", note->text);
	write_line(g, line);
	kernel_note(layer->lower, note);
}

/* Numbers of tasks are the kernel's choice; so is what a call writes. */
static int golden_call(struct layer *layer, const struct call *call)
{
	struct golden *g = (struct golden *)layer;
	char memory[700];
	struct text line;
	int r;

	text_init(&line, memory, sizeof(memory));
	call_print(&line, call, NULL);
	if (call->op == OP_waitid)
		text_init(&line, memory, sizeof(memory)), text_add(&line, "waitid(...)");
	if (call->op == OP_exit_group || call->op == OP_execveat)
		write_line(g, memory);
	r = layer_pass(layer, call);
	if (r < 0)
		text_addf(&line, " = -%s", strerrorname_np(-r));
	if (!(g->skipping && is_init(g)))
		write_line(g, memory);
	return r;
}

void golden_init(struct golden *g, struct kernel *lower, const char *prefix, int host, int init)
{
	*g = (struct golden){.prefix = prefix, .fds = {host, init}};
	layer_init(&g->layer, lower, golden_call);
	g->layer.note = golden_note;
}

static const char *update(const char *file, const struct text *seen, struct text *why)
{
	FILE *f = fopen(file, "w");

	if (f && fwrite(seen->at, 1, seen->len, f) == seen->len && fclose(f) == 0)
		return NULL;
	text_addf(why, "cannot write %s", file);
	return why->at;
}

const char *golden_differs(const char *file, const struct text *seen, struct text *why)
{
	static char want[FILE_SIZE];
	const char *a = want, *b = seen->at;
	FILE *f;

	if (getenv("UPDATE"))
		return update(file, seen, why);
	f = fopen(file, "r");
	want[f ? fread(want, 1, sizeof(want) - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	for (int line = 1; *a || *b; line++) {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

		if (n != m || strncmp(a, b, n) != 0) {
			text_addf(why, "%s:%d: wanted %.*s\nseen %.*s", file, line, (int)n, a,
				  (int)m, b);
			return why->at;
		}
		a += n + (a[n] == '\n');
		b += m + (b[m] == '\n');
	}
	return NULL;
}
