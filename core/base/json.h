/* JSON, said piece by piece: commas, lines and strings are put right here. */
#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include "core/base/text.h"

/*
 * A key is NULL in an array and for the document itself.  All that is said is ASCII, whatever
 * the bytes are (RFC 8259).
 */
struct json {
	struct text *out;
	int depth;
	size_t text; /* where the string that is being said begins */
	bool more;   /* something of the same object or array stands before */
};

/* Begins an object or array, by its first bracket; json_end ends it by the other. */
void json_begin(struct json *j, const char *key, char bracket);
void json_end(struct json *j, char bracket);

/*
 * A string of what the caller adds to out between the two, fit for a terminal already: a
 * sentence, a shell line, a call.
 */
void json_text_begin(struct json *j, const char *key);
void json_text_end(struct json *j);
/* The same of a text that is there; NULL is null. */
void json_string(struct json *j, const char *key, const char *text);
/* A name that someone chose: any bytes, in C's escapes (text_add_escaped). */
void json_name(struct json *j, const char *key, const char *name, size_t n);
/* What is JSON by itself: a number, true, what was said apart. */
void json_raw(struct json *j, const char *key, const char *raw);
void json_number(struct json *j, const char *key, long long number);

#endif
