/* Numbers that are taken lowest first and given back: mount ids, peer groups. */
#include "fake/kernel.h"

#include <string.h>

struct id_pool {
	int least;
	size_t size; /* bytes in taken: one an id */
	bool *taken;
	size_t first_free; /* none below it is */
};

struct id_pool *id_pool_new(struct fake *f, int least)
{
	struct id_pool *pool = heap_alloc(f, sizeof(*pool));

	pool->least = least;
	return pool;
}

void id_pool_free(struct fake *f, struct id_pool *pool)
{
	heap_free(f, pool->taken);
	heap_free(f, pool);
}

static void id_pool_grow(struct fake *f, struct id_pool *pool)
{
	size_t size = pool->size ? 2 * pool->size : 64;
	bool *taken = heap_alloc(f, size);

	if (pool->taken)
		memcpy(taken, pool->taken, pool->size);
	heap_free(f, pool->taken);
	pool->taken = taken;
	pool->size = size;
}

int id_pool_take(struct fake *f, struct id_pool *pool)
{
	size_t i = pool->first_free;

	while (i < pool->size && pool->taken[i])
		i++;
	if (i == pool->size)
		id_pool_grow(f, pool);
	pool->taken[i] = true;
	pool->first_free = i + 1;
	return pool->least + (int)i;
}

bool id_pool_take_this(struct fake *f, struct id_pool *pool, int id)
{
	size_t i = (size_t)(id - pool->least);

	while (i >= pool->size)
		id_pool_grow(f, pool);
	if (pool->taken[i])
		return false;
	return pool->taken[i] = true;
}

void id_pool_give(struct fake *f, struct id_pool *pool, int id)
{
	size_t i = (size_t)(id - pool->least);

	if (i >= pool->size || !pool->taken[i])
		fake_stop(f, "fake: id %d given back twice", id);
	else
		pool->taken[i] = false;
	if (i < pool->first_free)
		pool->first_free = i;
}
