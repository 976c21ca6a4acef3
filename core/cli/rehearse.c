/* The verb plan: a run on a rehearsed host, and what can be told about it. */
#include "core/cli/rehearse.h"

#include <string.h>

#include "core/cli/message.h"
#include "core/plan/say.h"

#define FAILED 125
#define INSIDE_SIZE 65536
#define OUT_SIZE 98304
#define WHY_SIZE 512

static int run_rehearsed(struct kernel *k, void *job)
{
	return job_run(job, k) < 0 ? FAILED : 0;
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

static void say_all(const struct job *job, const char *inside, struct text *out)
{
	text_addf(out, "as root on %s\n\n", job->cli->rehearsal->host);
	say_steps(job->p, out);
	say_lasting(job->p, out);
	if (job->outcome.blame.error)
		return;
	text_add(out, "\ninside, at exec:\n");
	say_set_in(inside, out);
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

static int say_rehearsed(const struct job *job, const char *inside, struct text *out)
{
	bool failed = job->outcome.blame.error;
	int r;

	say_all(job, inside, out);
	r = text_write(job->cli->k, 1, out);
	if (failed) {
		text_clear(out);
		outcome_say(&job->outcome, job->p, out);
		text_write(job->cli->k, 2, out);
	}
	return r < 0 || failed ? FAILED : 0;
}

int rehearse(struct job *job)
{
	const struct rehearsal *rehearsal = job->cli->rehearsal;
	const struct spec *spec = job->spec;
	char *inside_memory = arena_alloc(job->arena, INSIDE_SIZE);
	char *out_memory = arena_alloc(job->arena, OUT_SIZE);
	struct text inside, out, why;
	char memory[WHY_SIZE];

	if (!inside_memory || !out_memory)
		return refuse(job->cli, "the memory that was set aside is used up");
	if (!rehearsal)
		return refuse(job->cli, "there is no kernel to rehearse on in this program");
	if (spec->join)
		return refuse(job->cli, "--join is not there yet in plan");
	text_init(&inside, inside_memory, INSIDE_SIZE);
	text_init(&out, out_memory, OUT_SIZE);
	text_init(&why, memory, sizeof(memory));
	if (rehearsal->run(rehearsal, spec->rootfs, spec->console, run_rehearsed, job, &inside,
			   &why) < 0)
		return refuse(job->cli, why.at);
	return say_rehearsed(job, inside.at, &out);
}
