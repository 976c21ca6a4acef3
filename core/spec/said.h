/* The options as they were said: each with its values, --args in its place. */
#ifndef CORE_SPEC_SAID_H
#define CORE_SPEC_SAID_H

#include "core/spec/options.h"
#include "core/spec/value.h"

#define VALUES_MAX 3

struct said {
	int option;
	struct value values[VALUES_MAX]; /* a word is NULL where there is none */
	const struct said *next;
};

/*
 * Reads the words into first, in their order; verb, command, --help, --version and --classic
 * are put into the spec, because they say how to read on.  Errors as spec_from_arguments.
 */
int said_read(const struct said **first, struct spec *spec, const struct arguments *from,
	      struct text *why);

/* How many there are of this option. */
size_t said_count(const struct said *first, int option);

/* Adds the option's name, the user's word and a sentence; is -EINVAL. */
int said_refuse(struct text *why, const char *name, const char *word, const char *sentence);
/* -ENOMEM, with a sentence. */
int said_no_memory(struct text *why);

/* Parts of spec_from_arguments, each with its errors. */
int spec_tree(struct spec *spec, const struct said *first, struct arena *arena,
	      struct text *why);
int spec_environment(struct spec *spec, const struct said *first, struct arena *arena,
		     struct text *why);

#endif
