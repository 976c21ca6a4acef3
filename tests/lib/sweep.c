/* What a sweep goes through, and what holds after each of its runs. */
#include "tests/lib/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/check.h"

#define HOST_SIZE 262144

static void executed(void *context, struct fake *f, const char *path, char *const *argv,
		     char *const *envp)
{
	struct sweep *s = context;

	(void)f;
	(void)path;
	(void)argv;
	(void)envp;
	s->executed = true;
}

/* The one that runs goes on while it can, but where it is to give way. */
static int choose(void *context, const int *tasks, int n)
{
	struct sweep *s = context;
	int at = 0;

	s->n_choices++;
	for (int i = 0; i < n; i++)
		if (tasks[i] == s->running)
			at = i;
	for (int i = 0; i < 2; i++)
		if (s->preempt[i] == s->n_choices)
			at = (at + 1 + s->way[i] % (n - 1)) % n;
	s->running = tasks[at];
	return at;
}

static struct kernel *faulty(void *context, struct kernel *k)
{
	struct sweep *s = context;

	s->fault.layer.lower = k;
	fault_rearm(&s->fault);
	return &s->fault.layer.kernel;
}

/* The files that runs write their output to are no part of the host. */
static int tidy_main(struct kernel *k, void *arg)
{
	static const char *const files[] = {"/inside", "/said", "/after", "/info"};

	(void)arg;
	for (size_t i = 0; i < COUNT(files); i++)
		sys_unlinkat(k, AT_FDCWD, files[i], 0);
	return 0;
}

static void host_say(struct sweep *s, char *memory)
{
	struct text out;

	assert_int_equal(ground_run(&s->g, tidy_main, NULL), 0);
	text_init(&out, memory, HOST_SIZE);
	assert_int_equal(fake_view(s->g.fake, 1, VIEW_MOUNTS, &out), 0);
	assert_int_equal(fake_view(s->g.fake, 1, VIEW_TREE, &out), 0);
	assert_int_equal(fake_view(s->g.fake, 1, VIEW_IDS, &out), 0);
	assert_int_equal(fake_view(s->g.fake, 1, VIEW_DESCRIPTORS, &out), 0);
	assert_false(out.cut);
}

void sweep_make(struct sweep *s, const char *options)
{
	const struct fake_options fake = {.choose = choose, .on_exec = executed, .context = s};

	*s = (struct sweep){.given = {.between = faulty, .context = s}};
	if (strncmp(options, "sandtable ", strlen("sandtable ")) == 0)
		s->given.line = options;
	else
		s->given.options = options;
	fault_init(&s->fault, NULL);
	s->host = malloc(HOST_SIZE);
	s->host_now = malloc(HOST_SIZE);
	ground_make_fake(&s->g, &fake);
	box_prepare(&s->g, &s->given);
	host_say(s, s->host);
	s->snapshot = fake_snapshot(s->g.fake);
	assert_non_null(s->snapshot);
}

void sweep_free(struct sweep *s)
{
	fake_snapshot_free(s->snapshot);
	ground_free(&s->g);
	free(s->host);
	free(s->host_now);
}

int sweep_run(struct sweep *s, bool look)
{
	fake_restore(s->g.fake, s->snapshot);
	s->executed = false;
	s->n_choices = 0;
	s->running = 0;
	if (look)
		box_run(&s->g, &s->given, &s->seen);
	else
		s->seen.status = box_run_only(&s->g, &s->given);
	return s->seen.status;
}

/* The first line of each in which they differ. */
static void want_same(const char *before, const char *now, const char *what)
{
	while (*before || *now) {
		size_t n = strcspn(before, "\n"), m = strcspn(now, "\n");

		if (n != m || strncmp(before, now, n) != 0)
			fail_msg("%s: on the host, before: %.*s\nnow: %.*s", what, (int)n,
				 before, (int)m, now);
		before += n + (before[n] == '\n');
		now += m + (now[m] == '\n');
	}
}

void sweep_want_clean(struct sweep *s, const char *what)
{
	if (fake_n_tasks(s->g.fake) != 0)
		fail_msg("%s: a task is left", what);
	host_say(s, s->host_now);
	want_same(s->host, s->host_now, what);
}
