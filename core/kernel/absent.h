/*
 * A layer in which calls do not exist, as in a kernel that is older than they are.
 *
 * Such a kernel is imitated, not supported: it lacks the call, but behaves otherwise as the
 * one below.
 */
#ifndef CORE_KERNEL_ABSENT_H
#define CORE_KERNEL_ABSENT_H

#include <stdbool.h>

#include "core/kernel/layer.h"

struct absent {
	struct layer layer;
	bool rows[N_SYSOPS]; /* those that are absent */
};

/* A call that came after Linux 3.10, and what its absence answers. */
struct young {
	enum sysop op;
	int major, minor;
	int answer; /* -ENOSYS; -ENOTTY for an ioctl */
};

extern const struct young young_rows[];
extern const int n_young_rows;

/* Nothing is absent yet. */
void absent_init(struct absent *absent, struct kernel *lower);
/*
 * Makes absent what "linux-5.5" does not have, or the row of that name.  -ENOENT when it is
 * neither; a version before 3.10 is none.
 */
int absent_add(struct absent *absent, const char *name);

#endif
