/* What descriptors mean, task by task. */
#include "core/kernel/meaning.h"

#include <string.h>

#include "core/base/text.h"

void meanings_init(struct meanings *m, struct meaning *memory, size_t n)
{
	*m = (struct meanings){.at = memory, .n = n};
	for (size_t i = 0; i < n; i++)
		memory[i].task = 0;
}

static struct meaning *find(const struct meanings *m, int task, int fd)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].task == task && m->at[i].fd == fd)
			return &m->at[i];
	return NULL;
}

const char *meaning_of(const struct meanings *m, int task, int fd)
{
	const struct meaning *meaning = task == 0 || fd < 0 ? NULL : find(m, task, fd);

	return meaning ? meaning->text : NULL;
}

static void forget(struct meanings *m, int task, int fd)
{
	struct meaning *meaning = find(m, task, fd);

	if (meaning)
		meaning->task = 0;
}

static struct meaning *find_free(const struct meanings *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].task == 0)
			return &m->at[i];
	return NULL;
}

void meaning_set(struct meanings *m, int task, int fd, const char *text)
{
	struct meaning *meaning;
	size_t length = strlen(text);

	forget(m, task, fd);
	meaning = find_free(m);
	if (!meaning || fd < 0)
		return;
	meaning->task = task;
	meaning->fd = fd;
	if (length < MEANING_SIZE) {
		memcpy(meaning->text, text, length + 1);
		return;
	}
	/* The end of a path says more than its beginning. */
	memcpy(meaning->text, "...", 3);
	memcpy(meaning->text + 3, text + length - (MEANING_SIZE - 4), MEANING_SIZE - 3);
}

static void forget_range(struct meanings *m, int task, unsigned int first, unsigned int last)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].task == task && (unsigned int)m->at[i].fd >= first &&
		    (unsigned int)m->at[i].fd <= last)
			m->at[i].task = 0;
}

/* The table of a child that is not seen yet stands under a negative number. */
static int child_table(int i)
{
	return -1 - i;
}

static void copy_table(struct meanings *m, int from, int to)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].task == from)
			meaning_set(m, to, m->at[i].fd, m->at[i].text);
}

static void spawn_begin(struct meanings *m, int task)
{
	int oldest = 0;

	for (int i = 0; i < MEANING_SPAWNING && m->spawning[oldest].parent; i++)
		if (!m->spawning[i].parent ||
		    m->spawning[i].serial < m->spawning[oldest].serial)
			oldest = i;
	forget_range(m, child_table(oldest), 0, ~0U);
	m->spawning[oldest].parent = task;
	m->spawning[oldest].made = false;
	m->spawning[oldest].serial = ++m->serial;
	copy_table(m, task, child_table(oldest));
}

static void spawn_end(struct meanings *m, int task, int r)
{
	for (int i = 0; i < MEANING_SPAWNING; i++) {
		if (m->spawning[i].parent != task || m->spawning[i].made)
			continue;
		m->spawning[i].made = true;
		if (r < 0) {
			m->spawning[i].parent = 0;
			forget_range(m, child_table(i), 0, ~0U);
		}
	}
}

/* Which child a task that was not seen before is: see struct meanings.  -1: none. */
static int child_of_whom(const struct meanings *m)
{
	int found = -1;

	for (int i = 0; i < MEANING_SPAWNING; i++) {
		if (!m->spawning[i].parent)
			continue;
		if (!m->spawning[i].made)
			return i;
		if (found < 0 || m->spawning[i].serial < m->spawning[found].serial)
			found = i;
	}
	return found;
}

static void see(struct meanings *m, int task)
{
	int child;

	for (int i = 0; i < m->n_seen; i++)
		if (m->seen[i] == task)
			return;
	if (m->n_seen == MEANING_TASKS)
		return;
	m->seen[m->n_seen++] = task;
	child = child_of_whom(m);
	if (child < 0)
		return;
	m->spawning[child].parent = 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].task == child_table(child))
			m->at[i].task = task;
}

void meanings_before(struct meanings *m, int task, const struct call *call)
{
	see(m, task);
	if (call->op == OP_clone3 || call->op == OP_clone)
		spawn_begin(m, task);
}

