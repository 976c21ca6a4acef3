/* Parts 11 and 12: joining a sandbox that is there. */
#include <string.h>

#include "tests/lib/scene.h"

static void whoever_joins_has_a_proc_and_sys_of_its_own(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--join &"});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "mounts:\n/ rw\n" SCENE_MOUNTS "dev:\n"));
	assert_non_null(strstr(s->seen.inside, "hostname: inner\n"));
	assert_non_null(strstr(s->seen.inside, "descriptors: 0 1 2\n"));
	assert_non_null(strstr(s->seen.inside, "cwd: /\n"));
	assert_null(strstr(s->seen.inside, "pid: 1\n"));
}

static void a_sys_that_is_not_mounted_is_left_alone(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--join &", .bare_sys = true});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "/proc proc "));
	assert_null(strstr(s->seen.inside, "/sys sysfs "));
}

static void a_proc_that_is_not_mounted_is_fatal(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--join &", .bare_proc = true});
	want_refusal(&s->seen, 125,
		     "sandtable: cannot mount a new proc on /proc: ", "not-mounted");
}

static void a_task_that_is_not_there_cannot_be_joined(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--join 2147483639"});
	want_refusal(&s->seen, 125, "sandtable: cannot find task 2147483639: no such file",
		     "no-such-task");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(whoever_joins_has_a_proc_and_sys_of_its_own),
		SCENE_BOTH(a_sys_that_is_not_mounted_is_left_alone),
		SCENE_BOTH(a_proc_that_is_not_mounted_is_fatal),
		SCENE_BOTH(a_task_that_is_not_there_cannot_be_joined),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
