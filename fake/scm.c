/* Open files that travel with messages: SCM_RIGHTS of unix(7), as net/core/scm.c does it. */
#include "fake/socket.h"
#include "fake/task.h"

#include <string.h>

#define CONTROL_MAX 20480 /* net.core.optmem_max */

void scm_free(struct fake *f, struct scm_files *scm)
{
	if (scm == NULL)
		return;
	for (int i = 0; i < scm->n; i++)
		file_put(f, scm->files[i]);
	heap_free(f, scm);
}

struct scm_files *scm_copy(struct fake *f, const struct scm_files *scm)
{
	struct scm_files *copy = heap_alloc(f, sizeof(*copy));

	*copy = *scm;
	for (int i = 0; i < copy->n; i++)
		file_get(copy->files[i]);
	return copy;
}

/*
 * scm_fp_copy().
 * Simplified: no user ever has too many files on their way (ETOOMANYREFS).
 */
static int scm_add(struct fake *f, const struct cmsghdr *cmsg, struct scm_files **scm)
{
	int n = (int)((cmsg->cmsg_len - sizeof(*cmsg)) / sizeof(int));

	if (n == 0)
		return 0;
	if (*scm == NULL)
		*scm = heap_alloc(f, sizeof(**scm));
	if (n > SCM_MAX_FD - (*scm)->n)
		return refuse(f, RULE_SCM_TOO_MANY);
	for (int i = 0; i < n; i++) {
		struct file *file;
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + (size_t)i * sizeof(fd), sizeof(fd));
		file = fd_file(f, fd);
		if (file == NULL)
			return refuse(f, RULE_SCM_BADF);
		(*scm)->files[(*scm)->n++] = file_get(file);
	}
	return 0;
}

static int scm_parse(struct fake *f, const struct cmsghdr *cmsg, struct scm_files **scm)
{
	if (cmsg->cmsg_level != SOL_SOCKET)
		return 0;
	if (cmsg->cmsg_type == SCM_RIGHTS)
		return scm_add(f, cmsg, scm);
	if (cmsg->cmsg_type == SCM_CREDENTIALS)
		return not_modelled(f, "sendmsg(2) with SCM_CREDENTIALS");
	return refuse(f, RULE_SCM_TYPE);
}

/* for_each_cmsghdr(), from left bytes on. */
static int scm_parse_all(struct fake *f, const char *control, size_t left,
			 struct scm_files **scm)
{
	int r = 0;

	while (r == 0 && left >= sizeof(struct cmsghdr)) {
		struct cmsghdr head;
		size_t space;

		memcpy(&head, control, sizeof(head));
		if (head.cmsg_len < sizeof(head) || head.cmsg_len > left)
			return refuse(f, RULE_SCM_LENGTH);
		r = scm_parse(f, (const struct cmsghdr *)control, scm);
		space = CMSG_ALIGN(head.cmsg_len);
		if (space > left)
			break;
		control += space;
		left -= space;
	}
	return r;
}

int scm_send(struct fake *f, const struct msghdr *msg, struct scm_files **out)
{
	struct scm_files *scm = NULL;
	int r;

	if (msg->msg_controllen == 0)
		return 0;
	if (msg->msg_controllen >= CONTROL_MAX)
		return not_modelled(f, "sendmsg(2) with control messages of 20480 bytes");
	if (memory_is_bad(msg->msg_control))
		return refuse_fault(f);
	r = scm_parse_all(f, msg->msg_control, msg->msg_controllen, &scm);
	if (r < 0) {
		scm_free(f, scm);
		return r;
	}
	*out = scm;
	return 0;
}

/* As many as there is room and there are numbers for; answers how many. */
static int scm_install(struct fake *f, const struct msghdr *msg, struct scm_files *scm,
		       bool is_cloexec)
{
	struct cmsghdr *cmsg = msg->msg_control;
	int n = 0;

	if (msg->msg_controllen <= sizeof(*cmsg))
		return 0;
	while (n < scm->n && (size_t)n < (msg->msg_controllen - sizeof(*cmsg)) / sizeof(int)) {
		int fd = fd_install(f, file_get(scm->files[n]), 0, is_cloexec);

		if (fd < 0) {
			file_put(f, scm->files[n]);
			break;
		}
		memcpy(CMSG_DATA(cmsg) + (size_t)n * sizeof(fd), &fd, sizeof(fd));
		n++;
	}
	return n;
}

size_t scm_receive(struct fake *f, const struct msghdr *msg, struct scm_files *scm,
		   int *msg_flags)
{
	size_t used = 0;
	int n = 0;

	if (scm == NULL)
		return 0;
	if (msg->msg_control)
		n = scm_install(f, msg, scm, *msg_flags & MSG_CMSG_CLOEXEC);
	if (n < scm->n)
		*msg_flags |= MSG_CTRUNC;
	if (n > 0) {
		struct cmsghdr head = {.cmsg_len = CMSG_LEN((size_t)n * sizeof(int)),
				       .cmsg_level = SOL_SOCKET,
				       .cmsg_type = SCM_RIGHTS};

		memcpy(msg->msg_control, &head, sizeof(head));
		used = CMSG_SPACE((size_t)n * sizeof(int));
	}
	scm_free(f, scm);
	return used < msg->msg_controllen ? used : msg->msg_controllen;
}
