/* Namespaces of the fake: new ones, those of others, pid numbers, host names. */
#include "tests/lib/notes.h"

#include <string.h>

#include "tests/lib/check.h"

static int exit_7(void *arg)
{
	(void)arg;
	return 7;
}

static int sleep_for_ever(void *arg)
{
	(void)arg;
	return sys_ppoll(notes.k, NULL, 0, NULL);
}

/* Pid namespaces. */

static int init_with_children(void *arg)
{
	(void)arg;
	note(sys_getpid(notes.k));
	note(sys_getppid(notes.k));
	note(spawn(sleep_for_ever));
	note(sys_kill(notes.k, 1, SIGKILL));
	return 3;
}

static int make_pid_ns(void *arg)
{
	(void)arg;
	note(spawn_with(init_with_children, NULL, 0, CLONE_NEWPID));
	note(wait_any());
	return 0;
}

static void nobody_outlives_the_init_of_a_pid_namespace(void **state)
{
	notes_run(*state, make_pid_ns);
	assert_int_equal(notes.r[0], 3); /* as its parent sees it */
	assert_int_equal(notes.r[1], 1);
	assert_int_equal(notes.r[2], 0);
	assert_int_equal(notes.r[3], 2);
	assert_int_equal(notes.r[4], 0);
	assert_int_equal(notes.info.si_status, 3);
}

static int orphan_inside(void *arg)
{
	struct timespec second = {.tv_sec = 1};

	(void)arg;
	sys_ppoll(notes.k, NULL, 0, &second);
	note(sys_getppid(notes.k));
	return 0;
}

static int leave_an_orphan(void *arg)
{
	(void)arg;
	return spawn(orphan_inside) < 0;
}

static int init_who_adopts(void *arg)
{
	(void)arg;
	spawn(leave_an_orphan);
	wait_any();
	note(wait_any());
	return 0;
}

static int be_a_subreaper_outside(void *arg)
{
	(void)arg;
	sys_prctl_set_child_subreaper(notes.k, 1);
	spawn_with(init_who_adopts, NULL, 0, CLONE_NEWPID);
	wait_any();
	note(wait_any());
	return 0;
}

static void orphans_of_a_pid_namespace_stay_in_it(void **state)
{
	notes_run(*state, be_a_subreaper_outside);
	assert_int_equal(notes.r[0], 1);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], -ECHILD);
}

static int unshare_and_bury(void *arg)
{
	(void)arg;
	note(sys_unshare(notes.k, CLONE_NEWPID));
	note(sys_unshare(notes.k, CLONE_NEWPID));
	spawn(exit_7);
	wait_any();
	note(spawn(exit_7));
	return 0;
}

static void a_pid_namespace_without_its_init_is_dead(void **state)
{
	notes_run(*state, unshare_and_bury);
	assert_int_equal(notes.r[0], 0);
	assert_int_equal(notes.r[1], -EINVAL);
	assert_int_equal(notes.r[2], -ENOMEM);
}

/* A namespace is entered through a pidfd, for children alone. */
static int note_my_pid(void *arg)
{
	(void)arg;
	note(sys_getpid(notes.k));
	note(sys_unshare(notes.k, CLONE_NEWPID));
	return 0;
}

static int spawn_pidfd(int (*main)(void *arg), uint64_t flags, int *pidfd)
{
	struct spawn_args args = {.flags = flags | CLONE_PIDFD,
				  .exit_signal = SIGCHLD,
				  .pidfd = pidfd,
				  .main = main};

	return sys_clone3(notes.k, &args);
}

static int join_pid_ns(void *arg)
{
	int pidfd = -EBADF;
	int pid = spawn_pidfd(sleep_for_ever, CLONE_NEWPID, &pidfd);

	(void)arg;
	note(pidfd);
	note(sys_setns(notes.k, pidfd, CLONE_NEWPID));
	note(sys_getpid(notes.k));
	spawn(note_my_pid);
	wait_any();
	note(sys_unshare(notes.k, CLONE_NEWPID));
	note(sys_pidfd_send_signal(notes.k, pidfd, SIGKILL));
	sys_waitid(notes.k, P_PIDFD, pidfd, &notes.info, WEXITED);
	note(notes.info.si_pid == pid);
	note(sys_pidfd_send_signal(notes.k, pidfd, 0));
	note(sys_setns(notes.k, pidfd, CLONE_NEWUTS));
	note(spawn(exit_7));
	return 0;
}

