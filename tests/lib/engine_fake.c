/* Programs on the fake: each task a fiber that waits for its turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/call.h"
#include "fake/kernel.h"
#include "fake/task.h"
#include "tests/lib/engine.h"

#define LOOK_MAX (256 * 1024)

struct engine_fake {
	struct engine engine; /* first */
	struct fake *fake;
	struct place place; /* of task 1 */
	char mountinfo[LOOK_MAX];
	char why[1024]; /* it was stopped */
};

/* What the first task leaves behind. */
static const char host[] = "/ tmpfs\n/tmp dir 01777\n";

static struct engine_fake *fake_of(struct engine *e)
{
	return (struct engine_fake *)e;
}

static void await_turn(struct bench *bench, uint32_t task)
{
	struct engine_fake *e = (struct engine_fake *)bench;
	struct desk *desk = bench->desk;

	desk->seats[task].outside_pid = kernel_task(bench->k);
	while (desk->turn != task)
		fake_pause(e->fake);
}

/* One that has not begun yet will see that it has the turn. */
static void wake(struct bench *bench, uint32_t task)
{
	struct engine_fake *e = (struct engine_fake *)bench;

	if (task && bench->desk->seats[task].outside_pid)
		fake_resume(e->fake, bench->desk->seats[task].outside_pid);
}

static void after(struct bench *bench, uint32_t task, struct desk_line *line)
{
	struct engine_fake *e = (struct engine_fake *)bench;
	const struct fake_rule *why;
	int n;

	if (line->r >= 0)
		return;
	why = fake_why(e->fake, bench->desk->seats[task].outside_pid);
	line->rule = why ? (uint32_t)(why - fake_rules(&n)) + 1 : 0;
}

static bool is_dead(struct engine_fake *e, uint32_t task)
{
	const struct seat *seat = &e->engine.bench.desk->seats[task];
	const struct task *t;

	if (!seat->outside_pid)
		return false;
	t = task_by_number(e->fake, seat->outside_pid);
	return !t || t->state == TASK_ZOMBIE || t->state == TASK_DEAD;
}

/* Notes which tasks have ended, and which came back from a call that they had slept in. */
static void settle(struct engine_fake *e)
{
	struct desk *desk = e->engine.bench.desk;

	desk->careful = 0;
	for (uint32_t i = 1; i <= desk->n_tasks; i++) {
		struct seat *seat = &desk->seats[i];

		if (seat->state == SEAT_TAKEN && is_dead(e, i))
			engine_task_died(&e->engine, i);
		if (seat->line && desk->lines[seat->line - 1].state == LINE_LATE)
			seat->line = 0;
		if (seat->state == SEAT_TAKEN && seat->line)
			desk->careful = 1;
	}
}

static void turn(struct engine *e)
{
	struct engine_fake *f = fake_of(e);
	struct desk *desk = e->bench.desk;
	struct desk_line *line;

	wake(&e->bench, desk->turn);
	if (fake_step(f->fake) == FAKE_STOPPED) {
		snprintf(f->why, sizeof(f->why), "!%s", fake_stopped(f->fake));
		e->stopped = f->why;
		desk->turn = 0;
		return;
	}
	line = &desk->lines[desk->next];
	if (desk->turn && !is_dead(f, desk->turn)) {
		if (desk_change(line, LINE_RUNNING, LINE_ASLEEP))
			engine_task_sleeps(e, desk->turn);
		else
			engine_task_stopped(e);
	}
	settle(f);
}

static const char *mountinfo(struct engine *e, uint32_t task)
{
	struct engine_fake *f = fake_of(e);
	struct text text;

	if (task >= DESK_TASKS || e->bench.desk->seats[task].state != SEAT_TAKEN)
		return NULL;
	text_init(&text, f->mountinfo, sizeof(f->mountinfo));
	if (fake_view(f->fake, e->bench.desk->seats[task].outside_pid, VIEW_MOUNTS, &text) < 0)
		return NULL;
	return f->mountinfo;
}

static const char *rule(struct engine *e, uint32_t number)
{
	int n;

	(void)e;
	return fake_rules(&n)[number - 1].id;
}

static void close_engine(struct engine *e)
{
	struct engine_fake *f = fake_of(e);

	bench_free(&e->bench);
	fake_free(f->fake);
	free(e->bench.desk);
	free(f);
}

static const struct engine_ops ops = {
	.turn = turn,
	.mountinfo = mountinfo,
	.rule = rule,
	.close = close_engine,
};

static bool make_host(struct engine_fake *e)
{
	char memory[1024];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	if (fake_world(e->fake, host, &error) == 0)
		return true;
	fprintf(stderr, "the fake's host: %s %s\n", error.at,
		fake_stopped(e->fake) ? fake_stopped(e->fake) : "");
	return false;
}

static int sysctl_read(const char *path)
{
	FILE *file = fopen(path, "r");
	int value = 0;

	if (file && fscanf(file, "%d", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

/* Distributions set them, and kernels of Debian's have other defaults. */
static void copy_protections(struct fake *f)
{
	f->protected_symlinks = sysctl_read("/proc/sys/fs/protected_symlinks");
	f->protected_hardlinks = sysctl_read("/proc/sys/fs/protected_hardlinks");
	f->protected_fifos = sysctl_read("/proc/sys/fs/protected_fifos");
	f->protected_regular = sysctl_read("/proc/sys/fs/protected_regular");
}

/* What rows execute, where they need a program that goes on: it sleeps. */
static int pause_main(struct kernel *k, char *const *argv, char *const *envp)
{
	(void)argv;
	(void)envp;
	return sys_ppoll(k, NULL, 0, NULL);
}

struct engine *engine_fake(const struct engine_options *options)
{
	struct engine_fake *e = calloc(1, sizeof(*e));
	struct desk *desk = malloc(sizeof(*desk));

	desk_clear(desk);
	e->fake = fake_new(&(struct fake_options){
		.profile = options->profile,
		.checks = options->checks,
	});
	if (!e->fake) {
		fputs("the fake cannot be made\n", stderr);
		free(desk);
		free(e);
		return NULL;
	}
	if (options->protections)
		copy_protections(e->fake);
	e->engine.ops = &ops;
	e->engine.bench = (struct bench){.k = fake_kernel(e->fake),
					 .desk = desk,
					 .await = await_turn,
					 .wake = wake,
					 .after = after};
	desk->n_tasks = 1;
	desk->seats[1] = (struct seat){.state = SEAT_TAKEN, .pid = 2};
	e->place = (struct place){.bench = &e->engine.bench, .task = 1};
	if (!make_host(e) || fake_payload(e->fake, "/pause", pause_main) < 0 ||
	    fake_start(e->fake, worker_main, &e->place) < 0) {
		close_engine(&e->engine);
		return NULL;
	}
	return &e->engine;
}
