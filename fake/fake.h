/* A Linux kernel in memory: to make, to run functions on, to look into and to break. */
#ifndef FAKE_FAKE_H
#define FAKE_FAKE_H

#include "core/base/text.h"
#include "core/kernel/sysops.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * As many as wanted, each independent of the others; none may be used by two threads at once.
 * A fake stops rather than guess: what is not modelled, a deadlock and a broken invariant end
 * the run and are told by fake_stopped.
 */
struct fake;

struct fake_options {
	const char *profile; /* "6.1", "6.12" or "6.18": whose answers; NULL: "6.1" */
	size_t memory;	     /* bytes of address space for all of its state; 0: 256 MiB */
	bool checks;	     /* verify the invariants after each call (slow) */
	/* Which of n tasks that could run (their numbers, ascending) runs next: an index.
	 * Asked before each call and where one cannot go on, if n > 1.  NULL: the one that
	 * runs goes on while it can (for 4096 calls at most), then the next one by number. */
	int (*choose)(void *context, const int *tasks, int n);
	/* Told at each successful exec, on the task that did it, before its payload runs. */
	void (*on_exec)(void *context, struct fake *f, const char *path, char *const *argv,
			char *const *envp);
	void *context; /* for both */
};

/* A bare kernel: one mount namespace with an empty root, init as task 1; NULL: no memory. */
struct fake *fake_new(const struct fake_options *options);
void fake_free(struct fake *f);

/* What to call sys_*() on, from functions that run as tasks of this kernel. */
struct kernel *fake_kernel(struct fake *f);

/*
 * Makes the host that a text describes: see docs/FAKE.md for its lines.  0, or -EINVAL with
 * the line and the reason in error.
 */
int fake_world(struct fake *f, const char *text, struct text *error);
/* The text of a host as a fresh Debian shows it; more lines may follow it in another text. */
const char *fake_world_standard(void);

/*
 * Makes the directory "path" of another kernel appear at "at", which is made where it is
 * missing: read when it is looked at, kept from then on, never written to; what is changed is
 * changed here only.  What cannot be read from there stops the run.  The other kernel must
 * outlive this one.  0 or -errno of the other kernel.
 */
int fake_graft(struct fake *f, const char *at, struct kernel *from, const char *path);

/*
 * Registers what exec of this path runs: main gets the arguments and environment, and what it
 * returns is the exit status.  The path is absolute, as seen from the root of whoever executes
 * it: that of the file itself (of memfd_create(2): "/memfd:NAME (deleted)", as proc tells
 * it), or the name that was given.  The file must be there and
 * executable; what is in it does not matter.  Programs without a payload are told by their
 * bytes, as Linux does it (ELF header and loader, or a script's first line), and their task
 * then exits with 0.  0; -EINVAL: the path is relative.
 */
int fake_payload(struct fake *f, const char *path,
		 int (*main)(struct kernel *k, char *const *argv, char *const *envp));

enum fake_state {
	FAKE_DONE,     /* all tasks but init have ended */
	FAKE_PAUSED,   /* some task waits in fake_pause, no other can run */
	/* Tasks wait for each other; fake_stopped says who for what, and who holds the other
	 * end.  The run goes on when one of them is killed or resumed. */
	FAKE_DEADLOCK,
	FAKE_STOPPED,  /* not modelled, or an invariant is broken; fake_stopped says what */
};

/*
 * Starts a task, a child of init with init's view, that runs main(arg) when fake_step is
 * called.  Answers its number (tasks are numbered from 1 in order of creation; init is 1), or
 * -errno.  Its descriptors 0, 1 and 2 are open on something like /dev/null: reads are at the
 * end at once, writes vanish.  init adopts orphans and reaps all its children.
 */
int fake_start(struct fake *f, int (*main)(void *arg), void *arg);
/* Runs tasks until none can run. */
enum fake_state fake_step(struct fake *f);
/*
 * On a task, outside of a call: waits until fake_resume(f, its number) is called from outside.
 * Signals stop and end it meanwhile.
 */
void fake_pause(struct fake *f);
void fake_resume(struct fake *f, int task);

/*
 * Runs main(arg) as a task until all is done.  Answers the task's wait status (as wait(2)
 * gives it: exit status << 8, or the signal) and -EDEADLK or -ENOSYS where the run stopped.
 */
