/* The program around the runs: help, refusals, traces and rehearsals, in what it says. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

static int rehearsed_status;

/* Where the real host is rehearsed on: itself. */
static int rehearse_here(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
			 struct text *inside, struct text *why)
{
	struct kernel *k = rehearsal->context;

	assert_string_equal(why->at, "");
	rehearsed_status = rehearsed->main(k, rehearsed->arg);
	rehearsed->look(k, rehearsed->arg);
	text_add(inside, "the mounts\nthe ids");
	return 0;
}

static int rehearse_nowhere(const struct rehearsal *rehearsal,
			    const struct rehearsed *rehearsed, struct text *inside,
			    struct text *why)
{
	(void)rehearsal;
	(void)rehearsed;
	(void)inside;
	text_add(why, "the fake does not model this");
	return -ENOSYS;
}

static struct rehearsal rehearsal = {.host = "a host", .run = rehearse_here};

static void run_line(struct scene *s, const char *line)
{
	rehearsal.context = ground_kernel(&s->g);
	scene_run(s, &(struct given){.line = line, .rehearsal = &rehearsal});
}

static void help_tells_the_verbs_the_options_and_the_statuses(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable --help");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "Usage: sandtable box [OPTION...] [--] "));
	assert_non_null(strstr(s->seen.inside, "  --readonly "));
	assert_non_null(strstr(s->seen.inside, "trusted images"));
	assert_non_null(strstr(s->seen.inside, "125 sandtable failed"));
	run_line(s, "sandtable box --help");
	assert_int_equal(s->seen.status, 0);
}

static void the_version_is_a_line(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable --version");
	assert_string_equal(s->seen.inside, "sandtable " SANDTABLE_VERSION "\n");
	assert_int_equal(s->seen.status, 0);
}

static void want_said(struct scene *s, const char *line, const char *said)
{
	run_line(s, line);
	assert_string_equal(s->seen.said, said);
	assert_string_equal(s->seen.inside, "");
	assert_int_equal(s->seen.status, 125 << 8);
}

static void arguments_that_mean_nothing_are_refused(void **state)
{
	struct scene *s = *state;

	want_said(s, "sandtable box --rotfs /img",
		  "sandtable: --rotfs: there is no such option (see --help)\n");
	want_said(s, "sandtable box --rootfs /img --console -- sh",
		  "sandtable: --console without --classic is not there yet\n");
	want_said(s, "sandtable box --overlay-src / --tmp-overlay /x -- sh",
		  "sandtable: an overlay is not there yet\n");
}

static void a_program_with_rights_not_its_callers_refuses_all(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = "sandtable --help", .secure = true});
	want_refusal(&s->seen, 125, "sandtable: cannot begin: ", "set-user-id");
}

/* Not root, and root without the capability, as the kernel would answer. */
static struct kernel *as_user(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_geteuid;
	fault->nth = 1;
	fault->answer = 1000;
	return &fault->layer.kernel;
}

static struct kernel *without_capget(void *context, struct kernel *k)
{
	as_user(context, k);
	((struct fault *)context)->op = OP_capget;
	((struct fault *)context)->answer = -EINVAL;
	return &((struct fault *)context)->layer.kernel;
}

static void whoever_is_not_root_is_told_before_anything_is_done(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs /img",
				     .between = as_user,
				     .context = &s->fault});
	want_refusal(&s->seen, 125, "sandtable: cannot begin: operation not permitted\n",
		     "not-root");
	scene_run(s, &(struct given){.options = "--rootfs /img",
				     .between = without_capget,
				     .context = &s->fault});
	assert_int_equal(s->seen.status, 125 << 8);
	assert_string_equal(s->seen.said, "sandtable: cannot begin: invalid argument\n");
}

