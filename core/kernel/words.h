/* Numbers and the kernel's words for them, both ways. */
#ifndef CORE_KERNEL_WORDS_H
#define CORE_KERNEL_WORDS_H

#include <stdint.h>

#include "core/base/text.h"

enum word_set {
#define WORDS(set) WORDS_##set,
#define BIT(word)
#define FIELD(mask, word)
#define AS(word, value)
#define CAP(word)
#define END
#include "core/kernel/words.def"
#undef WORDS
#undef BIT
#undef FIELD
#undef AS
#undef CAP
#undef END
	N_WORD_SETS
};

/* A value has a word when the bits of its mask are the word's. */
struct word_value {
	uint64_t mask;
	uint64_t value;
	const char *name;
};

struct word_list {
	const struct word_value *at;
	int n;
};

extern const struct word_list word_lists[N_WORD_SETS];

/* Adds the words of a value joined by |, what has no word in hexadecimal at the end; "0". */
void words_add(struct text *t, enum word_set set, uint64_t value);
/* What a word of n bytes stands for; -ENOENT when the set does not have it. */
int words_find(enum word_set set, const char *name, size_t n, uint64_t *value);
/* "EPERM", for the positive or the negative number; NULL when it has no name. */
const char *errno_name(int number);

#endif
