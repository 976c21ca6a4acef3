/* From arguments to a spec, by the table in options.def. */
#ifndef CORE_SPEC_OPTIONS_H
#define CORE_SPEC_OPTIONS_H

#include "core/base/arena.h"
#include "core/base/text.h"
#include "core/kernel/sysops.h"
#include "core/spec/spec.h"

struct option_row {
	const char *name;      /* "--rootfs" */
	const char *arguments; /* "", "DIR", "SRC DEST", "[=FILE]" */
	unsigned int goes;     /* OPTION_BIT(verb) for each that takes it, and the two below */
	const char *help;
};

#define OPTION_BIT(verb) (1U << (verb))
#define OPTION_CLASSICAL (1U << 8) /* goes with --classic */
#define OPTION_MODERN (1U << 9)	   /* goes without */

enum {
#define OPTION(row, name, arguments, goes, help) OPTION_##row,
#include "core/spec/options.def"
	N_OPTIONS
};

extern const struct option_row option_rows[N_OPTIONS];

/* What of bubblewrap's is not there: ends in a row without a name. */
struct option_absent {
	const char *name;
	const char *why;
};

extern const struct option_absent options_absent[];

/* What --args may give, all descriptors together. */
#define ARGS_WORDS_MAX 9000
#define ARGS_BYTES_MAX 1048576

/* Where a spec comes from, and where it may be put. */
struct arguments {
	struct kernel *k;    /* on which --args reads */
	char *const *argv;   /* argv[0] is the program */
	char *const *envp;   /* becomes the payload's, as far as the options leave it */
	struct arena *arena; /* outlives the spec */
};

/*
 * Reads arguments into spec.  0, -EINVAL for what was not understood or is not there yet,
 * -ENOMEM, or what reading --args failed with; all with a sentence in why that names it.
 */
int spec_from_arguments(struct spec *spec, const struct arguments *from, struct text *why);

/*
 * How many bytes of the arena a spec of these arguments may take, and a plan of it: more
 * than it will, and nobody has to touch what is not used.
 */
size_t spec_memory(char *const *argv, char *const *envp);

/*
 * Refuses specs that cannot mean anything: 0, or -EINVAL with a sentence in why.  An
 * ordinary user, who is not root, gets a user namespace without asking.
 */
int spec_check(const struct spec *spec, bool root, struct text *why);

/* The groups, and in them one line per option, for --help. */
void options_help(struct text *out);

#endif
