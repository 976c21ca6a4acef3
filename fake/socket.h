/* UNIX sockets in pairs: queues of messages that can carry open files. */
#ifndef FAKE_SOCKET_H
#define FAKE_SOCKET_H

#include "fake/file.h"

#define SOCK_SNDBUF 212992 /* net.core.wmem_default */
#define SCM_MAX_FD 253

/* Open files on their way, a reference each. */
struct scm_files {
	struct file *files[SCM_MAX_FD];
	int n;
};

/* The kernel's sk_buff: what one send has put in a queue. */
struct message {
	struct list queue;
	struct sock *from; /* whose buffer it fills until it is taken; holds a reference */
	size_t truesize;   /* bytes of that buffer */
	size_t len, consumed;
	struct scm_files *scm; /* NULL: none, or already received */
	char bytes[];
};

/* References: its file, its peer, and each message that it sent. */
struct sock {
	int refs;
	int type; /* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	bool is_inet;	      /* AF_INET, which nothing can be sent by; else AF_UNIX */
	struct plain_ns *net; /* where it was made; its file holds the reference */
	struct sock *peer;
	struct list queue;
	size_t wmem;  /* bytes of messages sent and not yet taken */
	int error;    /* to be told once, positive */
	bool is_dead; /* its file is closed */
	bool is_shut; /* its peer has gone: nothing more comes, nothing more can be sent */
};

/* As the calls want it gathered: the iovecs of a message header as one piece. */
struct transfer {
	const struct msghdr *msg; /* NULL: read(2) or write(2) */
	struct iovec *iov;
	size_t n_iov;
	size_t size; /* of all */
	int flags;   /* MSG_* */
};

/* unix_writable(): no more than a quarter of the buffer is in use. */
static inline bool sock_is_writable(const struct sock *sock)
{
	return sock->wmem * 4 <= SOCK_SNDBUF;
}

/* NULL: the file is no socket. */
struct sock *sock_of(const struct file *file);
void sock_put(struct fake *f, struct sock *sock);
/* sock_error(): answers it negative, and forgets it; 0: none. */
int sock_error_take(struct sock *sock);

struct message *message_new(struct fake *f, struct sock *from, size_t len);
/* Out of its queue, with what it carries. */
void message_free(struct fake *f, struct message *message);

int sock_send(struct fake *f, struct sock *sock, const struct transfer *transfer);
/* msg_flags receives MSG_TRUNC, scm what the caller must receive or drop. */
int sock_receive(struct fake *f, struct sock *sock, const struct transfer *transfer,
		 int *msg_flags, struct scm_files **scm);

/* Between memory and iovecs: n bytes beginning at offset. */
void iov_read(const struct transfer *transfer, size_t offset, char *to, size_t n);
void iov_write(const struct transfer *transfer, size_t offset, const char *from, size_t n);

/* __scm_send(): the files in a header's control messages; NULL: none. */
int scm_send(struct fake *f, const struct msghdr *msg, struct scm_files **out);
struct scm_files *scm_copy(struct fake *f, const struct scm_files *scm);
void scm_free(struct fake *f, struct scm_files *scm);
/*
 * scm_detach_fds(): as descriptors of the receiver, told in msg's control; frees it.  Answers
 * the bytes of control in use; msg_flags receives MSG_CTRUNC where some were lost.
 */
size_t scm_receive(struct fake *f, const struct msghdr *msg, struct scm_files *scm,
		   int *msg_flags);

/* What sendmsg(2) and recvmsg(2) check first: the descriptor, the header and its iovecs. */
int transfer_make(struct fake *f, int fd, const struct msghdr *msg, int flags,
		  struct transfer *out, struct file **file);

#endif
