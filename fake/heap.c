/* Memory of one kernel: a region that can be kept and put back as a whole. */
#include "fake/heap.h"

#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#define UNPOISON_KEPT(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#elif defined(WITH_VALGRIND)
#include <valgrind/memcheck.h>
#define POISON(at, size) VALGRIND_MAKE_MEM_NOACCESS(at, size)
#define UNPOISON(at, size) VALGRIND_MAKE_MEM_UNDEFINED(at, size)
#define UNPOISON_KEPT(at, size) VALGRIND_MAKE_MEM_DEFINED(at, size)
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#define UNPOISON_KEPT(at, size) ((void)(at), (void)(size))
#endif

#define N_CLASSES 28 /* of 16 << class bytes, block header included */
#define MEMORY_DEFAULT ((size_t)256 << 20)

/* In front of each piece. */
struct block {
	uint32_t class;
	uint32_t magic;
	struct block *next_free;
};
#define MAGIC_LIVE 0x11feu
#define MAGIC_FREE 0xf4eeu

struct heap {
	size_t size; /* of the region */
	size_t used; /* from its start */
	long n_live;
	struct block *free[N_CLASSES];
};

_Static_assert(sizeof(struct block) == 16, "pieces are aligned for anything");

void *region_new(size_t size)
{
	struct heap *heap;

	if (size == 0)
		size = MEMORY_DEFAULT;
	heap = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (heap == MAP_FAILED)
		return NULL;
	heap->size = size;
	heap->used = (sizeof(*heap) + 15) & ~(size_t)15;
	return heap;
}

void region_free(struct heap *heap)
{
	UNPOISON(heap, heap->size);
	munmap(heap, heap->size);
}

size_t region_used(const struct heap *heap)
{
	return heap->used;
}

void region_unpoison(struct heap *heap)
{
	UNPOISON_KEPT(heap, heap->used);
}

long heap_n_live(const struct heap *heap)
{
	return heap->n_live;
}

static unsigned int class_of(size_t size)
{
	unsigned int class = 0;

	while (((size_t)16 << class) < size)
		class ++;
	return class;
}

void *region_alloc(struct heap *heap, size_t size)
{
	unsigned int class = class_of(size + sizeof(struct block));
	size_t block_size = (size_t)16 << class;
	struct block *block;

	if (class >= N_CLASSES)
		return NULL;
	block = heap->free[class];
	if (block) {
		UNPOISON(block, block_size);
		heap->free[class] = block->next_free;
	} else {
		if (block_size > heap->size - heap->used)
			return NULL;
		block = (struct block *)((char *)heap + heap->used);
		heap->used += block_size;
	}
	*block = (struct block){.class = class, .magic = MAGIC_LIVE};
	heap->n_live++;
	POISON((char *)(block + 1) + size, block_size - sizeof(*block) - size);
	return memset(block + 1, 0, size);
}

bool region_give(struct heap *heap, void *memory)
{
	struct block *block = (struct block *)memory - 1;
	size_t block_size;

	if (block->magic != MAGIC_LIVE)
		return false;
	block->magic = MAGIC_FREE;
	block->next_free = heap->free[block->class];
	heap->free[block->class] = block;
	heap->n_live--;
	block_size = (size_t)16 << block->class;
	POISON(block + 1, block_size - sizeof(*block));
	return true;
}
