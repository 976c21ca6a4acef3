/* Tasks of the fake: birth, wait, signals, groups, pid namespaces, and how a run ends. */
#include "tests/lib/notes.h"

#include "tests/lib/check.h"

static int exit_7(void *arg)
{
	(void)arg;
	return 7;
}

static int spawn_and_wait(void *arg)
{
	(void)arg;
	note(sys_getpid(notes.k));
	note(sys_getppid(notes.k));
	note(spawn(exit_7));
	note(wait_any());
	note(wait_any());
	return 0;
}

static void a_child_is_waited_for_once(void **state)
{
	notes_run(*state, spawn_and_wait);
	assert_int_equal(notes.r[0], 2);
	assert_int_equal(notes.r[1], 1);
	assert_int_equal(notes.r[2], 3);
	assert_int_equal(notes.r[3], 0);
	assert_int_equal(notes.info.si_pid, 3);
	assert_int_equal(notes.info.si_code, CLD_EXITED);
	assert_int_equal(notes.info.si_status, 7);
	assert_int_equal(notes.r[4], -ECHILD);
}

static int write_in_arena(void *arena)
{
	*(int *)arena = 2;
	return *(int *)arena;
}

static int share_an_arena(void *arg)
{
	int value = 1;

	(void)arg;
	spawn_with(write_in_arena, &value, sizeof(value), 0);
	wait_any();
	note(value);
	return 0;
}

static void a_child_has_an_arena_of_its_own(void **state)
{
	notes_run(*state, share_an_arena);
	assert_int_equal(notes.r[0], 1);
	assert_int_equal(notes.info.si_status, 2);
}

static int read_one(void *arg)
{
	char c;

	(void)arg;
	sys_close(notes.k, notes.fds[1]);
	note(sys_read(notes.k, notes.fds[0], &c, 1));
	note(sys_read(notes.k, notes.fds[0], &c, 1));
	return c;
}

static int talk_through_a_pipe(void *arg)
{
	(void)arg;
	note(sys_pipe2(notes.k, notes.fds, O_CLOEXEC));
	spawn(read_one);
	sys_close(notes.k, notes.fds[0]);
	note(sys_write(notes.k, notes.fds[1], "x", 1));
	sys_close(notes.k, notes.fds[1]);
	wait_any();
	return 0;
}

static void a_pipe_carries_bytes_and_then_its_end(void **state)
{
	notes_run(*state, talk_through_a_pipe);
	assert_int_equal(notes.fds[0], 3);
	assert_int_equal(notes.fds[1], 4);
	assert_int_equal(notes.r[1], 1);
	assert_int_equal(notes.r[2], 1);
	assert_int_equal(notes.r[3], 0);
	assert_int_equal(notes.info.si_status, 'x');
}

static int wait_for_myself(void *arg)
{
	char c;

	(void)arg;
	sys_pipe2(notes.k, notes.fds, 0);
	return sys_read(notes.k, notes.fds[0], &c, 1);
}

static void a_deadlock_names_who_holds_the_other_end(void **state)
{
	notes_begin(*state);
	assert_int_equal(fake_run(*state, wait_for_myself, NULL), -EDEADLK);
	assert_string_equal(
		fake_stopped(*state),
		"deadlock: task 2 in read(2) waits for bytes in pipe:[2], whose other "
		"end is held by task 2 (fd 4)");
	fake_kill(*state, 2);
	assert_int_equal(fake_step(*state), FAKE_DONE);
	assert_null(fake_stopped(*state));
}

static int sleep_for_ever(void *arg)
{
	(void)arg;
	return sys_ppoll(notes.k, NULL, 0, NULL);
}

static int kill_a_sleeper(void *arg)
{
	int pid = spawn(sleep_for_ever);

	(void)arg;
	note(sys_kill(notes.k, pid, 0));
	note(sys_kill(notes.k, pid, SIGTERM));
	note(wait_any());
	note(sys_kill(notes.k, pid, 0));
	note(sys_kill(notes.k, pid, 65));
	return 0;
}

