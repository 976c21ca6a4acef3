/* Pipes, FIFOs, socket pairs and waiting for them, on the fake. */
#include "tests/lib/notes.h"

#include <string.h>

#include "tests/lib/check.h"

static char block[70000];

static int fill_a_pipe(void *arg)
{
	struct pollfd poll;
	struct timespec none = {0};

	(void)arg;
	note(sys_pipe2(notes.k, notes.fds, O_NONBLOCK));
	note(sys_read(notes.k, notes.fds[0], block, 1));
	note(sys_write(notes.k, notes.fds[1], block, sizeof(block)));
	note(sys_write(notes.k, notes.fds[1], block, 1));
	poll = (struct pollfd){.fd = notes.fds[1], .events = POLLOUT};
	note(sys_ppoll(notes.k, &poll, 1, &none));
	note(sys_read(notes.k, notes.fds[0], block, 4095));
	note(sys_ppoll(notes.k, &poll, 1, &none));
	note(sys_read(notes.k, notes.fds[0], block, 1));
	note(sys_ppoll(notes.k, &poll, 1, &none));
	note(sys_pipe2(notes.k, notes.fds, 1 << 20));
	note(sys_pipe2(notes.k, NULL, 0));
	note(sys_dup(notes.k, 0));
	return 0;
}

static void a_pipe_holds_sixteen_pages(void **state)
{
	static const int want[] = {0, -EAGAIN, 65536, -EAGAIN, 0,	4095,
				   0, 1,       1,     -EINVAL, -EFAULT, 5};

	notes_run(*state, fill_a_pipe);
	assert_memory_equal(notes.r, want, sizeof(want));
}

static int write_much(void *arg)
{
	(void)arg;
	sys_close(notes.k, notes.fds[0]);
	note(sys_write(notes.k, notes.fds[1], block, sizeof(block)));
	return 0;
}

static int read_much(void *arg)
{
	int n = 0, r;

	(void)arg;
	sys_pipe2(notes.k, notes.fds, 0);
	spawn(write_much);
	sys_close(notes.k, notes.fds[1]);
	do
		r = sys_read(notes.k, notes.fds[0], block, 1000);
	while (r > 0 && (n += r));
	note(n);
	wait_any();
	return r;
}

static void a_long_write_waits_for_its_reader(void **state)
{
	notes_run(*state, read_much);
	assert_int_equal(notes.r[0] + notes.r[1], 140000);
}

static int write_to_fifo(void *arg)
{
	int fd = sys_openat(notes.k, AT_FDCWD, "/fifo", O_WRONLY, 0);

	(void)arg;
	note(fd);
	note(sys_write(notes.k, fd, "hello", 5));
	return 0;
}

static int read_from_fifo(void *arg)
{
	char text[8];
	int fd;

	(void)arg;
	sys_mknodat(notes.k, AT_FDCWD, "/fifo", S_IFIFO | 0600, 0);
	note(sys_openat(notes.k, AT_FDCWD, "/fifo", O_WRONLY | O_NONBLOCK, 0));
	spawn(write_to_fifo);
	fd = sys_openat(notes.k, AT_FDCWD, "/fifo", O_RDONLY, 0);
	note(sys_read(notes.k, fd, text, sizeof(text)));
	note(sys_read(notes.k, fd, text, sizeof(text)));
	wait_any();
	return 0;
}

static void both_sides_of_a_fifo_wait_for_each_other(void **state)
{
	notes_run(*state, read_from_fifo);
	assert_int_equal(notes.r[0], -ENXIO);
	assert_int_equal(notes.r[1], 3);
	assert_int_equal(notes.r[2] + notes.r[3] + notes.r[4], 10);
}

static int open_a_lonely_fifo(void *arg)
{
	(void)arg;
	sys_mknodat(notes.k, AT_FDCWD, "/fifo", S_IFIFO | 0600, 0);
	return sys_openat(notes.k, AT_FDCWD, "/fifo", O_RDONLY, 0);
}

