/* A task of a program: its line is read, called, and answered on the desk. */
#include "tests/lib/worker.h"

#include <ctype.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/print.h"
#include "tests/lib/look.h"
#include "tests/lib/parse.h"
#include "tests/lib/spell.h"

/* Memory of one task, for the call that it is in. */
#define LINE_SIZE 16384
#define ARGUMENTS_SIZE (512 * 1024)
#define ANSWER_SIZE (256 * 1024)

/* Where all of a call is too long. */
static const struct print_style short_style = {.limit = 32};

struct scratch {
	char line[LINE_SIZE];
	char given[LINE_SIZE];
	char arguments[ARGUMENTS_SIZE];
	char answer[ANSWER_SIZE];
};

static struct scratch *scratch_of(struct bench *bench, uint32_t task)
{
	if (!bench->scratch[task])
		bench->scratch[task] = malloc(sizeof(struct scratch));
	return bench->scratch[task];
}

void bench_free(struct bench *bench)
{
	for (int i = 0; i < DESK_TASKS; i++)
		free(bench->scratch[i]);
}

static void answer(struct desk *desk, struct desk_line *line, const struct text *text, int r)
{
	line->r = r;
	line->result = desk_keep(desk, text->at, text->len);
	if (!desk_change(line, LINE_RUNNING, LINE_ANSWERED))
		desk_change(line, LINE_ASLEEP, LINE_LATE);
}

/* A task made by this call waits for lines of its own: it gets a seat, and worker_main. */
static int call_spawn(struct bench *bench, uint32_t task, const struct call *call)
{
	struct desk *desk = bench->desk;
	struct spawn_args *args = (struct spawn_args *)call->arg[0];
	struct place place = {.bench = bench, .task = desk->n_tasks + 1};
	const struct seat *parent = &desk->seats[task];
	struct seat *seat = &desk->seats[place.task];
	int r;

	if (place.task == DESK_TASKS)
		return -EAGAIN;
	args->main = worker_main;
	args->arena = &place;
	args->arena_size = sizeof(place);
	*seat = (struct seat){
		.state = SEAT_TAKEN,
		.pid_depth = parent->depth,
		.depth = parent->depth + parent->unshared + !!(args->flags & CLONE_NEWPID),
	};
	r = kernel_call(bench->k, call);
	if (r < 0) {
		seat->state = SEAT_FREE;
		return r;
	}
	seat->pid = r;
	desk->n_tasks++;
	return r;
}

/* A walk that something else on the machine disturbed has no answer yet: openat2(2). */
#define WALKS_MAX 100

static int call_openat2(struct bench *bench, const struct call *c)
{
	int r = -EAGAIN;

	for (int i = 0; r == -EAGAIN && i < WALKS_MAX; i++)
		r = kernel_call(bench->k, c);
	return r;
}

/* The turn has to go back to the engine where others may have died or woken up. */
static int call(struct bench *bench, uint32_t task, struct desk_line *line,
		const struct call *c)
{
	struct desk *desk = bench->desk;
	struct seat *seat = &desk->seats[task];
	int r;

	if (c->op == OP_clone3 || c->op == OP_clone)
		return c->arg[0] ? call_spawn(bench, task, c) : -EFAULT;
	seat->leaving = c->op == OP_exit_group || c->op == OP_execveat;
	if (seat->leaving || c->op == OP_kill || c->op == OP_pidfd_send_signal)
		desk->careful = 1;
	line->waits = c->op == OP_ppoll && c->arg[2];
	r = c->op == OP_openat2 ? call_openat2(bench, c) : kernel_call(bench->k, c);
	seat->leaving = 0;
	if (c->op == OP_unshare && r == 0 && c->arg[0] & CLONE_NEWPID)
		seat->unshared = 1;
	return r;
}

