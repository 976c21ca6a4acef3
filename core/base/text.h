/* Bounded text: grows in memory that the caller owns, and knows when it was cut. */
#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Always ends in a zero byte; what does not fit is dropped and cut is set. */
struct text {
	char *at;
	size_t size; /* of the memory, zero byte included; at least 1 */
	size_t len;
	bool cut;
};

/* An empty text in this memory. */
void text_init(struct text *t, char *memory, size_t size);
/* Empty again. */
void text_clear(struct text *t);
void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const char *bytes, size_t n);
void text_add_char(struct text *t, char c);
void text_addf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *t, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Adds bytes so that no terminal is harmed: control bytes, \ and " in C's escapes. */
void text_add_escaped(struct text *t, const char *bytes, size_t n);
/* The same of text that has escapes already: control bytes and what is no ASCII, as \ooo. */
void text_add_visible(struct text *t, const char *bytes, size_t n);

#endif
