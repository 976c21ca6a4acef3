/* The tracer: a line a call, in order, with what descriptors mean. */
#include "core/kernel/trace.h"

#include <netinet/in.h>
#include <string.h>

#include "tests/lib/check.h"
#include "tests/lib/stub.h"

struct tracing {
	struct stub stub;
	struct trace trace;
	struct meaning meanings[32];
	struct text lines;
	char memory[16384];
	struct kernel *k;
};

static void keep(void *context, const char *line, size_t n)
{
	struct tracing *t = context;

	assert_int_equal(strlen(line), n);
	text_add_bytes(&t->lines, line, n);
}

static int setup(void **state)
{
	static struct tracing t;

	stub_init(&t.stub);
	trace_init(&t.trace, stub_kernel(&t.stub), t.meanings, COUNT(t.meanings));
	trace_sink(&t.trace, keep, &t);
	text_init(&t.lines, t.memory, sizeof(t.memory));
	t.k = &t.trace.layer.kernel;
	*state = &t;
	return 0;
}

static struct kernel *as(struct tracing *t, int task, int answer)
{
	t->stub.task = task;
	t->stub.answer = answer;
	return t->k;
}

#define want_lines(t, text_)                                                                   \
	do {                                                                                   \
		assert_string_equal((t)->lines.at, text_);                                     \
		text_clear(&(t)->lines);                                                       \
	} while (0)

static void each_call_is_a_line_beneath_its_step(void **state)
{
	struct tracing *t = *state;
	const struct note note = {"init", 3, "mount --bind /a /b\n"};
	const struct note aside = {NULL, 0, "done"};

	kernel_note(t->k, &note);
	assert_int_equal(sys_mkdirat(as(t, 2, -EROFS), 7, "x", 0755), -EROFS);
	kernel_note(t->k, &aside);
	want_lines(t, "[1] # 3, init: mount --bind /a /b\\012\n"
		      "[2] mkdirat(7, \"x\", 0755) = -EROFS\n"
		      "[2] # done\n");
	assert_int_equal(t->stub.n_notes, 2);
	kernel_note(t->k, &(struct note){NULL, 4, NULL});
	want_lines(t, "[2] # 4: \n");
}

static void what_may_not_return_is_told_before_it_goes(void **state)
{
	struct tracing *t = *state;
	char sh[] = "sh", home[] = "HOME=/";
	char *argv[] = {sh, NULL}, *envp[] = {home, NULL};

	sys_execveat(as(t, 1, -ENOENT), AT_FDCWD, "/sh", argv, envp, 0);
	sys_exit_group(as(t, 1, 0), 3);
	want_lines(t,
		   "[1] execveat(AT_FDCWD, \"/sh\", [\"sh\"], [\"HOME=\"...(1)], 0) = ?\n"
		   "[1] execveat(AT_FDCWD, \"/sh\", [\"sh\"], [\"HOME=\"...(1)], 0) = -ENOENT\n"
		   "[1] exit_group(3) = ?\n"
		   "[1] exit_group(3) = 0\n");
}

