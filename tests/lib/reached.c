/* What tests reached of the tables: each is told once, to a file. */
#include "tests/lib/reached.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 512
#define LINES_MAX 4096

static const char *const kinds[N_STEP_KINDS] = {
#define STEP(kind, run, line, doing) [STEP_##kind] = #kind,
#include "core/plan/steps.def"
#undef STEP
};

static bool is_new(const char *line)
{
	static char *lines[LINES_MAX];
	static size_t n;

	for (size_t i = 0; i < n; i++)
		if (strcmp(lines[i], line) == 0)
			return false;
	if (n < LINES_MAX)
		lines[n++] = strdup(line);
	return true;
}

void reached(const char *table, const char *id, const char *where)
{
	const char *path = getenv("SANDTABLE_REACHED");
	char line[LINE_SIZE];
	FILE *file;

	snprintf(line, sizeof(line), "%s %s%s%s", table, id, where ? "\t" : "",
		 where ? where : "");
	if (!path || !is_new(line))
		return;
	file = fopen(path, "a");
	if (!file || fprintf(file, "%s\n", line) < 0 || fclose(file) != 0) {
		perror(path);
		exit(2);
	}
}

void reached_value(const char *table, int value)
{
	char id[16];

	snprintf(id, sizeof(id), "%d", value);
	reached(table, id, NULL);
}

void reached_step(const struct plan *p, size_t i, enum step_kind kind)
{
	const struct step *step = &p->steps[i];

	reached("step", kinds[kind], NULL);
	reached_value("side_name", step->side);
	if (step->word)
		reached_value("word", step->word);
}
