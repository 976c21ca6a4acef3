/* The dialect: calls with their answers, as the tracer shows them. */
#include "core/kernel/print.h"

#include <string.h>

#include "core/kernel/layer.h"
#include "core/kernel/words.h"
#include "tests/lib/check.h"

/* A kernel that prints what it is asked and answers what it is told. */
struct printing {
	struct layer layer;
	struct text text;
	char memory[2048];
	int answer;
	struct print_style style;
};

static int print_call(struct layer *layer, const struct call *call)
{
	struct printing *p = (struct printing *)layer;

	text_clear(&p->text);
	call_print_answered(&p->text, call, p->answer, &p->style);
	return p->answer;
}

static int setup(void **state)
{
	static struct printing p;

	layer_init(&p.layer, NULL, print_call);
	text_init(&p.text, p.memory, sizeof(p.memory));
	p.style = (struct print_style){0};
	p.answer = 0;
	*state = &p;
	return 0;
}

static struct kernel *answering(struct printing *p, int answer)
{
	p->answer = answer;
	return &p->layer.kernel;
}

#define want_printed(p, answer, call, text_)                                                   \
	do {                                                                                   \
		struct kernel *k = answering(p, answer);                                       \
		call;                                                                          \
		assert_string_equal((p)->text.at, text_);                                      \
	} while (0)

/* A call that answers 0 and whose text ends so. */
#define want_cut(p, call, end)                                                                 \
	do {                                                                                   \
		struct kernel *k = answering(p, 0);                                            \
		call;                                                                          \
		assert_true((p)->text.len > strlen(end));                                      \
		assert_string_equal((p)->text.at + (p)->text.len - strlen(end), end);          \
	} while (0)

