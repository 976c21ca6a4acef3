/* The recorder: what a test may ask about what happened. */
#include "core/kernel/record.h"

#include <string.h>

#include "tests/lib/check.h"
#include "tests/lib/stub.h"

struct recording {
	struct stub stub;
	struct record record;
	struct recorded calls[8];
	char text[512];
	struct kernel *k;
};

static int setup(void **state)
{
	static struct recording r;

	stub_init(&r.stub);
	record_init(&r.record, stub_kernel(&r.stub), r.calls, COUNT(r.calls), r.text,
		    sizeof(r.text));
	r.k = &r.record.layer.kernel;
	*state = &r;
	return 0;
}

static void calls_are_kept_with_answer_task_and_step(void **state)
{
	struct recording *r = *state;
	const struct note note = {"init", 4, "umask 0"};
	const struct recorded *call;

	sys_close(r->k, 3);
	r->stub.task = 2;
	kernel_note(r->k, &note);
	r->stub.answer = -EBADF;
	sys_close(r->k, 4);
	assert_int_equal(record_count(&r->record, OP_close), 2);
	call = record_nth(&r->record, OP_close, 1);
	assert_int_equal(call->task, 1);
	assert_int_equal(call->step, 0);
	assert_null(call->side);
	call = record_nth(&r->record, OP_close, 2);
	assert_int_equal(call->call.arg[0], 4);
	assert_int_equal(call->answer, -EBADF);
	assert_int_equal(call->task, 2);
	assert_int_equal(call->step, 4);
	assert_string_equal(call->side, "init");
	assert_string_equal(call->text, "close(4) = -EBADF");
	assert_null(record_nth(&r->record, OP_close, 3));
	assert_int_equal(r->stub.n_notes, 1);
	record_clear(&r->record);
	assert_int_equal(record_count(&r->record, OP_close), 0);
}

static void never_before_and_at_most_can_be_asked(void **state)
{
	struct recording *r = *state;

	sys_umask(r->k, 0);
	sys_chdir(r->k, "/a");
	sys_chdir(r->k, "/b");
	assert_true(record_never(&r->record, "mount("));
	assert_false(record_never(&r->record, "umask("));
	assert_true(record_before(&r->record, "umask(", "chdir("));
	assert_false(record_before(&r->record, "chdir(", "umask("));
	assert_false(record_before(&r->record, "mount(", "umask("));
	assert_false(record_before(&r->record, "umask(", "mount("));
	assert_false(record_before(&r->record, "umask(", "umask("));
	assert_true(record_at_most(&r->record, 2, "chdir("));
	assert_false(record_at_most(&r->record, 1, "chdir("));
	assert_true(record_at_most(&r->record, 0, "mount("));
	assert_int_equal(record_find(&r->record, 2, "chdir(\"/a\""), -ENOENT);
}

static void what_does_not_return_is_kept_as_it_goes(void **state)
{
	struct recording *r = *state;

	sys_exit_group(r->k, 1);
	assert_int_equal(record_count(&r->record, OP_exit_group), 1);
	assert_int_equal(record_find(&r->record, 0, "exit_group(1)"), 0);
	r->stub.answer = -ENOENT;
	sys_execveat(r->k, AT_FDCWD, "/sh", NULL, NULL, 0);
	assert_int_equal(record_nth(&r->record, OP_execveat, 1)->answer, -ENOENT);
	assert_int_equal(r->record.n, 2);
}

static void a_record_that_lost_calls_answers_nothing_with_yes(void **state)
{
	struct recording *r = *state;
	char printed[512];
	struct text t;

	for (int i = 0; i < 9; i++)
		sys_umask(r->k, (mode_t)i);
	assert_true(r->record.full);
	assert_int_equal(r->record.n, 8);
	assert_false(record_never(&r->record, "mount("));
	assert_false(record_before(&r->record, "umask(0)", "umask(1)"));
	assert_false(record_at_most(&r->record, 9, "umask("));
	text_init(&t, printed, sizeof(printed));
	record_print(&r->record, &t);
	assert_non_null(strstr(printed, "[1] umask(07) = 0\n... there was no room for more\n"));
}

static void a_record_whose_text_is_full_lost_calls(void **state)
{
	struct recording *r = *state;
	char path[300];

	memset(path, 'x', sizeof(path));
	path[299] = '\0';
	sys_chdir(r->k, path);
	assert_false(r->record.full);
	sys_chdir(r->k, path);
	assert_true(r->record.full);
	sys_chdir(r->k, path);
	assert_int_equal(r->record.n, 2);
}

static void more_tasks_than_there_is_room_for_have_no_step(void **state)
{
	struct recording *r = *state;
	const struct note note = {"init", 4, ""};

	for (r->stub.task = 1; r->stub.task <= RECORD_TASKS + 1; r->stub.task++) {
		record_clear(&r->record);
		kernel_note(r->k, &note);
		sys_getpid(r->k);
		assert_int_equal(r->calls[0].step, r->stub.task <= RECORD_TASKS ? 4 : 0);
	}
}

static void a_record_is_printed_a_line_a_call(void **state)
{
	struct recording *r = *state;
	char printed[512];
	struct text t;

	sys_getpid(r->k);
	r->stub.task = 2;
	sys_getppid(r->k);
	text_init(&t, printed, sizeof(printed));
	record_print(&r->record, &t);
	assert_string_equal(printed, "[1] getpid() = 0\n[2] getppid() = 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(calls_are_kept_with_answer_task_and_step, setup),
		cmocka_unit_test_setup(never_before_and_at_most_can_be_asked, setup),
		cmocka_unit_test_setup(what_does_not_return_is_kept_as_it_goes, setup),
		cmocka_unit_test_setup(a_record_that_lost_calls_answers_nothing_with_yes,
				       setup),
		cmocka_unit_test_setup(more_tasks_than_there_is_room_for_have_no_step, setup),
		cmocka_unit_test_setup(a_record_is_printed_a_line_a_call, setup),
		cmocka_unit_test_setup(a_record_whose_text_is_full_lost_calls, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
