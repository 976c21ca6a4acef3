/* The program around the runs: help, refusals and traces, in what it says. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/rehearsal.h"
#include "tests/lib/scene.h"

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

static void arguments_that_mean_nothing_are_refused(void **state)
{
	struct scene *s = *state;

	want_said(s, "sandtable box --rotfs /img",
		  "sandtable: --rotfs: there is no such option (see --help)\n");
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

static struct kernel *as_user_all_along(void *context, struct kernel *k)
{
	struct kernel *user = as_user(context, k);

	((struct fault *)context)->lasting = true;
	return user;
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

static void a_rehearsal_says_as_whom_it_is(void **state)
{
	struct scene *s = *state;

	rehearsal_here.context = ground_kernel(&s->g);
	scene_run(s, &(struct given){.line = "sandtable plan --rootfs /img -- /probe",
				     .rehearsal = &rehearsal_here,
				     .between = as_user_all_along,
				     .context = &s->fault});
	assert_non_null(strstr(s->seen.inside, "as uid 1000, gid 0 on a host\n"));
	scene_run(s, &(struct given){.line = "sandtable plan --as-root --rootfs /img -- /probe",
				     .rehearsal = &rehearsal_here,
				     .between = as_user_all_along,
				     .context = &s->fault});
	assert_non_null(strstr(s->seen.inside, "as root on a host\n"));
}

static void output_that_cannot_be_written_is_a_failure(void **state)
{
	static const char *const lines[] = {"sandtable --help", "sandtable --version",
					    PLAN "-- /probe exit 0"};
	struct scene *s = *state;

	rehearsal_here.context = ground_kernel(&s->g);
	for (size_t i = 0; i < COUNT(lines); i++) {
		fault_init(&s->fault, NULL);
		s->fault.op = OP_write;
		s->fault.nth = 1;
		s->fault.answer = -ENOSPC;
		scene_run(s, &(struct given){.line = lines[i],
					     .rehearsal = &rehearsal_here,
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
		SCENE_FAKE(a_plan_of_binds_needs_their_sources),
		SCENE_FAKE(a_rehearsal_says_as_whom_it_is),
		SCENE_FAKE(output_that_cannot_be_written_is_a_failure),
		SCENE_FAKE(output_that_is_taken_in_parts_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