static void flags_are_words_and_what_has_none_is_a_number(void **state)
{
	struct printing *p = *state;

	want_printed(
		p, 0, sys_mount(k, "tmpfs", "/a", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"),
		"mount(\"tmpfs\", \"/a\", \"tmpfs\", MS_NOSUID|MS_NODEV, \"mode=755\") = 0");
	want_printed(p, 0, sys_mount(k, NULL, "/", NULL, MS_REC | MS_SLAVE | 1UL << 40, NULL),
		     "mount(NULL, \"/\", NULL, MS_REC|MS_SLAVE|0x10000000000, NULL) = 0");
	want_printed(p, 3, sys_openat(k, AT_FDCWD, "/x", O_CLOEXEC, 0),
		     "openat(AT_FDCWD, \"/x\", O_RDONLY|O_CLOEXEC, 0) = 3");
	want_printed(p, 3, sys_openat(k, 7, "", O_TMPFILE | O_RDWR, 0600),
		     "openat(7, \"\", O_RDWR|O_TMPFILE, 0600) = 3");
	want_printed(p, 0, sys_umount2(k, "/a", MNT_DETACH | UMOUNT_NOFOLLOW),
		     "umount2(\"/a\", MNT_DETACH|UMOUNT_NOFOLLOW) = 0");
	want_printed(p, 0, sys_faccessat2(k, AT_FDCWD, "/a", F_OK, AT_EACCESS),
		     "faccessat2(AT_FDCWD, \"/a\", F_OK, AT_EACCESS) = 0");
	want_printed(p, 0, sys_kill(k, -1, SIGKILL), "kill(-1, SIGKILL) = 0");
}

static void modes_are_octal_and_devices_have_two_numbers(void **state)
{
	struct printing *p = *state;

	want_printed(p, 0, sys_mknodat(k, 4, "null", S_IFCHR | 0666, makedev(1, 3)),
		     "mknodat(4, \"null\", S_IFCHR|0666, makedev(1, 3)) = 0");
	want_printed(p, 0, sys_mknodat(k, 4, "f", S_IFIFO, 0),
		     "mknodat(4, \"f\", S_IFIFO|0, 0) = 0");
	want_printed(p, 022, sys_umask(k, 0), "umask(0) = 022");
	want_printed(p, 0, sys_fchown(k, 3, 1000, (gid_t)-1), "fchown(3, 1000, -1) = 0");
}

static void errors_are_words(void **state)
{
	struct printing *p = *state;
	int fds[2];

	want_printed(p, -EMFILE, sys_pipe2(k, fds, O_CLOEXEC),
		     "pipe2(fds, O_CLOEXEC) = -EMFILE");
	want_printed(p, -EBADF, sys_close(k, -EBADF), "close(-EBADF) = -EBADF");
	want_printed(p, -4000, sys_close(k, -1), "close(-1) = -4000");
	for (int op = 0; op < N_SYSOPS; op++)
		for (const int *number = sysop_infos[op].errnos; *number; number++)
			assert_non_null(errno_name(*number));
}

static void strings_are_escaped_and_cut(void **state)
{
	struct printing *p = *state;

	want_printed(p, 5, sys_write(k, 1, "a\n\"\\\x1b", 5),
		     "write(1, \"a\\n\\\"\\\\\\033\", 5) = 5");
	p->style.limit = 4;
	want_printed(p, 0, sys_chdir(k, "/srv/data"), "chdir(\"/srv\"...) = 0");
	want_printed(p, 0, sys_chdir(k, "/srv"), "chdir(\"/srv\") = 0");
}

static void values_can_be_hidden(void **state)
{
	struct printing *p = *state;
	char sh[] = "sh", key[] = "KEY=secret", odd[] = "odd", empty[] = "E=";
	char *const argv[] = {sh, NULL};
	char *const envp[] = {key, odd, empty, NULL};

	want_printed(
		p, -ENOENT, sys_execveat(k, AT_FDCWD, "/sh", argv, envp, 0),
		"execveat(AT_FDCWD, \"/sh\", [\"sh\"], [\"KEY=secret\", \"odd\", \"E=\"], 0)"
		" = -ENOENT");
	p->style.hide_values = true;
	want_printed(
		p, -ENOENT, sys_execveat(k, AT_FDCWD, "/sh", argv, envp, 0),
		"execveat(AT_FDCWD, \"/sh\", [\"sh\"], [\"KEY=\"...(6), \"odd\", \"E=\"], 0)"
		" = -ENOENT");
	want_printed(p, 0, sys_mount(k, "none", "/a", "nfs", 0, "mode=700,password=x,uid=1"),
		     "mount(\"none\", \"/a\", \"nfs\", 0, \"mode=700,password=\"...(7)) = 0");
	want_printed(p, 0, sys_mount(k, "none", "/a", "tmpfs", 0, "mode=700,size=1m"),
		     "mount(\"none\", \"/a\", \"tmpfs\", 0, \"mode=700,size=1m\") = 0");
}

static void what_a_call_wrote_is_shown(void **state)
{
	struct printing *p = *state;
	int fds[2] = {3, 4}, number = 12;
	char bytes[16] = "abcdefgh";
	struct open_how how = {.flags = O_PATH, .resolve = RESOLVE_IN_ROOT};
	siginfo_t info = {.si_code = CLD_KILLED};
	gid_t gids[] = {1, 2};
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	info.si_pid = 12;
	info.si_status = SIGKILL;
	want_printed(p, 0, sys_pipe2(k, fds, O_CLOEXEC), "pipe2([3, 4], O_CLOEXEC) = 0");
	want_printed(p, 3, sys_read(k, 5, bytes, 16), "read(5, \"abc\", 16) = 3");
	want_printed(p, 4, sys_getcwd(k, bytes, 16), "getcwd(\"abc\", 16) = 4");
	want_printed(p, 3, sys_readlinkat(k, 3, "l", bytes, 16),
		     "readlinkat(3, \"l\", \"abc\", 16) = 3");
	want_printed(p, 6, sys_openat2(k, 5, "etc", &how, sizeof(how)),
		     "openat2(5, \"etc\", {flags=O_RDONLY|O_PATH, mode=0, "
		     "resolve=RESOLVE_IN_ROOT}, 24) = 6");
	want_printed(p, 0, sys_waitid(k, P_ALL, 0, &info, WEXITED),
		     "waitid(P_ALL, 0, {si_pid=12, si_code=CLD_KILLED, si_status=SIGKILL}, "
		     "WEXITED) = 0");
	info.si_pid = 0;
	want_printed(p, 0, sys_waitid(k, P_PID, 12, &info, WEXITED | WNOHANG),
		     "waitid(P_PID, 12, {si_pid=0}, WNOHANG|WEXITED) = 0");
	want_printed(p, 2, sys_getgroups(k, 2, gids), "getgroups(2, [1, 2]) = 2");
	want_printed(p, 2, sys_getgroups(k, 0, gids), "getgroups(0, []) = 2");
	want_printed(p, 0, sys_setgroups(k, 0, NULL), "setgroups(0, NULL) = 0");
	want_printed(p, 0, sys_ioctl_tiocspgrp(k, 3, &number), "ioctl_tiocspgrp(3, [12]) = 0");
	want_printed(
		p, 0, sys_ioctl_tiocgwinsz(k, 3, &size),
		"ioctl_tiocgwinsz(3, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}) = 0");
}

static void of_a_file_only_what_was_asked_for_is_shown(void **state)
{
	struct printing *p = *state;
	struct statx out = {.stx_mask = STATX_BASIC_STATS,
			    .stx_mode = S_IFCHR | 0666,
			    .stx_ino = 7,
			    .stx_rdev_major = 1,
			    .stx_rdev_minor = 3,
			    .stx_attributes = STATX_ATTR_MOUNT_ROOT};

	want_printed(p, 0, sys_statx(k, 3, "null", 0, STATX_INO, &out),
		     "statx(3, \"null\", 0, STATX_INO, {stx_ino=7, "
		     "stx_attributes=STATX_ATTR_MOUNT_ROOT}) = 0");
	out.stx_attributes = 0;
	want_printed(p, 0, sys_statx(k, 3, "null", 0, STATX_TYPE | STATX_MNT_ID, &out),
		     "statx(3, \"null\", 0, STATX_TYPE|STATX_MNT_ID, {stx_mode=S_IFCHR|0666, "
		     "stx_rdev=makedev(1, 3)}) = 0");
	want_printed(p, -ENOENT, sys_statx(k, 3, "nil", 0, STATX_TYPE, &out),
		     "statx(3, \"nil\", 0, STATX_TYPE, out) = -ENOENT");
}

static void directories_are_the_names_in_them(void **state)
{
	struct printing *p = *state;
	union {
		char bytes[64];
		struct kernel_dirent first;
	} buf = {{0}};
	struct kernel_dirent *second = (struct kernel_dirent *)(buf.bytes + 24);

	buf.first.d_reclen = 24;
	memcpy(buf.bytes + offsetof(struct kernel_dirent, d_name), ".", 2);
	second->d_reclen = 24;
	memcpy((char *)second + offsetof(struct kernel_dirent, d_name), "a", 2);
	want_printed(p, 48, sys_getdents64(k, 3, &buf, 64),
		     "getdents64(3, [\".\", \"a\"], 64) = 48");
	want_printed(p, 0, sys_getdents64(k, 3, &buf, 64), "getdents64(3, [], 64) = 0");
}

static void a_new_task_is_its_flags(void **state)
{
	struct printing *p = *state;
	int pidfd = 5;
	struct spawn_args args = {.flags = CLONE_NEWNS | CLONE_NEWPID, .exit_signal = SIGCHLD};

	want_printed(p, 12, sys_clone3(k, &args),
		     "clone3({flags=CLONE_NEWNS|CLONE_NEWPID, exit_signal=SIGCHLD}) = 12");
	args = (struct spawn_args){
		.flags = CLONE_PIDFD | CLONE_INTO_CGROUP, .cgroup = 4, .pidfd = &pidfd};
	want_printed(p, 12, sys_clone3(k, &args),
		     "clone3({flags=CLONE_PIDFD|CLONE_INTO_CGROUP, exit_signal=0, cgroup=4, "
		     "pidfd=[5]}) = 12");
	want_printed(p, -EPERM, sys_clone3(k, &args),
		     "clone3({flags=CLONE_PIDFD|CLONE_INTO_CGROUP, exit_signal=0, cgroup=4}) "
		     "= -EPERM");
}

static void messages_show_bytes_and_descriptors(void **state)
{
	struct printing *p = *state;
	char hello[] = "hello", rest[100] = "you";
	struct iovec iov[] = {{hello, 5}, {rest, 100}};
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr header;
	} control = {{0}};
	struct msghdr msg = {.msg_iov = iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = CMSG_SPACE(2 * sizeof(int))};

	control.header = (struct cmsghdr){CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), (int[]){3, 4}, 2 * sizeof(int));
	want_printed(p, 5, sys_sendmsg(k, 7, &msg, MSG_NOSIGNAL),
		     "sendmsg(7, {iov=[\"hello\"], rights=[3, 4]}, MSG_NOSIGNAL) = 5");
	/* What it says of itself is not believed. */
	control.header.cmsg_len = CMSG_LEN(0) - 1;
	want_printed(p, -EINVAL, sys_sendmsg(k, 7, &msg, 0),
		     "sendmsg(7, {iov=[\"hello\"], control=24}, 0) = -EINVAL");
	control.header.cmsg_len = sizeof(control) + 1;
	want_printed(p, -EINVAL, sys_sendmsg(k, 7, &msg, 0),
		     "sendmsg(7, {iov=[\"hello\"], control=24}, 0) = -EINVAL");
	control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
	msg.msg_iovlen = 2;
	msg.msg_flags = MSG_CTRUNC | MSG_CMSG_CLOEXEC;
	want_printed(
		p, 8, sys_recvmsg(k, 7, &msg, 0),
		"recvmsg(7, {iov=[\"hello\", \"you\"], rights=[3, 4], flags=MSG_CTRUNC}, 0) "
		"= 8");
	want_printed(p, -EAGAIN, sys_recvmsg(k, 7, &msg, MSG_DONTWAIT),
		     "recvmsg(7, {iov=[5, 100], control=24}, MSG_DONTWAIT) = -EAGAIN");
}

