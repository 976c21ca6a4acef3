/* The seam: every way in which this program can touch the world, as a table of calls. */
#ifndef CORE_KERNEL_SYSOPS_H
#define CORE_KERNEL_SYSOPS_H

#include "core/kernel/abi.h"
#include "core/kernel/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kernel;

/*
 * What clone3 and clone take.  main runs in the new task, with the child's own copy of the
 * arena; what it returns is the task's exit status.  Nothing that the child writes there is
 * seen by the parent, on either kernel.
 */
struct spawn_args {
	uint64_t flags;	 /* CLONE_NEW*, CLONE_PARENT, CLONE_PIDFD; no sharing of memory */
	int exit_signal; /* told to the parent at exit; SIGCHLD as a rule, 0 for none */
	int cgroup;	 /* with CLONE_INTO_CGROUP (clone3 only): a cgroup's directory */
	int *pidfd;	 /* with CLONE_PIDFD: receives a descriptor for the child */
	int (*main)(void *arena);
	void *arena;	   /* may be NULL */
	size_t arena_size; /* bytes */
};

/* What the runner tells those who watch: which step of which side the next calls belong to. */
struct note {
	const char *side; /* "host", "init"; static text */
	int step;	  /* from 1; 0: none */
	const char *text; /* the step as a shell line; valid during the call only */
};

#define KIND(name, ctype, direction, size) typedef ctype kind_##name;
#include "core/kernel/kinds.def"
#undef KIND

/*
 * Each member is one system call.  Answers are the kernel's own: >= 0 on success, else
 * -errno.  Memory that a call fills is left alone when it fails.  Which errnos a call may
 * answer stands in its row and in docs/SYSOPS.md.
 */
struct sysops {
#define ROW(name, args, raw, errnos, page) int (*name)(struct kernel * k ROW_PARAMS(args));
#include "core/kernel/sysops.def"
#undef ROW

	/* Not calls.  Which task is asking: a number that no other task of this run has. */
	int (*task)(struct kernel *k);
	/* Passed down to whoever watches; kernels ignore it. */
	void (*note)(struct kernel *k, const struct note *note);
};

/* Embedded first by every backend and every layer; always called k, always first. */
struct kernel {
	const struct sysops *ops;
};

#define ROW(name, args, raw, errnos, page)                                                     \
	static inline int sys_##name(struct kernel *k ROW_PARAMS(args))                        \
	{                                                                                      \
		return k->ops->name(k ROW_NAMES(args));                                        \
	}
#include "core/kernel/sysops.def"
#undef ROW

/* Which task is asking. */
static inline int kernel_task(struct kernel *k)
{
	return k->ops->task(k);
}

/* Tells the layers above which the step runs what its calls are for. */
static inline void kernel_note(struct kernel *k, const struct note *note)
{
	k->ops->note(k, note);
}

#ifdef __cplusplus
}
#endif

#endif
