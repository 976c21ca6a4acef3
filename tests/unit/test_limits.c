/* Limits that no line of a program of calls can spell, on the fake and on this very Linux. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/linux.h"
#include "tests/lib/check.h"
#include "tests/lib/notes.h"

/* In a process of its own, on Linux, with no descriptors but 0 to 2; tells its notes. */
static void notes_run_on_linux(int (*main)(void *arg))
{
	struct linux_kernel linux_kernel;
	int fds[2], status;

	assert_int_equal(pipe(fds), 0);
	memset(&notes, 0, sizeof(notes));
	if (fork() == 0) {
		dup2(fds[1], 100);
		close_range(3, 99, 0);
		linux_init(&linux_kernel);
		notes.k = &linux_kernel.kernel;
		status = main(NULL);
		write(100, &notes, sizeof(notes));
		linux_free(&linux_kernel);
		_exit(status);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &notes, sizeof(notes)), sizeof(notes));
	close(fds[0]);
	wait(&status);
	assert_int_equal(status, 0);
}

static void want_on_fake(struct fake *f, int (*main)(void *arg), const int *want, size_t n)
{
	notes_run(f, main);
	assert_int_equal(notes.n, n);
	assert_memory_equal(notes.r, want, n * sizeof(*want));
}

/* The same answers on both. */
static void want_on_both(struct fake *f, int (*main)(void *arg), const int *want, size_t n)
{
	want_on_fake(f, main, want, n);
	notes_run_on_linux(main);
	assert_int_equal(notes.n, n);
	assert_memory_equal(notes.r, want, n * sizeof(*want));
}

static char long_message[212961];

static int send_long_messages(void *arg)
{
	int s[2];

	(void)arg;
	sys_socketpair(notes.k, AF_UNIX, SOCK_SEQPACKET, 0, s);
	note(sys_write(notes.k, s[0], long_message, 212961));
	note(sys_write(notes.k, s[0], long_message, 212960));
	return 0;
}

static void a_packet_fits_in_the_buffer(void **state)
{
	static const int want[] = {-EMSGSIZE, 212960};

	want_on_both(*state, send_long_messages, want, COUNT(want));
}

/* valgrind would look at all of that memory itself. */
static int send_impossible(int fd, const struct msghdr *msg)
{
#ifdef WITH_VALGRIND
	(void)fd;
	(void)msg;
	return -EINVAL;
#else
	return sys_sendmsg(notes.k, fd, msg, 0);
#endif
}

static int send_many_pieces(void *arg)
{
	static struct iovec iov[1025];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 1025};
	struct sockaddr name = {.sa_family = AF_UNIX};
	int s[2];

	(void)arg;
	memset(iov, 0, sizeof(iov));
	sys_socketpair(notes.k, AF_UNIX, SOCK_STREAM, 0, s);
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	note(sys_recvmsg(notes.k, s[0], &msg, 0));
	msg.msg_iovlen = 1024;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	iov[5] = (struct iovec){.iov_base = iov, .iov_len = (size_t)SSIZE_MAX + 1};
	note(send_impossible(s[0], &msg));
	iov[5].iov_len = 1;
	msg.msg_name = &name;
	msg.msg_namelen = sizeof(name);
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	return 0;
}

static void a_message_has_a_form(void **state)
{
	static const int want[] = {-EMSGSIZE, -EMSGSIZE, 0, -EINVAL, -EISCONN};

	want_on_both(*state, send_many_pieces, want, COUNT(want));
}

