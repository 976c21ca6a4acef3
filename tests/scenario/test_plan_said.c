/* What plan says, to people and to programs, of a rehearsal that was held and of others. */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/rehearsal.h"
#include "tests/lib/scene.h"

#define PLAN "sandtable plan --classic --rootfs /img --readonly "

static void a_plan_tells_the_steps_what_lasts_and_what_is_inside(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable plan --classic --rootfs /img --as-root -- /probe exit 0");
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_int_equal(rehearsal_status, 0);
	assert_int_equal(strncmp(s->seen.inside, "as root on a host\n\n  1  host  trap", 34),
			 0);
	assert_non_null(strstr(s->seen.inside, "\n 54  init  exec /probe exit 0\n"));
	assert_non_null(strstr(s->seen.inside, "\n           or, on ENOSYS: clone(2)\n"));
	assert_non_null(strstr(s->seen.inside,
			       "\nwhat stays on the host:\n  the directory /img/proc, where"));
	assert_non_null(
		strstr(s->seen.inside, "\ninside, at exec:\n  mounts:\n    21 12 8:1 / / rw"));
	assert_non_null(strstr(s->seen.inside, " /a\\033b rw - tmpfs tmpfs rw\n  /dev:\n"));
	assert_non_null(strstr(s->seen.inside, "    null char 1:3 0666\n"));
	assert_non_null(strstr(s->seen.inside,
			       "  uid: 0 0 0 0\n  groups: none\n"
			       "  effective: CAP_CHOWN|CAP_KILL\n  permitted: all\n"
			       "  ambient: none\n  pid namespace: new\n"
			       "  net namespace: the host's\n  hostname: a\\033b\n  pid: 2\n"
			       "  descriptors:\n    0 O_RDWR /a b\n"));
	assert_non_null(strstr(s->seen.inside, "  environment:\n    ODD\n    PATH=...(10)\n"));
}

static void a_read_only_plan_leaves_nothing_and_shows_values_when_asked(void **state)
{
	struct scene *s = *state;

	run_line(s, PLAN "--show-values -- /probe exit 0");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "\nwhat stays on the host:\n  nothing\n"));
	assert_non_null(
		strstr(s->seen.inside, "  environment:\n    ODD\n    PATH=/:/nowhere\n"));
}

/* What cannot be looked at is left out, and said where it is one of many. */
static void want_dev(struct scene *s, enum sysop op, const char *contains, const char *want)
{
	fault_init(&s->fault, NULL);
	s->fault.op = (int)op;
	s->fault.contains = contains;
	s->fault.nth = 1;
	s->fault.lasting = true;
	s->fault.answer = -EACCES;
	rehearsal_here.context = faulty(&s->fault, ground_kernel(&s->g));
	scene_run(s, &(struct given){.line = PLAN "-- /probe exit 0",
				     .rehearsal = &rehearsal_here});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, want));
}

static void what_cannot_be_looked_at_is_said(void **state)
{
	struct scene *s = *state;

	want_dev(s, OP_statx, "\"full\", AT_SYMLINK_NOFOLLOW", "  full EACCES\n");
	want_dev(s, OP_readlinkat, NULL, "  core link \n");
	want_dev(s, OP_openat, "\"/dev\"", "  /dev:\n  uid:");
}

/* All of these pieces, in this order. */
static void want_pieces(const char *text, const char *const *pieces)
{
	for (; *pieces; pieces++) {
		const char *found = strstr(text, *pieces);

		if (!found)
			fail_msg("not there: %s\nin: %s", *pieces, text);
		text = found + strlen(*pieces);
	}
}

static void a_plan_may_show_the_calls_of_each_step(void **state)
{
	static const char *const pieces[] = {
		"\n  0  host  # ask what the plan hangs on\n             capget(",
		"\n  1  host  trap - CHLD\n             rt_sigaction(SIGCHLD, ",
		" init  umask 0022\n             umask(022) = 022\n",
		" host  wait\n             waitid(", NULL};
	struct scene *s = *state;

	run_line(s, PLAN "--calls -- /probe exit 0");
	assert_int_equal(s->seen.status, 0);
	want_pieces(s->seen.inside, pieces);
	reached("option", "--calls", NULL);
}

