/* The sides at work: each step in turn, and what is put back when one fails. */
#include "core/run/run.h"

#include <string.h>

#include "core/plan/say.h"
#include "core/run/talk.h"

#define INIT_MEMORY_SIZE 65536
#define NOTE_SIZE 512
/* What init ends with when it could not execute; the host answers from the blame instead. */
#define INIT_FAILED 125

static int (*const runs[N_STEP_KINDS])(struct side *side, const struct step *step) = {
#define STEP(kind, run, line, doing) [STEP_##kind] = step_##run,
#include "core/plan/steps.def"
#undef STEP
};

/* What init has of its own: plain values, until init itself makes pointers of them. */
struct init_start {
	struct kernel *k;
	const struct plan *plan;
	int slots[N_SLOTS];
	size_t size; /* of this memory */
	unsigned long n_allocations, refuse_at;
};

static void step_note(const struct side *side, size_t i)
{
	char memory[NOTE_SIZE];
	struct text line;
	const struct note note = {side_text(side->name), (int)i + 1, memory};

	text_init(&line, memory, sizeof(memory));
	step_say(side->plan, &side->plan->steps[i], &line);
	kernel_note(side->k, &note);
}

static int step_run(struct side *side, const struct step *step)
{
	int r = runs[step->kind](side, step);

	/* The alternative stands in the plan; it never asks for less protection. */
	if (r < 0 && r == -step->or_on)
		r = runs[step->or_kind](side, step);
	return r;
}

/* What the other side said, else the call that answered r, else our own reason. */
static void blame_fill(struct blame *b, const struct side *side, const struct watch *w,
		       size_t i, int r)
{
	const struct refusal *refusal = side->own ? NULL : watch_find(w, r);

	if (b->error)
		return;
	b->side = (int32_t)side->name;
	b->step = (int32_t)i + 1;
	b->op = refusal ? (int32_t)refusal->op : -1;
	b->error = -r;
	b->reason = (int32_t)side->reason;
	if (refusal)
		text_cut_middle(b->text, sizeof(b->text), refusal->text);
	else if (side->subject)
		text_cut_middle(b->text, sizeof(b->text), side->subject);
}

/* All steps of this side in order, up to the first that fails. */
static int side_run(struct side *side, struct blame *blame)
{
	struct watch w;
	int r = 0;

	*blame = (struct blame){0};
	watch_init(&w, side->below);
	side->k = &w.layer.kernel;
	side->heard = blame;
	for (size_t i = 0; i < side->plan->n && r >= 0; i++) {
		const struct step *step = &side->plan->steps[i];

		if (step->side != side->name)
			continue;
		step_note(side, i);
		r = step_run(side, step);
		if (r < 0)
			blame_fill(blame, side, &w, i, r);
	}
	side->k = side->below;
	return r < 0 ? r : 0;
}

static void left_add(struct outcome *outcome, const char *what, int n)
{
	struct text left = {.at = outcome->left,
			    .size = sizeof(outcome->left),
			    .len = strlen(outcome->left)};

	text_addf(&left, "%s%s", left.len ? "; " : "", what);
	if (n)
		text_addf(&left, " %d", n);
}

/* Ends init, which may not have heard of the failure, and waits until it is gone. */
static void tidy_init(struct side *side, struct outcome *outcome)
{
	int r = sys_kill(side->k, side->init, SIGKILL);

	if (r == 0)
		r = step_reap(side, NULL);
	if (r < 0)
		left_add(outcome, "the task", side->init);
}

/* Puts back what a side has changed of its task, whatever happened. */
static void side_tidy(struct side *side, struct outcome *outcome)
{
	for (int i = 0; i < N_SLOTS; i++)
		if (side->slots[i] >= 0)
			sys_close(side->k, side->slots[i]);
	if (side->init)
		tidy_init(side, outcome);
	if (side->entered && step_ns_back(side, NULL) < 0)
		left_add(outcome, "new children start in the joined pid namespace", 0);
}

/* Where init begins, with a copy of what the host prepared at an address of its own. */
static int init_main(void *memory)
{
	const struct init_start *start = memory;
	struct blame blame;
	struct side side;

	side_init(&side, SIDE_INIT, start->k, start->plan);
	memcpy(side.slots, start->slots, sizeof(side.slots));
	arena_init(&side.arena, (char *)memory + sizeof(*start), start->size - sizeof(*start));
	side.arena.n_allocations = start->n_allocations;
	side.arena.refuse_at = start->refuse_at;
	side_run(&side, &blame);
	/* Where this fails the host sees the end of the channel, and this task's. */
	word_send(side.below, side.slots[SLOT_CHANNEL_INIT], WORD_BLAME, &blame);
	return INIT_FAILED;
}

/* What init starts with; its descriptors are filled in when it is spawned. */
static bool init_prepare(struct side *side, struct arena *arena)
{
	struct init_start *start = arena_alloc(arena, INIT_MEMORY_SIZE);

	if (!start)
		return false;
	*start = (struct init_start){.k = side->k,
				     .plan = side->plan,
				     .size = INIT_MEMORY_SIZE,
				     .n_allocations = arena->n_allocations,
				     .refuse_at = arena->refuse_at};
	side->init_main = init_main;
	side->init_memory = start;
	side->init_memory_size = INIT_MEMORY_SIZE;
	side->init_slots = start->slots;
	return true;
}

int plan_run(struct kernel *k, struct arena *arena, const struct plan *p,
	     struct outcome *outcome)
{
	struct side side;
	int r;

	*outcome = (struct outcome){0};
	side_init(&side, SIDE_HOST, k, p);
	if (!init_prepare(&side, arena)) {
		blame_before(&outcome->blame, REASON_NO_MEMORY, -ENOMEM);
		outcome->status = blame_status(&outcome->blame, p);
		return -ENOMEM;
	}
	r = side_run(&side, &outcome->blame);
	side_tidy(&side, outcome);
	outcome->status = r < 0 ? blame_status(&outcome->blame, p) : side.status;
	return r;
}

int plan_run_here(struct kernel *k, struct arena *arena, const struct plan *p,
		  struct outcome *outcome)
{
	struct side side;
	int r;

	*outcome = (struct outcome){0};
	side_init(&side, SIDE_INIT, k, p);
	side.arena = *arena;
	r = side_run(&side, &outcome->blame);
	side_tidy(&side, outcome);
	if (r < 0 && side.umask >= 0)
		sys_umask(k, (mode_t)side.umask);
	outcome->status = r < 0 ? blame_status(&outcome->blame, p) : 0;
	return r;
}
