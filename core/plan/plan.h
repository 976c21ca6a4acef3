/* The plan: every step of every side, in the order in which they happen. */
#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include <stddef.h>

#include "core/base/text.h"
#include "core/kernel/sysops.h"
#include "core/plan/facts.h"
#include "core/spec/spec.h"

/* Who carries a step out: the program itself, or the task that becomes the payload. */
enum side_name { SIDE_HOST, SIDE_INIT, N_SIDES };

/* Where one step leaves a descriptor for another. */
enum slot {
	SLOT_CHANNEL_HOST, /* the two ends of what the sides say to each other */
	SLOT_CHANNEL_INIT,
	SLOT_ROOTFS,
	SLOT_TARGET, /* what the next step mounts on */
	SLOT_DEV,    /* the new /dev */
	SLOT_CONSOLE,
	SLOT_TASK, /* /proc/PID of the task that is joined */
	SLOT_NS_IPC,
	SLOT_NS_UTS,
	SLOT_NS_PID,
	SLOT_NS_MNT,
	N_SLOTS
};

/* What the sides say to each other; the picture is in core/run/talk.h. */
enum word { WORD_READY = 1, WORD_GO, WORD_BLAME, WORD_END };

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
	const char *data;
	unsigned long flags; /* MS_*, or CLONE_NEW* where namespaces are made or entered */
	mode_t mode;
	dev_t dev;
	enum slot slot;
	enum word word;
	int tolerate;		/* this errno means that there is nothing to do; 0: none */
	int or_on;		/* on this errno the alternative runs instead; 0: none */
	enum step_kind or_kind; /* the same step with another kind */
};

#define PLAN_STEPS_MAX 72

struct plan {
	struct step steps[PLAN_STEPS_MAX];
	size_t n;
	bool full; /* a step did not fit: the plan may not be run */
	/* For the lines; the steps have what they need themselves. */
	const char *rootfs;
	pid_t join;
	char *const *argv;
	char *const *envp;
};

/* Adds a step; what does not fit makes the plan full. */
void plan_add(struct plan *p, struct step step);

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

/* "host", "init" */
const char *side_text(enum side_name side);

#endif