static void describe(void *context, struct text *t, int fd)
{
	(void)context;
	if (fd == 4)
		text_add(t, "</srv>");
}

static void descriptors_can_say_what_they_mean(void **state)
{
	struct printing *p = *state;
	struct pollfd fds[] = {{.fd = 4, .events = POLLIN, .revents = POLLHUP}, {.fd = 5}};

	p->style.describe = describe;
	want_printed(p, 0, sys_mkdirat(k, 4, "d", 0755), "mkdirat(4</srv>, \"d\", 0755) = 0");
	want_printed(p, 1, sys_ppoll(k, fds, 2, NULL),
		     "ppoll([{fd=4</srv>, events=POLLIN, revents=POLLHUP}, "
		     "{fd=5, events=0, revents=0}], 2, NULL) = 1");
}

static void capabilities_and_signals_are_words(void **state)
{
	struct printing *p = *state;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.effective = 1 << CAP_KILL, .permitted = ~0U},
						 {.effective = 1 << (CAP_BPF - 32)}};
	struct kernel_sigaction act = {
		.handler = SIG_IGN, .mask = UINT64_C(1) << (SIGINT - 1), .flags = SA_RESTART};

	want_printed(p, 0, sys_capset(k, &header, data),
		     "capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, "
		     "{effective=CAP_KILL|CAP_BPF, permitted=0xffffffff, inheritable=0}) = 0");
	want_printed(p, -EINVAL, sys_rt_sigaction(k, SIGCHLD, &act, &act),
		     "rt_sigaction(SIGCHLD, {sa_handler=SIG_IGN, sa_mask=[SIGINT], "
		     "sa_flags=SA_RESTART}, old) = -EINVAL");
}

