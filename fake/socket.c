/* UNIX sockets in pairs: socketpair(2), their end, readiness and files. */
#include "fake/socket.h"

#include "fake/check.h"
#include "fake/pipe.h"
#include "fake/task.h"

#include <string.h>

#define SK_BUFF_SIZE 256
#define SHARED_INFO_SIZE 320
#define UDP_PROTOCOL 17 /* IPPROTO_UDP */

struct message *message_new(struct fake *f, struct sock *from, size_t len)
{
	struct message *message = heap_alloc(f, sizeof(*message) + len);
	size_t head = len < PIPE_PAGE - SHARED_INFO_SIZE ? len : PIPE_PAGE - SHARED_INFO_SIZE;
	size_t block = 512;

	/* Simplified: as an allocator of powers of two makes it, the rest in whole pages. */
	while (block < head + SHARED_INFO_SIZE)
		block *= 2;
	message->truesize = SK_BUFF_SIZE + block;
	message->truesize += (len - head + PIPE_PAGE - 1) / PIPE_PAGE * PIPE_PAGE;
	message->len = len;
	message->from = from;
	from->refs++;
	from->wmem += message->truesize;
	return message;
}

void message_free(struct fake *f, struct message *message)
{
	list_remove(&message->queue);
	message->from->wmem -= message->truesize;
	sock_put(f, message->from);
	scm_free(f, message->scm);
	heap_free(f, message);
}

static struct sock *sock_new(struct fake *f, int type)
{
	struct sock *sock = heap_alloc(f, sizeof(*sock));

	sock->refs = 1;
	sock->type = type;
	sock->net = f->current->ns.net;
	ns_get(&sock->net->ns);
	list_init(&sock->queue);
	return sock;
}

void sock_put(struct fake *f, struct sock *sock)
{
	if (--sock->refs == 0)
		heap_free(f, sock);
}

int sock_error_take(struct sock *sock)
{
	int error = sock->error;

	sock->error = 0;
	return -error;
}

/*
 * unix_release_sock(): the peer of a connection hears of it, and that bytes were lost.
 * Simplified: sockets that are on their way to each other and nowhere else open are not
 * collected.
 */
static void sock_release(struct fake *f, struct file *file)
{
	struct sock *sock = file->private;
	struct sock *peer = sock->peer;

	sock->is_dead = true;
	sock->peer = NULL;
	ns_put(f, &sock->net->ns);
	sock->net = NULL;
	if (peer && sock->type != SOCK_DGRAM) {
		peer->is_shut = true;
		if (!list_empty(&sock->queue))
			peer->error = ECONNRESET;
	}
	if (peer)
		sock_put(f, peer);
	while (!list_empty(&sock->queue))
		message_free(f, list_entry(sock->queue.next, struct message, queue));
	sock_put(f, sock);
}

/* unix_poll() and unix_dgram_poll() */
static short sock_poll(struct fake *f, struct file *file)
{
	const struct sock *sock = file->private;
	int events = 0;

	if (sock->is_inet)
		not_modelled(f, "poll(2) of AF_INET");
	if (sock->error)
		events |= POLLERR;
	if (sock->is_shut)
		events |= POLLHUP | POLLRDHUP | POLLIN | POLLRDNORM;
	if (!list_empty(&sock->queue))
		events |= POLLIN | POLLRDNORM;
	if (sock_is_writable(sock))
		events |= POLLOUT | POLLWRNORM | POLLWRBAND;
	return (short)events;
}

static int nonblocking(const struct file *file)
{
	return file->flags & O_NONBLOCK ? MSG_DONTWAIT : 0;
}

static int sock_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct iovec iov = {.iov_base = buf, .iov_len = n};
	struct transfer transfer = {.iov = &iov, .n_iov = 1, .size = n};
	struct scm_files *scm = NULL;
	int msg_flags = 0, r;

	if (sock_of(file)->is_inet)
		return not_modelled(f, "bytes over AF_INET");
	if (n == 0)
		return 0;
	transfer.flags = nonblocking(file);
	r = sock_receive(f, file->private, &transfer, &msg_flags, &scm);
	scm_free(f, scm);
	return r;
}

