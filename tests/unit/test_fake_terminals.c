/* Terminals, devpts and character devices of the fake, as tasks see them. */
#include "fake/fake.h"
#include "tests/lib/check.h"

#include <termios.h>

/* What a task saw: answers in order, and text that it read. */
struct seen {
	struct kernel *k;
	int n, answers[48];
	int master; /* for a child */
	struct text text;
	char memory[256];
};

static void see(struct seen *s, int answer)
{
	if (s->n < 48)
		s->answers[s->n++] = answer;
}

static void see_read(struct seen *s, int fd, size_t size)
{
	char buf[128];
	int r = sys_read(s->k, fd, buf, size < sizeof(buf) ? size : sizeof(buf));

	see(s, r);
	if (r > 0)
		text_add_bytes(&s->text, buf, (size_t)r);
	text_add_char(&s->text, '|');
}

static void run(int (*main)(void *arg), struct seen *s)
{
	struct fake_options options = {.checks = true};
	struct fake *f = fake_new(&options);
	char memory[512];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	*s = (struct seen){.k = fake_kernel(f)};
	text_init(&s->text, s->memory, sizeof(s->memory));
	if (fake_world(f, fake_world_standard(), &error) < 0)
		fail_msg("%s", memory);
	if (fake_run(f, main, s) != 0)
		fail_msg("%s", fake_stopped(f) ? fake_stopped(f) : "the task failed");
	if (fake_check(f, &error) < 0)
		fail_msg("%s", memory);
	fake_free(f);
}

static void want(const struct seen *s, const int *answers, int n)
{
	for (int i = 0; i < n && i < s->n; i++)
		if (s->answers[i] != answers[i])
			fail_msg("answer %d is %d, not %d", i, s->answers[i], answers[i]);
	assert_int_equal(s->n, n);
}

#define WANT(s, ...)                                                                           \
	want(s, (const int[]){__VA_ARGS__}, (int)COUNT(((const int[]){__VA_ARGS__})))

static int open_path(struct seen *s, const char *path, int flags)
{
	return sys_openat(s->k, AT_FDCWD, path, flags, 0);
}

/* A pair without a controlling terminal: master and slave. */
static void open_pair(struct seen *s, int *master, int *slave)
{
	int unlocked = 0;

	*master = open_path(s, "/dev/ptmx", O_RDWR | O_NOCTTY);
	sys_ioctl_tiocsptlck(s->k, *master, &unlocked);
	*slave = sys_ioctl_tiocgptpeer(s->k, *master, O_RDWR | O_NOCTTY);
}

static int opens(void *arg)
{
	struct seen *s = arg;
	int number = -1, off = 0;
	int master = open_path(s, "/dev/ptmx", O_RDWR);

	see(s, master);
	see(s, sys_ioctl_tiocgptn(s->k, master, &number));
	see(s, number);
	see(s, open_path(s, "/dev/pts/0", O_RDWR));
	see(s, sys_ioctl_tiocsptlck(s->k, master, &off));
	see(s, open_path(s, "/dev/pts/0", O_RDWR | O_NOCTTY));
	see(s, open_path(s, "/dev/pts/1", O_RDWR));
	see(s, sys_close(s->k, master));
	see(s, open_path(s, "/dev/pts/0", O_RDWR));
	return 0;
}

static void a_slave_opens_once_its_master_has_unlocked_it(void **state)
{
	struct seen s;

	(void)state;
	run(opens, &s);
	WANT(&s, 3, 0, 0, -EIO, 0, 4, -ENOENT, 0, -ENOENT);
}

static int talks(void *arg)
{
	struct seen *s = arg;
	int master, slave;

	open_pair(s, &master, &slave);
	see(s, sys_write(s->k, slave, "hi\n", 3));
	see_read(s, master, 100);
	see(s, sys_write(s->k, master, "one\ntwo\r\x04", 9));
	see_read(s, slave, 100);
	see_read(s, slave, 2);
	see_read(s, slave, 100);
	see_read(s, slave, 100);
	see_read(s, master, 100);
	return 0;
}