static void a_killed_sleeper_ends_by_its_signal(void **state)
{
	notes_run(*state, kill_a_sleeper);
	assert_int_equal(notes.r[0], 0);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], 0);
	assert_int_equal(notes.info.si_code, CLD_KILLED);
	assert_int_equal(notes.info.si_status, SIGTERM);
	assert_int_equal(notes.r[3], -ESRCH);
	assert_int_equal(notes.r[4], -ESRCH);
}

static int stop_and_go_on(void *arg)
{
	int pid = spawn(sleep_for_ever);

	(void)arg;
	sys_kill(notes.k, pid, SIGSTOP);
	note(sys_waitid(notes.k, P_PID, pid, &notes.info, WEXITED | WSTOPPED));
	note(notes.info.si_code);
	note(notes.info.si_status);
	sys_kill(notes.k, pid, SIGTERM);
	note(sys_waitid(notes.k, P_PID, pid, &notes.info, WEXITED | WSTOPPED | WNOHANG));
	note(notes.info.si_pid);
	sys_kill(notes.k, pid, SIGCONT);
	note(sys_waitid(notes.k, P_PID, pid, &notes.info, WEXITED));
	note(notes.info.si_status);
	return 0;
}

static void a_stopped_task_dies_when_it_goes_on(void **state)
{
	notes_run(*state, stop_and_go_on);
	assert_int_equal(notes.r[1], CLD_STOPPED);
	assert_int_equal(notes.r[2], SIGSTOP);
	assert_int_equal(notes.r[3], 0);
	assert_int_equal(notes.r[4], 0);
	assert_int_equal(notes.r[6], SIGTERM);
}

static int sleep_two_seconds(void *arg)
{
	struct timespec two = {.tv_sec = 2};

	(void)arg;
	return sys_ppoll(notes.k, NULL, 0, &two);
}

static int ignore_children(void *arg)
{
	struct kernel_sigaction ignore = {.handler = SIG_IGN};

	(void)arg;
	note(sys_rt_sigaction(notes.k, SIGCHLD, &ignore, NULL));
	spawn(sleep_two_seconds);
	note(wait_any());
	return 0;
}

static void ignored_children_leave_nothing_to_wait_for(void **state)
{
	notes_run(*state, ignore_children);
	assert_int_equal(notes.r[1], -ECHILD);
}

static int write_to_nobody(void *arg)
{
	(void)arg;
	sys_pipe2(notes.k, notes.fds, 0);
	sys_close(notes.k, notes.fds[0]);
	sys_write(notes.k, notes.fds[1], "x", 1);
	note(1);
	return 0;
}

static int spawn_writer(void *arg)
{
	(void)arg;
	spawn(write_to_nobody);
	return wait_any();
}

static void a_writer_without_readers_dies_of_sigpipe(void **state)
{
	notes_run(*state, spawn_writer);
	assert_int_equal(notes.n, 0);
	assert_int_equal(notes.info.si_code, CLD_KILLED);
	assert_int_equal(notes.info.si_status, SIGPIPE);
}

static int orphan(void *arg)
{
	struct timespec second = {.tv_sec = 1};

	(void)arg;
	sys_ppoll(notes.k, NULL, 0, &second);
	note(sys_getppid(notes.k));
	return 5;
}

static int leave_an_orphan(void *arg)
{
	(void)arg;
	spawn(orphan);
	return 4;
}

static int adopt(void *arg)
{
	(void)arg;
	sys_prctl_set_child_subreaper(notes.k, 1);
	spawn(leave_an_orphan);
	wait_any();
	note(notes.info.si_status);
	wait_any();
	note(notes.info.si_status);
	return 0;
}

static void orphans_go_to_the_nearest_subreaper(void **state)
{
	notes_run(*state, adopt);
	assert_int_equal(notes.r[0], 4);
	assert_int_equal(notes.r[1], 2);
	assert_int_equal(notes.r[2], 5);
}

static int die_with_parent(void *arg)
{
	(void)arg;
	sys_prctl_set_pdeathsig(notes.k, SIGKILL);
	return sleep_for_ever(NULL);
}

