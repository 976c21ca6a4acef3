/*
 * What holds after each call of a box and at its exec, whatever fails: a layer between the
 * program and the kernel.  docs/SECURITY.md says what each of them is, I1 to I14.
 *
 * On the fake the state itself is looked at; on Linux what calls alone can tell.
 */
#ifndef TESTS_LIB_INVARIANTS_H
#define TESTS_LIB_INVARIANTS_H

#include "core/kernel/layer.h"
#include "fake/fake.h"

#define INVARIANT_TASKS 8
#define INVARIANT_PATHS 16

struct invariants {
	struct layer layer;
	struct kernel *base; /* beneath all layers: asked on Linux */
	struct fake *fake;   /* NULL on Linux */
	bool classic, joins, has_rootfs, adds_caps, binds_devices, readonly, has_proc;
	/* Places of the host that the command line gives away, from their superblock's root. */
	char given[INVARIANT_PATHS][128];
	int n_given;
	uint64_t hosts_mounts; /* as the first mount namespace was at the start */
	bool has_begun;	       /* some step has */
	bool is_lied_to;       /* by a fault, which left something undone */
	bool masks;	       /* the step that runs does */
	int told_go[INVARIANT_TASKS], n_told_go; /* tasks that were */
	int blamed[INVARIANT_TASKS], n_blamed;	 /* tasks that gave up */
	char broken[256]; /* "I5: ..." the first one; "": none */
};

/*
 * Watches a program with this command line on k, above all other layers; on its task, before
 * it begins.  On Linux a broken one is told on descriptor 2 and ends the task.
 */
void invariants_init(struct invariants *inv, struct kernel *k, struct kernel *base,
		     struct fake *fake, char *const *argv);

#endif