static void descriptors_mean_what_was_opened(void **state)
{
	struct tracing *t = *state;
	int fds[2] = {8, 9};
	struct open_how how = {.flags = O_PATH};

	sys_openat(as(t, 1, 4), AT_FDCWD, "/srv", O_PATH, 0);
	sys_openat2(as(t, 1, 5), 4, "a>b", &how, sizeof(how));
	sys_openat(as(t, 1, 6), 5, "/", O_PATH, 0);
	sys_openat(as(t, 1, 7), 6, "etc", O_PATH, 0);
	sys_dup3(as(t, 1, 4), 7, 4, 0);
	sys_close(as(t, 1, -EIO), 7);
	sys_fchdir(as(t, 1, 0), 7);
	sys_pipe2(as(t, 1, 0), fds, 0);
	sys_pidfd_open(as(t, 1, 3), 12, 0);
	sys_close_range(as(t, 1, 0), 3, 8, CLOSE_RANGE_CLOEXEC);
	sys_close_range(as(t, 1, 0), 3, 8, 0);
	sys_fchdir(as(t, 1, 0), 3);
	sys_fchdir(as(t, 1, 0), 9);
	want_lines(t, "[1] openat(AT_FDCWD, \"/srv\", O_RDONLY|O_PATH, 0) = 4</srv>\n"
		      "[1] openat2(4</srv>, \"a>b\", {flags=O_RDONLY|O_PATH, mode=0, "
		      "resolve=0}, 24) = 5</srv/a\\076b>\n"
		      "[1] openat(5</srv/a\\076b>, \"/\", O_RDONLY|O_PATH, 0) = 6</>\n"
		      "[1] openat(6</>, \"etc\", O_RDONLY|O_PATH, 0) = 7</etc>\n"
		      "[1] dup3(7</etc>, 4</etc>, 0) = 4</etc>\n"
		      "[1] close(7</etc>) = -EIO\n"
		      "[1] fchdir(7) = 0\n"
		      "[1] pipe2([8<pipe>, 9<pipe>], 0) = 0\n"
		      "[1] pidfd_open(12, 0) = 3<pid:12>\n"
		      "[1] close_range(3, 8, CLOSE_RANGE_CLOEXEC) = 0\n"
		      "[1] close_range(3, 8, 0) = 0\n"
		      "[1] fchdir(3) = 0\n"
		      "[1] fchdir(9<pipe>) = 0\n");
}

static void descriptors_of_all_origins_mean_something(void **state)
{
	struct tracing *t = *state;
	int fds[2] = {8, 9};
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = {{0}};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control};

	sys_socketpair(as(t, 1, 0), AF_UNIX, SOCK_SEQPACKET, 0, fds);
	sys_ioctl_tiocgptpeer(as(t, 1, 8), 3, O_RDWR);
	sys_dup(as(t, 1, 9), 3);
	sys_fcntl_dupfd_cloexec(as(t, 1, 5), 8, 3);
	sys_close(as(t, 1, 0), 3);
	sys_close_range(as(t, 1, -EINVAL), 5, 4, 0);
	want_lines(t, "[1] socketpair(AF_UNIX, SOCK_SEQPACKET, 0, [8<socket>, 9<socket>]) = 0\n"
		      "[1] ioctl_tiocgptpeer(3, O_RDWR) = 8<pts>\n"
		      "[1] dup(3) = 9\n"
		      "[1] fcntl_dupfd_cloexec(8<pts>, 3) = 5<pts>\n"
		      "[1] close(3) = 0\n"
		      "[1] close_range(5, 4, 0) = -EINVAL\n");
	control.header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), &fds[1], sizeof(int));
	sys_recvmsg(as(t, 1, 0), 8, &msg, 0);
	msg.msg_controllen = sizeof(control);
	sys_recvmsg(as(t, 1, 0), 8, &msg, 0);
	control.header.cmsg_type = SCM_CREDENTIALS;
	sys_recvmsg(as(t, 1, 0), 8, &msg, 0);
	control.header.cmsg_level = IPPROTO_TCP;
	sys_recvmsg(as(t, 1, 0), 8, &msg, 0);
	msg.msg_controllen = 1;
	sys_recvmsg(as(t, 1, 0), 8, &msg, 0);
	want_lines(t, "[1] recvmsg(8<pts>, {iov=[\"\"]}, 0) = 0\n"
		      "[1] recvmsg(8<pts>, {iov=[\"\"], rights=[9<received>]}, 0) = 0\n"
		      "[1] recvmsg(8<pts>, {iov=[\"\"], control=24}, 0) = 0\n"
		      "[1] recvmsg(8<pts>, {iov=[\"\"], control=24}, 0) = 0\n"
		      "[1] recvmsg(8<pts>, {iov=[\"\"], control=1}, 0) = 0\n");
}

