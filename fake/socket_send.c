/* Sending on UNIX sockets: sendmsg(2) and write(2), as net/unix/af_unix.c does it. */
#include "fake/pipe.h"
#include "fake/socket.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

#define MAX_RW_COUNT ((size_t)0x7ffff000)
/* Of a connection; a longer send becomes several messages. */
#define STREAM_CHUNK ((size_t)PIPE_PAGE - 320 + 32768)

/* unix_write_space(): whoever sleeps for room is not woken before much of it is free. */
static bool sock_wakes_sender(struct fake *f, void *arg)
{
	const struct sock *sock = arg;

	(void)f;
	return sock_is_writable(sock) || sock->is_shut || sock->error;
}

static int send_wait(struct fake *f, struct sock *sock, int flags)
{
	if (sock->wmem < SOCK_SNDBUF)
		return 0;
	if (flags & MSG_DONTWAIT)
		return refuse(f, RULE_SEND_FULL);
	f->current->waits_on = sock->peer;
	f->current->waits_on_mode = O_RDWR;
	return task_sleep(f, sock_wakes_sender, sock, "room in a socket");
}

static int refuse_reset(struct fake *f, struct sock *sock)
{
	sock_error_take(sock);
	return refuse(f, RULE_SEND_RESET);
}

static int refuse_pipe(struct fake *f)
{
	return refuse(f, RULE_SEND_PIPE);
}

/* sock_alloc_send_pskb(): asks for errors, the end and room, in this order. */
static int send_ready(struct fake *f, struct sock *sock, int flags)
{
	int r;

	if (sock->error)
		return refuse_reset(f, sock);
	if (sock->is_shut)
		return refuse_pipe(f);
	r = send_wait(f, sock, flags);
	if (r < 0 || (!sock->error && !sock->is_shut))
		return r;
	return sock->error ? refuse_reset(f, sock) : refuse_pipe(f);
}

static void message_send(struct fake *f, struct sock *sock, const struct transfer *transfer,
			 size_t offset, size_t n, struct scm_files *scm)
{
	struct message *message = message_new(f, sock, n);

	iov_read(transfer, offset, message->bytes, n);
	message->scm = scm;
	list_append(&message->queue, &sock->peer->queue);
}

/* unix_stream_sendmsg(): the files go with the first of its messages. */
static int stream_send(struct fake *f, struct sock *sock, const struct transfer *transfer,
		       struct scm_files **scm)
{
	size_t sent = 0;
	int r = 0;

	if (sock->is_shut)
		r = refuse_pipe(f);
	while (r == 0 && sent < transfer->size) {
		size_t n = transfer->size - sent;

		r = send_ready(f, sock, transfer->flags);
		if (r < 0)
			break;
		if (n > STREAM_CHUNK)
			n = STREAM_CHUNK;
		message_send(f, sock, transfer, sent, n, *scm);
		*scm = NULL;
		sent += n;
	}
	if (r == -EPIPE && sent == 0 && !(transfer->flags & MSG_NOSIGNAL))
		signal_send(f, f->current, SIGPIPE);
	return sent ? (int)sent : r;
}

/* unix_dgram_disconnected(): the peer of a datagram socket is found dead. */
static int dgram_disconnect(struct fake *f, struct sock *sock)
{
	struct sock *peer = sock->peer;

	sock->peer = NULL;
	while (!list_empty(&sock->queue))
		message_free(f, list_entry(sock->queue.next, struct message, queue));
	sock_put(f, peer);
	return refuse(f, RULE_SEND_REFUSED);
}

/* unix_dgram_sendmsg(), for both kinds that keep messages apart. */
static int packet_send(struct fake *f, struct sock *sock, const struct transfer *transfer,
		       struct scm_files **scm)
{
	int r;

