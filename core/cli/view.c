/* What is told of a task on a rehearsed host, taken apart. */
#include "core/cli/view.h"

#include <string.h>

const struct id_row id_rows[] = {
	// clang-format off
	{ "uid",             "uid",             ID_NUMBERS },
	{ "gid",             "gid",             ID_NUMBERS },
	{ "groups",          "groups",          ID_NUMBERS },
	{ "uid_map",         "uid_map",         ID_WORD },
	{ "gid_map",         "gid_map",         ID_WORD },
	{ "setgroups",       "setgroups",       ID_WORD },
	{ "effective",       "effective",       ID_CAPABILITIES },
	{ "permitted",       "permitted",       ID_CAPABILITIES },
	{ "inheritable",     "inheritable",     ID_CAPABILITIES },
	{ "bounding",        "bounding",        ID_CAPABILITIES },
	{ "ambient",         "ambient",         ID_CAPABILITIES },
	{ "user",            "user",            ID_NAMESPACE },
	{ "mnt",             "mnt",             ID_NAMESPACE },
	{ "pid",             "pid",             ID_NAMESPACE },
	{ "ipc",             "ipc",             ID_NAMESPACE },
	{ "uts",             "uts",             ID_NAMESPACE },
	{ "net",             "net",             ID_NAMESPACE },
	{ "cgroup",          "cgroup",          ID_NAMESPACE },
	{ "cwd",             "cwd",             ID_WORD },
	{ "hostname",        "hostname",        ID_WORD },
	{ "pid",             "pid",             ID_NUMBER },
	{ "umask",           "umask",           ID_OCTAL },
	{ "session",         "session",         ID_NUMBER },
	{ "terminal",        "terminal",        ID_WORD },
	{ "no_new_privs",    "no_new_privs",    ID_NUMBER },
	{ "seccomp filters", "seccomp_filters", ID_NUMBER },
	{ "dumpable",        "dumpable",        ID_NUMBER },
	{ "pdeathsig",       "pdeathsig",       ID_NUMBER },
	// clang-format on
	{NULL, NULL, ID_WORD},
};

static struct span span_cut(struct span *left, char end)
{
	const char *found = left->n ? memchr(left->at, end, left->n) : NULL;
	struct span span = {left->at, found ? (size_t)(found - left->at) : left->n};
	size_t taken = span.n + (found != NULL);

	left->at += taken;
	left->n -= taken;
	return span;
}

struct span span_word(struct span *left)
{
	return span_cut(left, ' ');
}

struct span span_line(struct span *left)
{
	return span_cut(left, '\n');
}

/* A namespace and the task's number in it are both called pid. */
static bool row_fits(const struct id_row *row, struct span line)
{
	size_t n = strlen(row->name);
	bool is_namespace;

	if (line.n < n || strncmp(line.at, row->name, n) != 0 ||
	    (line.n > n && line.at[n] != ' '))
		return false;
	is_namespace = memchr(line.at, '[', line.n);
	return row->form == ID_WORD || is_namespace == (row->form == ID_NAMESPACE);
}

struct span id_find(const struct text *ids, const struct id_row *row)
{
	struct span left = {ids->at, ids->len};
	size_t n = strlen(row->name);

	while (left.n) {
		struct span line = span_line(&left);

		if (row_fits(row, line)) {
			n += line.n > n;
			return (struct span){line.at + n, line.n - n};
		}
	}
	return (struct span){NULL, 0};
}

bool id_is_new(const struct view *view, const struct id_row *row)
{
	struct span inside = id_find(&view->ids, row);
	struct span host = id_find(&view->host, row);

	return inside.n != host.n || memcmp(inside.at, host.at, host.n) != 0;
}

uint64_t span_number(struct span span, int base)
{
	uint64_t number = 0;

	for (size_t i = 0; i < span.n; i++) {
		char c = span.at[i];

		number *= (uint64_t)base;
		number += (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return number;
}
