/*
 * Which rows of the seam a test reached: a layer that counts, and a file that tells.
 *
 * ninja gives each test that it runs the name of a file in SANDTABLE_ROWS; ninja coverage
 * sums them up by kind (coverage/rows.py).  A line is "kind row succeeded failed", and rows
 * that were not reached have theirs, too.
 */
#ifndef TESTS_LIB_CENSUS_H
#define TESTS_LIB_CENSUS_H

#include "core/kernel/layer.h"

struct census_counts {
	unsigned long succeeded[N_SYSOPS];
	unsigned long failed[N_SYSOPS];
};

/* The counts are in memory that forked tasks share. */
struct census {
	struct layer layer;
	struct census_counts *counts;
};

/* -ENOMEM when there is no memory to share. */
int census_init(struct census *census, struct kernel *lower);
/* From now on on another kernel; the counts go on. */
void census_onto(struct census *census, struct kernel *lower);
/*
 * Appends the counts to the file that SANDTABLE_ROWS names, if it does, for a kind of tests:
 * "scenario", "conformance".  -errno when the file cannot be written.
 */
int census_write(const struct census *census, const char *kind);
void census_free(struct census *census);

#endif
