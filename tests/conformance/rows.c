/* Reading conformance rows: docs/TESTING.md describes the format. */
#include "tests/conformance/rows.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tests/lib/spell.h"

#define MEMORY_SIZE (4u << 20)
#define ROWS_MAX 2000
#define TEXT_SIZE 65536

struct reader {
	struct rows *rows;
	struct row *row; /* the one that is being read */
	const char *file, *section;
	int number;
	int r;
};

static void complain(struct reader *reader, const char *why)
{
	fprintf(stderr, "%s.rows:%d: %s\n", reader->file, reader->number, why);
	reader->r = -EINVAL;
}

static const char *keep(struct rows *rows, const char *text)
{
	size_t n = strlen(text) + 1;
	char *at = rows->memory + rows->used;

	if (n > MEMORY_SIZE - rows->used) {
		fputs("too many rows\n", stderr);
		exit(2);
	}
	rows->used += n;
	return memcpy(at, text, n);
}

/* "{4095}" is so many x; "{/.*2047}" so many "/."; the rest stays. Answers its length. */
static size_t expand_one(const char *at, struct text *out)
{
	size_t n = strcspn(at, "}"), digits;
	const char *star = memchr(at, '*', n), *number = star ? star + 1 : at + 1;
	long count;

	digits = strspn(number, "0123456789");
	if (at[n] != '}' || digits == 0 || number + digits != at + n)
		return 0;
	count = strtol(number, NULL, 10);
	for (long i = 0; i < count; i++)
		if (star)
			text_add_bytes(out, at + 1, (size_t)(star - at - 1));
		else
			text_add_char(out, 'x');
	return n + 1;
}

static void expand(const char *line, struct text *out)
{
	while (*line) {
		size_t n = *line == '{' ? expand_one(line, out) : 0;

		if (n == 0)
			text_add_char(out, *line++);
		line += n;
	}
}

static struct row_line *add_line(struct reader *reader, const char *text, const char *wanted)
{
	struct row *row = reader->row;
	struct row_line *line = &row->lines[row->n_lines];

	if (row->n_lines == ROW_LINES) {
		complain(reader, "a row of this many lines is several");
		return NULL;
	}
	row->n_lines++;
	line->text = keep(reader->rows, text);
	line->wanted = wanted ? keep(reader->rows, wanted) : NULL;
	return line;
}

/* "{chain 40}": symlinks /l1 to /a, /l2 to /l1, and so on. */
static void add_chain(struct reader *reader, int n)
{
	for (int i = 1; i <= n; i++) {
		char line[64];

		if (i == 1)
			snprintf(line, sizeof(line), "symlink(\"/a\", \"/l1\")");
		else
			snprintf(line, sizeof(line), "symlink(\"/l%d\", \"/l%d\")", i - 1, i);
		add_line(reader, line, NULL);
	}
}

static int version(const char *text)
{
	int major = 0, minor = 0;

	return sscanf(text, "%d.%d", &major, &minor) == 2 ? major * 1000 + minor : 0;
}

static void read_need(struct reader *reader, char *word)
{
	static const struct {
		const char *word;
		enum need need;
	} words[] = {
		{"ids", NEED_IDS},
		{"init-userns", NEED_INIT_USERNS},
		{"proc", NEED_PROC},
		{"devpts", NEED_DEVPTS},
		{"unchecked", NEED_UNCHECKED},
	};

	word += strspn(word, " ");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].word, word) == 0) {
			reader->row->needs |= words[i].need;
			return;
		}
	if (strncmp(word, "from ", 5) == 0)
		reader->row->from = version(word + 5);
	else if (strncmp(word, "before ", 7) == 0)
		reader->row->before = version(word + 7);
	else
		complain(reader, "this need is not known");
}

/* A program's line: what stands behind its closing parenthesis is what it wants. */
static void read_call(struct reader *reader, const char *text)
{
	const char *call = text + strspn(text, "0123456789 ");
	const char *end = *call == '@' ? call + strcspn(call, "=") : spell_end(call);
	char line[TEXT_SIZE];
	int chain;

	if (sscanf(text, "{chain %d}", &chain) == 1) {
		add_chain(reader, chain);
		return;
	}
	if (!end) {
		complain(reader, "the call does not end");
		return;
	}
	snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
	while (*line && isspace((unsigned char)line[strlen(line) - 1]))
		line[strlen(line) - 1] = '\0';
	if (*end == '\0')
		add_line(reader, line, NULL);
	else if (strncmp(end + (*end == ' '), "= ", 2) == 0)
		add_line(reader, line, end + (*end == ' ') + 2);
	else
		complain(reader, "\" = \" should follow the call");
}

