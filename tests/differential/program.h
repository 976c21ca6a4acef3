/* A program of calls and what it answered on the fake and on Linux. */
#ifndef TESTS_DIFFERENTIAL_PROGRAM_H
#define TESTS_DIFFERENTIAL_PROGRAM_H

#include <stdbool.h>

#include "tests/lib/world.h"

#define PROGRAM_LINES 512

struct program {
	int n;
	char *lines[PROGRAM_LINES];
	char *fake[PROGRAM_LINES]; /* answers */
	char *real[PROGRAM_LINES];
	int r[PROGRAM_LINES]; /* the fake's, as engine_result */
};

void program_add(struct program *p, const char *line);
void program_clear(struct program *p);
/* Forgets the answers. */
void program_reset(struct program *p);

/* Runs all lines; -EINVAL where no world could be made, said on stderr. */
int program_run_fake(struct program *p, const struct engine_options *options);
int program_run_linux(struct program *p, const struct engine_options *options);

/* The fake says that it does not know. */
bool answer_is_unknown(const char *answer);

/* The first line that was answered differently, of those that the fake knows; -1: none. */
int program_differs(const struct program *p);

/* Makes it as short as it can be so that its last line still differs. */
void program_shrink(struct program *p, const struct engine_options *options);

#endif
