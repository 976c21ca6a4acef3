/* JSON, said piece by piece. */
#include "core/base/json.h"

#include <string.h>

/* "\u001b" is the longest. */
#define ESCAPED_MAX 6

static size_t escaped_size(char c)
{
	unsigned char byte = (unsigned char)c;

	if (byte < 0x20 || byte >= 0x7f)
		return ESCAPED_MAX;
	return c == '"' || c == '\\' ? 2 : 1;
}

/* Writes a character in its escaped_size, without a zero byte. */
static void escape(char *to, char c)
{
	char memory[ESCAPED_MAX + 1];
	struct text t;

	text_init(&t, memory, sizeof(memory));
	if (escaped_size(c) == ESCAPED_MAX)
		text_addf(&t, "\\u%04x", (unsigned char)c);
	else if (escaped_size(c) == 2)
		text_addf(&t, "\\%c", c);
	else
		text_add_char(&t, c);
	memcpy(to, t.at, t.len);
}

static void line_begin(struct json *j)
{
	text_add_char(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		text_add(j->out, "  ");
}

/* The comma before it, a line of its own, and its key. */
static void item(struct json *j, const char *key)
{
	if (j->more)
		text_add_char(j->out, ',');
	if (j->depth)
		line_begin(j);
	if (key)
		text_addf(j->out, "\"%s\": ", key);
	j->more = true;
}

void json_begin(struct json *j, const char *key, char bracket)
{
	item(j, key);
	text_add_char(j->out, bracket);
	j->depth++;
	j->more = false;
}

void json_end(struct json *j, char bracket)
{
	j->depth--;
	if (j->more)
		line_begin(j);
	text_add_char(j->out, bracket);
	j->more = true;
}

void json_text_begin(struct json *j, const char *key)
{
	item(j, key);
	text_add_char(j->out, '"');
	j->text = j->out->len;
}

void json_text_end(struct json *j)
{
	struct text *out = j->out;
	size_t more = 0, from = out->len;

	for (size_t i = j->text; i < out->len; i++)
		more += escaped_size(out->at[i]) - 1;
	if (more > out->size - 1 - out->len) {
		out->cut = true;
		return;
	}
	/* In place, from the end on: what is written lies behind what is yet to be read. */
	out->len += more;
	out->at[out->len] = '\0';
	for (size_t to = out->len; to > from; from--) {
		to -= escaped_size(out->at[from - 1]);
		escape(out->at + to, out->at[from - 1]);
	}
	text_add_char(out, '"');
}

void json_string(struct json *j, const char *key, const char *text)
{
	if (!text) {
		json_raw(j, key, "null");
		return;
	}
	json_text_begin(j, key);
	text_add(j->out, text);
	json_text_end(j);
}

void json_name(struct json *j, const char *key, const char *name, size_t n)
{
	json_text_begin(j, key);
	text_add_escaped(j->out, name, n);
	json_text_end(j);
}

void json_raw(struct json *j, const char *key, const char *raw)
{
	item(j, key);
	text_add(j->out, raw);
}

void json_number(struct json *j, const char *key, long long number)
{
	item(j, key);
	text_addf(j->out, "%lld", number);
}
