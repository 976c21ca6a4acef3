/* What a side starts with that another side makes. */
#ifndef CORE_RUN_START_H
#define CORE_RUN_START_H

#include "core/steps/side.h"

/*
 * Plain values, at the beginning of the memory that the new side gets a copy of; pointers
 * into that copy are made by the new side itself.
 */
struct start {
	int (*main)(void *memory);
	struct kernel *k;
	const struct plan *plan;
	enum side_name name;
	int slots[N_SLOTS];
	int umask;
	const char *cwd;
	size_t size; /* of the memory, in bytes */
	unsigned long n_allocations, refuse_at;
};

#endif
