/* A plan carried out by its sides. */
#ifndef CORE_RUN_RUN_H
#define CORE_RUN_RUN_H

#include "core/base/arena.h"
#include "core/run/blame.h"

#define LEFT_TEXT_SIZE 128

struct outcome {
	struct blame blame; /* error 0: all went well */
	int status;	    /* the payload's, 128 + n for signal n; 125 to 127 with a blame */
	char left[LEFT_TEXT_SIZE]; /* what tidying up could not remove; "": nothing */
};

/*
 * Carries out a plan of both sides and waits for the payload.  0, or -errno with the blame
 * in outcome; then nothing was executed or what was has been killed, and the caller's
 * descriptors, tasks, namespaces and umask are as before, but for what left names.  The plan
 * must not change as long as this runs.  Takes its memory from arena, once and before any
 * task is made.
 */
int plan_run(struct kernel *k, struct arena *arena, const struct plan *p,
	     struct outcome *outcome);

/*
 * Carries out the steps of init on the calling task; a plan that ends in exec does not come
 * back.  On failure the caller's umask and descriptors are as before; mounts stay.
 */
int plan_run_here(struct kernel *k, struct arena *arena, const struct plan *p,
		  struct outcome *outcome);

#endif