static void carry_out_call(struct bench *bench, uint32_t task, struct desk_line *line)
{
	struct scratch *scratch = scratch_of(bench, task);
	struct parse_error error = {0};
	struct parsed parsed;
	struct arena arena;
	struct text text;
	int r;

	arena_init(&arena, scratch->arguments, sizeof(scratch->arguments));
	text_init(&text, scratch->answer, sizeof(scratch->answer));
	r = call_parse(&parsed, scratch->line, &arena, &error);
	if (r < 0) {
		text_addf(&text, "!not understood: %s, at byte %zu of %s",
			  error.why ? error.why : "no memory", error.at, scratch->line);
		answer(bench->desk, line, &text, -ENOMSG);
		return;
	}
	r = call(bench, task, line, &parsed.call);
	line->r = r;
	if (bench->after)
		bench->after(bench, task, line);
	call_print_answered(&text, &parsed.call, r, NULL);
	if (text.cut) {
		text_init(&text, scratch->answer, sizeof(scratch->answer));
		call_print_answered(&text, &parsed.call, r, &short_style);
	}
	answer(bench->desk, line, &text, r);
}

static void carry_out_look(struct bench *bench, uint32_t task, struct desk_line *line)
{
	struct scratch *scratch = scratch_of(bench, task);
	struct text text;

	text_init(&text, scratch->answer, sizeof(scratch->answer));
	if (look(bench->k, scratch->line, &text) < 0)
		text_add(&text, "!there is no such look");
	answer(bench->desk, line, &text, -ENOMSG);
}

/* $2 stands for the pid of task 2, as its parent was told. */
static void add_pids(const struct desk *desk, const char *line, struct text *out)
{
	bool quoted = false;

	for (; *line; line++) {
		char *end;
		unsigned long task;

		quoted ^= *line == '"' && (out->len == 0 || out->at[out->len - 1] != '\\');
		if (quoted || *line != '$' || !isdigit((unsigned char)line[1])) {
			text_add_char(out, *line);
			continue;
		}
		task = strtoul(line + 1, &end, 10);
		text_addf(out, "%d", task < DESK_TASKS ? desk->seats[task].pid : 0);
		line = end - 1;
	}
}

static void carry_out(struct bench *bench, uint32_t task, struct desk_line *line)
{
	struct scratch *scratch = scratch_of(bench, task);
	struct text text;

	__atomic_store_n(&line->state, LINE_RUNNING, __ATOMIC_SEQ_CST);
	text_init(&text, scratch->given, sizeof(scratch->given));
	add_pids(bench->desk, desk_text(bench->desk, line->text), &text);
	text_init(&text, scratch->line, sizeof(scratch->line));
	if (scratch->given[0] == '@') {
		text_add(&text, scratch->given);
		carry_out_look(bench, task, line);
		return;
	}
	spell(scratch->given, &text);
	carry_out_call(bench, task, line);
}

/* Past the line that was answered; the turn goes straight to its task where that may be. */
static void pass_on(struct bench *bench, uint32_t task)
{
	struct desk *desk = bench->desk;
	uint32_t next = desk->next + 1, to = 0;

	__atomic_store_n(&desk->next, next, __ATOMIC_SEQ_CST);
	if (next < desk->n_lines && !desk->careful) {
		const struct desk_line *line = &desk->lines[next];

		if (desk_may_run(desk, line->task) &&
		    !look_is_beside(desk_text(desk, line->text)))
			to = line->task;
	}
	__atomic_store_n(&desk->turn, to, __ATOMIC_SEQ_CST);
	if (to != task)
		bench->wake(bench, to);
}

int worker_main(void *arena)
{
	const struct place *place = arena;
	struct bench *bench = place->bench;
	uint32_t task = place->task;

	for (;;) {
		struct desk_line *line;

		bench->await(bench, task);
		line = &bench->desk->lines[bench->desk->next];
		carry_out(bench, task, line);
		if (line->state == LINE_ANSWERED)
			pass_on(bench, task);
		/* What was slept in comes back in the turn of another. */
		while (line->state == LINE_LATE &&
		       __atomic_load_n(&bench->desk->turn, __ATOMIC_SEQ_CST) == task)
			sched_yield();
	}
}
