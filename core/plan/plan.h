/* The plan: every step of every side, in the order in which they happen. */
#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/text.h"
#include "core/kernel/sysops.h"
#include "core/plan/facts.h"
#include "core/spec/spec.h"

/*
 * Who carries a step out: the program itself; the first task inside; and, where that one
 * stays to reap, its child that becomes the payload.
 */
enum side_name { SIDE_HOST, SIDE_INIT, SIDE_PAYLOAD, N_SIDES };

/* Where one step leaves a descriptor for another. */
enum slot {
	SLOT_CHANNEL_HOST, /* the two ends of what the sides say to each other */
	SLOT_CHANNEL_INIT,
	SLOT_STATUS_HOST, /* the same for what becomes of the payload */
	SLOT_STATUS_INIT,
	SLOT_ROOTFS,
	SLOT_TARGET, /* what the next step mounts on */
	SLOT_DEV,    /* the new /dev */
	SLOT_CONSOLE,
	SLOT_TASK, /* /proc/PID of the task that is joined */
	SLOT_NS_IPC,
	SLOT_NS_UTS,
	SLOT_NS_PID,
	SLOT_NS_MNT,
	SLOT_PROC,    /* the host's /proc, for id maps */
	SLOT_MASTER,  /* the two ends of the pty inside */
	SLOT_SLAVE,
	SLOT_STAGING, /* a tmpfs nobody sees, for data that is bound */
	N_SLOTS
};

/* What the sides say to each other; the picture is in core/run/talk.h. */
enum word { WORD_READY = 1, WORD_GO, WORD_BLAME, WORD_END, WORD_STATUS, WORD_PTY };

enum step_kind {
#define STEP(kind, run, line, doing) STEP_##kind,
#include "core/plan/steps.def"
#undef STEP
	N_STEP_KINDS
};

/*
 * One step, in the words of mount(2) and its neighbours.  Nothing in it is left to decide:
 * what may be answered either way stands in tolerate and in the alternative.
 */
struct step {
	enum side_name side;
	enum step_kind kind;
	const char *source; /* of a mount; what a link says; the host's path of a node */
	const char *target; /* beneath the rootfs where it does not begin with / */
	const char *fstype;
	const char *data; /* options of a superblock; what is written to a file */
	/*
	 * MS_*, of which those of a mount have the numbers of MOUNT_ATTR_*; or CLONE_NEW*
	 * where namespaces are made or entered.
	 */
	unsigned long flags;
	mode_t mode;
	int fd;	       /* of the caller: where data comes from */
	uint64_t bits; /* capabilities */
	dev_t dev;
	enum slot slot;
	enum word word;
	int tolerate;		/* this errno means that there is nothing to do; 0: none */
	int or_on;		/* on this errno the alternative runs instead; 0: none */
	enum step_kind or_kind; /* the same step with another kind */
	const char *or_data;	/* and with other data; NULL: with the same */
};

/* A file, as it is reached by one mount. */
struct own_file {
	uint64_t inode, mount; /* 0: none */
	uint32_t dev_major, dev_minor;
};

struct plan {
	struct step *steps; /* whoever made the plan owns them */
	size_t n, max;
	bool full;	     /* a step did not fit: the plan may not be run */
	struct arena *arena; /* for words that a plan makes up; NULL: the classic has none */
	const char *rootfs;  /* what targets without / are beneath, for the lines; or NULL */
	pid_t join;
	char *const *argv;
	char *const *envp;
	/* What exec and the way there need of the spec; the steps say when. */
	const char *program;	  /* what is executed; argv[0] may be another word */
	unsigned long namespaces; /* that are made, CLONE_NEW* */
	struct own_file own;	  /* what runs: nobody inside is to execute it by this mount */
	int trace_fd;		  /* stays open as long as there are calls; 0: none */
	const char *cwd;	  /* outside; NULL: unknown */
	bool needs_proc;	  /* the host's, beyond the new root */
	bool has_filter;	  /* of the caller's */
	bool has_payload;	  /* init stays, and has a child that becomes the payload */
	bool show_values;	  /* of data, in what is told of a failure */
};

/* As many steps as the longest plan of the classic sequence. */
#define PLAN_CLASSIC_STEPS 72

/* A plan without steps, with room for max. */
void plan_init(struct plan *p, struct step *steps, size_t max);
/* As many steps as the plan of this spec can have. */
size_t plan_size(const struct spec *spec);
/* Adds a step; what does not fit makes the plan full. */
void plan_add(struct plan *p, struct step step);
/* A formatted word that lives as long as the plan; "" makes the plan full. */
const char *plan_word(struct plan *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Spells a spec out as steps.  0; -EPERM where the facts do not allow it (and nothing was
 * planned); -E2BIG when the plan is full.
 */
int plan_build(struct plan *p, const struct spec *spec, const struct facts *facts);

/* Parts 1 to 10 of the classic sequence, for a task that is in its own mount namespace. */
void plan_classic(struct plan *p, const struct spec *spec);
/* Part 11. */
void plan_remount_proc(struct plan *p);
/* Part 12. */
void plan_remount_sys(struct plan *p);

/* "host", "init", "payload" */
const char *side_text(enum side_name side);

#endif
