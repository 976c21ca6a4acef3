/* Part 8 of the classic sequence: the console. */
#include <string.h>

#include "tests/lib/scene.h"

static int make_console(struct kernel *k, int dir)
{
	return sys_mknodat(k, dir, "console", S_IFREG | 0600, 0);
}

static int make_console_link(struct kernel *k, int dir)
{
	return sys_symlinkat(k, "/etc/passwd", dir, "console");
}

static void the_console_is_the_hosts_pty(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img --console %"});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "/dev/console devpts rw,"));
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
	assert_non_null(strstr(s->seen.inside, " 0600\ncore link"));
	assert_non_null(strstr(s->seen.after, "pty 0600 0:0\n"));
}

static void a_console_that_is_there_is_removed_first(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"console\"", .meddle = make_console};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img --console %");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
}

static void a_link_at_the_console_is_removed_itself(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"console\"", .meddle = make_console_link};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img --console %");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
}

static void a_console_that_appears_is_not_tolerated(void **state)
{
	struct meddling m = {
		.op = OP_mknodat, .contains = "\"console\"", .meddle = make_console};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img --console %");
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "console-exists");
}

static void a_console_that_is_no_pty_is_refused_unchanged(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img --console /dev/null"});
	want_refusal(&s->seen, 125,
		     "sandtable: cannot use /dev/null as the console: ", "not-a-pty");
	scene_run(s, &(struct given){.options = "--rootfs @/img --console @/img/probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot use ", "not-a-pty");
	scene_run(s, &(struct given){.options = "--rootfs @/img --console /dev/pts/4000"});
	want_refusal(&s->seen, 125,
		     "sandtable: cannot use /dev/pts/4000 as the console: ", "console-missing");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(the_console_is_the_hosts_pty),
		SCENE_BOTH(a_console_that_is_there_is_removed_first),
		SCENE_BOTH(a_link_at_the_console_is_removed_itself),
		SCENE_BOTH(a_console_that_appears_is_not_tolerated),
		SCENE_BOTH(a_console_that_is_no_pty_is_refused_unchanged),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