static void an_opener_of_a_fifo_can_be_killed(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	fake_start(f, open_a_lonely_fifo, NULL);
	assert_int_equal(fake_step(f), FAKE_DEADLOCK);
	fake_kill(f, 2);
	assert_int_equal(fake_step(f), FAKE_DONE);
}

/* Sockets. */

struct letter {
	struct iovec iov;
	struct msghdr msg;
	char text[16];
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr head;
	} control;
};

static struct letter letter_to(const char *text, const int *fds, int n)
{
	struct letter letter = {.iov.iov_len = strlen(text)};

	memcpy(letter.text, text, strlen(text));
	letter.control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN((size_t)n * sizeof(int)),
					       .cmsg_level = SOL_SOCKET,
					       .cmsg_type = SCM_RIGHTS};
	if (n == 0)
		return letter;
	memcpy(letter.control.bytes + sizeof(struct cmsghdr), fds, (size_t)n * sizeof(int));
	letter.msg.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
	return letter;
}

static int letter_send(int fd, struct letter *letter, int flags)
{
	letter->iov.iov_base = letter->text;
	letter->msg.msg_iov = &letter->iov;
	letter->msg.msg_iovlen = 1;
	letter->msg.msg_control = letter->control.bytes;
	return sys_sendmsg(notes.k, fd, &letter->msg, flags);
}

static int letter_receive(int fd, struct letter *letter, size_t n, int flags)
{
	*letter = (struct letter){.iov.iov_len = n};
	letter->iov.iov_base = letter->text;
	letter->msg.msg_iov = &letter->iov;
	letter->msg.msg_iovlen = 1;
	letter->msg.msg_control = letter->control.bytes;
	letter->msg.msg_controllen = sizeof(letter->control.bytes);
	return sys_recvmsg(notes.k, fd, &letter->msg, flags);
}

static int send_a_pipe(void *arg)
{
	struct letter letter;
	int s[2], fd;

	(void)arg;
	note(sys_socketpair(notes.k, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s)); /* 3, 4 */
	sys_pipe2(notes.k, notes.fds, 0);					     /* 5, 6 */
	letter = letter_to("fds", notes.fds, 2);
	note(letter_send(s[0], &letter, 0));
	sys_close(notes.k, notes.fds[0]);
	sys_close(notes.k, notes.fds[1]);
	note(letter_receive(s[1], &letter, 2, MSG_PEEK));
	note(letter.msg.msg_flags & MSG_TRUNC);
	memcpy(&fd, letter.control.bytes + sizeof(struct cmsghdr), sizeof(fd));
	note(fd);
	note(letter_receive(s[1], &letter, 16, MSG_CMSG_CLOEXEC));
	memcpy(&fd, letter.control.bytes + sizeof(struct cmsghdr), sizeof(fd));
	note(fd);
	note(sys_fcntl_getfd(notes.k, fd));
	note(sys_write(notes.k, fd + 1, "x", 1));
	letter = letter_to("bad", (int[]){99}, 1);
	note(letter_send(s[0], &letter, 0));
	letter.control.head.cmsg_len = 3;
	note(letter_send(s[0], &letter, 0));
	note(sys_sendmsg(notes.k, 0, &letter.msg, 0));
	return 0;
}

static void open_files_travel_with_messages(void **state)
{
	static const int want[] = {0, 3,	  2, MSG_TRUNC, 5,	 3,
				   7, FD_CLOEXEC, 1, -EBADF,	-EINVAL, -ENOTSOCK};

	notes_run(*state, send_a_pipe);
	assert_memory_equal(notes.r, want, sizeof(want));
}

