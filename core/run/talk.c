/* Steps that talk: one message a word, the end of the channel is a word of its own. */
#include "core/run/talk.h"

#include <string.h>

static const char words[][WORD_SIZE] = {
	[WORD_READY] = "ready", [WORD_GO] = "go",	  [WORD_BLAME] = "blame",
	[WORD_END] = "",	[WORD_STATUS] = "status", [WORD_PTY] = "pty",
};

/* What init says once it has left the first channel to the payload goes over the second. */
int channel_inside(const struct side *side)
{
	int fd = side->slots[SLOT_CHANNEL_INIT];

	return fd >= 0 ? fd : side->slots[SLOT_STATUS_INIT];
}

static int channel_of(const struct side *side, const struct step *step)
{
	return side->name == SIDE_HOST ? side->slots[step->slot] : channel_inside(side);
}

void word_write(struct message *message, enum word word)
{
	memcpy(message->word, words[word], WORD_SIZE);
}

bool word_is(const struct message *message, int n, enum word word)
{
	return n == WORD_SIZE && memcmp(message->word, words[word], WORD_SIZE) == 0;
}

/* A message is whole or not there: SOCK_SEQPACKET keeps its bounds (unix(7)). */
int word_send(struct kernel *k, int channel, enum word word, const struct blame *blame)
{
	struct message message = {.word = ""};
	struct iovec iov = {.iov_base = &message,
			    .iov_len = blame ? sizeof(message) : WORD_SIZE};
	const struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int r;

	word_write(&message, word);
	if (blame)
		message.blame = *blame;
	do
		r = sys_sendmsg(k, channel, &msg, MSG_NOSIGNAL);
	while (r == -EINTR);
	return r < 0 ? r : 0;
}

/* The bytes received; 0 at the end of the channel. */
static int message_receive(struct side *side, int channel, void *message, size_t size)
{
	struct iovec iov = {.iov_base = message, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int r;

	do
		r = sys_recvmsg(side->k, channel, &msg, 0);
	while (r == -EINTR);
	return r;
}

int step_channel(struct side *side, const struct step *step)
{
	int fds[2];
	int r;

	r = sys_socketpair(side->k, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
	if (r < 0)
		return r;
	side->slots[step->slot] = fds[0];
	side->slots[step->slot + 1] = fds[1];
	return 0;
}

/* Only when no copy is left does the end of one side reach the other. */
int step_let_go(struct side *side, const struct step *step)
{
	return slot_close_after(side, step->slot, 0);
}

int step_tell(struct side *side, const struct step *step)
{
	return word_send(side->k, channel_of(side, step), step->word, NULL);
}

/* An end too early may be init's doing, which says so over the channel that it has left. */
static int end_receive(struct side *side, const struct step *step, struct message *message)
{
	int fd = side->slots[SLOT_STATUS_HOST];

	if (step->word == WORD_END || side->name != SIDE_HOST || fd < 0)
		return 0;
	return message_receive(side, fd, message, sizeof(*message));
}

int blame_hear(struct side *side, const struct message *message, int n)
{
	if (n != sizeof(*message) || memcmp(message->word, words[WORD_BLAME], WORD_SIZE) != 0 ||
	    side->name != SIDE_HOST || !blame_is_sane(&message->blame, side->plan))
		return side_refuse(side, REASON_GARBLED, "channel");
	*side->heard = message->blame;
	return -message->blame.error;
}

int step_hear(struct side *side, const struct step *step)
{
	struct message message = {0};
	int r = message_receive(side, channel_of(side, step), &message, sizeof(message));

	if (r == 0)
		r = end_receive(side, step, &message);
	if (r < 0)
		return r;
	if (r == 0 && step->word == WORD_END)
		return 0;
	if (r == 0)
		return side_refuse(side, REASON_GONE, "the other side");
	if (word_is(&message, r, step->word))
		return 0;
	return blame_hear(side, &message, r);
}

int status_send(struct side *side)
{
	struct message said = {.status = side->status};
	struct iovec iov = {.iov_base = &said, .iov_len = STATUS_SIZE};
	const struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	memcpy(said.word, words[WORD_STATUS], WORD_SIZE);
	return sys_sendmsg(side->below, side->slots[SLOT_STATUS_INIT], &msg, MSG_NOSIGNAL);
}

/* Init's end tells as well as its word: it ends with the payload's status. */
int step_hear_status(struct side *side, const struct step *step)
{
	struct message said = {0};
	int r = message_receive(side, side->slots[SLOT_STATUS_HOST], &said, sizeof(said));

	if (r < 0)
		return r;
	if (r == 0)
		return step_reap(side, step);
	if (r != STATUS_SIZE || memcmp(said.word, words[WORD_STATUS], WORD_SIZE) != 0)
		return blame_hear(side, &said, r);
	/* Init stays for the others, and does not need us. */
	side->child = 0;
	side->status = said.status & 0xff;
	return 0;
}
