/* Steps that talk: one message a word, the end of the channel is a word of its own. */
#include "core/run/talk.h"

#include <string.h>

static const char words[][WORD_SIZE] = {
	[WORD_READY] = "ready",
	[WORD_GO] = "go",
	[WORD_BLAME] = "blame",
	[WORD_END] = "",
};

static int channel_of(const struct side *side)
{
	return side->slots[side->name == SIDE_HOST ? SLOT_CHANNEL_HOST : SLOT_CHANNEL_INIT];
}

/* A message is whole or not there: SOCK_SEQPACKET keeps its bounds (unix(7)). */
int word_send(struct kernel *k, int channel, enum word word, const struct blame *blame)
{
	struct message message = {.word = ""};
	struct iovec iov = {.iov_base = &message,
			    .iov_len = blame ? sizeof(message) : WORD_SIZE};
	const struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int r;

	memcpy(message.word, words[word], WORD_SIZE);
	if (blame)
		message.blame = *blame;
	do
		r = sys_sendmsg(k, channel, &msg, MSG_NOSIGNAL);
	while (r == -EINTR);
	return r < 0 ? r : 0;
}

/* The bytes received; 0 at the end of the channel. */
static int message_receive(struct side *side, struct message *message)
{
	struct iovec iov = {.iov_base = message, .iov_len = sizeof(*message)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int r;

	do
		r = sys_recvmsg(side->k, channel_of(side), &msg, 0);
	while (r == -EINTR);
	return r;
}

int step_channel(struct side *side, const struct step *step)
{
	int fds[2];
	int r;

	(void)step;
	r = sys_socketpair(side->k, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
	if (r < 0)
		return r;
	side->slots[SLOT_CHANNEL_HOST] = fds[0];
	side->slots[SLOT_CHANNEL_INIT] = fds[1];
	return 0;
}

/* Only when no copy is left does the end of one side reach the other. */
int step_let_go(struct side *side, const struct step *step)
{
	return slot_close_after(side, step->slot, 0);
}

int step_tell(struct side *side, const struct step *step)
{
	return word_send(side->k, channel_of(side), step->word, NULL);
}

/* What init says comes from the task that those inside can reach first: it is checked. */
int step_hear(struct side *side, const struct step *step)
{
	struct message message = {0};
	int r = message_receive(side, &message);

	if (r < 0)
		return r;
	if (r == 0 && step->word == WORD_END)
		return 0;
	if (r == 0)
		return side_refuse(side, REASON_GONE, "the other side");
	if (r == WORD_SIZE && memcmp(message.word, words[step->word], WORD_SIZE) == 0)
		return 0;
	if (r != sizeof(message) || memcmp(message.word, words[WORD_BLAME], WORD_SIZE) != 0 ||
	    side->name != SIDE_HOST || !blame_is_sane(&message.blame, side->plan, SIDE_INIT))
		return side_refuse(side, REASON_GARBLED, "channel");
	*side->heard = message.blame;
	return -message.blame.error;
}
