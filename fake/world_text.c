/* Lines of a world as words: blanks part them, quotes and C's escapes hold them together. */
#include "fake/world_text.h"

#include <string.h>

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c | 0x20) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Up to three octal digits. */
static char take_octal(const char **at)
{
	int value = 0;

	for (int i = 0; i < 3 && is_octal(**at); i++)
		value = value * 8 + *(*at)++ - '0';
	return (char)value;
}

static char take_hex(const char **at)
{
	int value = 0;

	for (int i = 0; i < 2 && hex_digit(**at) >= 0; i++)
		value = value * 16 + hex_digit(*(*at)++);
	return (char)value;
}

/* Behind a backslash; false: no escape that C knows. */
static bool take_escape(const char **at, char *c)
{
	static const char letters[] = "abfnrtv\\\"'", bytes[] = "\a\b\f\n\r\t\v\\\"'";
	const char *letter = **at ? strchr(letters, **at) : NULL;

	if (letter) {
		*c = bytes[letter - letters];
		(*at)++;
		return true;
	}
	if (is_octal(**at)) {
		*c = take_octal(at);
		return true;
	}
	if (**at != 'x' || hex_digit((*at)[1]) < 0)
		return false;
	(*at)++;
	*c = take_hex(at);
	return true;
}

/* Behind the opening quote, past the closing one. */
static bool take_quoted(const char **at, struct word_value *word)
{
	for (; **at != '"'; word->len++) {
		char c = **at;

		if (c == '\0' || c == '\n')
			return false;
		(*at)++;
		if (c == '\\' && !take_escape(at, &c))
			return false;
		word->s[word->len] = c;
	}
	(*at)++;
	return true;
}

static bool is_end_of_word(char c)
{
	return c == '\0' || c == '\n' || c == ' ' || c == '\t';
}

/* A word at *at into the memory behind it; the end of that memory, or NULL. */
static char *take_word(const char **at, char *memory, struct word_value *word)
{
	*word = (struct word_value){.s = memory, .is_quoted = **at == '"'};
	if (word->is_quoted) {
		(*at)++;
		if (!take_quoted(at, word) || !is_end_of_word(**at))
			return NULL;
	} else {
		while (!is_end_of_word(**at))
			word->s[word->len++] = *(*at)++;
	}
	word->s[word->len] = '\0';
	return memory + word->len + 1;
}

static int take_line(struct world_text *t, struct text *error)
{
	char *memory = t->buffer;

	t->n_words = 0;
	for (;;) {
		while (*t->at == ' ' || *t->at == '\t')
			t->at++;
		if (*t->at == '#')
			t->at += strcspn(t->at, "\n");
		if (*t->at == '\0' || *t->at == '\n')
			return 0;
		if (t->n_words == WORDS_MAX) {
			text_addf(error, "line %d: more than %d words", t->line, WORDS_MAX);
			return -EINVAL;
		}
		memory = take_word(&t->at, memory, &t->words[t->n_words]);
		if (memory == NULL) {
			text_addf(error,
				  "line %d: a quoted word does not end, or has an escape "
				  "that C does not know",
				  t->line);
			return -EINVAL;
		}
		t->n_words++;
	}
}

int world_text_next(struct world_text *t, struct text *error)
{
	while (*t->at) {
		int r;

		t->line++;
		r = take_line(t, error);
		if (r < 0)
			return r;
		if (*t->at == '\n')
			t->at++;
		if (t->n_words > 0)
			return 1;
	}
	return 0;
}