	if (sock->peer == NULL)
		return refuse(f, RULE_SEND_NOT_CONNECTED);
	if (transfer->size > SOCK_SNDBUF - 32)
		return refuse(f, RULE_SEND_TOO_LONG);
	r = send_ready(f, sock, transfer->flags);
	if (r < 0)
		return r;
	if (sock->peer->is_dead)
		return dgram_disconnect(f, sock);
	message_send(f, sock, transfer, 0, transfer->size, *scm);
	*scm = NULL;
	return (int)transfer->size;
}

static int send_address(struct fake *f, const struct sock *sock,
			const struct transfer *transfer)
{
	if (transfer->msg == NULL || transfer->msg->msg_namelen == 0 ||
	    transfer->msg->msg_name == NULL || sock->type == SOCK_SEQPACKET)
		return 0;
	if (sock->type == SOCK_STREAM)
		return refuse(f, RULE_SEND_CONNECTED);
	return not_modelled(f, "sendmsg(2) to an address");
}

int sock_send(struct fake *f, struct sock *sock, const struct transfer *transfer)
{
	struct scm_files *scm = NULL;
	int r;

	if (transfer->flags & MSG_OOB)
		return not_modelled(f, "sendmsg(2) with MSG_OOB");
	if (sock->type == SOCK_SEQPACKET && sock->error)
		return refuse_reset(f, sock);
	if (transfer->msg) {
		r = scm_send(f, transfer->msg, &scm);
		if (r < 0)
			return r;
	}
	r = send_address(f, sock, transfer);
	if (r == 0 && sock->type == SOCK_STREAM)
		r = stream_send(f, sock, transfer, &scm);
	else if (r == 0)
		r = packet_send(f, sock, transfer, &scm);
	scm_free(f, scm);
	return r;
}

/* The rows. */

void iov_read(const struct transfer *transfer, size_t offset, char *to, size_t n)
{
	for (size_t i = 0; i < transfer->n_iov && n > 0; i++) {
		const struct iovec *iov = &transfer->iov[i];
		size_t chunk;

		if (offset >= iov->iov_len) {
			offset -= iov->iov_len;
			continue;
		}
		chunk = iov->iov_len - offset < n ? iov->iov_len - offset : n;
		memcpy(to, (const char *)iov->iov_base + offset, chunk);
		to += chunk;
		n -= chunk;
		offset = 0;
	}
}

int transfer_make(struct fake *f, int fd, const struct msghdr *msg, int flags,
		  struct transfer *out, struct file **file)
{
	*file = fd_file_io(f, fd);
	if (*file == NULL)
		return refuse_badf(f);
	if (sock_of(*file) == NULL)
		return refuse(f, RULE_NO_SOCKET);
	if (memory_is_bad(msg))
		return refuse_fault(f);
	if (msg->msg_iovlen > 1024)
		return refuse(f, RULE_MSG_VECTORS);
	*out = (struct transfer){
		.msg = msg, .iov = msg->msg_iov, .n_iov = msg->msg_iovlen, .flags = flags};
	if ((*file)->flags & O_NONBLOCK)
		out->flags |= MSG_DONTWAIT;
	if (out->n_iov && memory_is_bad(out->iov))
		return refuse_fault(f);
	for (size_t i = 0; i < out->n_iov; i++) {
		if (out->iov[i].iov_len > SSIZE_MAX)
			return refuse(f, RULE_MSG_VECTOR_SIZE);
		if (out->iov[i].iov_len && memory_is_bad(out->iov[i].iov_base))
			return refuse_fault(f);
		if (out->iov[i].iov_len > MAX_RW_COUNT - out->size)
			return not_modelled(f, "a message of 2 GiB");
		out->size += out->iov[i].iov_len;
	}
	return 0;
}

int do_sendmsg(struct fake *f, int fd, const struct msghdr *msg, int flags)
{
	struct transfer transfer;
	struct file *file;
	int r = transfer_make(f, fd, msg, flags, &transfer, &file);

	if (r < 0)
		return r;
	return sock_send(f, file->private, &transfer);
}