static void lines_pass_and_are_echoed(void **state)
{
	struct seen s;

	(void)state;
	run(talks, &s);
	assert_string_equal(s.memory, "hi\r\n|one\n|tw|o\n||one\r\ntwo\r\n|");
	WANT(&s, 3, 4, 9, 4, 2, 2, 0, 10);
}

static int is_raw(void *arg)
{
	struct seen *s = arg;
	struct kernel_termios t;
	int master, slave;

	open_pair(s, &master, &slave);
	see(s, sys_ioctl_tcgets(s->k, master, &t));
	see(s, (int)t.c_lflag);
	t.c_lflag = t.c_iflag = t.c_oflag = 0;
	see(s, sys_ioctl_tcsets(s->k, slave, &t));
	see(s, sys_write(s->k, master, "a\x03\r\n", 4));
	see_read(s, slave, 100);
	see(s, sys_write(s->k, slave, "\n", 1));
	see_read(s, master, 100);
	return 0;
}

static void a_raw_terminal_changes_nothing(void **state)
{
	struct seen s;

	(void)state;
	run(is_raw, &s);
	assert_string_equal(s.memory, "a\x03\r\n|\n|");
	WANT(&s, 0, 0x8a3b, 0, 4, 4, 1, 1);
}

static int closes(void *arg)
{
	struct seen *s = arg;
	int master, slave;

	open_pair(s, &master, &slave);
	see(s, sys_write(s->k, slave, "x", 1));
	see(s, sys_close(s->k, slave));
	see_read(s, master, 10);
	see_read(s, master, 10);
	slave = sys_ioctl_tiocgptpeer(s->k, master, O_RDWR | O_NOCTTY);
	see(s, sys_write(s->k, slave, "y", 1));
	see_read(s, master, 10);
	see(s, sys_close(s->k, master));
	see_read(s, slave, 10);
	see(s, sys_write(s->k, slave, "y", 1));
	return 0;
}

static void a_side_that_is_closed_is_told_of(void **state)
{
	struct seen s;

	(void)state;
	run(closes, &s);
	WANT(&s, 1, 0, 1, -EIO, 1, 1, 0, 0, -EIO);
}

static int sizes(void *arg)
{
	struct seen *s = arg;
	struct winsize size = {.ws_row = 24, .ws_col = 80}, got = {0};
	int master, slave;

	open_pair(s, &master, &slave);
	see(s, sys_ioctl_tiocswinsz(s->k, master, &size));
	see(s, sys_ioctl_tiocgwinsz(s->k, slave, &got));
	see(s, got.ws_row * 1000 + got.ws_col);
	see(s, sys_ioctl_tiocgwinsz(s->k, slave, NULL));
	see(s, sys_ioctl_tiocgwinsz(s->k, 99, &got));
	see(s, sys_ioctl_tiocgwinsz(s->k, open_path(s, "/etc/passwd", O_RDONLY), &got));
	see(s, sys_ioctl_tiocgptn(s->k, slave, &master));
	see(s, sys_ioctl_tiocgptpeer(s->k, slave, O_RDWR));
	return 0;
}

static void both_sides_have_one_size(void **state)
{
	struct seen s;

	(void)state;
	run(sizes, &s);
	WANT(&s, 0, 0, 24080, -EFAULT, -EBADF, -ENOTTY, -ENOTTY, -EIO);
}

/* A leader with a terminal, whose child is in the background. */
static int reads_in_background(void *arg)
{
	struct seen *s = *(struct seen **)arg;
	char c;

	sys_setpgid(s->k, 0, 0);
	return sys_read(s->k, open_path(s, "/dev/tty", O_RDONLY), &c, 1) < 0;
}