/* More children at once, and more tasks, than are followed. */
static void descriptors_of_mounts_mean_what_they_show(void **state)
{
	struct tracing *t = *state;
	const uint64_t mask = 0;

	sys_fsopen(as(t, 1, 4), "tmpfs", 0);
	sys_fsmount(as(t, 1, 5), 4, 0, 0);
	sys_fspick(as(t, 1, 6), AT_FDCWD, "/srv", 0);
	sys_fsmount(as(t, 1, 7), 6, 0, 0);
	sys_fsmount(as(t, 1, 8), 60, 0, 0);
	sys_open_tree(as(t, 1, 9), 5, "etc", 0);
	sys_open_tree(as(t, 1, 10), 9, "", AT_EMPTY_PATH);
	sys_open_tree(as(t, 1, 10), 61, "", AT_EMPTY_PATH);
	sys_memfd_create(as(t, 1, 11), "copy", 0);
	sys_eventfd2(as(t, 1, 12), 0, 0);
	sys_signalfd4(as(t, 1, 13), -1, &mask, 0);
	for (int fd = 4; fd < 14; fd++)
		sys_fchdir(as(t, 1, 0), fd);
	want_lines(t, "[1] fsopen(\"tmpfs\", 0) = 4\n"
		      "[1] fsmount(4<fs:tmpfs>, 0, 0) = 5\n"
		      "[1] fspick(AT_FDCWD, \"/srv\", 0) = 6\n"
		      "[1] fsmount(6</srv>, 0, 0) = 7\n"
		      "[1] fsmount(60, 0, 0) = 8\n"
		      "[1] open_tree(5<mount of tmpfs>, \"etc\", 0) = 9\n"
		      "[1] open_tree(9<mount of tmpfs/etc>, \"\", AT_EMPTY_PATH) = 10\n"
		      "[1] open_tree(61, \"\", AT_EMPTY_PATH) = 10\n"
		      "[1] memfd_create(\"copy\", 0) = 11\n"
		      "[1] eventfd2(0, 0) = 12\n"
		      "[1] signalfd4(-1, [], 0) = 13\n"
		      "[1] fchdir(4<fs:tmpfs>) = 0\n"
		      "[1] fchdir(5<mount of tmpfs>) = 0\n"
		      "[1] fchdir(6</srv>) = 0\n"
		      "[1] fchdir(7<mount of /srv>) = 0\n"
		      "[1] fchdir(8<mount of >) = 0\n"
		      "[1] fchdir(9<mount of tmpfs/etc>) = 0\n"
		      "[1] fchdir(10<>) = 0\n"
		      "[1] fchdir(11<memfd>) = 0\n"
		      "[1] fchdir(12<eventfd>) = 0\n"
		      "[1] fchdir(13<signalfd>) = 0\n");
}

static void many_tasks_do_no_harm(void **state)
{
	struct tracing *t = *state;
	struct spawn_args args = {0};

	sys_openat(as(t, 1, 4), AT_FDCWD, "/a", O_PATH, 0);
	for (int i = 0; i < MEANING_SPAWNING + 2; i++)
		sys_clone3(as(t, 1, 12), &args);
	for (int task = 2; task < MEANING_TASKS + 3; task++)
		sys_getpid(as(t, task, task));
	text_clear(&t->lines);
	sys_fchdir(as(t, 2, 0), 4);
	sys_fchdir(as(t, MEANING_TASKS + 2, 0), 4);
	want_lines(t, "[2] fchdir(4</a>) = 0\n[66] fchdir(4) = 0\n");
	assert_null(meaning_of(&t->trace.meanings, 1, -1));
	assert_null(meaning_of(&t->trace.meanings, 0, 4));
	meaning_set(&t->trace.meanings, 1, -1, "nothing");
	assert_null(meaning_of(&t->trace.meanings, 1, -1));
}

static void a_child_has_what_its_parent_had_when_it_was_made(void **state)
{
	struct tracing *t = *state;
	int pidfd = 5;
	struct spawn_args args = {.flags = CLONE_PIDFD, .pidfd = &pidfd};

	sys_openat(as(t, 1, 4), AT_FDCWD, "/a", O_PATH, 0);
	sys_clone3(as(t, 1, 12), &args);
	sys_close(as(t, 1, 0), 4);
	sys_clone3(as(t, 1, -EAGAIN), &args);
	sys_fchdir(as(t, 2, 0), 4);
	sys_fchdir(as(t, 2, 0), 5);
	sys_exit_group(as(t, 2, 0), 0);
	text_clear(&t->lines);
	sys_fchdir(as(t, 2, 0), 4);
	want_lines(t, "[2] fchdir(4) = 0\n");
	sys_clone(as(t, 1, 13), &args);
	sys_openat(as(t, 1, 4), AT_FDCWD, "/b", O_PATH, 0);
	sys_fchdir(as(t, 3, 0), 4);
	sys_fchdir(as(t, 1, 0), 4);
	want_lines(t, "[1] clone({flags=CLONE_PIDFD, exit_signal=0, pidfd=[5<pid:13>]}) = 13\n"
		      "[1] openat(AT_FDCWD, \"/b\", O_RDONLY|O_PATH, 0) = 4</b>\n"
		      "[3] fchdir(4) = 0\n"
		      "[1] fchdir(4</b>) = 0\n");
}

