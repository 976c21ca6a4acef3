/* Memory that is taken piece by piece and given back at once. */
#include "core/base/arena.h"

#include <stdint.h>
#include <string.h>

#define ALIGNMENT 16

void arena_init(struct arena *a, void *memory, size_t size)
{
	*a = (struct arena){.base = memory, .size = size};
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t start = (a->used + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

	a->n_allocations++;
	if (a->n_allocations == a->refuse_at || start > a->size || size > a->size - start)
		return NULL;
	a->used = start + size;
	return memset(a->base + start, 0, size);
}