static int leads(void *arg)
{
	struct seen *s = arg;
	struct spawn_args child = {.exit_signal = SIGCHLD,
				   .main = reads_in_background,
				   .arena = &s,
				   .arena_size = sizeof(s)};
	siginfo_t info;
	int master, slave, pgrp = -1, sid = -1, pid;

	open_pair(s, &master, &slave);
	see(s, open_path(s, "/dev/tty", O_RDWR));
	see(s, sys_ioctl_tiocsctty(s->k, slave, 0));
	see(s, sys_setsid(s->k) < 0);
	see(s, sys_ioctl_tiocgpgrp(s->k, slave, &pgrp));
	see(s, sys_ioctl_tiocsctty(s->k, slave, 0));
	see(s, sys_ioctl_tiocgpgrp(s->k, slave, &pgrp));
	see(s, pgrp == sys_getpid(s->k));
	see(s, sys_ioctl_tiocgsid(s->k, master, &sid));
	see(s, sid == pgrp);
	see(s, open_path(s, "/dev/tty", O_RDWR));
	pid = sys_clone3(s->k, &child);
	see(s, sys_waitid(s->k, P_PID, pid, &info, WSTOPPED));
	see(s, info.si_code == CLD_STOPPED);
	see(s, info.si_status == SIGTTIN);
	see(s, sys_ioctl_tiocspgrp(s->k, slave, &pid));
	see(s, sys_write(s->k, master, "q\n", 2));
	see(s, sys_kill(s->k, pid, SIGCONT));
	see(s, sys_waitid(s->k, P_PID, pid, &info, WEXITED));
	see(s, info.si_status);
	return 0;
}

static void a_reader_in_the_background_is_stopped(void **state)
{
	struct seen s;

	(void)state;
	run(leads, &s);
	WANT(&s, -ENXIO, -EPERM, 0, -ENOTTY, 0, 0, 1, 0, 1, 5, 0, 1, 1, 0, 2, 0, 0, 0);
}

/* ^C reaches the foreground group, and what was typed before it is gone. */
static int waits_to_be_interrupted(void *arg)
{
	struct seen *s = *(struct seen **)arg;
	int slave;
	char c;

	sys_setsid(s->k);
	slave = sys_ioctl_tiocgptpeer(s->k, s->master, O_RDWR);
	sys_write(s->k, slave, "!", 1);
	return sys_read(s->k, slave, &c, 1) < 0;
}

static int interrupts(void *arg)
{
	struct seen *s = arg;
	struct spawn_args child = {.exit_signal = SIGCHLD,
				   .main = waits_to_be_interrupted,
				   .arena = &s,
				   .arena_size = sizeof(s)};
	siginfo_t info;
	int master, off = 0, pid;

	master = s->master = open_path(s, "/dev/ptmx", O_RDWR | O_NOCTTY);
	sys_ioctl_tiocsptlck(s->k, master, &off);
	pid = sys_clone3(s->k, &child);
	see_read(s, master, 10);
	see(s, sys_write(s->k, master, "abc\x03", 4));
	see(s, sys_waitid(s->k, P_PID, pid, &info, WEXITED));
	see(s, info.si_code == CLD_KILLED);
	see(s, info.si_status);
	see_read(s, master, 10);
	see_read(s, master, 10);
	return 0;
}

static void an_interrupt_character_kills_the_foreground(void **state)
{
	struct seen s;

	(void)state;
	run(interrupts, &s);
	assert_string_equal(s.memory, "!|^C||");
	WANT(&s, 1, 4, 0, 1, SIGINT, 2, -EIO);
}

