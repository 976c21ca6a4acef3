/* Who said no: which step of which side, to which call, and why. */
#ifndef CORE_RUN_BLAME_H
#define CORE_RUN_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan/plan.h"
#include "core/run/watch.h"

#define BLAME_TEXT_SIZE WATCH_TEXT_SIZE

/* No pointers: it goes through a socket.  What arrives there is checked by blame_is_sane. */
struct blame {
	int32_t side;	/* enum side_name */
	int32_t step;	/* its place in the plan, from 1; 0: before any */
	int32_t op;	/* the row of the call that was refused; -1: no call stands behind it */
	int32_t error;	/* errno, positive; 0: nothing to blame */
	int32_t reason; /* enum reason; REASON_NONE where only the call spoke */
	char text[BLAME_TEXT_SIZE]; /* the call with its answer, or what was refused */
};

/* What was told from inside may be anything: can it be about a side of this plan that is? */
bool blame_is_sane(const struct blame *b, const struct plan *p);

/* A refusal of our own before the first step. */
void blame_before(struct blame *b, int reason, int r);

/*
 * The exit status that tells it: 127 when the command was not found, 126 when it could not
 * be executed, else 125.
 */
int blame_status(const struct blame *b, const struct plan *p);

#endif
