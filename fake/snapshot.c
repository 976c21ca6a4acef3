/* Keeps the state and puts it back: a copy of the region. */
#include "fake/heap.h"
#include "fake/sched.h"

#include <stdlib.h>
#include <string.h>

struct fake_snapshot {
	size_t used;
	char bytes[];
};

struct fake_snapshot *fake_snapshot(struct fake *f)
{
	struct fake_snapshot *s;
	size_t used = region_used(f->heap);

	if (f->current || fake_n_tasks(f) > 0)
		return NULL;
	s = malloc(sizeof(*s) + used);
	if (s == NULL)
		return NULL;
	region_unpoison(f->heap);
	s->used = used;
	memcpy(s->bytes, f->heap, used);
	return s;
}

void fake_restore(struct fake *f, const struct fake_snapshot *s)
{
	region_unpoison(f->heap);
	memcpy(f->heap, s->bytes, s->used);
	sched_forget(f);
	f->is_restored = true;
}

void fake_snapshot_free(struct fake_snapshot *s)
{
	free(s);
}
