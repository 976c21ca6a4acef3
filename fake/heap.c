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
	union {
		struct block *next_free;
		size_t size; /* that was asked for, of a live piece */
	};
};
#define MAGIC_LIVE 0x11feu
#define MAGIC_SEEN 0x5ee7u /* live, while leaks are looked for */
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
	size_t size = heap->size;

	UNPOISON(heap, heap->used);
	munmap(heap, size);
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
		class++;
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
		heap->free[class] = block->next_free;
		UNPOISON(block, block_size);
	} else {
		if (block_size > heap->size - heap->used)
			return NULL;
		block = (struct block *)((char *)heap + heap->used);
		heap->used += block_size;
	}
	*block = (struct block){.class = class, .magic = MAGIC_LIVE, .size = size};
	heap->n_live++;
	POISON((char *)(block + 1) + size, block_size - sizeof(*block) - size);
	return memset(block + 1, 0, size);
}

/* Leaks: pieces that no word in any piece points at, or into, starting from one. */

struct scan {
	struct heap *heap;
	struct block **blocks; /* all, by address */
	struct block **seen;   /* of which the words are yet to be looked at */
	size_t n, n_seen;
};

static struct block *block_first(struct heap *heap)
{
	return (struct block *)((char *)heap + ((sizeof(*heap) + 15) & ~(size_t)15));
}

static struct block *block_next(struct block *block)
{
	return (struct block *)((char *)block + ((size_t)16 << block->class));
}

/* The block that the address lies in. */
static struct block *block_of(const struct scan *scan, uintptr_t address)
{
	size_t low = 0, high = scan->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if ((uintptr_t)scan->blocks[middle] <= address)
			low = middle;
		else
			high = middle;
	}
	return scan->blocks[low];
}

static void scan_see(struct scan *scan, struct block *block)
{
	if (block->magic != MAGIC_LIVE)
		return;
	block->magic = MAGIC_SEEN;
	scan->seen[scan->n_seen++] = block;
}

static void scan_words(struct scan *scan, const struct block *block)
{
	uintptr_t start = (uintptr_t)block_first(scan->heap);
	uintptr_t end = (uintptr_t)scan->heap + scan->heap->used;
	const uintptr_t *word = (const uintptr_t *)(block + 1);

	for (size_t i = 0; i < block->size / sizeof(*word); i++)
		if (word[i] >= start && word[i] < end)
			scan_see(scan, block_of(scan, word[i]));
}

static void scan_collect(struct scan *scan)
{
	uintptr_t end = (uintptr_t)scan->heap + scan->heap->used;

	for (struct block *b = block_first(scan->heap); (uintptr_t)b < end; b = block_next(b))
		scan->blocks[scan->n++] = b;
}

long region_count_leaks(struct heap *heap, const void *root, size_t *size)
{
	/* Room for as many blocks as there could be, all of the least size. */
	size_t room = 2 * sizeof(struct block *) * (heap->used / 16 + 1);
	struct scan scan = {.heap = heap};
	long n_leaks = 0;

	scan.blocks = mmap(NULL, room, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (scan.blocks == MAP_FAILED)
		return 0;
	scan.seen = scan.blocks + (heap->used / 16 + 1);
	scan_collect(&scan);
	scan_see(&scan, block_of(&scan, (uintptr_t)root));
	while (scan.n_seen > 0)
		scan_words(&scan, scan.seen[--scan.n_seen]);
	for (size_t i = scan.n; i-- > 0;) {
		struct block *block = scan.blocks[i];

		if (block->magic == MAGIC_LIVE) {
			n_leaks++;
			*size = block->size;
		} else if (block->magic == MAGIC_SEEN) {
			block->magic = MAGIC_LIVE;
		}
	}
	munmap(scan.blocks, room);
	return n_leaks;
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
