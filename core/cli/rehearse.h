/* The verb plan: a run on a rehearsed host, and what can be told about it. */
#ifndef CORE_CLI_REHEARSE_H
#define CORE_CLI_REHEARSE_H

#include "core/base/arena.h"
#include "core/cli/cli.h"
#include "core/run/run.h"

/* Prints the plan, what lasts, and the view from inside; 0 when exec was reached, else 125. */
int rehearse(const struct cli *cli, const struct spec *spec, struct arena *arena);

/* Plans and runs a spec on k; see plan_run. */
int cli_run(struct kernel *k, struct arena *arena, const struct spec *spec, struct plan *p,
	    struct outcome *outcome);

#endif
