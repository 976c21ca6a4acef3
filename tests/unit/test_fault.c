/* Faults and absent calls: what is hit, what is answered, what is told of it. */
#include "core/kernel/fault.h"

#include <string.h>

#include "core/kernel/absent.h"
#include "core/kernel/fd.h"
#include "tests/lib/check.h"
#include "tests/lib/stub.h"

struct faulty {
	struct stub stub;
	struct fault fault;
	struct kernel *k;
};

static int setup(void **state)
{
	static struct faulty f;

	stub_init(&f.stub);
	fault_init(&f.fault, stub_kernel(&f.stub));
	f.fault.answer = -ENOMEM;
	f.k = &f.fault.layer.kernel;
	*state = &f;
	return 0;
}

static void without_a_number_calls_are_only_counted(void **state)
{
	struct faulty *f = *state;

	assert_int_equal(sys_getpid(f->k), 0);
	assert_int_equal(sys_getpid(f->k), 0);
	sys_exit_group(f->k, 0);
	assert_int_equal(f->fault.n_counted, 2);
	assert_int_equal(f->fault.n_hits, 0);
}

static void the_nth_call_fails_and_is_told_of(void **state)
{
	struct faulty *f = *state;
	const struct note note = {"init", 2, ""};

	f->fault.nth = 2;
	assert_int_equal(sys_umask(f->k, 0), 0);
	f->stub.task = 3;
	kernel_note(f->k, &note);
	/* Another task's note is its own. */
	f->stub.task = 4;
	kernel_note(f->k, &(struct note){"host", 9, ""});
	f->stub.task = 3;
	assert_int_equal(sys_chdir(f->k, "/a"), -ENOMEM);
	assert_int_equal(f->stub.n_calls, 1);
	assert_int_equal(sys_umask(f->k, 0), 0);
	assert_int_equal(f->fault.n_hits, 1);
	assert_int_equal(f->fault.hit_op, OP_chdir);
	assert_int_equal(f->fault.hit_task, 3);
	assert_int_equal(f->fault.hit_step, 2);
	assert_string_equal(f->fault.hit_side, "init");
	assert_string_equal(f->fault.hit_text, "chdir(\"/a\")");
	fault_rearm(&f->fault);
	assert_int_equal(f->fault.n_hits, 0);
	assert_string_equal(f->fault.hit_text, "");
	assert_int_equal(sys_umask(f->k, 0), 0);
	assert_int_equal(sys_umask(f->k, 0), -ENOMEM);
}

static void from_the_nth_on_all_fail_when_lasting(void **state)
{
	struct faulty *f = *state;

	f->fault.nth = 2;
	f->fault.lasting = true;
	assert_int_equal(sys_umask(f->k, 0), 0);
	assert_int_equal(sys_umask(f->k, 0), -ENOMEM);
	assert_int_equal(sys_getpid(f->k), -ENOMEM);
	assert_int_equal(f->fault.n_hits, 2);
	assert_int_equal(f->fault.hit_op, OP_umask);
}

static void only_calls_that_fit_count(void **state)
{
	struct faulty *f = *state;

	f->fault.nth = 2;
	f->fault.op = OP_chdir;
	f->fault.contains = "\"/a\"";
	f->fault.task = 1;
	assert_int_equal(sys_chdir(f->k, "/a"), 0);
	assert_int_equal(sys_chdir(f->k, "/b"), 0);
	assert_int_equal(sys_chroot(f->k, "/a"), 0);
	f->stub.task = 2;
	assert_int_equal(sys_chdir(f->k, "/a"), 0);
	f->stub.task = 1;
	assert_int_equal(sys_chdir(f->k, "/a"), -ENOMEM);
}

static void a_failing_close_closes(void **state)
{
	struct faulty *f = *state;

	f->fault.nth = 1;
	f->fault.answer = -EIO;
	assert_int_equal(sys_close(f->k, 3), -EIO);
	assert_int_equal(f->stub.last.op, OP_close);
	fault_rearm(&f->fault);
	f->stub.answer = -EBADF;
	assert_int_equal(sys_close(f->k, 3), -EBADF);
}

