/* Programs of calls: run on both kernels, compared, made shorter. */
#include "tests/differential/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_SIZE (256 * 1024)

void program_add(struct program *p, const char *line)
{
	if (p->n < PROGRAM_LINES)
		p->lines[p->n++] = strdup(line);
}

static void forget(char **text)
{
	free(*text);
	*text = NULL;
}

void program_reset(struct program *p)
{
	for (int i = 0; i < PROGRAM_LINES; i++) {
		forget(&p->fake[i]);
		forget(&p->real[i]);
	}
}

void program_clear(struct program *p)
{
	program_reset(p);
	for (int i = 0; i < p->n; i++)
		forget(&p->lines[i]);
	p->n = 0;
}

static int run(struct program *p, struct engine *e, char **answers)
{
	static char memory[ANSWER_SIZE];
	struct text text;
	int r;

	text_init(&text, memory, sizeof(memory));
	if (!e)
		return -EINVAL;
	r = world_make(e, &(struct world_options){0}, &text);
	if (r < 0) {
		fprintf(stderr, "the world cannot be made: %s\n", text.at);
		return r;
	}
	for (int i = 0; i < p->n; i++)
		engine_add(e, p->lines[i]);
	engine_run(e);
	for (int i = 0; i < p->n; i++) {
		text_init(&text, memory, sizeof(memory));
		engine_answer(e, i, &text);
		answers[i] = strdup(text.at);
		if (answers == p->fake)
			p->r[i] = engine_result(e, i);
	}
	return 0;
}

int program_run_fake(struct program *p, const struct engine_options *options)
{
	struct engine *e = engine_fake(options);
	int r = run(p, e, p->fake);

	engine_close(e);
	return r;
}

int program_run_linux(struct program *p, const struct engine_options *options)
{
	struct engine *e = engine_linux(options);
	int r = run(p, e, p->real);

	engine_close(e);
	return r;
}

bool answer_is_unknown(const char *answer)
{
	return strstr(answer, " = !fake") != NULL;
}

int program_differs(const struct program *p)
{
	for (int i = 0; i < p->n; i++) {
		if (!p->fake[i] || !p->real[i] || answer_is_unknown(p->fake[i]))
			return -1;
		if (strcmp(p->fake[i], p->real[i]) != 0)
			return i;
	}
	return -1;
}

static void cut(struct program *p, int n)
{
	for (int i = n; i < p->n; i++)
		forget(&p->lines[i]);
	p->n = n;
}

/* Whether the program without these lines still differs; where it first does then. */
static int differs_without(const struct program *p, int first, int n,
			   const struct engine_options *options)
{
	static struct program trial;
	int at = -1;

	program_clear(&trial);
	for (int i = 0; i < p->n; i++)
		if (i < first || i >= first + n)
			program_add(&trial, p->lines[i]);
	if (program_run_fake(&trial, options) == 0 && program_run_linux(&trial, options) == 0)
		at = program_differs(&trial);
	program_clear(&trial);
	return at;
}

static void drop(struct program *p, int first, int n)
{
	for (int i = first; i < first + n; i++)
		forget(&p->lines[i]);
	memmove(&p->lines[first], &p->lines[first + n],
		(size_t)(p->n - first - n) * sizeof(*p->lines));
	for (int i = p->n - n; i < p->n; i++)
		p->lines[i] = NULL;
	p->n -= n;
}

void program_shrink(struct program *p, const struct engine_options *options)
{
	cut(p, program_differs(p) + 1);
	for (int size = p->n / 2; size >= 1; size = size > 1 ? size / 2 : 0)
		for (int first = p->n - size; first >= 0; first -= size) {
			int at = differs_without(p, first, size, options);

			if (at < 0)
				continue;
			drop(p, first, size);
			cut(p, at + 1);
			if (first > p->n)
				first = p->n;
		}
	program_reset(p);
	program_run_fake(p, options);
	program_run_linux(p, options);
}
