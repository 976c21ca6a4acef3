/* Steps that hand the pty's master over: made inside, it is worked from outside. */
#include <string.h>

#include "core/run/talk.h"

/* Room for one descriptor, aligned as cmsg(3) wants it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* A word, and the descriptor in the slot with it (SCM_RIGHTS, unix(7)). */
int step_hand(struct side *side, const struct step *step)
{
	union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS}};
	struct message message = {.word = ""};
	struct iovec iov = {.iov_base = &message, .iov_len = WORD_SIZE};
	const struct msghdr msg = {.msg_iov = &iov,
				   .msg_iovlen = 1,
				   .msg_control = &control,
				   .msg_controllen = sizeof(control)};
	int r;

	word_write(&message, step->word);
	memcpy(CMSG_DATA(&control.header), &side->slots[step->slot], sizeof(int));
	do
		r = sys_sendmsg(side->k, channel_inside(side), &msg, MSG_NOSIGNAL);
	while (r == -EINTR);
	return slot_close_after(side, step->slot, r < 0 ? r : 0);
}

static bool has_descriptor(const struct msghdr *msg, const union control *control)
{
	return msg->msg_controllen >= CMSG_LEN(sizeof(int)) &&
	       control->header.cmsg_level == SOL_SOCKET &&
	       control->header.cmsg_type == SCM_RIGHTS &&
	       control->header.cmsg_len == CMSG_LEN(sizeof(int));
}

int step_take(struct side *side, const struct step *step)
{
	union control control = {.bytes = ""};
	struct message message = {.word = ""};
	struct iovec iov = {.iov_base = &message, .iov_len = sizeof(message)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	int r;

	do
		r = sys_recvmsg(side->k, side->slots[SLOT_CHANNEL_HOST], &msg,
				MSG_CMSG_CLOEXEC);
	while (r == -EINTR);
	if (r < 0)
		return r;
	if (has_descriptor(&msg, &control))
		memcpy(&side->slots[step->slot], CMSG_DATA(&control.header), sizeof(int));
	if (r == 0)
		return side_refuse(side, REASON_GONE, "the other side");
	if (side->slots[step->slot] >= 0 && word_is(&message, r, step->word))
		return 0;
	return blame_hear(side, &message, r);
}