static void children_can_be_born_in_anothers_pid_namespace(void **state)
{
	notes_run(*state, join_pid_ns);
	assert_int_equal(notes.r[0], 3);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], 2);
	assert_int_equal(notes.r[3], 2); /* the child's own */
	assert_int_equal(notes.r[4], 0);
	assert_int_equal(notes.r[5], -EINVAL);
	assert_int_equal(notes.r[6], 0);
	assert_int_equal(notes.r[7], 1);
	assert_int_equal(notes.r[8], -ESRCH);
	assert_int_equal(notes.r[9], -ESRCH);
	assert_int_equal(notes.r[10], -ENOMEM);
}

static int name_the_host(void *arg)
{
	struct utsname uts;

	(void)arg;
	sys_uname(notes.k, &uts);
	note(strcmp(uts.nodename, "box") == 0);
	note(sys_sethostname(notes.k, "inside", 6));
	sys_uname(notes.k, &uts);
	note(strcmp(uts.nodename, "inside") == 0);
	return 0;
}

static int name_two_hosts(void *arg)
{
	struct utsname uts;

	(void)arg;
	note(sys_sethostname(notes.k, "box", 3));
	note(sys_sethostname(notes.k, "box", 65));
	spawn_with(name_the_host, NULL, 0, CLONE_NEWUTS);
	wait_any();
	sys_uname(notes.k, &uts);
	note(strcmp(uts.nodename, "box") == 0);
	return 0;
}

static void a_uts_namespace_has_a_name_of_its_own(void **state)
{
	notes_run(*state, name_two_hosts);
	assert_int_equal(notes.r[0], 0);
	assert_int_equal(notes.r[1], -EINVAL);
	assert_int_equal(notes.r[2], 1);
	assert_int_equal(notes.r[3], 0);
	assert_int_equal(notes.r[4], 1);
	assert_int_equal(notes.r[5], 1);
}

static int sleep_in_new_ones(void *arg)
{
	(void)arg;
	sys_mount(notes.k, "none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	note(sys_mount(notes.k, "new", "/", "tmpfs", 0, NULL));
	note(sys_mkdirat(notes.k, AT_FDCWD, "/d", 0755));
	return sleep_for_ever(NULL);
}

static int join_mnt_ns(void *arg)
{
	struct timespec second = {.tv_sec = 1};
	int pidfd = -EBADF;

	(void)arg;
	spawn_pidfd(sleep_in_new_ones, CLONE_NEWNS | CLONE_NEWIPC, &pidfd);
	sys_ppoll(notes.k, NULL, 0, &second);
	note(sys_setns(notes.k, pidfd, 0));
	note(sys_setns(notes.k, 0, 0));
	note(sys_setns(notes.k, 99, 0));
	note(sys_setns(notes.k, pidfd, CLONE_NEWNS | CLONE_NEWIPC));
	note(sys_mkdirat(notes.k, AT_FDCWD, "/d", 0755));
	note(sys_setresuid(notes.k, 1000, 1000, 1000));
	note(sys_setns(notes.k, pidfd, CLONE_NEWNS));
	note(sys_unshare(notes.k, CLONE_NEWNS));
	note(sys_unshare(notes.k, CLONE_FILES | CLONE_FS));
	note(sys_unshare(notes.k, 1));
	note(sys_pidfd_send_signal(notes.k, pidfd, SIGKILL));
	return 0;
}

static void entering_a_mount_namespace_leads_to_its_root(void **state)
{
	struct fake *f = *state;
	int task;

	notes_begin(f);
	task = fake_start(f, join_mnt_ns, NULL);
	assert_int_equal(fake_step(f), FAKE_DEADLOCK); /* nobody may end the sleeper */
	fake_kill(f, task + 1);
	assert_int_equal(fake_step(f), FAKE_DONE);
	assert_int_equal(notes.r[0], 0);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], -EINVAL);
	assert_int_equal(notes.r[3], -EINVAL);
	assert_int_equal(notes.r[4], -EBADF);
	assert_int_equal(notes.r[5], 0);
	assert_int_equal(notes.r[6], 0); /* the new one lies over the root with /d in it */
	assert_int_equal(notes.r[7], 0);
	assert_int_equal(notes.r[8], -EPERM);
	assert_int_equal(notes.r[9], -EPERM);
	assert_int_equal(notes.r[10], 0);
	assert_int_equal(notes.r[11], -EINVAL);
	assert_int_equal(notes.r[12], -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(nobody_outlives_the_init_of_a_pid_namespace),
		TEST(orphans_of_a_pid_namespace_stay_in_it),
		TEST(a_pid_namespace_without_its_init_is_dead),
		TEST(children_can_be_born_in_anothers_pid_namespace),
		TEST(a_uts_namespace_has_a_name_of_its_own),
		TEST(entering_a_mount_namespace_leads_to_its_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