static void a_trace_tells_each_call_under_its_step(void **state)
{
	static char memory[65536];
	struct scene *s = *state;
	struct text trace;

	text_init(&trace, memory, sizeof(memory));
	scene_run(s, &(struct given){.options = "--rootfs /img --trace=/trace"});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "descriptors: 0 1 2\n"));
	ground_read(&s->g, "/trace", &trace);
	assert_non_null(strstr(trace.at, "init: umask 0022\n"));
	assert_non_null(strstr(trace.at, "umask(022) = 022\n"));
	assert_non_null(strstr(trace.at, "\"PATH=\"...(10)"));
	assert_null(strstr(trace.at, "nowhere"));

	scene_run(s, &(struct given){.options = "--rootfs /img --trace --show-values"});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.said, "umask(022) = 022\n"));
	assert_non_null(strstr(s->seen.said, "PATH=/:/nowhere"));
}

static void a_trace_that_cannot_be_written_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs /img --trace=/no/where"});
	assert_string_equal(s->seen.said, "sandtable: cannot write the trace to /no/where: no "
					  "such file or directory\n");
	assert_int_equal(s->seen.status, 125 << 8);
}

static struct kernel *failing_close(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_close;
	fault->contains = "close(3)";
	fault->lasting = true;
	fault->nth = 1;
	fault->task = kernel_task(k);
	fault->answer = -EIO;
	return &fault->layer.kernel;
}

static void a_trace_that_may_lack_lines_is_told(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs /img --trace=/trace",
				     .between = failing_close,
				     .context = &s->fault});
	assert_string_equal(
		s->seen.said,
		"sandtable: cannot write the trace to /trace: input/output error\n");
	assert_int_equal(s->seen.status, 0);
}

#define PLAN "sandtable plan --classic --rootfs /img --readonly "

static void a_plan_tells_the_steps_what_lasts_and_what_is_inside(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable plan --classic --rootfs /img --as-root -- /probe exit 0");
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_int_equal(rehearsed_status, 0);
	assert_int_equal(strncmp(s->seen.inside, "as root on a host\n\n  1  host  trap", 34),
			 0);
	assert_non_null(strstr(s->seen.inside, "\n 54  init  exec /probe exit 0\n"));
	assert_non_null(strstr(s->seen.inside, "\n           or, on ENOSYS: clone(2)\n"));
	assert_non_null(strstr(s->seen.inside,
			       "\nwhat stays on the host:\n  the directory /img/proc, where"));
	assert_non_null(strstr(s->seen.inside,
			       "\ninside, at exec:\n  the mounts\n  the ids\n  /dev:\n"));
	assert_non_null(strstr(s->seen.inside, "  null char 1:3 0666\n"));
	assert_non_null(strstr(s->seen.inside, "  environment: ODD PATH=...(10)\n"));
}

static void a_read_only_plan_leaves_nothing_and_shows_values_when_asked(void **state)
{
	struct scene *s = *state;

	run_line(s, PLAN "--show-values -- /probe exit 0");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "\nwhat stays on the host:\n  nothing\n"));
	assert_non_null(strstr(s->seen.inside, "  environment: ODD PATH=/:/nowhere\n"));
}

/* Whatever the test wants to fail. */
static struct kernel *faulty(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault->layer.lower = k;
	fault_rearm(fault);
	return &fault->layer.kernel;
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
	rehearsal.context = faulty(&s->fault, ground_kernel(&s->g));
	scene_run(s, &(struct given){.line = PLAN "-- /probe exit 0", .rehearsal = &rehearsal});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, want));
}

static void a_plan_of_binds_needs_their_sources(void **state)
{
	struct scene *s = *state;

	run_line(s, "sandtable plan --dev-bind / / --bind /img /mnt -- /img/probe exit 0");
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "mount --rbind -o nosuid / /\n"));
	assert_non_null(strstr(s->seen.inside, "mount --rbind -o nosuid,nodev /img /mnt\n"));
	reached_value("verb", VERB_PLAN);
}

static void an_ordinary_user_is_told_how_to_rehearse(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = "sandtable plan --rootfs /img -- /probe",
				     .between = as_user,
				     .context = &s->fault});
	assert_string_equal(s->seen.said,
			    "sandtable: plan as an ordinary user (add --as-root) is not there "
			    "yet\n");
}

static void what_cannot_be_looked_at_is_said(void **state)
{
	struct scene *s = *state;

	want_dev(s, OP_statx, "\"full\", AT_SYMLINK_NOFOLLOW", "  full EACCES\n");
	want_dev(s, OP_readlinkat, NULL, "  core link \n");
	want_dev(s, OP_openat, "\"/dev\"", "  /dev:\n  environment:");
}

