/* What the files that make plans share. */
#ifndef CORE_PLAN_ADDING_H
#define CORE_PLAN_ADDING_H

#include "core/plan/plan.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* What nothing that is mounted for its data needs. */
#define SHUT (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* A step of the first task inside. */
static inline void init_add(struct plan *p, struct step step)
{
	step.side = SIDE_INIT;
	plan_add(p, step);
}

/* A step of the task that executes. */
static inline void payload_add(struct plan *p, struct step step)
{
	step.side = p->has_payload ? SIDE_PAYLOAD : SIDE_INIT;
	plan_add(p, step);
}

/* Beneath the rootfs: nodes with the host's mode and number, or, on this errno, bound. */
void plan_nodes(struct plan *p, int bind_on);
/* Beneath the rootfs: ptmx, core, fd and the standard streams, in place of what is there. */
void plan_dev_links(struct plan *p);
/* The same beneath this directory of the sandbox, which is ours and empty. */
void plan_nodes_bound(struct plan *p, const char *dev);
void plan_links_in(struct plan *p, const char *dev);

/* An op of this kind was asked for. */
bool has_op(const struct spec *spec, enum tree_kind kind);

/* The sandbox of a spec that is not of the classic sequence. */
void plan_box(struct plan *p, const struct spec *spec, const struct facts *facts);
/* The tree of the sandbox: the root, what belongs to it, and what was asked for, in order. */
void plan_tree(struct plan *p, const struct spec *spec, const struct facts *facts);

#endif
