/* The line between pid 1 of a kernel under test and the host: frames over a terminal. */
#include "tests/vm/line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

int line_open(struct line *line, const char *device)
{
	struct termios mode;
	int fd = open(device, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	/* A terminal would turn newlines into pairs and echo what comes: termios(3). */
	if (tcgetattr(fd, &mode) == 0) {
		cfmakeraw(&mode);
		if (tcsetattr(fd, TCSANOW, &mode) < 0) {
			int r = -errno;

			close(fd);
			return r;
		}
	}
	line->fd = fd;
	return 0;
}

int line_send(const struct line *line, enum line_kind kind, const void *bytes, size_t length)
{
	uint8_t head[LINE_HEAD] = {(uint8_t)kind};
	uint32_t n = (uint32_t)length;
	size_t done = 0;

	if (length > LINE_MOST)
		return -EMSGSIZE;
	memcpy(head + 1, &n, sizeof(n));
	while (done < LINE_HEAD + length) {
		size_t of_head = done < LINE_HEAD ? LINE_HEAD - done : 0;
		size_t of_body = done < LINE_HEAD ? 0 : done - LINE_HEAD;
		struct iovec part[2] = {
			{head + (LINE_HEAD - of_head), of_head},
			{(uint8_t *)(uintptr_t)bytes + of_body, length - of_body},
		};
		ssize_t r = writev(line->fd, part, 2);

		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

static int receive_whole(int fd, uint8_t *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t r = read(fd, bytes + done, length - done);

		if (r == 0)
			return -EPIPE;
		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

int line_receive(const struct line *line, char *kind, uint8_t bytes[LINE_MOST])
{
	uint8_t head[LINE_HEAD];
	uint32_t length;
	int r = receive_whole(line->fd, head, sizeof(head));

	if (r < 0)
		return r;
	memcpy(&length, head + 1, sizeof(length));
	if (length > LINE_MOST)
		return -EPROTO;
	r = receive_whole(line->fd, bytes, length);
	if (r < 0)
		return r;
	*kind = (char)head[0];
	return (int)length;
}