static void a_plan_that_is_refused_says_where(void **state)
{
	struct scene *s = *state;

	run_line(s, PLAN "-- /nothing");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_int_equal(rehearsed_status, 125);
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
	rehearsal.run = rehearse_nowhere;
	want_said(s, PLAN "-- sh",
		  "sandtable: cannot rehearse: the fake does not model this\n");
	rehearsal.run = rehearse_here;
}

static void every_allocation_of_a_plan_that_fails_is_told(void **state)
{
	struct scene *s = *state;
	unsigned long n;

	rehearsal.context = ground_kernel(&s->g);
	for (n = 1;; n++) {
		scene_run(s, &(struct given){.line = PLAN "--trace=/trace -- /probe exit 0",
					     .rehearsal = &rehearsal,
					     .refuse_at = n});
		if (s->seen.status == 0)
			break;
		assert_int_equal(s->seen.status, 125 << 8);
		assert_true(strstr(s->seen.said, "set aside") != NULL);
	}
	assert_true(n > 6);
}

static void output_that_cannot_be_written_is_a_failure(void **state)
{
	static const char *const lines[] = {"sandtable --help", "sandtable --version",
					    PLAN "-- /probe exit 0"};
	struct scene *s = *state;

	rehearsal.context = ground_kernel(&s->g);
	for (size_t i = 0; i < COUNT(lines); i++) {
		fault_init(&s->fault, NULL);
		s->fault.op = OP_write;
		s->fault.nth = 1;
		s->fault.answer = -ENOSPC;
		scene_run(s, &(struct given){.line = lines[i],
					     .rehearsal = &rehearsal,
					     .between = faulty,
					     .context = &s->fault});
		assert_int_equal(s->seen.status, 125 << 8);
	}
}

static void output_that_is_taken_in_parts_is_whole(void **state)
{
	struct scene *s = *state;

	fault_init(&s->fault, NULL);
	s->fault.op = OP_write;
	s->fault.nth = 1;
	s->fault.lasting = true;
	s->fault.count = 5;
	scene_run(s, &(struct given){.line = "sandtable --version",
				     .between = faulty,
				     .context = &s->fault});
	assert_string_equal(s->seen.inside, "sandtable " SANDTABLE_VERSION "\n");
	s->fault.count = 0;
	s->fault.lasting = false;
	s->fault.answer = -EINTR;
	scene_run(s, &(struct given){.line = "sandtable --version",
				     .between = faulty,
				     .context = &s->fault});
	assert_string_equal(s->seen.inside, "sandtable " SANDTABLE_VERSION "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_FAKE(help_tells_the_verbs_the_options_and_the_statuses),
		SCENE_FAKE(the_version_is_a_line),
		SCENE_FAKE(arguments_that_mean_nothing_are_refused),
		SCENE_FAKE(a_program_with_rights_not_its_callers_refuses_all),
		SCENE_FAKE(whoever_is_not_root_is_told_before_anything_is_done),
		SCENE_FAKE(a_trace_tells_each_call_under_its_step),
		SCENE_FAKE(a_trace_that_cannot_be_written_is_refused),
		SCENE_FAKE(a_trace_that_may_lack_lines_is_told),
		SCENE_FAKE(a_plan_tells_the_steps_what_lasts_and_what_is_inside),
		SCENE_FAKE(a_read_only_plan_leaves_nothing_and_shows_values_when_asked),
		SCENE_FAKE(a_plan_of_binds_needs_their_sources),
		SCENE_FAKE(an_ordinary_user_is_told_how_to_rehearse),
		SCENE_FAKE(what_cannot_be_looked_at_is_said),
		SCENE_FAKE(a_plan_that_is_refused_says_where),
		SCENE_FAKE(what_cannot_be_rehearsed_is_said),
		SCENE_FAKE(every_allocation_of_a_plan_that_fails_is_told),
		SCENE_FAKE(output_that_cannot_be_written_is_a_failure),
		SCENE_FAKE(output_that_is_taken_in_parts_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
