/* Into the payload: its status, and commands that cannot be executed. */
#include <string.h>

#include "tests/lib/scene.h"

static void the_payloads_status_is_the_programs(void **state)
{
	struct scene *s = *state;
	struct given given = {.options = "--rootfs @/img", .command = "/probe exit 42"};

	scene_run(s, &given);
	assert_int_equal(s->seen.status, 42 << 8);
	assert_string_equal(s->seen.said, "");
	given.command = "probe exit 7";
	scene_run(s, &given);
	assert_int_equal(s->seen.status, 7 << 8);
}

static void a_command_that_cannot_be_executed_is_told_from_a_missing_one(void **state)
{
	struct scene *s = *state;
	struct given given = {.image = "/plain file 644 x\n/text file 755 x\n/dir dir\n"
				       "/script file 755 #!/no/such/shell\n",
			      .options = "--rootfs @/img"};

	given.command = "/nothing";
	scene_run(s, &given);
	want_refusal(&s->seen, 127, "sandtable: cannot execute /nothing: no such file",
		     "exec-not-found");
	given.command = "nothing";
	scene_run(s, &given);
	want_refusal(&s->seen, 127, "sandtable: cannot execute nothing: no such file",
		     "exec-not-found");
	given.command = "/plain";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /plain: permission denied",
		     "exec-not-executable");
	given.command = "plain";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute plain: permission denied",
		     "exec-not-executable");
	given.command = "/dir";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /dir: permission denied",
		     "exec-not-executable");
	given.command = "/text";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /text: exec format error",
		     "exec-format");
	given.command = "/script";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /script: no such file",
		     "exec-loader");
	given.command = "script";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute script: no such file",
		     "exec-loader");
	given.command = "/proc/1/environ";
	scene_run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /proc/1/environ: permission",
		     "exec-noexec");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(the_payloads_status_is_the_programs),
		SCENE_BOTH(a_command_that_cannot_be_executed_is_told_from_a_missing_one),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
