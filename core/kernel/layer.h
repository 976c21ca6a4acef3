/* A kernel that stands on another one and sees every call pass, as data. */
#ifndef CORE_KERNEL_LAYER_H
#define CORE_KERNEL_LAYER_H

#include "core/kernel/call.h"

/*
 * Embedded first by tracers, fault layers and their like.  call receives each call and
 * answers it, as a rule by layer_pass; note receives what the runner tells, NULL: passed on.
 * Kernels stack: what stands above cannot tell what stands below.
 */
struct layer {
	struct kernel kernel;
	struct kernel *lower;
	int (*call)(struct layer *layer, const struct call *call);
	void (*note)(struct layer *layer, const struct note *note);
};

/* Puts a layer on a kernel, which must outlive it. */
void layer_init(struct layer *layer, struct kernel *lower,
		int (*call)(struct layer *layer, const struct call *call));

/* Makes the call below. */
int layer_pass(struct layer *layer, const struct call *call);

#endif
