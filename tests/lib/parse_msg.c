/* How messages of sockets are read, and the descriptors that travel in them. */
#include <limits.h>
#include <string.h>

#include "tests/lib/parse_parts.h"

static const struct form fd_form = {SHAPE_FD, 0};
static const struct form uint_form = {SHAPE_UINT, 0};
static const struct form msg_form = {SHAPE_WORDS, WORDS_msg_flags};

#define IOV_MAX_READ 1100

struct message {
	struct msghdr *msg;
	bool out;
	struct iovec iov[IOV_MAX_READ];
	int n;
};

/* "bytes" to send; as a buffer of that size, or of a number of bytes, to receive. */
static bool scan_piece(struct scan *s, const struct message *message, struct iovec *piece)
{
	uint64_t room;
	char *bytes;
	size_t n;

	if (message->out && !scan_take(s, "\"")) {
		if (!scan_number(s, &uint_form, &room))
			return false;
		/* A length that nobody could have needs no memory. */
		*piece = (struct iovec){scan_alloc(s, room > SSIZE_MAX ? 1 : room), room};
		return piece->iov_base;
	}
	s->at -= message->out;
	if (!scan_string(s, &bytes, &n, 0))
		return false;
	*piece = (struct iovec){bytes, n};
	return true;
}

static bool one_iov(struct scan *s, int i, void *into)
{
	struct message *message = into;
	struct iovec piece;
	uint64_t times;
	int r = scan_again(s, i, IOV_MAX_READ - message->n, &times);

	if (r < 0 || (r == 0 && !scan_piece(s, message, &piece)))
		return false;
	if (r > 0)
		piece = message->iov[message->n - 1];
	while (times-- > 0)
		message->iov[message->n++] = piece;
	return true;
}

static bool scan_iov(struct scan *s, struct message *message)
{
	struct iovec *iov;
	size_t n;

	message->n = 0;
	if (scan_list(s, one_iov, message) < 0)
		return false;
	n = (size_t)message->n;
	iov = scan_alloc(s, n * sizeof(*iov));
	if (!iov)
		return false;
	memcpy(iov, message->iov, n * sizeof(*iov));
	message->msg->msg_iov = iov;
	message->msg->msg_iovlen = n;
	return true;
}

static bool scan_control(struct scan *s, struct msghdr *msg, size_t size)
{
	msg->msg_control = scan_alloc(s, size);
	msg->msg_controllen = size;
	return msg->msg_control;
}

static bool scan_rights(struct scan *s, struct message *message)
{
	struct numbers numbers;
	struct cmsghdr *control;
	size_t size;

	if (!scan_numbers(s, &numbers, &fd_form))
		return false;
	size = (size_t)numbers.n * sizeof(int);
	/* Room that was named already stays as it is. */
	if (message->out && message->msg->msg_control)
		return true;
	if (!scan_control(s, message->msg, CMSG_SPACE(size)))
		return false;
	if (message->out)
		return true;
	control = CMSG_FIRSTHDR(message->msg);
	*control = (struct cmsghdr){CMSG_LEN(size), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(control), numbers.at, size);
	return true;
}

/* Of the control message that was read before: what it says of itself. */
static bool scan_header(struct scan *s, const struct message *message, bool is_type)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message->msg);
	uint64_t value;

	if (!control || !scan_number(s, &uint_form, &value))
		return scan_fail(s, "rights= comes first");
	if (is_type)
		control->cmsg_type = (int)value;
	else
		control->cmsg_len = value;
	return true;
}

static bool scan_name(struct scan *s, struct msghdr *msg)
{
	char *bytes;
	size_t n;

	if (!scan_string(s, &bytes, &n, 0))
		return false;
	msg->msg_name = bytes;
	msg->msg_namelen = (socklen_t)n;
	return true;
}

static bool one_msg_member(struct scan *s, const char *name, size_t n, void *into)
{
	struct message *message = into;
	uint64_t value;

	if (name_is(name, n, "iov"))
		return scan_iov(s, message);
	if (name_is(name, n, "rights"))
		return scan_rights(s, message);
	if (name_is(name, n, "name"))
		return scan_name(s, message->msg);
	if (name_is(name, n, "cmsg_type") || name_is(name, n, "cmsg_len"))
		return scan_header(s, message, name_is(name, n, "cmsg_type"));
	if (name_is(name, n, "flags"))
		return scan_number(s, &msg_form, &value);
	if (name_is(name, n, "control"))
		return scan_number(s, &uint_form, &value) &&
		       scan_control(s, message->msg, value);
	return false;
}

static bool scan_msg(struct scan *s, int i, bool out)
{
	struct message message = {.msg = scan_alloc(s, sizeof(struct msghdr)), .out = out};

	s->call->arg[i] = (uintptr_t)message.msg;
	return message.msg && scan_members(s, one_msg_member, &message);
}

bool part_in_msg(struct scan *s, int i)
{
	return scan_msg(s, i, false);
}

bool part_out_msg(struct scan *s, int i)
{
	return scan_msg(s, i, true);
}