/* A path beneath a descriptor whose path is known is that path and its own. */
static void opened_path(struct meanings *m, int task, const struct call *call, int fd)
{
	const char *path = (const char *)call->arg[1];
	const char *beneath = meaning_of(m, task, (int)call->arg[0]);
	size_t length = strlen(path);
	char memory[2 * MEANING_SIZE + 2];
	struct text text;

	text_init(&text, memory, sizeof(memory));
	if (beneath && *path != '/')
		text_addf(&text, "%s/", strcmp(beneath, "/") == 0 ? "" : beneath);
	text_add(&text, length > MEANING_SIZE ? path + length - MEANING_SIZE : path);
	meaning_set(m, task, fd, text.at);
}

static void opened_pid(struct meanings *m, int task, int fd, int pid)
{
	char memory[24];
	struct text text;

	text_init(&text, memory, sizeof(memory));
	text_addf(&text, "pid:%d", pid);
	meaning_set(m, task, fd, text.at);
}

/* type may be NULL, or what the descriptor of a new mount's context means. */
static void opened_type(struct meanings *m, int task, int fd, const char *what,
			const char *type)
{
	char memory[2 * MEANING_SIZE];
	struct text text;

	text_init(&text, memory, sizeof(memory));
	text_add(&text, what);
	if (type)
		text_add(&text, strncmp(type, "fs:", 3) == 0 ? type + 3 : type);
	meaning_set(m, task, fd, text.at);
}

static void opened_two(struct meanings *m, int task, const int *fds, const char *meaning)
{
	meaning_set(m, task, fds[0], meaning);
	meaning_set(m, task, fds[1], meaning);
}

static void opened_as(struct meanings *m, int task, int from, int fd)
{
	const char *text = meaning_of(m, task, from);
	char copy[MEANING_SIZE];

	forget(m, task, fd);
	if (!text)
		return;
	memcpy(copy, text, MEANING_SIZE);
	meaning_set(m, task, fd, copy);
}

static void received(struct meanings *m, int task, const struct msghdr *msg)
{
	const struct cmsghdr *control = msg->msg_controllen > 0 ? CMSG_FIRSTHDR(msg) : NULL;
	int fd;

	if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
		return;
	for (size_t at = 0; at + CMSG_LEN(0) < control->cmsg_len; at += sizeof(fd)) {
		memcpy(&fd, CMSG_DATA(control) + at, sizeof(fd));
		meaning_set(m, task, fd, "received");
	}
}

void meanings_opened(struct meanings *m, int task, const struct call *call, int r)
{
	const struct spawn_args *args = (const struct spawn_args *)call->arg[0];

	if (call->op == OP_clone3 || call->op == OP_clone)
		spawn_end(m, task, r);
	if (r < 0)
		return;
	switch (call->op) {
	case OP_openat:
	case OP_openat2:
	case OP_open_tree:
	case OP_fspick:
		opened_path(m, task, call, r);
		break;
	case OP_fsopen:
		opened_type(m, task, r, "fs:", (const char *)call->arg[0]);
		break;
	case OP_fsmount:
		opened_type(m, task, r, "mount of ", meaning_of(m, task, (int)call->arg[0]));
		break;
	case OP_dup:
	case OP_fcntl_dupfd_cloexec:
	case OP_dup3:
		opened_as(m, task, (int)call->arg[0], r);
		break;
	case OP_pipe2:
		opened_two(m, task, (const int *)call->arg[0], "pipe");
		break;
	case OP_socketpair:
		opened_two(m, task, (const int *)call->arg[3], "socket");
		break;
	case OP_pidfd_open:
		opened_pid(m, task, r, (int)call->arg[0]);
		break;
	case OP_memfd_create:
		meaning_set(m, task, r, "memfd");
		break;
	case OP_eventfd2:
		meaning_set(m, task, r, "eventfd");
		break;
	case OP_signalfd4:
		meaning_set(m, task, r, "signalfd");
		break;
	case OP_ioctl_tiocgptpeer:
		meaning_set(m, task, r, "pts");
		break;
	case OP_recvmsg:
		received(m, task, (const struct msghdr *)call->arg[1]);
		break;
	case OP_clone3:
	case OP_clone:
		if (args->flags & CLONE_PIDFD)
			opened_pid(m, task, *args->pidfd, r);
		break;
	default:
		break;
	}
}

void meanings_closed(struct meanings *m, int task, const struct call *call, int r)
{
	/* Whatever close(2) answers. */
	if (call->op == OP_close)
		forget(m, task, (int)call->arg[0]);
	else if (call->op == OP_close_range && r == 0 && !(call->arg[2] & CLOSE_RANGE_CLOEXEC))
		forget_range(m, task, (unsigned int)call->arg[0], (unsigned int)call->arg[1]);
	else if (call->op == OP_exit_group)
		forget_range(m, task, 0, ~0U);
}
