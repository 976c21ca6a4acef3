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

static void without_a_path_there_is_one_that_is_usual(void **state)
{
	struct scene *s = *state;

	scene_run(s,
		  &(struct given){.image = "/usr dir\n/usr/sbin dir\n/usr/sbin/x file 755 y\n",
				  .options = "--rootfs @/img",
				  .command = "x",
				  .no_path = true});
	want_refusal(&s->seen, 126, "sandtable: cannot execute x: exec format error",
		     "exec-format");
	assert_non_null(strstr(s->seen.said, "\"/usr/sbin/x\""));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(the_payloads_status_is_the_programs),
		SCENE_BOTH(a_command_that_cannot_be_executed_is_told_from_a_missing_one),
		SCENE_BOTH(without_a_path_there_is_one_that_is_usual),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