static int lose_in_flight(void *arg)
{
	struct letter letter;
	int s[2];

	(void)arg;
	sys_socketpair(notes.k, AF_UNIX, SOCK_STREAM, 0, s);
	letter = letter_to("fds", s, 1);
	note(letter_send(s[0], &letter, 0));
	sys_close(notes.k, s[1]);
	note(sys_read(notes.k, s[0], letter.text, 1));
	note(sys_read(notes.k, s[0], letter.text, 1));
	letter = letter_to("x", NULL, 0);
	note(letter_send(s[0], &letter, MSG_NOSIGNAL));
	return 0;
}

static void a_stream_ends_when_its_peer_closes(void **state)
{
	notes_run(*state, lose_in_flight);
	assert_int_equal(notes.r[0], 3);
	assert_int_equal(notes.r[1], -ECONNRESET); /* the letter was not read */
	assert_int_equal(notes.r[2], 0);
	assert_int_equal(notes.r[3], -EPIPE);
}

static int fill_sockets(void *arg)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

	(void)arg;
	for (int i = 0; i < 3; i++) {
		int s[2], n = 0, r;

		sys_socketpair(notes.k, AF_UNIX, types[i] | SOCK_NONBLOCK, 0, s);
		while ((r = sys_write(notes.k, s[0], "x", 1)) == 1)
			n++;
		note(n);
		note(r);
		note(sys_read(notes.k, s[1], block, 10));
		sys_close(notes.k, s[1]);
		note(sys_read(notes.k, s[0], block, 10));
		if (types[i] != SOCK_STREAM)
			note(sys_write(notes.k, s[0], "x", 1));
		sys_close(notes.k, s[0]);
	}
	return 0;
}

static void the_kinds_of_sockets_differ(void **state)
{
	static const int want[] = {
		278, -EAGAIN, 10, -ECONNRESET,		      /* a stream joins messages */
		278, -EAGAIN, 1,  -EAGAIN,     -ECONNREFUSED, /* no connection */
		278, -EAGAIN, 1,  -ECONNRESET, -EPIPE,
	};

	notes_run(*state, fill_sockets);
	assert_memory_equal(notes.r, want, sizeof(want));
}

static int write_later(void *arg)
{
	struct timespec second = {.tv_sec = 1};

	(void)arg;
	sys_ppoll(notes.k, NULL, 0, &second);
	return sys_write(notes.k, notes.fds[1], "x", 1) - 1;
}

static int poll_a_pipe(void *arg)
{
	struct timespec half = {.tv_nsec = 500000000}, bad = {.tv_nsec = 1000000000};
	struct pollfd polls[2] = {{.fd = -1, .events = POLLIN}, {.events = POLLIN}};

	(void)arg;
	sys_pipe2(notes.k, notes.fds, 0);
	polls[1].fd = notes.fds[0];
	spawn(write_later);
	note(sys_ppoll(notes.k, polls, 2, &half));
	note(sys_ppoll(notes.k, polls, 2, NULL));
	note(polls[0].revents);
	note(polls[1].revents);
	note(sys_ppoll(notes.k, polls, 2, &bad));
	note(sys_ppoll(notes.k, polls, 2000, NULL));
	polls[0].fd = 77;
	note(sys_ppoll(notes.k, polls, 1, NULL));
	note(polls[0].revents);
	wait_any();
	return 0;
}

static void a_poll_waits_for_files_and_time(void **state)
{
	static const int want[] = {0, 1, 0, POLLIN, -EINVAL, -EINVAL, 1, POLLNVAL};

	notes_run(*state, poll_a_pipe);
	assert_memory_equal(notes.r, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(a_pipe_holds_sixteen_pages),
		TEST(a_long_write_waits_for_its_reader),
		TEST(both_sides_of_a_fifo_wait_for_each_other),
		TEST(an_opener_of_a_fifo_can_be_killed),
		TEST(open_files_travel_with_messages),
		TEST(a_stream_ends_when_its_peer_closes),
		TEST(the_kinds_of_sockets_differ),
		TEST(a_poll_waits_for_files_and_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
