/* Counts what was called and what it answered, one line a row of the seam. */
#ifndef TESTS_DIFFERENTIAL_CENSUS_H
#define TESTS_DIFFERENTIAL_CENSUS_H

#include "core/kernel/call.h"

#define CENSUS_ERRNOS 134

struct census {
	unsigned long calls, succeeded;
	struct {
		unsigned long calls, succeeded;
		unsigned long errnos[CENSUS_ERRNOS];
	} rows[N_SYSOPS];
};

/* An answered line; looks and lines without an answer do not count. */
void census_add(struct census *c, const char *answer, int r);
/* Prints the table on stdout. */
void census_print(const struct census *c);

#endif
