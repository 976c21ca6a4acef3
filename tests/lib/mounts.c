/* Mount tables as text that is the same on each kernel. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/look.h"

#define MOUNTS_MAX 512
#define NUMBERS_MAX 1024

/* The columns of one line of proc_pid_mountinfo(5). */
struct row {
	char *id, *parent, *dev, *root, *point, *options, *optional, *type, *source, *super;
};

struct table {
	char *text; /* what the rows point into */
	int n;
	struct row rows[MOUNTS_MAX];
};

/* Numbers in the order in which they were met. */
struct met {
	int n;
	const char *numbers[NUMBERS_MAX];
};

static int met_number(struct met *met, const char *number, size_t len)
{
	for (int i = 0; i < met->n; i++)
		if (strncmp(met->numbers[i], number, len) == 0 &&
		    strspn(met->numbers[i] + len, "0123456789") == 0)
			return i + 1;
	if (met->n < NUMBERS_MAX)
		met->numbers[met->n++] = number;
	return met->n;
}

static char *column(char **rest)
{
	static char nothing[] = "";
	char *word = strsep(rest, " ");

	return word ? word : nothing;
}

static bool row_parse(char *line, struct row *row)
{
	static char rw[] = "rw";
	char *tail = strstr(line, " - ");

	if (!tail)
		return false;
	*tail = '\0';
	tail += 3;
	row->id = column(&line);
	row->parent = column(&line);
	row->dev = column(&line);
	row->root = column(&line);
	row->point = column(&line);
	row->options = column(&line);
	row->optional = line;
	row->type = column(&tail);
	row->source = column(&tail);
	row->super = tail;
	/* What lies beneath all is another machine's each time, and nobody's to change. */
	if (strcmp(row->type, "rootfs") == 0)
		row->options = row->super = rw;
	return true;
}

static bool is_under(const char *point, const char *under)
{
	size_t n = under ? strlen(under) : 0;

	return !under || strcmp(under, "/") == 0 ||
	       (strncmp(point, under, n) == 0 && (point[n] == '\0' || point[n] == '/'));
}

static void table_read(struct table *t, const char *mountinfo, const char *under)
{
	char *rest, *line;

	t->text = strdup(mountinfo);
	t->n = 0;
	rest = t->text;
	while ((line = strsep(&rest, "\n")) && t->n < MOUNTS_MAX)
		if (row_parse(line, &t->rows[t->n]) && is_under(t->rows[t->n].point, under))
			t->n++;
}

/* Peer groups and masters have numbers of the whole machine. */
static void add_optional(struct text *out, const char *optional, struct met *groups)
{
	while (optional && *optional) {
		size_t n = strcspn(optional, " "), name = strcspn(optional, ": ");

		text_add_char(out, ' ');
		text_add_bytes(out, optional, name);
		if (name < n) {
			const char *number = optional + name + 1;

			text_addf(out, ":%d",
				  met_number(groups, number, strspn(number, "0123456789")));
		}
		optional += n + (optional[n] == ' ');
	}
}

static void add_row(struct text *out, const struct row *row, struct met *groups)
{
	if (out->len && out->at[out->len - 1] != ' ')
		text_add(out, "; ");
	text_addf(out, "%s %s %s", row->point, row->type, row->options);
	add_optional(out, row->optional, groups);
	if (strcmp(row->root, "/") != 0)
		text_addf(out, " from %s", row->root);
	if (strcmp(row->source, row->type) != 0)
		text_addf(out, " source=%s", row->source);
	if (strncmp(row->super, "ro", 2) == 0 && strchr(",", row->super[2]))
		text_add(out, " super=ro");
}

/* By mount point; of two at one point the lower first, and else as the kernel has them. */
static void table_sort(struct table *t)
{
	for (int i = 1; i < t->n; i++)
		for (int j = i; j > 0; j--) {
			struct row *a = &t->rows[j - 1], *b = &t->rows[j], swap = *a;
			int order = strcmp(a->point, b->point);

			if (order < 0 || (order == 0 && strcmp(a->parent, b->id) != 0))
				break;
			*a = *b;
			*b = swap;
		}
}

void mounts_table(const char *mountinfo, const char *under, struct text *out)
{
	struct table *t = malloc(sizeof(*t));
	struct met groups = {0};

	table_read(t, mountinfo, under);
	table_sort(t);
	for (int i = 0; i < t->n; i++)
		add_row(out, &t->rows[i], &groups);
	free(t->text);
	free(t);
}

/* What one machine's tmpfs says of itself and another's does not. */
static void add_super(struct text *out, char *super)
{
	const char *between = " ";
	char *word;

	while ((word = strsep(&super, ",")))
		if (strcmp(word, "inode64") != 0) {
			text_addf(out, "%s%s", between, word);
			between = ",";
		}
}

void mounts_info(const char *mountinfo, const char *under, struct text *out)
{
	struct table *t = malloc(sizeof(*t));
	struct met groups = {0}, ids = {0}, devs = {0};

	table_read(t, mountinfo, under);
	for (int i = 0; i < t->n; i++) {
		struct row *row = &t->rows[i];

		if (i)
			text_add(out, "; ");
		text_addf(out, "%d ", met_number(&ids, row->id, strlen(row->id)));
		text_addf(out, "%d ", met_number(&ids, row->parent, strlen(row->parent)));
		text_addf(out, "0:%d ", met_number(&devs, row->dev, strlen(row->dev)));
		text_addf(out, "%s %s %s", row->root, row->point, row->options);
		add_optional(out, row->optional, &groups);
		text_addf(out, " - %s %s", row->type, row->source);
		add_super(out, row->super);
	}
	free(t->text);
	free(t);
}