static void a_plan_may_be_said_as_json(void **state)
{
	static const char *const pieces[] = {
		"{\n  \"format\": \"sandtable-plan\",\n  \"version\": 1,\n"
		"  \"outcome\": \"reached\",\n  \"as\": \"root\",\n",
		"\"calls\": [\n    \"capget(",
		"\"steps\": [\n    {\n      \"number\": 1,\n      \"side\": \"host\",\n",
		"\"or\": {\n        \"on\": \"ENOSYS\",\n        \"kind\": \"clone\",",
		"\"line\": \"[ \\\"$(stat -fc %T /proc)\\\" = proc ]\"",
		"\"calls_lost\": false,\n  \"lasting\": [\n    \"the directory /img/proc, ",
		"\"propagation\": [\n          \"shared:1\",\n          \"master:2\"\n        "
		"],",
		"\"target\": \"/a\\\\033b\",",
		"\"dev\": [\n      {\n        \"name\": \"",
		"\"uid\": [\n      0,\n      0,\n      0,\n      0\n    ],\n    \"groups\": "
		"[],",
		"\"hostname\": \"a\\\\033b\",\n    \"pid\": 2,",
		"\"effective\": [\n        \"CAP_CHOWN\",\n        \"CAP_KILL\"\n      ],",
		"\"pid\": {\n        \"is\": \"pid:[8]\",\n        \"new\": true\n      },",
		"\"descriptors\": [\n      {\n        \"fd\": 0,\n        \"flags\": "
		"\"O_RDWR\",\n        \"what\": \"/a b\"\n      }\n    ],",
		"\"environment\": [\n      {\n        \"name\": \"ODD\"\n      },\n"
		"      {\n        \"name\": \"PATH\",\n        \"length\": 10\n      }\n"
		"    ]\n  }\n}\n",
		NULL};
	struct scene *s = *state;

	run_line(s, "sandtable plan --classic --rootfs /img --json --calls -- /probe exit 0");
	assert_int_equal(s->seen.status, 0);
	assert_string_equal(s->seen.said, "");
	want_pieces(s->seen.inside, pieces);
	run_line(s, PLAN "--json --show-values -- /probe exit 0");
	assert_non_null(strstr(s->seen.inside, "\"value\": \"/:/nowhere\"\n"));
	assert_non_null(strstr(s->seen.inside, "\"lasting\": [],\n"));
	reached("option", "--json", NULL);
}

static void a_step_that_tolerates_an_answer_says_so_in_json(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable plan --json --rootfs /img --bind-try /not/there /mnt -- /probe "
		    "exit 0");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside,
			       "\"line\": \"mount --rbind -o nosuid,nodev /not/there "
			       "/mnt\",\n      \"tolerates\": \"ENOENT\"\n"));
}

static void a_refused_plan_has_its_blame_in_json(void **state)
{
	static const char *const pieces[] = {
		"\"outcome\": \"refused\"",
		"\"blame\": {\n    \"status\": 127,\n"
		"    \"message\": \"sandtable: cannot execute /nothing: no such",
		"\"error\": \"ENOENT\",\n    \"step\": ",
		"\"row\": \"execveat\",\n    \"call\": \"execveat(AT_FDCWD, \\\"/nothing\\\"",
		"\"id\": \"exec-not-found\",\n    \"why\": \"",
		"\"try\": \"",
		NULL};
	static const char *const own[] = {"\"blame\": {\n    \"status\": 125,\n",
					  "\"what\": \"", "\"id\": \"rootfs-exchanged\"", NULL};
	struct scene *s = *state;

	run_line(s, PLAN "--json -- /nothing");
	assert_int_equal(s->seen.status, 125 << 8);
	want_pieces(s->seen.inside, pieces);
	assert_null(strstr(s->seen.inside, "\"inside\""));
	assert_non_null(strstr(s->seen.said, "[exec-not-found]\n"));
	run_line(s, "sandtable plan --classic --rootfs / --json -- /nothing");
	assert_int_equal(s->seen.status, 125 << 8);
	want_pieces(s->seen.inside, own);
}

static void a_plan_without_a_step_is_json_as_well(void **state)
{
	struct scene *s = *state;

	fault_init(&s->fault, NULL);
	s->fault.op = OP_capget;
	s->fault.nth = 1;
	s->fault.answer = -EINVAL;
	rehearsal_here.context = faulty(&s->fault, ground_kernel(&s->g));
	scene_run(s, &(struct given){.line = PLAN "--json -- /probe",
				     .rehearsal = &rehearsal_here});
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.inside, "\"steps\": [],\n"));
	assert_non_null(strstr(s->seen.inside,
			       "\"message\": \"sandtable: cannot begin: invalid argument\""));
}