static int devices(void *arg)
{
	struct seen *s = arg;
	char buf[4] = "xyz";

	see(s, sys_read(s->k, open_path(s, "/dev/null", O_RDONLY), buf, 3));
	see(s, sys_read(s->k, open_path(s, "/dev/zero", O_RDONLY), buf, 3));
	see(s, buf[0] + buf[1] + buf[2]);
	see(s, sys_write(s->k, open_path(s, "/dev/full", O_WRONLY), buf, 3));
	see(s, sys_write(s->k, open_path(s, "/dev/null", O_WRONLY), buf, 3));
	see(s, sys_mknodat(s->k, AT_FDCWD, "/tmp/n", S_IFCHR | 0600, makedev(199, 7)));
	see(s, open_path(s, "/tmp/n", O_RDONLY));
	see(s, sys_mknodat(s->k, AT_FDCWD, "/tmp/m", S_IFCHR | 0600, makedev(1, 77)));
	see(s, open_path(s, "/tmp/m", O_RDONLY));
	see(s, sys_mknodat(s->k, AT_FDCWD, "/tmp/ptmx", S_IFCHR | 0600, makedev(5, 2)));
	see(s, open_path(s, "/tmp/ptmx", O_RDWR));
	see(s, sys_mkdirat(s->k, AT_FDCWD, "/tmp/pts", 0755));
	see(s, open_path(s, "/tmp/ptmx", O_RDWR));
	see(s, sys_mount(s->k, "devpts", "/tmp/pts", "devpts", 0, "max=1,newinstance"));
	see(s, open_path(s, "/tmp/ptmx", O_RDWR) >= 0);
	see(s, open_path(s, "/tmp/ptmx", O_RDWR));
	return 0;
}

static void devices_are_what_their_numbers_say(void **state)
{
	struct seen s;

	(void)state;
	run(devices, &s);
	WANT(&s, 0, 3, 0, -ENOSPC, 3, 0, -ENXIO, 0, -ENXIO, 0, -ENOENT, 0, -ENODEV, 0, 1,
	     -ENOSPC);
}

static int mounts_devpts(void *arg)
{
	struct seen *s = arg;
	struct statx st = {0};
	static const char *const refused[] = {"gid",	     "gid=x", "mode=8",	      "max=-1",
					      "max=1048577", "bogus", "newinstance=1"};

	for (size_t i = 0; i < COUNT(refused); i++)
		see(s, sys_mount(s->k, "devpts", "/mnt", "devpts", 0, refused[i]));
	see(s, sys_mount(s->k, "devpts", "/mnt", "devpts", 0, "mode=620,gid=5,,ptmxmode=0666"));
	see(s, sys_statx(s->k, AT_FDCWD, "/mnt/ptmx", 0, STATX_BASIC_STATS, &st));
	see(s, st.stx_mode == (S_IFCHR | 0666) && st.stx_ino == 2);
	see(s, open_path(s, "/mnt/ptmx", O_RDWR));
	see(s, sys_statx(s->k, AT_FDCWD, "/mnt/0", 0, STATX_BASIC_STATS, &st));
	see(s, st.stx_mode == (S_IFCHR | 0620) && st.stx_ino == 3 && st.stx_gid == 5);
	see(s, sys_unlinkat(s->k, AT_FDCWD, "/mnt/0", 0));
	see(s, sys_mkdirat(s->k, AT_FDCWD, "/mnt/d", 0755));
	see(s, open_path(s, "/dev/pts/0", O_RDWR));
	see(s, sys_mount(s->k, NULL, "/mnt", NULL, MS_REMOUNT, "max=7"));
	see(s, sys_statx(s->k, AT_FDCWD, "/mnt/ptmx", 0, STATX_BASIC_STATS, &st));
	see(s, st.stx_mode == S_IFCHR);
	return 0;
}

static void each_devpts_is_an_instance_with_its_options(void **state)
{
	struct seen s;

	(void)state;
	run(mounts_devpts, &s);
	WANT(&s, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL, -EINVAL, 0, 0, 1, 3, 0,
	     1, -EPERM, -EPERM, -ENOENT, 0, 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slave_opens_once_its_master_has_unlocked_it),
		cmocka_unit_test(lines_pass_and_are_echoed),
		cmocka_unit_test(a_raw_terminal_changes_nothing),
		cmocka_unit_test(a_side_that_is_closed_is_told_of),
		cmocka_unit_test(both_sides_have_one_size),
		cmocka_unit_test(a_reader_in_the_background_is_stopped),
		cmocka_unit_test(an_interrupt_character_kills_the_foreground),
		cmocka_unit_test(devices_are_what_their_numbers_say),
		cmocka_unit_test(each_devpts_is_an_instance_with_its_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
