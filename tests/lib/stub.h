/* A kernel of a few lines: answers what a test tells it to, in whose task it tells it to. */
#ifndef TESTS_LIB_STUB_H
#define TESTS_LIB_STUB_H

#include "core/kernel/layer.h"

struct stub {
	struct layer layer;
	struct kernel floor;
	int task;
	int answer;
	/* When set, is asked instead. */
	int (*ask)(struct stub *stub, const struct call *call);
	int n_calls;
	struct call last;
	int n_notes;
};

/* Task 1, which is answered 0. */
void stub_init(struct stub *stub);
struct kernel *stub_kernel(struct stub *stub);

#endif
