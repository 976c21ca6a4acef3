/* What may stand behind an option: the words of a row's arguments, and what they allow. */
#ifndef CORE_SPEC_VALUE_H
#define CORE_SPEC_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum value_kind {
	VALUE_TEXT,
	VALUE_NUMBER,  /* number has it */
	VALUE_FD,      /* likewise */
	VALUE_OCTAL,   /* likewise */
	VALUE_SOURCE,  /* of the host */
	VALUE_WORKDIR, /* likewise */
	VALUE_TARGET   /* inside; begins there, with or without a / */
};

struct value {
	enum value_kind kind;
	const char *word;
	uint64_t number;
};

/*
 * Takes a word for an argument that is called name (n bytes).  NULL, or what is wrong with
 * it, to stand behind the word.
 */
const char *value_read(struct value *value, const char *name, size_t n, const char *word);

#endif
