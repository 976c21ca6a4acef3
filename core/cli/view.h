/* What is told of a task on a rehearsed host, and how it is taken apart. */
#ifndef CORE_CLI_VIEW_H
#define CORE_CLI_VIEW_H

#include <stdint.h>

#include "core/base/text.h"

/* As lines of text; names in them have C's escapes. */
struct view {
	struct text mounts;	 /* as /proc/PID/mountinfo */
	struct text ids;	 /* a name and what it is, a line each */
	struct text descriptors; /* "NUMBER FLAGS WHAT", a line each */
	struct text host;	 /* ids of the host's first task: which namespaces are new */
};

/* How a line of ids reads behind its name. */
enum id_form {
	ID_NUMBERS,
	ID_CAPABILITIES, /* bits in hexadecimal */
	ID_NAMESPACE,	 /* "net:[4026531840]" */
	ID_NUMBER,
	ID_OCTAL,
	ID_WORD, /* the rest of the line */
};

struct id_row {
	const char *name; /* in the line, and to be shown */
	const char *key;  /* in JSON */
	enum id_form form;
};

/* Those that are shown, in their order; ends in a row without a name. */
extern const struct id_row id_rows[];

/* A piece of a line, and its bytes. */
struct span {
	const char *at;
	size_t n;
};

/* What stands behind the row's name; at is NULL where there is no such line. */
struct span id_find(const struct text *ids, const struct id_row *row);
/* The namespace is not the host's. */
bool id_is_new(const struct view *view, const struct id_row *row);
/* The number that is written there, to this base. */
uint64_t span_number(struct span span, int base);
/* The next word, or line, of what is left, which is taken from it; n is 0 at the end. */
struct span span_word(struct span *left);
struct span span_line(struct span *left);

#endif
