/* One side of a run while it carries out its steps. */
#ifndef CORE_STEPS_SIDE_H
#define CORE_STEPS_SIDE_H

#include "core/base/arena.h"
#include "core/kernel/sysops.h"
#include "core/plan/plan.h"

enum reason {
#define REASON(name, id, error, sentence, advice) REASON_##name,
#include "core/steps/reasons.def"
#undef REASON
	N_REASONS
};

struct blame;
struct start;

/* Locks, a descriptor to stay open, one to tell the host by, the trace; filters. */
#define LOCKS_MAX 60
#define KEPT_MAX 64

/*
 * All that a side remembers between its steps.  The init side has it in its own copy of the
 * arena: nothing in it points into the arena before init has started.
 */
struct side {
	struct kernel *k;     /* watched: its last refusals are known */
	struct kernel *below; /* not watched: for tidying up after a failure */
	const struct plan *plan;
	enum side_name name;
	int slots[N_SLOTS]; /* descriptors; -EBADF: none */
	dev_t console;	    /* the number of the host's pty */
	int umask;	    /* the caller's, once ours is another; -1: untouched */
	pid_t child;	    /* the next side, as this one sees it; 0: none to wait for */
	int status;	    /* of the payload, as an exit status, once it is known */
	bool entered;	    /* the pid namespace for children is not our own */
	char *const *envp;  /* the payload's */
	const char *cwd;    /* where step_chdir went; NULL: as before */
	int kept[KEPT_MAX]; /* descriptors that the first task inside holds until it ends */
	int n_kept;
	struct arena arena; /* what steps allocate from */

	enum reason reason;  /* of our own, when a step refused; REASON_NONE */
	bool own;	     /* no call stands behind the reason */
	const char *subject; /* what was refused; static, the plan's or the arena's */
	struct blame *heard; /* what the other side said of its failure */

	/* What the next side starts with, in this side's arena. */
	struct start *next;
};

/* A side without descriptors, carrying out the steps of this name on k. */
void side_init(struct side *side, enum side_name name, struct kernel *k, const struct plan *p);

/* Refuses for a reason of our own: -error of its row. */
int side_refuse(struct side *side, enum reason reason, const char *subject);
/* Says more about r, the answer of the call just made; is r. */
int side_explain(struct side *side, enum reason reason, const char *subject, int r);
/* Memory of the side; NULL after refusing with NO_MEMORY. */
void *side_alloc(struct side *side, size_t size);

/* Closes fd after r: a failure of before stays, and stays the one that is blamed. */
int fd_close_after(struct side *side, int fd, int r);
/* Closes fd after kept, a descriptor or -errno, which is the answer unless closing fails. */
int fd_keep_after(struct side *side, int fd, int kept);
/* Closes what is in the slot after r, and empties it. */
int slot_close_after(struct side *side, enum slot slot, int r);

/*
 * openat2(2) that walks again where somebody anywhere moved a directory or changed a mount
 * while it went through "..": the kernel then cannot tell whether it came out (EAGAIN).
 */
int open_scoped(struct side *side, int dir, const char *path, const struct open_how *how);

/*
 * Opens a path beneath the descriptor dir with O_PATH and flags; no component may be a
 * symbolic link (ELOOP) or lead out (EXDEV).  See openat2(2).
 */
int open_beneath(struct side *side, int dir, const char *path, int flags);
/* Opens the directory that holds path beneath the rootfs; name receives the last component. */
int parent_open(struct side *side, const char *path, const char **name);

/* Room for "/proc/self/fd/" and a number. */
#define FD_PATH_SIZE 32
/* The path by which the calls that take no descriptor reach one; /proc must be a proc. */
const char *fd_path(char path[FD_PATH_SIZE], int fd);

#endif