static int sock_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct iovec iov = {.iov_len = n};
	struct transfer transfer = {.iov = &iov, .n_iov = 1, .size = n};

	if (sock_of(file)->is_inet)
		return not_modelled(f, "bytes over AF_INET");
	memcpy(&iov.iov_base, &buf, sizeof(buf));
	transfer.flags = nonblocking(file);
	return sock_send(f, file->private, &transfer);
}

static void sock_holds(struct fake *f, struct file *file, struct check *c)
{
	const struct sock *sock = file->private;

	(void)f;
	check_holds_ns(c, &sock->net->ns);
	list_for_each(node, &sock->queue) {
		const struct message *message = list_entry(node, struct message, queue);

		for (int i = 0; message->scm && i < message->scm->n; i++)
			check_holds_file(c, message->scm->files[i]);
	}
}

static const struct file_ops sock_file_ops = {
	.read = sock_read,
	.write = sock_write,
	.poll = sock_poll,
	.release = sock_release,
	.holds = sock_holds,
};

struct sock *sock_of(const struct file *file)
{
	return file->ops == &sock_file_ops ? file->private : NULL;
}

static struct file *sock_file_new(struct fake *f, struct sock *sock, unsigned int flags)
{
	struct inode *inode = inode_new(f, f->sockfs, S_IFSOCK | 0777);
	struct path path = {0};
	struct file *file;
	char memory[32];
	struct text name;

	inode->uid = f->current->cred->fsuid;
	inode->gid = f->current->cred->fsgid;
	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "socket:[%lu]", (unsigned long)inode->ino);
	path.dentry = dentry_new(f, NULL, memory, inode);
	file = file_new(f, &path, O_RDWR | flags);
	path_put(f, &path);
	file->ops = &sock_file_ops;
	file->private = sock;
	return file;
}

/* __sys_socket() and __sock_create(): what is asked for, by numbers alone. */
static int refuse_numbers(struct fake *f, int domain, int type)
{
	if (type & ~0xf & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return refuse(f, RULE_SOCKET_FLAGS);
	if (domain < 0 || domain >= AF_MAX)
		return refuse(f, RULE_SOCKET_FAMILY);
	if ((type & 0xf) >= SOCK_PACKET + 1)
		return refuse(f, RULE_SOCKET_TYPE_RANGE);
	return 0;
}

/* unix_create(): the type that there is to make. */
static int unix_type(struct fake *f, int type, int protocol)
{
	type &= 0xf;
	if (protocol && protocol != PF_UNIX)
		return refuse(f, RULE_SOCKET_PROTOCOL);
	if (type == SOCK_RAW)
		return SOCK_DGRAM;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return refuse(f, RULE_SOCKET_TYPE);
	return type;
}

int do_socketpair(struct fake *f, int domain, int type, int protocol, int *fds)
{
	const unsigned int flags = type & SOCK_NONBLOCK ? O_NONBLOCK : 0;
	struct sock *a, *b;
	struct file *files[2];
	int kind = refuse_numbers(f, domain, type);

	if (kind < 0)
		return kind;
	if (domain != AF_UNIX)
		return not_modelled(f, "socketpair(2) of another family than AF_UNIX");
	kind = unix_type(f, type, protocol);
	if (kind < 0)
		return kind;
	a = sock_new(f, kind);
	b = sock_new(f, kind);
	a->peer = b;
	b->peer = a;
	a->refs++;
	b->refs++;
	files[0] = sock_file_new(f, a, flags);
	files[1] = sock_file_new(f, b, flags);
	return fd_install_pair(f, files, type & SOCK_CLOEXEC, fds);
}

/* inet_create(), for what interfaces are asked by. */
int do_socket(struct fake *f, int domain, int type, int protocol)
{
	int r = refuse_numbers(f, domain, type);
	struct sock *sock;

	if (r < 0)
		return r;
	if (domain != AF_INET || (type & 0xf) != SOCK_DGRAM ||
	    (protocol && protocol != UDP_PROTOCOL))
		return not_modelled(f, "socket(2) but for AF_INET, SOCK_DGRAM");
	sock = sock_new(f, SOCK_DGRAM);
	sock->is_inet = true;
	return fd_install(f, sock_file_new(f, sock, type & SOCK_NONBLOCK ? O_NONBLOCK : 0), 0,
			  type & SOCK_CLOEXEC);
}