static int send_controls(void *arg)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(254 * sizeof(int))];
	} control = {.head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec iov = {.iov_base = long_message, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	int s[2];

	(void)arg;
	sys_socketpair(notes.k, AF_UNIX, SOCK_STREAM, 0, s);
	control.head.cmsg_len = CMSG_LEN(254 * sizeof(int));
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	control.head.cmsg_len = CMSG_LEN(253 * sizeof(int));
	msg.msg_controllen = control.head.cmsg_len;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	control.head.cmsg_len++;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	control.head.cmsg_len = 3;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	control.head.cmsg_len = CMSG_LEN(4);
	control.head.cmsg_type = 99;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	control.head.cmsg_level = SOL_SOCKET + 1;
	msg.msg_controllen = control.head.cmsg_len;
	note(sys_sendmsg(notes.k, s[0], &msg, 0));
	return 0;
}

static void a_control_message_has_a_form(void **state)
{
	static const int want[] = {-EINVAL, 1, -EINVAL, -EINVAL, -EINVAL, 1};

	want_on_both(*state, send_controls, want, COUNT(want));
}

static char long_string[131073], half[131000];

/* The file is there, for newer kernels look at it first; it is no program. */
static int execute_with_much(void *arg)
{
	static const char path[] = "no-program.tmp";
	char *argv[] = {long_string, NULL}, *much[40] = {NULL}, *none[] = {NULL};

	(void)arg;
	sys_close(notes.k, sys_openat(notes.k, AT_FDCWD, path, O_CREAT | O_WRONLY, 0755));
	memset(long_string, 'x', sizeof(long_string) - 1);
	memset(half, 'x', sizeof(half) - 1);
	note(sys_execveat(notes.k, AT_FDCWD, path, argv, none, 0));
	long_string[131071] = '\0';
	note(sys_execveat(notes.k, AT_FDCWD, path, argv, none, 0));
	for (int i = 0; i < 16; i++)
		much[i] = half;
	note(sys_execveat(notes.k, AT_FDCWD, path, argv, much, 0));
	much[15] = NULL;
	note(sys_execveat(notes.k, AT_FDCWD, path, none, much, 0));
	note(sys_execveat(notes.k, AT_FDCWD, path, (char *const *)8, none, 0));
	sys_unlinkat(notes.k, AT_FDCWD, path, 0);
	return 0;
}

static void arguments_have_limits(void **state)
{
	static const int want[] = {-E2BIG, -ENOEXEC, -E2BIG, -ENOEXEC, -EFAULT};

	/* valgrind has an execveat of its own. */
#ifdef WITH_VALGRIND
	want_on_fake(*state, execute_with_much, want, COUNT(want));
#else
	want_on_both(*state, execute_with_much, want, COUNT(want));
#endif
}

/* Who has executed another program is no longer moved by his parent. */
static int sleep_payload(struct kernel *k, char *const *argv, char *const *envp)
{
	char c;

	(void)argv;
	(void)envp;
	return sys_read(k, 3, &c, 1);
}

static int execute_cat(void *arg)
{
	static char name[] = "cat";
	static char *const argv[] = {name, NULL}, *const none[] = {NULL};

	(void)arg;
	sys_close(notes.k, notes.fds[1]);
	sys_dup3(notes.k, notes.fds[0], 0, 0);
	return sys_execveat(notes.k, AT_FDCWD, "/bin/cat", argv, none, 0);
}

static int move_who_has_executed(void *arg)
{
	struct pollfd end = {.events = POLLIN};
	int told[2], child;

	(void)arg;
	if (notes.f) {
		sys_mkdirat(notes.k, AT_FDCWD, "/bin", 0755);
		sys_mknodat(notes.k, AT_FDCWD, "/bin/cat", S_IFREG | 0755, 0);
	}
	sys_pipe2(notes.k, notes.fds, 0);
	sys_pipe2(notes.k, told, O_CLOEXEC); /* closed by exec: then it has begun */
	child = spawn(execute_cat);
	note(child > 0);
	sys_close(notes.k, told[1]);
	end.fd = told[0];
	note(sys_ppoll(notes.k, &end, 1, NULL));
	note(sys_setpgid(notes.k, child, 0));
	sys_close(notes.k, notes.fds[1]);
	sys_close(notes.k, notes.fds[0]);
	wait_any();
	note(sys_setpgid(notes.k, child, 0));
	return 0;
}

static void who_has_executed_is_not_moved(void **state)
{
	static const int want[] = {1, 1, -EACCES, -ESRCH};

	fake_payload(*state, "/bin/cat", sleep_payload);
	want_on_both(*state, move_who_has_executed, want, COUNT(want));
}

/* On the fake alone: Linux wants privileges for it. */
static int nest(void *depth)
{
	int level = *(int *)depth + 1;
	int r = spawn_with(nest, &level, sizeof(level), CLONE_NEWPID);

	if (r < 0) {
		note(r);
		note(level);
	}
	wait_any();
	return 0;
}

static int nest_from_the_host(void *arg)
{
	int depth = 0;

	(void)arg;
	return nest(&depth);
}

static void pid_namespaces_nest_thirty_two_deep(void **state)
{
	notes_run(*state, nest_from_the_host);
	assert_int_equal(notes.r[0], -ENOSPC);
	assert_int_equal(notes.r[1], 33);
}

static int child_of_many(void *arg)
{
	(void)arg;
	return sys_ppoll(notes.k, NULL, 0, NULL);
}

static int take_all_pids(void *arg)
{
	int r, n = 0;

	(void)arg;
	sys_unshare(notes.k, CLONE_NEWPID);
	do
		r = spawn(child_of_many);
	while (r > 0 && ++n < 400);
	note(r);
	note(sys_kill(notes.k, -1, SIGKILL));
	while (wait_any() == 0)
		n--;
	note(n);
	return 0;
}

static void many_children_end_at_once(void **state)
{
	notes_run(*state, take_all_pids);
	assert_int_equal(notes.r[0], 402);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(a_packet_fits_in_the_buffer),   TEST(a_message_has_a_form),
		TEST(a_control_message_has_a_form),  TEST(arguments_have_limits),
		TEST(who_has_executed_is_not_moved), TEST(pid_namespaces_nest_thirty_two_deep),
		TEST(many_children_end_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
