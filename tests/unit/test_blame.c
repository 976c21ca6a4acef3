/* Who said no: the watch, what may be believed of a blame, its hint and its message. */
#include "core/run/blame.h"

#include <string.h>

#include "core/cli/message.h"
#include "core/run/hints.h"
#include "core/steps/side.h"
#include "tests/lib/check.h"

static char memory[8192];
static char sh[] = "sh";
static char *const argv[] = {sh, NULL};
static char *const envp[] = {NULL};
static struct step steps[PLAN_CLASSIC_STEPS];
static struct plan p;

/* A kernel that answers what it is told. */
struct answering {
	struct layer layer;
	int answer;
};

static int answer_call(struct layer *layer, const struct call *call)
{
	(void)call;
	return ((struct answering *)layer)->answer;
}

static struct answering below;
static struct watch w;

/* Makes a call that answers r. */
static void answered(int r, const char *path)
{
	below.answer = r;
	assert_int_equal(sys_chdir(&w.layer.kernel, path), r);
}

static int begin(void **state)
{
	const struct spec spec = {
		.classic = true, .rootfs = "/img", .argv = argv, .envp = envp};
	const struct facts root = {.root = true, .may_admin = true};

	(void)state;
	plan_init(&p, steps, PLAN_CLASSIC_STEPS);
	layer_init(&below.layer, NULL, answer_call);
	watch_init(&w, &below.layer.kernel, false);
	return plan_build(&p, &spec, &root);
}

/* The place of the first step of this kind, from 1. */
static int step_of(enum step_kind kind)
{
	for (size_t i = 0; i < p.n; i++)
		if (p.steps[i].kind == kind)
			return (int)i + 1;
	fail_msg("no such step");
	return 0;
}

static void the_watch_knows_the_newest_call_of_each_errno(void **state)
{
	(void)state;
	answered(-ENOENT, "/a");
	answered(-EACCES, "/b");
	answered(-ENOENT, "/c");
	answered(0, "/d");
	assert_string_equal(watch_find(&w, -ENOENT)->text, "chdir(\"/c\") = -ENOENT");
	assert_string_equal(watch_find(&w, -EACCES)->text, "chdir(\"/b\") = -EACCES");
	assert_int_equal(watch_find(&w, -EACCES)->op, OP_chdir);
	assert_null(watch_find(&w, -EIO));
}

static void the_oldest_refusal_makes_room(void **state)
{
	(void)state;
	for (int error = 1; error <= WATCH_REFUSALS_MAX + 1; error++)
		answered(-error, "/");
	assert_null(watch_find(&w, -1));
	for (int error = 2; error <= WATCH_REFUSALS_MAX + 1; error++)
		assert_non_null(watch_find(&w, -error));
}

static void long_texts_are_cut_in_the_middle_and_marked(void **state)
{
	char out[16];

	(void)state;
	text_cut_middle(out, sizeof(out), "0123456789abcde");
	assert_string_equal(out, "0123456789abcde");
	text_cut_middle(out, sizeof(out), "0123456789abcdef");
	assert_string_equal(out, "01234[...]bcdef");
	text_cut_middle(out, sizeof(out), "0123456789abcdefghijklmnop");
	assert_string_equal(out, "01234[...]lmnop");
}

static struct blame sane(void)
{
	return (struct blame){.side = SIDE_INIT,
			      .step = step_of(STEP_MOUNT),
			      .op = OP_mount,
			      .error = EPERM,
			      .reason = REASON_NONE,
			      .text = "mount(...) = -EPERM"};
}

#define want_insane(change)                                                                    \
	do {                                                                                   \
		struct blame b = sane();                                                       \
		change;                                                                        \
		assert_false(blame_is_sane(&b, &p));                                           \
	} while (0)

static void what_the_other_side_says_is_checked_field_by_field(void **state)
{
	const struct blame good = sane();

	(void)state;
	assert_true(blame_is_sane(&good, &p));
	want_insane(b.side = SIDE_HOST);
	want_insane(b.side = 7);
	want_insane(b.step = 0);
	want_insane(b.step = -1);
	want_insane(b.step = (int)p.n + 1);
	want_insane(b.step = step_of(STEP_SPAWN));
	want_insane(b.op = -2);
	want_insane(b.op = N_SYSOPS);
	want_insane(b.error = 0);
	want_insane(b.error = 4096);
	want_insane(b.reason = -1);
	want_insane(b.reason = N_REASONS);
	want_insane(memset(b.text, 'a', sizeof(b.text)));
}

static void the_least_and_the_most_are_sane(void **state)
{
	struct blame b = sane();

	(void)state;
	b.op = -1;
	b.error = 4095;
	b.reason = N_REASONS - 1;
	assert_true(blame_is_sane(&b, &p));
	b.op = N_SYSOPS - 1;
	b.error = 1;
	assert_true(blame_is_sane(&b, &p));
}

static void the_exit_status_tells_a_missing_command_from_a_failure(void **state)
{
	struct blame b = sane();

	(void)state;
	assert_int_equal(blame_status(&b, &p), 125);
	b.error = ENOENT;
	assert_int_equal(blame_status(&b, &p), 125);
	b.step = step_of(STEP_EXEC);
	assert_int_equal(blame_status(&b, &p), 127);
	b.reason = REASON_LOADER;
	assert_int_equal(blame_status(&b, &p), 126);
	b.reason = REASON_NONE;
	b.error = EACCES;
	assert_int_equal(blame_status(&b, &p), 126);
	b.step = 0;
	assert_int_equal(blame_status(&b, &p), 125);
}

