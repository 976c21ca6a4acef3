/* Numbers and the kernel's words for them: the tables of words.def. */
#include "core/kernel/words.h"

#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/kernel/abi.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif
#ifndef HOSTFS_SUPER_MAGIC
#define HOSTFS_SUPER_MAGIC 0x00c0ffee
#endif

#define WORDS(set) static const struct word_value words_##set[] = {
#define BIT(word) {(uint64_t)(word), (uint64_t)(word), #word},
#define FIELD(mask, word) {(mask), (uint64_t)(word) & (mask), #word},
#define AS(word, value) {(value), (value), #word},
#define CAP(word) {UINT64_C(1) << (word), UINT64_C(1) << (word), #word},
#define END                                                                                    \
	}                                                                                      \
	;
#include "core/kernel/words.def"
#undef WORDS
#undef BIT
#undef FIELD
#undef AS
#undef CAP
#undef END

const struct word_list word_lists[N_WORD_SETS] = {
#define WORDS(set)                                                                             \
	[WORDS_##set] = {words_##set, sizeof(words_##set) / sizeof(struct word_value)},
#define BIT(word)
#define FIELD(mask, word)
#define AS(word, value)
#define CAP(word)
#define END
#include "core/kernel/words.def"
};

void words_add(struct text *t, enum word_set set, uint64_t value)
{
	const struct word_list *list = &word_lists[set];
	uint64_t seen = 0; /* a field is named once, even when its value is 0 */
	size_t start = t->len;

	for (int i = 0; i < list->n; i++) {
		const struct word_value *word = &list->at[i];

		if (word->mask & seen || (value & word->mask) != word->value)
			continue;
		text_addf(t, "%s%s", t->len > start ? "|" : "", word->name);
		seen |= word->mask;
	}
	if (value & ~seen)
		text_addf(t, "%s0x%" PRIx64, t->len > start ? "|" : "", value & ~seen);
	else if (t->len == start)
		text_add_char(t, '0');
}

int words_find(enum word_set set, const char *name, size_t n, uint64_t *value)
{
	const struct word_list *list = &word_lists[set];

	for (int i = 0; i < list->n; i++) {
		const struct word_value *word = &list->at[i];

		if (strncmp(word->name, name, n) == 0 && word->name[n] == '\0') {
			*value = word->value;
			return 0;
		}
	}
	return -ENOENT;
}

const char *errno_name(int number)
{
	const struct word_list *list = &word_lists[WORDS_error];
	uint64_t value = (uint64_t)(number < 0 ? -(long)number : number);

	for (int i = 0; i < list->n; i++)
		if (list->at[i].value == value)
			return list->at[i].name;
	return NULL;
}
