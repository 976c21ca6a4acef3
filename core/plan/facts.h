/* What cannot change under us, asked once before a plan is made. */
#ifndef CORE_PLAN_FACTS_H
#define CORE_PLAN_FACTS_H

#include <stdbool.h>

#include "core/kernel/sysops.h"

struct facts {
	bool root;	/* the effective user id is 0 */
	bool may_admin; /* CAP_SYS_ADMIN is effective */
};

/* Asks k; 0, or what capget(2) answered. */
int facts_ask(struct kernel *k, struct facts *facts);

#endif