/* Which kind of step stands for a row that fits any. */
static void want_hint(const struct hint_row *row)
{
	const struct hint *hint;
	struct step step = {.kind = row->step < 0 ? STEP_CLOSE_RANGE
						  : (enum step_kind)row->step};
	struct blame b = {.step = 1, .op = row->op, .error = row->error};
	struct plan one = {.steps = &step, .n = 1};

	if (row->op < 0)
		b.op = OP_clone3;
	hint = hint_find(&b, &one);
	assert_non_null(hint);
	assert_string_equal(hint->id, row->hint.id);
}

static void each_row_of_the_hints_is_found_by_what_it_fits(void **state)
{
	(void)state;
	for (int i = 0; i < n_hint_rows; i++)
		want_hint(&hint_rows[i]);
}

static void a_reason_of_our_own_comes_before_the_kernels(void **state)
{
	struct blame b = sane();

	(void)state;
	assert_string_equal(hint_find(&b, &p)->id, "system-mount-denied");
	b.reason = REASON_NOT_PTY;
	assert_string_equal(hint_find(&b, &p)->id, "not-a-pty");
	b.reason = REASON_NONE;
	b.error = EXDEV;
	assert_null(hint_find(&b, &p));
	b.step = 0;
	b.error = ENOSYS;
	assert_string_equal(hint_find(&b, &p)->id, "no-such-call");
	b.error = EROFS;
	assert_null(hint_find(&b, &p));
}

static void ids_are_words_and_come_together(void **state)
{
	(void)state;
	for (int i = 0; i < n_hint_rows; i++) {
		const char *id = hint_rows[i].hint.id;

		assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz-"), strlen(id));
		/* Rows of one id stand together. */
		for (int j = 0; j < i - 1; j++)
			if (strcmp(id, hint_rows[j].hint.id) == 0)
				assert_string_equal(id, hint_rows[i - 1].hint.id);
	}
}

static const char *said(const struct outcome *outcome)
{
	struct text out;

	text_init(&out, memory, sizeof(memory));
	outcome_say(outcome, &p, &out);
	return out.at;
}

static void a_message_says_step_call_why_and_try(void **state)
{
	struct outcome outcome = {.blame = sane()};

	(void)state;
	assert_string_equal(
		said(&outcome),
		"sandtable: cannot mount proc on /img/proc: operation not permitted\n"
		"  step  11 of 56, init: mount -t proc -o nosuid,nodev,noexec proc /img/proc\n"
		"  call  mount(...) = -EPERM\n"
		"  why   a new proc needs a pid namespace and a new sysfs a network namespace "
		"of the same user namespace, and neither may be covered where sandtable runs  "
		"[system-mount-denied]\n"
		"  try   run it as root outside of other containers\n");
}

static void a_message_without_step_or_hint_is_shorter(void **state)
{
	struct outcome outcome = {.blame = {.op = -1, .error = EROFS}};

	(void)state;
	assert_string_equal(said(&outcome), "sandtable: cannot begin: read-only file system\n");
	blame_before(&outcome.blame, REASON_GARBLED, -EPROTO);
	assert_string_equal(said(&outcome),
			    "sandtable: cannot begin: protocol error\n"
			    "  why   what came through the channel between the two sides is no "
			    "message of ours  [garbled]\n");
}

static void no_byte_of_a_message_harms_a_terminal(void **state)
{
	struct outcome outcome = {.blame = sane(), .left = "the task 7"};

	(void)state;
	outcome.blame.op = -1;
	outcome.blame.error = EXDEV;
	memcpy(outcome.blame.text + strlen(outcome.blame.text), "\033[2J\xff", 6);
	assert_non_null(strstr(said(&outcome), "  what  mount(...) = -EPERM\\033[2J\\377\n"
					       "  left  the task 7\n"));
}

static void want_errno(int error, const char *sentence)
{
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_add_errno(&out, error);
	assert_string_equal(out.at, sentence);
}

static void errnos_are_said_in_small_letters(void **state)
{
	(void)state;
	want_errno(ENOENT, "no such file or directory");
	want_errno(EL2NSYNC, "level 2 not synchronized");
	want_errno(ERANGE, "numerical result out of range");
	want_errno(EDOTDOT, "RFS specific error");
	want_errno(ELIBSCN, ".lib section in a.out corrupted");
	want_errno(4000, "error 4000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_watch_knows_the_newest_call_of_each_errno, begin),
		cmocka_unit_test_setup(the_oldest_refusal_makes_room, begin),
		cmocka_unit_test_setup(long_texts_are_cut_in_the_middle_and_marked, begin),
		cmocka_unit_test_setup(what_the_other_side_says_is_checked_field_by_field,
				       begin),
		cmocka_unit_test_setup(the_least_and_the_most_are_sane, begin),
		cmocka_unit_test_setup(the_exit_status_tells_a_missing_command_from_a_failure,
				       begin),
		cmocka_unit_test_setup(each_row_of_the_hints_is_found_by_what_it_fits, begin),
		cmocka_unit_test_setup(a_reason_of_our_own_comes_before_the_kernels, begin),
		cmocka_unit_test_setup(ids_are_words_and_come_together, begin),
		cmocka_unit_test_setup(a_message_says_step_call_why_and_try, begin),
		cmocka_unit_test_setup(a_message_without_step_or_hint_is_shorter, begin),
		cmocka_unit_test_setup(no_byte_of_a_message_harms_a_terminal, begin),
		cmocka_unit_test_setup(errnos_are_said_in_small_letters, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