static void answers_are_words_where_their_kind_has_words(void **state)
{
	struct printing *p = *state;
	uid_t ids[3] = {0, 1000, (uid_t)-1};
	struct utsname names = {.sysname = "Linux", .nodename = "box", .release = "6.1"};

	want_printed(p, O_RDWR | O_APPEND, sys_fcntl_getfl(k, 3),
		     "fcntl_getfl(3) = O_RDWR|O_APPEND");
	want_printed(p, FD_CLOEXEC, sys_fcntl_getfd(k, 3), "fcntl_getfd(3) = FD_CLOEXEC");
	want_printed(p, -EBADF, sys_fcntl_getfd(k, 3), "fcntl_getfd(3) = -EBADF");
	want_printed(p, -4000, sys_umask(k, 0), "umask(0) = -4000");
	want_printed(p, -4000, sys_fcntl_getfl(k, 3), "fcntl_getfl(3) = -4000");
	want_printed(p, -4000, sys_fcntl_getfd(k, 3), "fcntl_getfd(3) = -4000");
	want_printed(p, 0, sys_getresuid(k, &ids[0], &ids[1], &ids[2]),
		     "getresuid([0], [1000], [-1]) = 0");
	want_printed(p, 0, sys_uname(k, &names),
		     "uname({sysname=\"Linux\", nodename=\"box\", release=\"6.1\"}) = 0");
}

static void long_lists_are_cut_where_there_is_a_limit(void **state)
{
	struct printing *p = *state;
	static gid_t gids[100];
	static char *argv[101];
	static struct pollfd fds[100];
	static struct iovec iov[100];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 100};
	struct kernel_sigaction act = {.mask = ~UINT64_C(0)};
	char x[] = "x";

	for (int i = 0; i < 100; i++) {
		argv[i] = x;
		iov[i].iov_base = x;
	}
	p->style.limit = 10;
	want_cut(p, sys_setgroups(k, 100, gids), "0, 0, ...]) = 0");
	want_cut(p, sys_execveat(k, 3, "", argv, NULL, 0), "\"x\", \"x\", ...], NULL, 0) = 0");
	want_cut(p, sys_ppoll(k, fds, 100, NULL), "...], 100, NULL) = 0");
	want_cut(p, sys_sendmsg(k, 3, &msg, 0), "\"\", \"\", ...]}, 0) = 0");
	want_printed(p, 0, sys_setgroups(k, 2, gids), "setgroups(2, [0, 0]) = 0");
	p->style.limit = 0;
	want_cut(p, sys_setgroups(k, 100, gids), "0, 0, 0]) = 0");
	want_cut(p, sys_rt_sigaction(k, 1, &act, NULL), "0x40], sa_flags=0}, NULL) = 0");
}