static int leave_one_who_follows(void *arg)
{
	struct timespec second = {.tv_sec = 1};

	(void)arg;
	spawn(die_with_parent);
	sys_ppoll(notes.k, NULL, 0, &second);
	return 0;
}

static int wait_for_both(void *arg)
{
	(void)arg;
	sys_prctl_set_child_subreaper(notes.k, 1);
	spawn(leave_one_who_follows);
	wait_any();
	wait_any();
	note(notes.info.si_status);
	note(wait_any());
	return 0;
}

static void a_child_can_die_with_its_parent(void **state)
{
	notes_run(*state, wait_for_both);
	assert_int_equal(notes.r[0], SIGKILL);
	assert_int_equal(notes.r[1], -ECHILD);
}

static int sessions(void *arg)
{
	(void)arg;
	note(sys_setsid(notes.k));
	note(sys_setsid(notes.k));
	note(sys_getsid(notes.k, 0));
	note(sys_setpgid(notes.k, 0, 0));
	note(sys_setpgid(notes.k, 0, -1));
	note(sys_getpgid(notes.k, 99));
	return 0;
}

static void a_session_is_led_once(void **state)
{
	notes_run(*state, sessions);
	assert_int_equal(notes.r[0], 2);
	assert_int_equal(notes.r[1], -EPERM);
	assert_int_equal(notes.r[2], 2);
	assert_int_equal(notes.r[3], -EPERM);
	assert_int_equal(notes.r[4], -EINVAL);
	assert_int_equal(notes.r[5], -ESRCH);
}

static int choose_last(void *context, const int *tasks, int n)
{
	(void)tasks;
	++*(int *)context;
	return n - 1;
}

static void the_order_of_tasks_can_be_chosen(void **state)
{
	int n_choices = 0;
	struct fake_options options = {
		.checks = true, .choose = choose_last, .context = &n_choices};
	struct fake *f = fake_new(&options);

	(void)state;
	notes_run(f, talk_through_a_pipe);
	assert_true(n_choices > 0);
	fake_free(f);
}

static int pause_once(void *arg)
{
	(void)arg;
	fake_pause(notes.f);
	note(1);
	return 0;
}

static void a_paused_task_waits_for_the_outside(void **state)
{
	struct fake *f = *state;
	int task;

	notes_begin(f);
	task = fake_start(f, pause_once, NULL);
	assert_int_equal(fake_step(f), FAKE_PAUSED);
	assert_int_equal(notes.n, 0);
	fake_resume(f, task);
	assert_int_equal(fake_step(f), FAKE_DONE);
	assert_int_equal(notes.n, 1);
	fake_start(f, pause_once, NULL);
	fake_step(f);
	fake_kill(f, task + 1);
	assert_int_equal(fake_step(f), FAKE_DONE);
	assert_int_equal(notes.n, 1);
}

static int ask_for_threads(void *arg)
{
	(void)arg;
	return spawn_with(exit_7, NULL, 0, CLONE_VM);
}

static void what_is_not_modelled_stops_the_run(void **state)
{
	notes_begin(*state);
	assert_int_equal(fake_run(*state, ask_for_threads, NULL), -ENOSYS);
	assert_string_equal(fake_stopped(*state),
			    "fake: clone(2) with CLONE_VM is not modelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(a_child_is_waited_for_once),
		TEST(a_child_has_an_arena_of_its_own),
		TEST(a_pipe_carries_bytes_and_then_its_end),
		TEST(a_deadlock_names_who_holds_the_other_end),
		TEST(a_killed_sleeper_ends_by_its_signal),
		TEST(a_stopped_task_dies_when_it_goes_on),
		TEST(ignored_children_leave_nothing_to_wait_for),
		TEST(a_writer_without_readers_dies_of_sigpipe),
		TEST(orphans_go_to_the_nearest_subreaper),
		TEST(a_child_can_die_with_its_parent),
		TEST(a_session_is_led_once),
		TEST(the_order_of_tasks_can_be_chosen),
		TEST(a_paused_task_waits_for_the_outside),
		TEST(what_is_not_modelled_stops_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
