/* The state of one kernel in memory, and what every room of it needs. */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "core/kernel/call.h"
#include "fake/fake.h"
#include "fake/list.h"

/*
 * Where kernels that the suite has met differ.  Named for what the newer one does.
 */
struct profile {
	const char *name;	       /* "6.1" */
	const char *release;	       /* what uname(2) says */
	bool verified;		       /* the conformance suite has met this kernel */
	bool mountinfo_by_unique_id;   /* 6.8: mountinfo in order of creation */
	bool statx_mnt_id_unique;      /* 6.8 */
	bool detached_target_is_enoent; /* mount on a detached tree: not EINVAL */
	bool detached_are_sources;     /* 6.15: binds and clones of detached trees, moves of one
					  into another; their slaves receive */
	bool config_takes_o_path;      /* FSCONFIG_SET_FD with a descriptor of O_PATH */
	bool pidfds_have_inodes;       /* 6.9: of pidfs; before, the one of all without names */
	bool anon_inodes_are_fixed;    /* seen on 6.18: mode and owner of pidfds and the like */
	bool create_exclusive;	       /* 6.6: FSCONFIG_CMD_CREATE_EXCL */
	bool bad_ids_are_told_twice;   /* 6.12: in the log of a context */
	bool move_mount_looks_at_target_first; /* 6.15: before its source; NULL may be empty */
	bool mount_beneath;	       /* 6.5 */
	bool umount_asks_chains;       /* 6.12: asks copies on copies, too, whether
					  they are in use */
	bool rbind_checks_ns_files;    /* 6.12: MS_BIND with MS_REC refuses files of namespaces
					  beneath its source that would close a circle */
	bool eventfd_is_exact;	       /* 6.12: writes to it are 8 bytes, not more */
	bool securebits_of_exec;       /* 6.14: SECBIT_EXEC_* need no capability */
	bool tiocsti_is_restricted;    /* Debian, since 6.2: dev.tty.legacy_tiocsti is 0 */
	bool memfd_has_large_folios;   /* seen on 6.12: it is written in pieces of 2 MiB */
	bool memfd_has_exec_seal;      /* 6.3: MFD_EXEC, MFD_NOEXEC_SEAL, F_SEAL_EXEC */
	bool exec_opens_first;	       /* 6.8: the program, before its arguments */
	bool statx_takes_null;	       /* 6.11: with AT_EMPTY_PATH and a descriptor, for "" */
	bool copies_lose_unbindable;   /* seen on 6.18: in a new mount namespace */
	bool move_looks_at_paths_first; /* seen on 6.18: before the target's mount */
	bool linkat_empty_by_opener;   /* 6.10: AT_EMPTY_PATH for its opener */
	bool tucked_are_covered_on_top; /* seen on 6.18: by what they are tucked under; before,
					   on its root, whatever else is there */
	bool devpts_takes_parameters;  /* 6.15: devpts and devtmpfs, one by one: a remount that
					  is refused changes no option */
	bool has_debians_settings;     /* Debian: kernel.unprivileged_userns_clone */
	bool links_are_protected;      /* Debian: protected_symlinks, _hardlinks are 1 */
	bool tmpfs_shows_inode64;      /* a build option: Debian's kernels */
};

enum rule {
#define RULE(id, name, error, call, sentence, source) RULE_##id,
#include "fake/rules.def"
#undef RULE
	N_RULES
};

/* Everything of a kernel.  It lives, with all that it points at, in one region of memory. */
struct fake {
	struct kernel kernel; /* first */
	struct fake_options options;
	struct profile profile;
	struct heap *heap;

	struct task *current; /* who is calling; NULL on the caller's own stack */
	struct task *init;    /* task 1: never runs, adopts orphans and reaps them */
	struct list tasks;    /* struct task.all, in order of creation */
	int n_tasks_made;
	struct sched *sched; /* fibers: see sched.h */

	uint64_t clock; /* nanoseconds; a tick each call */