static void what_is_not_usual_is_shown_as_it_is(void **state)
{
	struct printing *p = *state;
	struct kernel_sigaction act = {.handler = (void (*)(int))(uintptr_t)0x1234};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_1};
	struct __user_cap_data_struct data[2] = {{.effective = 1}, {.effective = 1}};
	struct statx out = {.stx_mask = STATX_TYPE | STATX_INO,
			    .stx_mode = S_IFBLK,
			    .stx_rdev_major = 8,
			    .stx_ino = 2};
	struct spawn_args args = {.flags = CLONE_PIDFD};
	char empty[] = "";

	want_printed(
		p, 0, sys_rt_sigaction(k, 1, &act, NULL),
		"rt_sigaction(SIGHUP, {sa_handler=0x1234, sa_mask=[], sa_flags=0}, NULL) = 0");
	act.handler = SIG_DFL;
	want_printed(
		p, 0, sys_rt_sigaction(k, 1, &act, NULL),
		"rt_sigaction(SIGHUP, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, NULL) = 0");
	want_printed(p, 0, sys_capset(k, &header, data),
		     "capset({version=_LINUX_CAPABILITY_VERSION_1, pid=0}, "
		     "{effective=CAP_CHOWN, permitted=0, inheritable=0}) = 0");
	want_printed(p, 0, sys_capset(k, NULL, data),
		     "capset(NULL, {effective=CAP_CHOWN, permitted=0, inheritable=0}) = 0");
	want_printed(p, 0, sys_statx(k, 3, "", 0, STATX_TYPE | STATX_INO, &out),
		     "statx(3, \"\", 0, STATX_TYPE|STATX_INO, {stx_mode=S_IFBLK|0, stx_ino=2, "
		     "stx_rdev=makedev(8, 0)}) = 0");
	out.stx_mode = S_IFREG | 0644;
	want_printed(p, 0, sys_statx(k, 3, "", 0, STATX_TYPE, &out),
		     "statx(3, \"\", 0, STATX_TYPE, {stx_mode=S_IFREG|0644}) = 0");
	want_printed(p, 12, sys_clone(k, &args),
		     "clone({flags=CLONE_PIDFD, exit_signal=0}) = 12");
	want_printed(p, 0, sys_getcwd(k, empty, 1), "getcwd(\"\", 1) = 0");
}

static void a_call_that_is_yet_to_be_made_has_no_answer(void **state)
{
	struct printing *p = *state;
	const struct call call = {.op = OP_exit_group, .arg = {3}};

	text_clear(&p->text);
	call_print(&p->text, &call, NULL);
	assert_string_equal(p->text.at, "exit_group(3)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(flags_are_words_and_what_has_none_is_a_number, setup),
		cmocka_unit_test_setup(modes_are_octal_and_devices_have_two_numbers, setup),
		cmocka_unit_test_setup(errors_are_words, setup),
		cmocka_unit_test_setup(strings_are_escaped_and_cut, setup),
		cmocka_unit_test_setup(values_can_be_hidden, setup),
		cmocka_unit_test_setup(what_a_call_wrote_is_shown, setup),
		cmocka_unit_test_setup(of_a_file_only_what_was_asked_for_is_shown, setup),
		cmocka_unit_test_setup(directories_are_the_names_in_them, setup),
		cmocka_unit_test_setup(a_new_task_is_its_flags, setup),
		cmocka_unit_test_setup(messages_show_bytes_and_descriptors, setup),
		cmocka_unit_test_setup(descriptors_can_say_what_they_mean, setup),
		cmocka_unit_test_setup(capabilities_and_signals_are_words, setup),
		cmocka_unit_test_setup(answers_are_words_where_their_kind_has_words, setup),
		cmocka_unit_test_setup(long_lists_are_cut_where_there_is_a_limit, setup),
		cmocka_unit_test_setup(what_is_not_usual_is_shown_as_it_is, setup),
		cmocka_unit_test_setup(a_call_that_is_yet_to_be_made_has_no_answer, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