static void what_is_not_rehearsed_is_json_as_well(void **state)
{
	struct scene *s = *state;

	rehearsal_here.run = rehearse_nowhere;
	run_line(s, PLAN "--json -- sh");
	rehearsal_here.run = rehearse_here;
	assert_int_equal(s->seen.status, 125 << 8);
	assert_string_equal(s->seen.inside,
			    "{\n  \"format\": \"sandtable-plan\",\n  \"version\": 1,\n"
			    "  \"outcome\": \"not rehearsed\",\n"
			    "  \"why\": \"the fake does not model this\"\n}\n");
}

/* What is told of it does not fit where the options make one expect less. */
static void a_view_that_is_cut_is_not_told(void **state)
{
	static char many[65536];
	const char *were = rehearsal_mounts;
	struct scene *s = *state;

	memset(many, 'x', sizeof(many) - 1);
	rehearsal_mounts = many;
	want_said(s, PLAN "-- /probe exit 0",
		  "sandtable: cannot rehearse: what is inside is more than can be told\n");
	rehearsal_mounts = were;
}

static void a_plan_that_is_refused_says_where(void **state)
{
	struct scene *s = *state;

	run_line(s, PLAN "-- /nothing");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_int_equal(rehearsal_status, 125);
	assert_non_null(strstr(s->seen.inside, " init  exec /nothing\n"));
	assert_null(strstr(s->seen.inside, "inside, at exec"));
	assert_non_null(strstr(s->seen.said, "sandtable: cannot execute /nothing: no such"));
	assert_non_null(strstr(s->seen.said, "[exec-not-found]\n"));
}

static void what_cannot_be_rehearsed_is_said(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = PLAN "-- sh"});
	assert_string_equal(s->seen.said, "sandtable: cannot rehearse: there is no kernel to "
					  "rehearse on in this program\n");
	assert_int_equal(s->seen.status, 125 << 8);
	want_said(s, "sandtable plan --classic --join 7 -- sh",
		  "sandtable: cannot rehearse: --join is not there yet in plan\n");
	want_said(s, "sandtable plan --userns 7 -- sh",
		  "sandtable: cannot rehearse: --userns is not there yet in plan\n");
	want_said(s, "sandtable plan --unshare-user --info-fd 4 --userns-block-fd 7 -- sh",
		  "sandtable: cannot rehearse: --userns-block-fd is not there yet in plan\n");
	rehearsal_here.run = rehearse_nowhere;
	want_said(s, PLAN "-- sh",
		  "sandtable: cannot rehearse: the fake does not model this\n");
	rehearsal_here.run = rehearse_here;
}

static void every_allocation_of_a_plan_that_fails_is_told(void **state)
{
	struct scene *s = *state;
	unsigned long n;

	rehearsal_here.context = ground_kernel(&s->g);
	for (n = 1;; n++) {
		scene_run(s, &(struct given){.line = PLAN
					     "--trace=/trace --calls -- /probe exit 0",
					     .rehearsal = &rehearsal_here,
					     .refuse_at = n});
		if (s->seen.status == 0)
			break;
		assert_int_equal(s->seen.status, 125 << 8);
		assert_true(strstr(s->seen.said, "set aside") != NULL);
	}
	assert_true(n > 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_FAKE(a_plan_tells_the_steps_what_lasts_and_what_is_inside),
		SCENE_FAKE(a_read_only_plan_leaves_nothing_and_shows_values_when_asked),
		SCENE_FAKE(what_cannot_be_looked_at_is_said),
		SCENE_FAKE(a_plan_may_show_the_calls_of_each_step),
		SCENE_FAKE(a_plan_may_be_said_as_json),
		SCENE_FAKE(a_step_that_tolerates_an_answer_says_so_in_json),
		SCENE_FAKE(a_refused_plan_has_its_blame_in_json),
		SCENE_FAKE(a_plan_without_a_step_is_json_as_well),
		SCENE_FAKE(what_is_not_rehearsed_is_json_as_well),
		SCENE_FAKE(a_view_that_is_cut_is_not_told),
		SCENE_FAKE(a_plan_that_is_refused_says_where),
		SCENE_FAKE(what_cannot_be_rehearsed_is_said),
		SCENE_FAKE(every_allocation_of_a_plan_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
