/* A layer that writes the calls of each side to a file of its own, to be compared. */
#ifndef TESTS_LIB_GOLDEN_H
#define TESTS_LIB_GOLDEN_H

#include <stdbool.h>

#include "core/base/text.h"
#include "core/kernel/layer.h"

#define GOLDEN_TASKS 16

/*
 * "# " and the step where one begins; then its calls without what they wrote, and the errno
 * of those that failed.  What follows prefix in a string is shown without it.
 */
struct golden {
	struct layer layer;
	const char *prefix;
	int fds[2];		 /* for host and init */
	const char *skip;	 /* the calls of steps that begin so depend on the host; NULL */
	bool skipping;		 /* such a step is running, in init */
	int tasks[GOLDEN_TASKS]; /* of init; the others are the host's */
	int n_tasks;
};

void golden_init(struct golden *g, struct kernel *lower, const char *prefix, int host,
		 int init);

/*
 * Compares a text with the file of this name beside the tests; with UPDATE=1 in the
 * environment it writes the file instead.  NULL, or the first line that differs.
 */
const char *golden_differs(const char *file, const struct text *seen, struct text *why);

#endif