static void reads_and_writes_can_be_short(void **state)
{
	struct faulty *f = *state;

	f->fault.nth = 1;
	f->fault.lasting = true;
	f->fault.count = 2;
	sys_write(f->k, 1, "abc", 3);
	assert_int_equal(f->stub.last.arg[2], 2);
	sys_write(f->k, 1, "a", 1);
	assert_int_equal(f->stub.last.arg[2], 1);
	sys_read(f->k, 1, (char[3]){0}, 3);
	assert_int_equal(f->stub.last.arg[2], 2);
	assert_int_equal(sys_chdir(f->k, "/"), 0);
}

static int exits(struct fault *fault, const struct call *call)
{
	(void)call;
	return sys_exit_group(fault->layer.lower, 9);
}

static void a_hit_can_be_anything(void **state)
{
	struct faulty *f = *state;

	f->fault.nth = 1;
	f->fault.hit = exits;
	sys_getpid(f->k);
	assert_int_equal(f->stub.last.op, OP_exit_group);
}

static void old_kernels_lack_young_calls(void **state)
{
	struct faulty *f = *state;
	struct absent absent;
	struct kernel *k = &absent.layer.kernel;
	struct spawn_args args = {0};

	absent_init(&absent, stub_kernel(&f->stub));
	assert_int_equal(sys_clone3(k, &args), 0);
	assert_int_equal(absent_add(&absent, "linux-5.5"), 0);
	assert_int_equal(sys_clone3(k, &args), 0);
	assert_int_equal(sys_openat2(k, 3, "", NULL, 0), -ENOSYS);
	assert_int_equal(sys_close_range(k, 3, ~0U, 0), -ENOSYS);
	assert_int_equal(absent_add(&absent, "linux-4.12"), 0);
	assert_int_equal(sys_clone3(k, &args), -ENOSYS);
	assert_int_equal(sys_ioctl_tiocgptpeer(k, 3, 0), -ENOTTY);
	assert_int_equal(sys_statx(k, 3, "", 0, 0, NULL), 0);
	assert_int_equal(absent_add(&absent, "getcwd"), 0);
	assert_int_equal(sys_getcwd(k, NULL, 0), -ENOSYS);
}

static void what_is_no_kernel_and_no_row_is_refused(void **state)
{
	static const char *const names[] = {"",		 "linux",     "linux-",
					    "linux-5",	 "linux-5.",  "linux-5.5x",
					    "linux-2.6", "linux-x.6", "linux-1234.5",
					    "linux-5.x", "linux-3.9", "mounts"};
	struct faulty *f = *state;
	struct absent absent;

	absent_init(&absent, stub_kernel(&f->stub));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(absent_add(&absent, names[i]), -ENOENT);
	for (int i = 0; i < N_SYSOPS; i++)
		assert_false(absent.rows[i]);
}

static int open_two(struct kernel *k)
{
	scoped_fd kept = fd_of(k, 7);
	scoped_fd closed = fd_open(k, AT_FDCWD, "/", O_PATH);

	assert_int_equal(closed.n, 5);
	return fd_take(&kept);
}

static void a_scope_closes_what_was_not_taken(void **state)
{
	struct faulty *f = *state;
	struct fd none = fd_of(stub_kernel(&f->stub), -EBADF);

	f->stub.answer = 5;
	assert_int_equal(open_two(stub_kernel(&f->stub)), 7);
	assert_int_equal(f->stub.n_calls, 2);
	assert_int_equal(f->stub.last.op, OP_close);
	assert_int_equal(f->stub.last.arg[0], 5);
	fd_close(&none);
	assert_int_equal(f->stub.n_calls, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_number_calls_are_only_counted, setup),
		cmocka_unit_test_setup(the_nth_call_fails_and_is_told_of, setup),
		cmocka_unit_test_setup(from_the_nth_on_all_fail_when_lasting, setup),
		cmocka_unit_test_setup(only_calls_that_fit_count, setup),
		cmocka_unit_test_setup(a_failing_close_closes, setup),
		cmocka_unit_test_setup(reads_and_writes_can_be_short, setup),
		cmocka_unit_test_setup(a_hit_can_be_anything, setup),
		cmocka_unit_test_setup(old_kernels_lack_young_calls, setup),
		cmocka_unit_test_setup(what_is_no_kernel_and_no_row_is_refused, setup),
		cmocka_unit_test_setup(a_scope_closes_what_was_not_taken, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