static void read_seen(struct reader *reader, const char *item)
{
	struct row *row = reader->row;
	struct row_line *line = row->n_lines ? &row->lines[row->n_lines - 1] : NULL;
	char all[TEXT_SIZE];

	if (!line || !strchr(line->text, '@')) {
		complain(reader, "nothing is looked at that could be seen");
		return;
	}
	item += strspn(item, " \t");
	snprintf(all, sizeof(all), "%s%s%s", line->seen ? line->seen : "",
		 line->seen && *line->seen ? "; " : "", item);
	line->seen = keep(reader->rows, all);
}

static void read_part(struct reader *reader, char *line)
{
	char expanded[TEXT_SIZE];
	struct text text;
	char *word;

	text_init(&text, expanded, sizeof(expanded));
	expand(line, &text);
	if (!reader->row) {
		complain(reader, "a sentence should come first");
	} else if (strncmp(expanded, "needs:", 6) == 0) {
		line = expanded + 6;
		while ((word = strsep(&line, ",")))
			read_need(reader, word);
	} else if (expanded[0] == '|') {
		read_seen(reader, expanded + 1);
	} else if (expanded[0] == ':' && reader->row->n_lines) {
		reader->row->lines[reader->row->n_lines - 1].holds =
			keep(reader->rows, expanded + 1 + strspn(expanded + 1, " "));
	} else {
		read_call(reader, expanded);
	}
}

static void read_sentence(struct reader *reader, const char *line)
{
	struct rows *rows = reader->rows;

	if (line[strlen(line) - 1] != '.')
		complain(reader, "a sentence ends in a full stop");
	for (int i = 0; i < rows->n; i++)
		if (strcmp(rows->at[i].sentence, line) == 0)
			complain(reader, "this sentence is another row's already");
	if (rows->n == ROWS_MAX) {
		complain(reader, "too many rows");
		return;
	}
	reader->row = &rows->at[rows->n++];
	*reader->row = (struct row){
		.file = reader->file,
		.section = reader->section,
		.sentence = keep(rows, line),
		.number = reader->number,
	};
}

static void read_line(struct reader *reader, char *line)
{
	size_t n = strlen(line);

	while (n > 0 && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	if (n == 0 || strncmp(line, "# ", 2) == 0 || strcmp(line, "#") == 0)
		return;
	if (strncmp(line, "## ", 3) == 0)
		reader->section = keep(reader->rows, line + 3);
	else if (line[0] == '\t' || line[0] == ' ')
		read_part(reader, line + strspn(line, " \t"));
	else
		read_sentence(reader, line);
}

/* A row that asks nothing cannot fail. */
static void check_rows(struct reader *reader, int first)
{
	for (int i = first; i < reader->rows->n; i++) {
		const struct row *row = &reader->rows->at[i];
		int asked = 0;

		for (int j = 0; j < row->n_lines; j++)
			asked += row->lines[j].wanted || row->lines[j].seen ||
				 row->lines[j].holds;
		reader->number = row->number;
		if (asked == 0)
			complain(reader, "this row asks nothing");
	}
}

int rows_read(struct rows *rows, const char *name, const char *text)
{
	struct reader reader = {.rows = rows, .section = ""};
	char *copy = strdup(text), *rest = copy, *line;
	int first = rows->n;

	if (!rows->at) {
		rows->at = calloc(ROWS_MAX, sizeof(*rows->at));
		rows->memory = malloc(MEMORY_SIZE);
	}
	reader.file = keep(rows, name);
	while ((line = strsep(&rest, "\n"))) {
		reader.number++;
		read_line(&reader, line);
	}
	check_rows(&reader, first);
	free(copy);
	return reader.r;
}

void rows_free(struct rows *rows)
{
	free(rows->at);
	free(rows->memory);
}

void row_wanted(const char *wanted, int kernel, char *memory, size_t size)
{
	const char *best = wanted;

	for (const char *at = wanted; (at = strstr(at, "; from "));) {
		at += 7;
		if (kernel >= version(at) && strchr(at, ':'))
			best = strchr(at, ':') + 2;
	}
	snprintf(memory, size, "%.*s", (int)strcspn(best, ";"), best);
}
