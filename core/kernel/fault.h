/*
 * A layer that makes calls fail as Linux may, one fault at a time: for sweeps and tests.
 *
 *	struct fault fault;
 *
 *	fault_init(&fault, k);
 *	fault.nth = 7;
 *	fault.answer = -ENOMEM;
 *	... use &fault.layer.kernel, until fault.n_hits shows that there is no 7th call
 *
 * The calls that count are those that fit op, contains and task; exit_group(2), which cannot
 * fail, never counts.  The nth of them is hit, and when lasting those after it, too.
 *
 * A failing close(2) closes all the same.  A short count reads or writes that many bytes.
 */
#ifndef CORE_KERNEL_FAULT_H
#define CORE_KERNEL_FAULT_H

#include <stdbool.h>

#include "core/kernel/layer.h"

#define FAULT_ANY (-1)
#define FAULT_TEXT_SIZE 512

#define FAULT_TASKS_MAX 16

/* Tasks of one memory share the layer; those behind the last that fits have no notes. */
struct fault_noted {
	int task;
	const char *side;
	int step;
};

struct fault {
	struct layer layer;

	/* Which calls count. */
	int op;		      /* an enum sysop, or FAULT_ANY */
	const char *contains; /* a piece of the call's text without its answer; NULL: any */
	int task;	      /* 0: any */

	/* Which of them is hit. */
	unsigned long nth; /* from 1; 0: none, they are only counted */
	bool lasting;

	/* What happens: hit is asked when set, else count is short when set, else answer. */
	int answer;   /* -errno; the call is not made */
	size_t count; /* of read(2) and write(2) at most; other rows are left alone */
	int (*hit)(struct fault *fault, const struct call *call);
	void *context; /* hit's own */

	/* What happened. */
	unsigned long n_counted;
	unsigned long n_hits;
	enum sysop hit_op; /* these of the first hit */
	int hit_task;
	const char *hit_side; /* as the task that was hit had noted last */
	int hit_step;
	char hit_text[FAULT_TEXT_SIZE];

	const char *side; /* as noted last by the task whose call this is */
	int step;
	struct fault_noted noted[FAULT_TASKS_MAX];
	int n_noted;
};

/* Any call counts, none is hit. */
void fault_init(struct fault *fault, struct kernel *lower);
/* Forgets what happened and counts from the start; which and what stay. */
void fault_rearm(struct fault *fault);

#endif
