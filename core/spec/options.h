/* From arguments to a spec, by the table in options.def. */
#ifndef CORE_SPEC_OPTIONS_H
#define CORE_SPEC_OPTIONS_H

#include "core/base/text.h"
#include "core/spec/spec.h"

struct option_row {
	const char *name;     /* "--rootfs" */
	const char *argument; /* "", "DIR", "[=FILE]" */
	unsigned int verbs;   /* bit 1 << enum verb for each that takes it */
	const char *help;
};

enum {
#define OPTION(row, name, argument, verbs, help) OPTION_##row,
#include "core/spec/options.def"
#undef OPTION
	N_OPTIONS
};

extern const struct option_row option_rows[N_OPTIONS];

/*
 * Reads argv (argv[0] is the program) into spec; envp becomes the payload's.  0, or -EINVAL
 * with a sentence in why that names what was not understood or is not there yet.
 */
int spec_from_arguments(struct spec *spec, char *const *argv, char *const *envp,
			struct text *why);

/* Refuses specs that cannot mean anything: 0, or -EINVAL with a sentence in why. */
int spec_check(const struct spec *spec, struct text *why);

/* One line per option, for --help. */
void options_help(struct text *out);

#endif
