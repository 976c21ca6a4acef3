/* What cannot change under us, asked once before a plan is made. */
#ifndef CORE_PLAN_FACTS_H
#define CORE_PLAN_FACTS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/kernel/sysops.h"
#include "core/spec/spec.h"

struct facts {
	bool root;	   /* the effective user id is 0 */
	bool may_admin;	   /* CAP_SYS_ADMIN is effective */
	uint64_t caps;	   /* permitted, as bits */
	uid_t uid;	   /* effective */
	gid_t gid;	   /* effective */
	bool has_userns;   /* user namespaces can be made, as far as sysctls tell */
	bool has_cgroupns; /* the kernel has cgroup namespaces */
	bool terminal;	   /* the payload could reach one of the caller's */
	const char *stdout_terminal; /* the path of the one that descriptor 1 is; or NULL */
	const char *cwd; /* absolute; NULL: it cannot be reached from the root */
};

/*
 * Asks k what the plan of this spec hangs on, and no more; words are in arena.  0, or -errno
 * of capget(2), -ENOMEM.
 */
int facts_ask(struct kernel *k, const struct spec *spec, struct arena *arena,
	      struct facts *facts);

#endif
