/* The calls beneath each step: whose they are, and what becomes of too many. */
#include <string.h>

#include "core/cli/calls.h"
#include "tests/lib/check.h"

static _Alignas(16) char memory[4096];
static struct calls calls;
static struct arena arena;
static int task;
static struct layer below;
static struct sysops ops;

static int answer(struct layer *layer, const struct call *call)
{
	(void)layer;
	(void)call;
	return 0;
}

static int task_now(struct kernel *k)
{
	(void)k;
	return task;
}

static void hear(struct kernel *k, const struct note *note)
{
	(void)k;
	(void)note;
}

static struct kernel *begin(size_t n_steps, size_t size)
{
	memset(&calls, 0, sizeof(calls));
	arena_init(&arena, memory, sizeof(memory));
	assert_int_equal(calls_init(&calls, &arena, n_steps, size), 0);
	layer_init(&below, NULL, answer);
	ops = *below.kernel.ops;
	ops.task = task_now;
	ops.note = hear;
	below.kernel.ops = &ops;
	return calls_watch(&calls, &below.kernel, false);
}

static void call(struct kernel *k, int by, int step, const char *path)
{
	const struct note note = {"init", step, "a step"};

	task = by;
	if (step >= 0)
		kernel_note(k, &note);
	assert_int_equal(sys_chdir(k, path), 0);
}

static void calls_belong_to_the_step_that_their_task_is_at(void **state)
{
	struct kernel *k = begin(3, 1024);

	(void)state;
	call(k, 1, -1, "/before");
	call(k, 1, 1, "/one");
	call(k, 12, 3, "/three");
	call(k, 1, -1, "/one/more");
	call(k, 1, 4, "/beyond");
	assert_string_equal(calls.steps[0].first->text, "chdir(\"/before\") = 0");
	assert_string_equal(calls.steps[0].last->text, "chdir(\"/beyond\") = 0");
	assert_string_equal(calls.steps[1].first->text, "chdir(\"/one\") = 0");
	assert_string_equal(calls.steps[1].first->next->text, "chdir(\"/one/more\") = 0");
	assert_null(calls.steps[1].last->next);
	assert_null(calls.steps[2].first);
	assert_string_equal(calls.steps[3].last->text, "chdir(\"/three\") = 0");
	assert_false(calls.lost);
}

static void calls_that_do_not_fit_are_known_to_be_lost(void **state)
{
	struct kernel *k = begin(1, 64);

	(void)state;
	call(k, 1, 1, "/one");
	call(k, 1, 1, "/two");
	call(k, 1, 1, "/three");
	assert_true(calls.lost);
	assert_string_equal(calls.steps[1].first->text, "chdir(\"/one\") = 0");
}

static void no_more_memory_is_taken_than_there_is(void **state)
{
	(void)state;
	begin(1, sizeof(memory) * 2);
	assert_true(calls.lines.size >= 1024);
	assert_true(arena.size >= 1024);
	assert_true(calls.lines.base >= arena.base + arena.size);
	arena_init(&arena, memory, 16);
	assert_int_equal(calls_init(&calls, &arena, 1, 16), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_belong_to_the_step_that_their_task_is_at),
		cmocka_unit_test(calls_that_do_not_fit_are_known_to_be_lost),
		cmocka_unit_test(no_more_memory_is_taken_than_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