static int chdir_as_child(struct stub *stub, const struct call *call)
{
	struct tracing *t = (struct tracing *)stub;

	if (call->op != OP_clone3)
		return 0;
	/* As on Linux, where the child finds the call that made it unfinished. */
	stub->task = 2;
	sys_fchdir(t->k, 4);
	stub->task = 1;
	return 12;
}

static void a_child_that_runs_at_once_has_them_too(void **state)
{
	struct tracing *t = *state;
	struct spawn_args args = {0};

	sys_openat(as(t, 1, 4), AT_FDCWD, "/a", O_PATH, 0);
	text_clear(&t->lines);
	t->stub.ask = chdir_as_child;
	sys_clone3(t->k, &args);
	want_lines(t, "[2] fchdir(4</a>) = 0\n"
		      "[1] clone3({flags=0, exit_signal=0}) = 12\n");
}

static void what_does_not_fit_is_cut_or_left_out(void **state)
{
	struct tracing *t = *state;
	char path[6000] = "/";

	memset(path + 1, 'p', sizeof(path) - 2);
	sys_openat(as(t, 1, 4), AT_FDCWD, path, O_PATH, 0);
	text_clear(&t->lines);
	sys_fchdir(as(t, 1, 0), 4);
	want_lines(
		t,
		"[1] fchdir(4<...pppppppppppppppppppppppppppppppppppppppppppppppppppp>) = 0\n");
	t->trace.style.limit = 0;
	sys_chdir(as(t, 1, 0), path);
	assert_int_equal(t->lines.len, TRACE_LINE_SIZE - 1);
	assert_string_equal(t->lines.at + t->lines.len - 5, "p...\n");
	for (int fd = 100; fd < 200; fd++)
		meaning_set(&t->trace.meanings, 1, fd, "many");
	assert_null(meaning_of(&t->trace.meanings, 1, 199));
	assert_string_equal(meaning_of(&t->trace.meanings, 1, 101), "many");
}

static void lines_can_go_to_a_descriptor_below(void **state)
{
	struct tracing *t = *state;
	struct trace_fd to = {stub_kernel(&t->stub), 9};

	trace_sink(&t->trace, trace_to_fd, &to);
	sys_getpid(as(t, 1, 5));
	assert_int_equal(t->stub.n_calls, 2);
	assert_int_equal(t->stub.last.op, OP_write);
	assert_int_equal(t->stub.last.arg[0], 9);
	trace_sink(&t->trace, NULL, NULL);
	sys_getpid(t->k);
	assert_int_equal(t->stub.n_calls, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_call_is_a_line_beneath_its_step, setup),
		cmocka_unit_test_setup(what_may_not_return_is_told_before_it_goes, setup),
		cmocka_unit_test_setup(descriptors_mean_what_was_opened, setup),
		cmocka_unit_test_setup(descriptors_of_all_origins_mean_something, setup),
		cmocka_unit_test_setup(descriptors_of_mounts_mean_what_they_show, setup),
		cmocka_unit_test_setup(many_tasks_do_no_harm, setup),
		cmocka_unit_test_setup(a_child_has_what_its_parent_had_when_it_was_made, setup),
		cmocka_unit_test_setup(a_child_that_runs_at_once_has_them_too, setup),
		cmocka_unit_test_setup(what_does_not_fit_is_cut_or_left_out, setup),
		cmocka_unit_test_setup(lines_can_go_to_a_descriptor_below, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
