/* What a sweep goes through, and what holds after each of its runs. */
#ifndef TESTS_LIB_SWEEP_H
#define TESTS_LIB_SWEEP_H

#include "core/kernel/fault.h"
#include "tests/lib/box.h"


/* A ground to which every run comes back, and the host that it must leave behind. */
struct sweep {
	struct ground g;
	struct given given;
	struct fake_snapshot *snapshot;
	char *host;	     /* its mounts and its tree, before */
	char *host_now;
	struct seen seen;
	struct fault fault;
	bool executed; /* the payload was reached in this run */
	/* The order of tasks in this run: at the nth choice, which other one. */
	int preempt[2]; /* choices, from 1, at which the running task gives way; 0: none */
	int way[2];	/* to the so-many-th of the others */
	int n_choices;
	int running; /* task */
};

/* The ground, prepared for these options of box --classic, or a line of "sandtable ...". */
void sweep_make(struct sweep *s, const char *options);
void sweep_free(struct sweep *s);
/* Back to the beginning, then one run; seen is filled when look is true. */
int sweep_run(struct sweep *s, bool look);
/* Fails the test where the host is not as it was or a task is left; what: of which run. */
void sweep_want_clean(struct sweep *s, const char *what);

#endif
