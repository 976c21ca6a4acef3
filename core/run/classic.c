/* The classic sequence as functions: the steps of box --classic, on the calling task. */
#include "core/run/classic.h"

#include "core/run/run.h"

/* What the steps of init need of memory, with some room. */
#define MEMORY_SIZE 24576

static int run_here(struct kernel *k, const struct plan *p)
{
	_Alignas(16) char memory[MEMORY_SIZE];
	struct outcome outcome;
	struct arena arena;

	arena_init(&arena, memory, sizeof(memory));
	return plan_run_here(k, &arena, p, &outcome);
}

int classic_setup(struct kernel *k, const char *rootfs, const char *console, bool readonly)
{
	const struct spec spec = {.rootfs = rootfs, .console = console, .readonly = readonly};
	struct step steps[PLAN_CLASSIC_STEPS];
	struct plan p;

	plan_init(&p, steps, PLAN_CLASSIC_STEPS);
	plan_classic(&p, &spec);
	return run_here(k, &p);
}

int classic_remount_proc(struct kernel *k)
{
	struct step steps[PLAN_CLASSIC_STEPS];
	struct plan p;

	plan_init(&p, steps, PLAN_CLASSIC_STEPS);
	plan_remount_proc(&p);
	return run_here(k, &p);
}

int classic_remount_sys(struct kernel *k)
{
	struct step steps[PLAN_CLASSIC_STEPS];
	struct plan p;

	plan_init(&p, steps, PLAN_CLASSIC_STEPS);
	plan_remount_sys(&p);
	return run_here(k, &p);
}
