/* Rehearsals of the classic sequence a second, from a snapshot to the payload's end. */
#include "core/plan/plan.h"
#include "core/run/run.h"
#include "fake/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 2000
#define ARENA_SIZE ((size_t)262144)

struct rehearsal_bench {
	struct kernel *k;
	struct step steps[PLAN_CLASSIC_STEPS];
	struct plan plan;
	struct arena arena;
	void *memory;
	struct outcome outcome;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int rehearse_once(void *arg)
{
	struct rehearsal_bench *b = arg;

	arena_init(&b->arena, b->memory, ARENA_SIZE);
	return plan_run(b->k, &b->arena, &b->plan, &b->outcome) < 0 ? 125 : b->outcome.status;
}

static int payload(struct kernel *k, char *const *argv, char *const *envp)
{
	(void)k;
	(void)argv;
	(void)envp;
	return 0;
}

/* The standard host with an image that has its payload; the plan for it. */
static int prepare(struct rehearsal_bench *b, struct fake *f)
{
	static char program[] = "/true";
	static char *const argv[] = {program, NULL}, *const envp[] = {NULL};
	const struct spec spec = {.verb = VERB_BOX,
				  .classic = true,
				  .rootfs = "/img",
				  .argv = argv,
				  .envp = envp};
	const struct facts facts = {.root = true, .may_admin = true};
	char memory[256];
	struct text error;
	int r;

	text_init(&error, memory, sizeof(memory));
	r = fake_world(f, fake_world_standard(), &error);
	if (r == 0)
		r = fake_world(f, "/img dir\n/img/true file elf\n", &error);
	if (r == 0)
		r = fake_payload(f, "/true", payload);
	plan_init(&b->plan, b->steps, PLAN_CLASSIC_STEPS);
	if (r == 0)
		r = plan_build(&b->plan, &spec, &facts);
	b->k = fake_kernel(f);
	b->memory = malloc(ARENA_SIZE);
	return r;
}

static int run_rounds(struct rehearsal_bench *b, struct fake *f, const struct fake_snapshot *s)
{
	for (int round = 0; round < ROUNDS; round++) {
		int r = fake_run(f, rehearse_once, b);

		if (r != 0) {
			fprintf(stderr, "rehearsal: %d %s\n", r,
				fake_stopped(f) ? fake_stopped(f) : b->outcome.blame.text);
			return 1;
		}
		fake_restore(f, s);
	}
	return 0;
}

int main(void)
{
	static struct rehearsal_bench b;
	struct fake *f = fake_new(NULL);
	struct fake_snapshot *s;
	double start, each;

	if (f == NULL || prepare(&b, f) < 0) {
		fprintf(stderr, "bench_rehearse: cannot prepare\n");
		return 1;
	}
	s = fake_snapshot(f);
	start = seconds();
	if (run_rounds(&b, f, s) != 0)
		return 1;
	each = (seconds() - start) / ROUNDS;
	printf("rehearsal: %.1f us each, %.0f a second\n", each * 1e6, 1 / each);
	fake_snapshot_free(s);
	free(b.memory);
	fake_free(f);
	return 0;
}
