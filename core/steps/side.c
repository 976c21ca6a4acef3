/* One side of a run: its slots, its refusals, and how it opens what is beneath the rootfs. */
#include "core/steps/side.h"

#include <string.h>

static const int reason_errors[N_REASONS] = {
#define REASON(name, id, error, sentence, advice) [REASON_##name] = error,
#include "core/steps/reasons.def"
#undef REASON
};

void side_init(struct side *side, enum side_name name, struct kernel *k, const struct plan *p)
{
	*side = (struct side){
		.name = name, .k = k, .below = k, .plan = p, .umask = -1, .envp = p->envp};
	for (int i = 0; i < N_SLOTS; i++)
		side->slots[i] = -EBADF;
}

int side_refuse(struct side *side, enum reason reason, const char *subject)
{
	side->own = true;
	return side_explain(side, reason, subject, -reason_errors[reason]);
}

int side_explain(struct side *side, enum reason reason, const char *subject, int r)
{
	side->reason = reason;
	side->subject = subject;
	return r;
}

void *side_alloc(struct side *side, size_t size)
{
	void *memory = arena_alloc(&side->arena, size);

	if (!memory)
		side_refuse(side, REASON_NO_MEMORY, side_text(side->name));
	return memory;
}

int fd_close_after(struct side *side, int fd, int r)
{
	int closed = sys_close(r < 0 ? side->below : side->k, fd);

	return r >= 0 && closed < 0 ? closed : r;
}

int fd_keep_after(struct side *side, int fd, int kept)
{
	int r = fd_close_after(side, fd, kept);

	if (r < 0 && kept >= 0)
		fd_close_after(side, kept, r);
	return r < 0 ? r : kept;
}

int slot_close_after(struct side *side, enum slot slot, int r)
{
	int fd = side->slots[slot];

	side->slots[slot] = -EBADF;
	return fd_close_after(side, fd, r);
}

/* As often as a walk may be disturbed before it is taken for an attack, or for a fault. */
#define WALKS_MAX 64

int open_scoped(struct side *side, int dir, const char *path, const struct open_how *how)
{
	int r = -EAGAIN;

	for (int i = 0; r == -EAGAIN && i < WALKS_MAX; i++)
		r = sys_openat2(side->k, dir, path, how, sizeof(*how));
	return r;
}

int open_beneath(struct side *side, int dir, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return open_scoped(side, dir, path, &how);
}

int parent_open(struct side *side, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char memory[FD_PATH_SIZE];
	struct text parent;

	text_init(&parent, memory, sizeof(memory));
	if (slash)
		text_add_bytes(&parent, path, (size_t)(slash - path));
	else
		text_add(&parent, ".");
	*name = slash ? slash + 1 : path;
	return open_beneath(side, side->slots[SLOT_ROOTFS], parent.at, O_DIRECTORY);
}

const char *fd_path(char path[FD_PATH_SIZE], int fd)
{
	struct text t;

	text_init(&t, path, FD_PATH_SIZE);
	text_addf(&t, "/proc/self/fd/%d", fd);
	return path;
}
