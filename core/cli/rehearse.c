/* The verb plan: a run on a rehearsed host, and what can be told about it. */
#include "core/cli/rehearse.h"

#include <string.h>

#include "core/cli/inside.h"
#include "core/cli/message.h"
#include "core/plan/say.h"

#define FAILED 125
#define INSIDE_SIZE 65536
#define OUT_SIZE 98304
#define DEV_SIZE 4096
#define WHY_SIZE 512

struct rehearsing {
	struct job *job;
	struct text dev; /* of the payload */
};

static int rehearsing_run(struct kernel *k, void *arg)
{
	const struct rehearsing *r = arg;

	return job_run(r->job, k) < 0 ? FAILED : 0;
}

/* Where it cannot be listed the plan shows nothing of it. */
static void rehearsing_look(struct kernel *k, void *arg)
{
	struct rehearsing *r = arg;

	dir_say(k, "/dev", &r->dev);
}

static void say_steps(const struct plan *p, struct text *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *step = &p->steps[i];

		text_addf(out, "%3zu  %s  ", i + 1, side_text(step->side));
		step_say(p, step, out);
		text_add_char(out, '\n');
		if (step->or_on) {
			text_add(out, "           ");
			step_say_or(p, step, out);
			text_add_char(out, '\n');
		}
	}
}

/* Each line of a text, set in. */
static void say_set_in(const char *lines, struct text *out)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		text_add(out, "  ");
		text_add_bytes(out, lines, n);
		text_add_char(out, '\n');
		lines += n + (lines[n] == '\n');
	}
}

static void say_lasting(const struct plan *p, struct text *out)
{
	char memory[4096];
	struct text lasting;

	text_init(&lasting, memory, sizeof(memory));
	plan_say_lasting(p, &lasting);
	text_add(out, "\nwhat stays on the host:\n");
	say_set_in(lasting.len ? lasting.at : "nothing", out);
}

/* Names, and values only when asked for: an environment is where secrets are. */
static void say_environment(const struct spec *spec, struct text *out)
{
	text_add(out, "  environment:");
	for (char *const *e = spec->envp; *e; e++) {
		size_t n = strcspn(*e, "=");
		size_t size = strlen(*e);

		text_add_char(out, ' ');
		text_add_escaped(out, *e, spec->show_values ? size : n);
		if (!spec->show_values && size > n)
			text_addf(out, "=...(%zu)", size - n - 1);
	}
	text_add_char(out, '\n');
}

static void say_all(const struct rehearsing *r, const char *inside, struct text *out)
{
	const struct job *job = r->job;

	text_addf(out, "as root on %s\n\n", job->cli->rehearsal->host);
	say_steps(job->p, out);
	say_lasting(job->p, out);
	if (job->outcome.blame.error)
		return;
	text_add(out, "\ninside, at exec:\n");
	say_set_in(inside, out);
	text_add(out, "  /dev:\n");
	say_set_in(r->dev.at, out);
	say_environment(job->spec, out);
}

static int refuse(const struct cli *cli, const char *why)
{
	char memory[WHY_SIZE + 64];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_addf(&out, "sandtable: cannot rehearse: %s\n", why);
	text_write(cli->k, 2, &out);
	return FAILED;
}

static int say_rehearsed(const struct rehearsing *rehearsing, const char *inside,
			 struct text *out)
{
	const struct job *job = rehearsing->job;
	bool failed = job->outcome.blame.error;
	int r;

	say_all(rehearsing, inside, out);
	r = text_write(job->cli->k, 1, out);
	if (failed) {
		text_clear(out);
		outcome_say(&job->outcome, job->p, out);
		text_write(job->cli->k, 2, out);
	}
	return r < 0 || failed ? FAILED : 0;
}

/* Memory for a text, or false. */
static bool text_alloc(struct job *job, struct text *t, size_t size)
{
	char *memory = arena_alloc(job->arena, size);

	if (memory)
		text_init(t, memory, size);
	return memory;
}

/* What of the host the spec names: the image, and what is bound. */
static size_t paths_of(const struct spec *spec, const char **paths)
{
	size_t n = 0;

	if (!paths)
		return 0;
	if (spec->rootfs)
		paths[n++] = spec->rootfs;
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == TREE_BIND || spec->ops[i].kind == TREE_DEV_BIND)
			paths[n++] = spec->ops[i].source;
	return n;
}

int rehearse(struct job *job)
{
	const struct rehearsal *rehearsal = job->cli->rehearsal;
	const struct spec *spec = job->spec;
	struct rehearsing r = {.job = job};
	const char **paths = arena_alloc(job->arena, (spec->n_ops + 1) * sizeof(*paths));
	const struct rehearsed rehearsed = {
		.paths = paths,
		.n_paths = paths_of(spec, paths),
		.console = spec->console,
		.main = rehearsing_run,
		.look = rehearsing_look,
		.arg = &r,
	};
	struct text inside, out, why;

	if (!paths || !text_alloc(job, &inside, INSIDE_SIZE) ||
	    !text_alloc(job, &out, OUT_SIZE) || !text_alloc(job, &r.dev, DEV_SIZE) ||
	    !text_alloc(job, &why, WHY_SIZE))
		return refuse(job->cli, "the memory that was set aside is used up");
	if (!rehearsal)
		return refuse(job->cli, "there is no kernel to rehearse on in this program");
	if (spec->join)
		return refuse(job->cli, "--join is not there yet in plan");
	if (rehearsal->run(rehearsal, &rehearsed, &inside, &why) < 0)
		return refuse(job->cli, why.at);
	return say_rehearsed(&r, inside.at, &out);
}
