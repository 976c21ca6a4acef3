/* The sides at work: each step in turn, and what is put back when one fails. */
#include "core/run/run.h"

#include <string.h>

#include "core/plan/say.h"
#include "core/run/start.h"
#include "core/run/talk.h"

/* What the steps of a side take at most: the mount table's lines, paths, an environment. */
#define SIDE_MEMORY_SIZE 65536
#define PAYLOAD_MEMORY_SIZE 32768
#define FILTER_SIZE 36864
#define NOTE_SIZE 512
/* What a side ends with when it could not go on; the host answers from the blame instead. */
#define SIDE_FAILED 125

static int (*const runs[N_STEP_KINDS])(struct side *side, const struct step *step) = {
#define STEP(kind, run, line, doing) [STEP_##kind] = step_##run,
#include "core/plan/steps.def"
#undef STEP
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
	if (r < 0 && r == -step->or_on) {
		struct step other = *step;

		if (step->or_data)
			other.data = step->or_data;
		r = runs[step->or_kind](side, &other);
	}
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
	watch_init(&w, side->below, side->plan->show_values);
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

/* Ends the next side, which may not have heard of the failure, and waits until it is gone. */
static void tidy_child(struct side *side, struct outcome *outcome)
{
	int r = sys_kill(side->k, side->child, SIGKILL);

	if (r == 0)
		r = step_reap(side, NULL);
	if (r < 0)
		left_add(outcome, "the task", side->child);
}

/* Puts back what a side has changed of its task, whatever happened. */
static void side_tidy(struct side *side, struct outcome *outcome)
{
	for (int i = 0; i < N_SLOTS; i++)
		if (side->slots[i] >= 0)
			sys_close(side->k, side->slots[i]);
	if (side->child)
		tidy_child(side, outcome);
	if (side->entered && step_ns_back(side, NULL) < 0)
		left_add(outcome, "new children start in the joined pid namespace", 0);
}

/* A filter is read as a whole, and an environment is copied. */
static size_t memory_size(const struct plan *p, enum side_name name)
{
	size_t n = 0;

	if (!p->has_payload && !p->has_filter)
		return SIDE_MEMORY_SIZE;
	while (p->envp[n])
		n++;
	n = PAYLOAD_MEMORY_SIZE + n * sizeof(char *) + (p->has_filter ? FILTER_SIZE : 0);
	return name == SIDE_INIT ? SIDE_MEMORY_SIZE + n : n;
}

/* What the next side starts with; its descriptors are filled in when it is spawned. */
static struct start *start_make(struct side *side, enum side_name name);

/* Where a side begins, with a copy of what was prepared at an address of its own. */
static int side_main(void *memory)
{
	const struct start *start = memory;
	struct blame blame;
	struct side side;
	int r;

	side_init(&side, start->name, start->k, start->plan);
	memcpy(side.slots, start->slots, sizeof(side.slots));
	side.umask = start->umask;
	side.cwd = start->cwd;
	arena_init(&side.arena, (char *)memory + sizeof(*start), start->size - sizeof(*start));
	side.arena.n_allocations = start->n_allocations;
	side.arena.refuse_at = start->refuse_at;
	if (start->name == SIDE_INIT && start->plan->has_payload)
		side.next = start_make(&side, SIDE_PAYLOAD);
	r = side_run(&side, &blame);
	if (r == 0)
		return side.status;
	/* Where this fails the host sees the end of the channel, and this task's. */
	word_send(side.below, channel_inside(&side), WORD_BLAME, &blame);
	return SIDE_FAILED;
}

static struct start *start_make(struct side *side, enum side_name name)
{
	size_t size = memory_size(side->plan, name);
	struct arena *arena = &side->arena;
	struct start *start = arena_alloc(arena, size);

	if (start)
		*start = (struct start){.main = side_main,
					.k = side->k,
					.plan = side->plan,
					.name = name,
					.umask = -1,
					.size = size,
					.n_allocations = arena->n_allocations,
					.refuse_at = arena->refuse_at};
	return start;
}

int plan_run(struct kernel *k, struct arena *arena, const struct plan *p,
	     struct outcome *outcome)
{
	struct side side;
	int r;

	*outcome = (struct outcome){0};
	side_init(&side, SIDE_HOST, k, p);
	side.arena = *arena;
	side.next = start_make(&side, SIDE_INIT);
	if (!side.next) {
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
