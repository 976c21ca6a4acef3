/* Memory that is taken piece by piece and given back at once. */
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stddef.h>

/*
 * The caller owns the memory.  refuse_at is for tests: the nth allocation from now fails,
 * counted from 1; 0 means never.
 */
struct arena {
	char *base;
	size_t size; /* bytes */
	size_t used;
	unsigned long n_allocations;
	unsigned long refuse_at;
};

void arena_init(struct arena *a, void *memory, size_t size);
/* Zeroed memory aligned for anything, or NULL when there is no more. */
void *arena_alloc(struct arena *a, size_t size);

#endif
