/* Calls as data: each row's words arrive as they were given, through wrapper and layer. */
#include "core/kernel/call.h"

#include <string.h>

#include "core/kernel/forms.h"
#include "tests/lib/check.h"
#include "tests/lib/stub.h"

#define ROW(row, args, raw, errnos, page)                                                      \
	static int wrapped_##row(struct kernel *k, const struct call *call)                    \
	{                                                                                      \
		(void)call;                                                                    \
		return sys_##row(k ROW_UNPACK(args));                                          \
	}
#include "core/kernel/sysops.def"
#undef ROW

static int (*const wrapped[N_SYSOPS])(struct kernel *k, const struct call *call) = {
#define ROW(row, args, raw, errnos, page) [OP_##row] = wrapped_##row,
#include "core/kernel/sysops.def"
#undef ROW
};

static void each_row_hands_its_words_down(void **state)
{
	struct stub stub;
	struct layer above;
	struct call call;

	(void)state;
	stub_init(&stub);
	layer_init(&above, stub_kernel(&stub), layer_pass);
	for (int op = 0; op < N_SYSOPS; op++) {
		call = (struct call){.op = (enum sysop)op};
		for (int i = 0; i < sysop_infos[op].n_args; i++)
			call.arg[i] = (uintptr_t)(100 * op + i);
		stub.answer = op + 1;
		assert_int_equal(wrapped[op](&above.kernel, &call), op + 1);
		assert_memory_equal(&stub.last, &call, sizeof(call));
		assert_int_equal(kernel_call(&above.kernel, &call), op + 1);
		assert_memory_equal(&stub.last, &call, sizeof(call));
	}
	assert_int_equal(stub.n_calls, 2 * N_SYSOPS);
	for (int op = N_SYSOPS; op < N_SYSOPS + 2; op++) {
		call.op = (enum sysop)op;
		assert_int_equal(kernel_call(&above.kernel, &call), -ENOSYS);
	}
}

static void rows_are_found_by_name(void **state)
{
	(void)state;
	for (int op = 0; op < N_SYSOPS; op++)
		assert_int_equal(sysop_find(sysop_infos[op].name), op);
	assert_int_equal(sysop_find("mounts"), -ENOENT);
}

static void tasks_and_notes_pass_through_layers(void **state)
{
	const struct note note = {"init", 1, "x"};
	struct stub stub;
	struct layer above;

	(void)state;
	stub_init(&stub);
	stub.task = 7;
	layer_init(&above, stub_kernel(&stub), layer_pass);
	assert_int_equal(kernel_task(&above.kernel), 7);
	kernel_note(&above.kernel, &note);
	assert_int_equal(stub.n_notes, 1);
}

/* A kind that no table knows would print as {} and be read as nothing. */
static void each_kind_has_a_form(void **state)
{
	(void)state;
	for (int kind = 0; kind < N_KINDS; kind++) {
		bool number = kind_forms[kind].shape != SHAPE_NONE;

		assert_true(number == (kind_infos[kind].size == 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_hands_its_words_down),
		cmocka_unit_test(rows_are_found_by_name),
		cmocka_unit_test(tasks_and_notes_pass_through_layers),
		cmocka_unit_test(each_kind_has_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
