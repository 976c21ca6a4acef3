/* The verb plan: a run on a rehearsed host, and what can be told about it. */
#ifndef CORE_CLI_REHEARSE_H
#define CORE_CLI_REHEARSE_H

#include "core/cli/job.h"

/* Prints the plan, what lasts, and the view from inside; 0 when exec was reached, else 125. */
int rehearse(struct job *job);

#endif
