/* Bounded text: the one place where strings grow. */
#include "core/base/text.h"

#include <stdio.h>
#include <string.h>

void text_init(struct text *t, char *memory, size_t size)
{
	*t = (struct text){.at = memory, .size = size};
	memory[0] = '\0';
}

void text_clear(struct text *t)
{
	text_init(t, t->at, t->size);
}

void text_add_bytes(struct text *t, const char *bytes, size_t n)
{
	size_t room = t->size - 1 - t->len;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	memcpy(t->at + t->len, bytes, n);
	t->len += n;
	t->at[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_add_bytes(t, s, strlen(s));
}

void text_add_char(struct text *t, char c)
{
	text_add_bytes(t, &c, 1);
}

void text_addv(struct text *t, const char *format, va_list args)
{
	size_t room = t->size - t->len;
	int n = vsnprintf(t->at + t->len, room, format, args);

	if (n < 0)
		return;
	if ((size_t)n >= room) {
		t->cut = true;
		n = (int)room - 1;
	}
	t->len += (size_t)n;
}

void text_addf(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_addv(t, format, args);
	va_end(args);
}

void text_add_escaped(struct text *t, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n')
			text_add(t, "\\n");
		else if (c == '\t')
			text_add(t, "\\t");
		else if (c == '"' || c == '\\')
			text_addf(t, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			text_addf(t, "\\%03o", c);
		else
			text_add_char(t, (char)c);
	}
}

void text_add_visible(struct text *t, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c >= 0x7f)
			text_addf(t, "\\%03o", c);
		else
			text_add_char(t, (char)c);
	}
}
