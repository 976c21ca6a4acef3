/* Linux behind the seam: signs, out memory, and tasks with a memory of their own. */
#include "sys/linux.h"

#include <string.h>

#include "tests/lib/check.h"

/* valgrind has no clone3: it answers -ENOSYS in Linux's place. */
#ifdef WITH_VALGRIND
static const int n_ways = 1;
#else
static const int n_ways = 2;
#endif

struct side {
	struct kernel *k;
	int fd;
	int value;
};

static int setup(void **state)
{
	static struct linux_kernel linux_kernel;

	*state = &linux_kernel.kernel;
	return linux_init(&linux_kernel);
}

static int teardown(void **state)
{
	linux_free(*state);
	return 0;
}

static void an_error_is_the_answer_with_its_sign_turned(void **state)
{
	struct kernel *k = *state;
	int fds[2] = {77, 78};

	assert_int_equal(sys_close(k, -1), -EBADF);
	assert_int_equal(sys_openat(k, AT_FDCWD, "/nowhere", O_RDONLY, 0), -ENOENT);
	assert_int_equal(sys_pipe2(k, fds, 1 << 30), -EINVAL);
	assert_int_equal(fds[0], 77);
	assert_int_equal(fds[1], 78);
}

static void negative_ints_reach_the_kernel_as_such(void **state)
{
	struct kernel *k = *state;
	struct statx out;

	assert_int_equal(sys_statx(k, AT_FDCWD, "/", 0, STATX_TYPE, &out), 0);
	assert_true(S_ISDIR(out.stx_mode));
	assert_int_equal(sys_lseek(k, -1, -1, SEEK_SET), -EBADF);
	assert_int_equal(sys_getpgid(k, -1), -ESRCH);
}

/* What it changes in its arena is not seen by the parent; it tells through a pipe. */
static int add_and_tell(void *arena)
{
	struct side *side = arena;
	int told[2];

	side->value += 1;
	told[0] = side->value;
	told[1] = kernel_task(side->k);
	sys_write(side->k, side->fd, told, sizeof(told));
	return 7;
}

static void a_task_has_its_own_copy_of_the_arena(void **state)
{
	struct kernel *k = *state;
	int fds[2], told[2] = {0}, pidfd = -EBADF;
	siginfo_t info = {0};
	struct side side = {.k = k, .value = 41};
	struct spawn_args args = {.flags = CLONE_PIDFD,
				  .exit_signal = SIGCHLD,
				  .pidfd = &pidfd,
				  .main = add_and_tell,
				  .arena = &side,
				  .arena_size = sizeof(side)};

	for (int clone3 = 0; clone3 < n_ways; clone3++) {
		assert_int_equal(sys_pipe2(k, fds, O_CLOEXEC), 0);
		side.fd = fds[1];
		assert_true((clone3 ? sys_clone3(k, &args) : sys_clone(k, &args)) > 0);
		assert_int_equal(sys_read(k, fds[0], told, sizeof(told)), sizeof(told));
		assert_int_equal(told[0], 42);
		assert_int_equal(side.value, 41);
		assert_int_equal(told[1], 2 + clone3);
		assert_int_equal(kernel_task(k), 1);
		assert_int_equal(sys_waitid(k, P_PIDFD, pidfd, &info, WEXITED), 0);
		assert_int_equal(info.si_code, CLD_EXITED);
		assert_int_equal(info.si_status, 7);
		assert_int_equal(sys_close(k, pidfd), 0);
		assert_int_equal(sys_close(k, fds[0]), 0);
		assert_int_equal(sys_close(k, fds[1]), 0);
	}
}

static void a_task_that_was_not_made_takes_no_number_and_writes_no_pidfd(void **state)
{
	struct kernel *k = *state;
	struct linux_kernel *linux_kernel = *state;
	int pidfd = 77, before = *linux_kernel->n_tasks;
	struct spawn_args args = {.flags = CLONE_PIDFD | CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD,
				  .cgroup = 12345,
				  .pidfd = &pidfd,
				  .main = add_and_tell};

	assert_int_equal(sys_clone3(k, &args), n_ways == 2 ? -EBADF : -ENOSYS);
	assert_int_equal(pidfd, 77);
	assert_int_equal(*linux_kernel->n_tasks, before);
}

static void what_cannot_be_carried_is_refused(void **state)
{
	static const struct {
		uint64_t flags;
		int exit_signal;
	} refused[] = {{CLONE_INTO_CGROUP, SIGCHLD}, {CLONE_NEWTIME, SIGCHLD}, {0, 1 << 8}};
	static const uint64_t sharing[] = {CLONE_VM, CLONE_VM | CLONE_VFORK, CLONE_FILES,
					   CLONE_FS, CLONE_THREAD};
	struct spawn_args args = {.main = add_and_tell};

	for (size_t i = 0; i < COUNT(refused); i++) {
		args.flags = refused[i].flags;
		args.exit_signal = refused[i].exit_signal;
		assert_int_equal(sys_clone(*state, &args), -EINVAL);
	}
	for (size_t i = 0; i < COUNT(sharing); i++) {
		args.flags = sharing[i];
		args.exit_signal = SIGCHLD;
		assert_int_equal(sys_clone(*state, &args), -EINVAL);
		assert_int_equal(sys_clone3(*state, &args), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_is_the_answer_with_its_sign_turned),
		cmocka_unit_test(negative_ints_reach_the_kernel_as_such),
		cmocka_unit_test(a_task_has_its_own_copy_of_the_arena),
		cmocka_unit_test(a_task_that_was_not_made_takes_no_number_and_writes_no_pidfd),
		cmocka_unit_test(what_cannot_be_carried_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
