/* What a verb works on: planned, watched if that is asked for, and run. */
#include "core/cli/job.h"

#include <string.h>

#include "core/cli/exe.h"
#include "core/cli/message.h"
#include "core/kernel/trace.h"
#include "core/steps/side.h"

#define MEANINGS 64
#define STANDARD_ERROR 2
/* Bytes for the calls of one step; some have none. */
#define CALLS_SIZE 2048

struct tracing {
	struct trace trace;
	struct trace_fd to;
	struct meaning meanings[MEANINGS];
};

/* "cannot write the trace to FILE: no space left on device" */
static int trace_refuse(const struct spec *spec, int r, struct text *why)
{
	const char *file = spec->traced ? spec->traced : "standard error";

	text_add(why, "cannot write the trace to ");
	text_add_escaped(why, file, strlen(file));
	text_add(why, ": ");
	text_add_errno(why, -r);
	return r;
}

/* Opened on the real kernel, whichever the one is that will be watched. */
static int trace_open(struct job *job, struct text *why)
{
	const struct spec *spec = job->spec;
	struct kernel *k = job->cli->k;
	int fd = STANDARD_ERROR;

	if (spec->traced)
		fd = sys_openat(k, AT_FDCWD, spec->traced,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return trace_refuse(spec, fd, why);
	job->tracing->to = (struct trace_fd){.k = k, .fd = fd};
	job->p->trace_fd = fd;
	return 0;
}

/* Where plan keeps the calls beneath each step. */
static bool calls_begin(struct job *job, size_t n_steps)
{
	if (!job->spec->calls)
		return true;
	job->calls = arena_alloc(job->arena, sizeof(*job->calls));
	return job->calls &&
	       calls_init(job->calls, job->arena, n_steps, CALLS_SIZE * n_steps) == 0;
}

int job_begin(struct job *job, struct text *why)
{
	size_t max = plan_size(job->spec);
	struct step *steps;

	steps = arena_alloc(job->arena, max * sizeof(*steps));
	job->p = arena_alloc(job->arena, sizeof(*job->p));
	if (job->spec->trace)
		job->tracing = arena_alloc(job->arena, sizeof(*job->tracing));
	if (!steps || !job->p || (job->spec->trace && !job->tracing) ||
	    !calls_begin(job, max)) {
		text_add(why, "cannot begin: the memory that was set aside is used up");
		return -ENOMEM;
	}
	plan_init(job->p, steps, max);
	job->p->arena = job->arena;
	/* A rehearsed host has no file of ours, but perhaps one with its numbers. */
	if (job->spec->verb == VERB_BOX)
		exe_tell(job->cli, &job->p->own);
	job->p->show_values = job->spec->show_values;
	return job->tracing ? trace_open(job, why) : 0;
}

static struct kernel *job_watch(struct job *job, struct kernel *k)
{
	struct tracing *t = job->tracing;

	trace_init(&t->trace, k, t->meanings, MEANINGS);
	t->trace.style.hide_values = !job->spec->show_values;
	trace_sink(&t->trace, trace_to_fd, &t->to);
	return &t->trace.layer.kernel;
}

static enum reason reason_of(int r)
{
	if (r == -ENOMEM)
		return REASON_NO_MEMORY;
	return r == -EPERM ? REASON_NOT_ROOT : REASON_NONE;
}

int job_run(struct job *job, struct kernel *k)
{
	struct outcome *outcome = &job->outcome;
	struct facts facts;
	int r;

	if (job->calls)
		k = calls_watch(job->calls, k, job->spec->show_values);
	if (job->tracing)
		k = job_watch(job, k);
	*outcome = (struct outcome){.status = 125};
	r = facts_ask(k, job->spec, job->arena, &facts);
	if (r == 0)
		r = plan_build(job->p, job->spec, &facts);
	/* It has room for its steps; what they say did not fit. */
	if (r == -E2BIG)
		r = -ENOMEM;
	if (r < 0) {
		blame_before(&outcome->blame, reason_of(r), r);
		return r;
	}
	return plan_run(k, job->arena, job->p, outcome);
}

int job_end(struct job *job, struct text *why)
{
	int r;

	if (!job->tracing || !job->spec->traced)
		return 0;
	r = sys_close(job->cli->k, job->tracing->to.fd);
	return r < 0 ? trace_refuse(job->spec, r, why) : 0;
}