	struct user_ns *init_user_ns;
	struct mnt_ns *boot_ns; /* the initial mount namespace */
	unsigned int next_ns_inum;  /* nsfs inode numbers, from 4026531835 */
	uint64_t next_mount_unique, last_mnt_ns_seq;
	struct id_pool *anon_devs;  /* minors of nodev superblocks, lowest free */
	struct dcache *dcache;	    /* finds the child of this name: dentry.c */
	/* fs/namei.c's sysctls; off, as a kernel without a service manager has them */
	int protected_symlinks, protected_hardlinks, protected_fifos, protected_regular;
	int unprivileged_userns_clone; /* Debian's sysctl */
	struct id_pool *mount_ids;  /* lowest free */
	struct id_pool *group_ids;  /* of peer groups, lowest free, from 1 */
	struct list super_blocks;   /* struct super_block.all */
	struct list payloads;	    /* registered by path */
	int n_ptys;		    /* pairs of terminals, in all instances of devpts */
	int mount_max;		    /* fs.mount-max */
	int pty_max, pty_reserve;   /* kernel.pty: at most; for the first mount namespace */
	struct super_block *nsfs, *pipefs, *sockfs, *pidfs, *shmem; /* never mounted */
	struct inode *anon_inode; /* of all that has no name and needs no inode of its own */

	char stopped[512]; /* why; "" while it goes on */
	int watched;	    /* the task that fake_run waits for */
	int watched_status; /* how it ended */
	bool is_deadlocked; /* it may go on when something is resumed or killed */
	bool is_restored;
};

/*
 * Says no.  Every refusal of the fake goes through here: notes the rule for fake_why and
 * answers its -errno.
 */
int refuse(struct fake *f, enum rule rule);
/* Says EFAULT: whoever saw memory_is_bad().  Says EBADF: whoever found no file. */
int refuse_fault(struct fake *f);
int refuse_badf(struct fake *f);
/* Says EBADF: whoever looked for a descriptor in vain. */
int refuse_badf(struct fake *f);

/*
 * Ends the run: what is asked is not modelled, or something is broken.  On a task it does
 * not come back; elsewhere it answers -ENOSYS, to be handed up.
 */
int fake_stop(struct fake *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "fake: mount(2) with MS_MANDLOCK is not modelled": what names the thing. */
int not_modelled(struct fake *f, const char *what);

/* Memory of this kernel: zeroed; stops the run when there is no more. */
void *heap_alloc(struct fake *f, size_t size);
/* NULL is nothing. */
void heap_free(struct fake *f, void *memory);
char *heap_strdup(struct fake *f, const char *s);
char *heap_strndup(struct fake *f, const char *s, size_t n);

/* Numbers that are taken lowest first and given back. */
struct id_pool *id_pool_new(struct fake *f, int least);
void id_pool_free(struct fake *f, struct id_pool *pool);
int id_pool_take(struct fake *f, struct id_pool *pool);
/* This very number; false: it is taken. */
bool id_pool_take_this(struct fake *f, struct id_pool *pool, int id);
void id_pool_give(struct fake *f, struct id_pool *pool, int id);

/*
 * Memory of a caller: NULL and the first page are no memory (EFAULT); all else is believed.
 */
bool memory_is_bad(const void *memory);

/* Nanoseconds of the virtual clock as a timespec. */
struct timespec fake_now(const struct fake *f);

/*
 * The implementation of each row: do_mount, do_openat …  They run on a task; the row's entry
 * in kernel.c has made the scheduling point before and makes checks and signal delivery after.
 */
#define ROW(name, args, raw, errnos, page) int do_##name(struct fake *f ROW_PARAMS(args));
#include "core/kernel/sysops.def"
#undef ROW

/* fake_new calls these in this order: each room makes what it needs before the first task. */
void cred_boot(struct fake *f);	 /* the initial user namespace */
void fs_boot(struct fake *f);	 /* superblocks of nsfs, pipes, sockets, pidfds */
void mount_boot(struct fake *f); /* the hidden rootfs and a mount namespace, in boot_ns */
void task_boot(struct fake *f);	 /* init, in that namespace and new ones of the other kinds */

/* Delivers what is pending to the current task, which may end in it (signal.c). */
void signal_deliver(struct fake *f);

#endif
