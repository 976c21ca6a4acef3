/* Receiving on UNIX sockets: recvmsg(2) and read(2), as net/unix/af_unix.c does it. */
#include "fake/socket.h"
#include "fake/task.h"

#include <string.h>

void iov_write(const struct transfer *transfer, size_t offset, const char *from, size_t n)
{
	for (size_t i = 0; i < transfer->n_iov && n > 0; i++) {
		const struct iovec *iov = &transfer->iov[i];
		size_t chunk;

		if (offset >= iov->iov_len) {
			offset -= iov->iov_len;
			continue;
		}
		chunk = iov->iov_len - offset < n ? iov->iov_len - offset : n;
		memcpy((char *)iov->iov_base + offset, from, chunk);
		from += chunk;
		n -= chunk;
		offset = 0;
	}
}

static struct message *first_message(const struct sock *sock)
{
	return list_empty(&sock->queue) ? NULL
					: list_entry(sock->queue.next, struct message, queue);
}

static struct message *next_message(const struct sock *sock, const struct message *message)
{
	return message->queue.next == &sock->queue
		       ? NULL
		       : list_entry(message->queue.next, struct message, queue);
}

static bool sock_has_news(struct fake *f, void *arg)
{
	const struct sock *sock = arg;

	(void)f;
	return !list_empty(&sock->queue) || sock->is_shut || sock->error;
}

static int refuse_reset(struct fake *f, struct sock *sock)
{
	sock_error_take(sock);
	return refuse(f, RULE_RECV_RESET);
}

static int receive_wait(struct fake *f, struct sock *sock, int flags)
{
	if (flags & MSG_DONTWAIT)
		return refuse(f, RULE_RECV_EMPTY);
	f->current->waits_on = sock->peer;
	f->current->waits_on_mode = O_RDWR;
	return task_sleep(f, sock_has_news, sock, "a message on a socket");
}

/* What it carries: once, but for those who only look. */
static void scm_take(struct fake *f, struct message *message, int flags, struct scm_files **scm)
{
	if (message->scm == NULL)
		return;
	scm_free(f, *scm);
	*scm = flags & MSG_PEEK ? scm_copy(f, message->scm) : message->scm;
	if (!(flags & MSG_PEEK))
		message->scm = NULL;
}

/* Bytes of one or more messages; stops behind one that carries files. */
static size_t stream_take(struct fake *f, struct sock *sock, const struct transfer *transfer,
			  size_t copied, struct scm_files **scm)
{
	struct message *message = first_message(sock);

	while (message) {
		struct message *next = next_message(sock, message);
		bool has_files = message->scm != NULL;
		size_t n = message->len - message->consumed;

		if (n > transfer->size - copied)
			n = transfer->size - copied;
		iov_write(transfer, copied, message->bytes + message->consumed, n);
		copied += n;
		scm_take(f, message, transfer->flags, scm);
		if (!(transfer->flags & MSG_PEEK)) {
			message->consumed += n;
			if (message->consumed < message->len)
				break;
			message_free(f, message);
		}
		if (has_files || copied >= transfer->size)
			break;
		message = next;
	}
	return copied;
}

/* Nothing is there: an error, the end (0), or 1: waited, something may be. */
static int stream_wait(struct fake *f, struct sock *sock, int flags)
{
	int r;

	if (sock->error)
		return refuse_reset(f, sock);
	if (sock->is_shut)
		return 0;
	r = receive_wait(f, sock, flags);
	return r < 0 ? r : 1;
}

/* unix_stream_read_generic(): who only looks does not wait for more than there is. */
static int stream_receive(struct fake *f, struct sock *sock, const struct transfer *transfer,
			  struct scm_files **scm)
{
	size_t least = transfer->flags & MSG_WAITALL && transfer->size ? transfer->size : 1;
	size_t copied = 0;
	int r = 1;

	while (r > 0) {
		if (!list_empty(&sock->queue)) {
			copied = stream_take(f, sock, transfer, copied, scm);
			if (copied >= transfer->size || *scm || transfer->flags & MSG_PEEK)
				break;
		}
		if (copied >= least)
			break;
		r = stream_wait(f, sock, transfer->flags);
	}
	return copied ? (int)copied : (r < 0 ? r : 0);
}

/* __unix_dgram_recvmsg(): one message, whole or cut; an error comes before what is there. */
static int packet_receive(struct fake *f, struct sock *sock, const struct transfer *transfer,
			  int *msg_flags, struct scm_files **scm)
{
	struct message *message;
	size_t n, len;
	int r;

	if (sock->error)
		return refuse_reset(f, sock);
	while (list_empty(&sock->queue)) {
		if (sock->is_shut)
			return 0;
		r = receive_wait(f, sock, transfer->flags);
		if (r < 0)
			return r;
		if (sock->error)
			return refuse_reset(f, sock);
	}
	message = first_message(sock);
	len = message->len;
	n = len < transfer->size ? len : transfer->size;
	if (n < len)
		*msg_flags |= MSG_TRUNC;
	iov_write(transfer, 0, message->bytes, n);
	scm_take(f, message, transfer->flags, scm);
	if (!(transfer->flags & MSG_PEEK))
		message_free(f, message);
	return (int)(transfer->flags & MSG_TRUNC ? len : n);
}

int sock_receive(struct fake *f, struct sock *sock, const struct transfer *transfer,
		 int *msg_flags, struct scm_files **scm)
{
	if (transfer->flags & (MSG_OOB | MSG_ERRQUEUE))
		return not_modelled(f, "recvmsg(2) with MSG_OOB or MSG_ERRQUEUE");
	if (sock->type == SOCK_STREAM)
		return stream_receive(f, sock, transfer, scm);
	return packet_receive(f, sock, transfer, msg_flags, scm);
}

/* ____sys_recvmsg(): what of the header it writes. */
int do_recvmsg(struct fake *f, int fd, struct msghdr *msg, int flags)
{
	struct transfer transfer;
	struct scm_files *scm = NULL;
	struct file *file;
	int msg_flags = flags & MSG_CMSG_CLOEXEC;
	int r = transfer_make(f, fd, msg, flags, &transfer, &file);

	if (r < 0)
		return r;
	r = sock_receive(f, file->private, &transfer, &msg_flags, &scm);
	if (r < 0) {
		scm_free(f, scm);
		return r;
	}
	msg->msg_controllen = scm_receive(f, msg, scm, &msg_flags);
	if (msg->msg_name)
		msg->msg_namelen = 0;
	msg->msg_flags = msg_flags;
	return r;
}
