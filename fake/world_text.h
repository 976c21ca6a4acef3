/* Lines of a world as words: see docs/FAKE.md. */
#ifndef FAKE_WORLD_TEXT_H
#define FAKE_WORLD_TEXT_H

#include "fake/kernel.h"

#define WORDS_MAX 24

struct word_value {
	char *s;
	size_t len; /* a quoted word may hold zero bytes */
	bool is_quoted;
};

/* Reads a text line by line. */
struct world_text {
	const char *at; /* what is yet to be read */
	int line;	/* from 1 */
	char *buffer;	/* of the text's size; words of this line */
	struct word_value words[WORDS_MAX];
	int n_words;
};

/* The next line that is not empty: 1, 0 at the end, -EINVAL with the reason in error. */
int world_text_next(struct world_text *t, struct text *error);

#endif