int fake_run(struct fake *f, int (*main)(void *arg), void *arg);
/* Why the run stopped, in a sentence; NULL while it has not. */
const char *fake_stopped(const struct fake *f);

/*
 * Ends a task, as SIGKILL from nowhere does: when it would run next, before it makes another
 * call; the task itself does not come back from here.  init cannot be killed.
 */
void fake_kill(struct fake *f, int task);

/* One reason why Linux says no. */
struct fake_rule {
	const char *id;	      /* "pivot-parent-shared" */
	int error;	      /* positive */
	const char *call;     /* the row or rows, "mount", "pivot_root" */
	const char *sentence; /* for whoever was told no */
	const char *source;   /* manual page or kernel function */
};

/* All rules; n receives their number. */
const struct fake_rule *fake_rules(int *n);
/* The rule behind the last call of this task that was refused; NULL: none. */
const struct fake_rule *fake_why(struct fake *f, int task);

/*
 * Keeps the state (no task but init may live) and puts it back: much cheaper than making a
 * world again.  A snapshot belongs to its fake.
 */
struct fake_snapshot *fake_snapshot(struct fake *f);
void fake_restore(struct fake *f, const struct fake_snapshot *s);
void fake_snapshot_free(struct fake_snapshot *s);

/* What a task sees, as text; task 1 is init and stands for the host. */
enum fake_view {
	VIEW_MOUNTS,	  /* mountinfo's form, to the byte */
	VIEW_TREE,	  /* every file: type, mode, ids, size or number, target */
	VIEW_DESCRIPTORS, /* number, flags, what it refers to */
	VIEW_IDS,	  /* ids, groups, capabilities, namespaces, root, cwd, umask, session */
	VIEW_TASKS,	  /* all tasks: number, parent, state, what they wait for */
};
/* Adds a view; 0, or -ESRCH when there is no such task (zombies can be asked). */
int fake_view(struct fake *f, int task, enum fake_view what, struct text *out);

/*
 * What may be asked on a task, outside of a call, about itself: for tests that watch each call
 * of a program.  Nothing is changed by it.
 */

/* A place, as the task would reach it. */
struct fake_place {
	const char *fstype;
	mode_t mode;
	dev_t rdev;
	bool of_host; /* its superblock is mounted in the first mount namespace */
	bool readonly;
	bool reachable; /* from the task's root */
};
#define FAKE_PLACE_PARENT 1u /* the directory that holds the last component */
#define FAKE_PLACE_FOLLOW 2u /* links at the end, too */
/* 0 or -errno of the walk; within (or NULL) gets its path from the superblock's root. */
int fake_place(struct fake *f, int dirfd, const char *path, unsigned int how,
	       struct fake_place *out, struct text *within);

/* The task itself. */
struct fake_status {
	uint64_t inheritable, permitted, bounding, ambient;
	bool is_hosts_userns, is_in_hosts_mounts;
	bool is_dumpable, no_new_privs, has_hosts_terminal, cwd_is_inside;
	int n_filters;
	int n_kept; /* descriptors from 3 on that exec leaves open */
	int n_kept_directories;
	uint64_t hosts_mounts_changed; /* grows with each change of the first mount namespace */
};
void fake_status(struct fake *f, struct fake_status *out);

/* One mount of the task's namespace. */
struct fake_mount {
	const char *fstype;
	mode_t root_mode; /* of what it shows at its root */
	dev_t rdev;
	bool is_whole; /* it shows its superblock from the root on */
	bool readonly, nosuid, of_host;
	bool is_covered; /* another one lies on its root */
	bool has_readonly_sys; /* a read-only mount lies on "sys" in its root */
	bool reachable;	       /* from the task's root */
};
/* How many there are; the first max of them are told. */
int fake_mounts(struct fake *f, struct fake_mount *out, int max);

/* A number that is equal for equal states of the host: mounts, trees, tasks, init's own. */
uint64_t fake_hash(struct fake *f);

/* Checks all invariants now; 0, or -EUCLEAN with the first broken one in out. */
int fake_check(struct fake *f, struct text *out);
/* Tasks that live or are zombies, without init. */
int fake_n_tasks(const struct fake *f);

#ifdef __cplusplus
}
#endif

#endif
