/* What a verb works on: the spec, its plan, what came of it, and who watches. */
#ifndef CORE_CLI_JOB_H
#define CORE_CLI_JOB_H

#include "core/base/arena.h"
#include "core/cli/calls.h"
#include "core/cli/cli.h"
#include "core/run/run.h"

struct tracing;

struct job {
	const struct cli *cli;
	const struct spec *spec;
	struct arena *arena;
	struct plan *p;
	struct outcome outcome;
	struct tracing *tracing; /* NULL: nobody watches */
	struct calls *calls;	 /* likewise: under their steps, for plan */
};

/* Memory, and the file for the trace; 0, or -errno with a sentence in why. */
int job_begin(struct job *job, struct text *why);
/* Plans and runs it on k, a Linux or a rehearsed one; as plan_run. */
int job_run(struct job *job, struct kernel *k);
/* Closes the trace; 0, or -errno with a sentence in why: lines may be missing. */
int job_end(struct job *job, struct text *why);

#endif
