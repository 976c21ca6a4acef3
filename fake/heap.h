/* Memory of one kernel: a region that can be kept and put back as a whole. */
#ifndef FAKE_HEAP_H
#define FAKE_HEAP_H

#include "fake/kernel.h"

/* A region of this many bytes of address space (0: 256 MiB), or NULL. */
void *region_new(size_t size);
void region_free(struct heap *heap);
/* Bytes from its start that are in use: what a snapshot keeps. */
size_t region_used(const struct heap *heap);
/* Before a snapshot is taken or put back: checkers may look at all of it. */
void region_unpoison(struct heap *heap);
/* Zeroed and aligned for anything, or NULL. */
void *region_alloc(struct heap *heap, size_t size);
/* False: this was no live piece. */
bool region_give(struct heap *heap, void *memory);
/*
 * How many pieces nothing points at that is reached from root; size receives the bytes of
 * the first.  A word that looks like an address is taken for one.
 */
long region_count_leaks(struct heap *heap, const void *root, size_t *size);
/* Pieces that live. */
long heap_n_live(const struct heap *heap);

#endif
