/* Tasks: what a process is, and how it sleeps. */
#ifndef FAKE_TASK_H
#define FAKE_TASK_H

#include "fake/cred.h"
#include "fake/file.h"
#include "fake/mount.h"
#include "fake/ns.h"

#define PID_NS_LEVELS 33 /* MAX_PID_NS_LEVEL and the initial one */

/*
 * A process id in every pid namespace that sees it; also what groups and sessions are.
 * References: a task's pid, pgrp and session one each, pidfds and terminals by hand.  It holds
 * one on its innermost namespace alone, which holds its parent.
 */
struct pid {
	int refs;
	struct task *task; /* whose it is; NULL once reaped */
	int level;	   /* of the innermost namespace */
	struct pid_number {
		int nr;
		struct pid_ns *ns;
	} numbers[PID_NS_LEVELS]; /* [0]: in the initial namespace; no more than level + 1 */
};

/* On the way out a task is READY or SLEEPING still; is_exiting tells. */
enum task_state {
	TASK_READY,
	TASK_SLEEPING,
	TASK_PAUSED,
	TASK_STOPPED,
	TASK_ZOMBIE,
	TASK_DEAD,
};

/* What is told of a signal to whoever takes it: the kernel's struct siginfo. */
struct signal_info {
	int code;   /* SI_USER, SI_KERNEL, CLD_EXITED … */
	int pid;    /* of the sender or child, as the receiver's namespace numbers it */
	uid_t uid;  /* its real one, as the receiver's user namespace has it */
	int status; /* of a child */
};

struct task {
	struct list all;
	int number; /* of the fake, from 1 in order of creation */
	enum task_state state;
	struct fiber *fiber; /* NULL: init, zombies */

	struct task *parent;
	struct list children, sibling;
	struct pid *pid;
	struct pid *pgrp, *session;
	struct tty *tty; /* controlling terminal; NULL */
	struct pid *tty_old_pgrp; /* of a leader: in the foreground of one that was hung up */

	struct path root, cwd;
	mode_t umask;
	struct fd_table *fds;
	struct nsproxy ns;
	struct cred *cred;
	struct path exe; /* nobody may write to it meanwhile: counted in its inode's writers */
	char comm[16];

	int exit_signal;
	int pdeathsig;
	bool is_subreaper;
	bool has_execed; /* setpgid by the parent is refused */
	bool no_new_privs;
	bool is_over_nproc; /* PF_NPROC_EXCEEDED: its new user had too many processes */
	bool is_dumpable;
	struct user_ns *mm_user_ns; /* mm->user_ns: whose root may look into it even so */
	bool is_paused;	 /* until the outside resumes it; stopped as well, perhaps */
	bool is_exiting; /* fds, namespaces, root, cwd and exe may be gone: NULL */
	int wait_status; /* once a zombie: as wait(2) gives it */
	void *memory;	 /* its copy of the parent's arena, or what exec left: arguments */

	uint64_t pending, blocked; /* signals: bit n - 1 */
	struct signal_info infos[64]; /* of what is pending */
	struct kernel_sigaction actions[64];
	struct seccomp_filter *seccomp; /* the newest of its filters of calls; NULL */
	struct rlimit64 limits[RLIM_NLIMITS];
	int dying_of;	   /* the signal that it was killed by and has not yet met; 0: none */
	int stop_signal;   /* that stopped it, until a wait took notice; 0: none */
	bool is_continued; /* until a wait took notice */

	/* What it sleeps for; said in deadlock reports. */
	bool (*is_ready)(struct fake *f, void *arg);
	void *ready_arg;
	uint64_t deadline;	       /* of the clock: it wakes then; 0: never */
	const void *waits_on; /* private of the open files that could wake it; NULL: unsaid */
	int waits_on_mode;    /* O_WRONLY, O_RDONLY: those open so alone; O_RDWR: all */
	char waits_for[96];

	/* Where it begins anew once execveat(2) is left; in its memory.  NULL: nowhere. */
	struct exec_start *exec;
	unsigned int exec_id, parent_exec_id; /* how often it has; its parent, at birth */

	enum rule last_rule; /* behind the last refused call */
	bool has_rule;
	enum sysop op; /* the call that it is in */
};

/*
 * Sleeps until ready(f, arg) holds or, where task.deadline is set, until then (which clears
 * it).  0, or -EINTR: the task was killed, and the call must give back all that it holds and
 * hand that up; it exits where the call is left (see sched.h).  A stop signal stops it in
 * between.  ready is asked often, on any stack, and may only look.
 */
int task_sleep(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg,
	       const char *waits_for, ...) __attribute__((format(printf, 4, 5)));

/* Is it the init of its pid namespace, whom signals from inside do nothing to? */
bool task_is_ns_init(const struct task *t);
/* The namespace that its pid was made in; where its getpid() comes from. */
static inline struct pid_ns *task_pid_ns(const struct task *t)
{
	return t->pid->numbers[t->pid->level].ns;
}

/* The task of this pid as the current task's namespace numbers it; NULL. */
struct task *task_find(struct fake *f, int pid);
struct task *task_by_number(struct fake *f, int number);
/* Its number as seen from a namespace; 0: not visible there. */
int pid_in(const struct pid *pid, const struct pid_ns *ns);
struct pid *pid_get(struct pid *pid);
void pid_put(struct fake *f, struct pid *pid);

/* Queues a signal; a group or session member gets it by the callers' own loops. */
void signal_send(struct fake *f, struct task *to, int sig);
/* What signalfd(2) tells: the pending ones of a set, and the first of them, taken; 0: none. */
uint64_t signal_pending_in(const struct task *t, uint64_t set);
int signal_dequeue(struct task *t, uint64_t set, struct signal_info *info);
/* SIGHUP, SIGINT … to all of a process group. */
void signal_send_group(struct fake *f, struct pid *pgrp, int sig);
/* May the current task signal it?  0 or a refusal. */
int signal_permission(struct fake *f, struct task *to, int sig);
/* Something to stop or end it is pending. */
bool signal_is_pending(const struct task *t);
/* Something to end it is. */
bool signal_is_fatal(const struct task *t);
/* Delivers stop signals alone: in the middle of a call, where the task cannot end. */
void signal_stop(struct fake *f);
/* The signals that it ignores because it said so. */
uint64_t signals_ignored(const struct task *t);
/* Ends the current task, outside of a call or where one is left; does not come back. */
_Noreturn void task_exit(struct fake *f, int wait_status);

/* A descriptor for a pidfd, an nsfs file and so on: a file of a superblock not mounted. */
int pidfd_make(struct fake *f, struct pid *pid, unsigned int flags);
struct pid *pidfd_pid(struct file *file); /* NULL: not a pidfd */
/* nsfs: /proc/PID/ns/mnt's inode, opened; and back.  NULL: not one. */
int nsfs_path(struct fake *f, struct ns *ns, struct path *out);
struct ns *nsfs_ns(const struct inode *inode);

/* Terminals that a session can control. */
void tty_hangup_session(struct fake *f, struct task *leader); /* at the leader's exit */
/* ptmx and pts open through these, /dev/tty too: char devices by number; -ENXIO. */
int chrdev_open(struct fake *f, struct file *file);
void fifo_init(struct fake *f, struct inode *inode); /* sets fops of a FIFO's inode */
extern const struct file_ops fifo_file_ops;

#endif
