/* Output as long as it comes, in memory of a fixed size: what is full is written. */
#ifndef CORE_CLI_PAGE_H
#define CORE_CLI_PAGE_H

#include "core/base/text.h"
#include "core/kernel/sysops.h"

struct page {
	struct text text; /* what is said now; no piece between two turns may exceed it */
	struct kernel *k;
	int r; /* of writing; -EMSGSIZE: a piece was too long, and was cut */
};

/* Writes to standard output on k, through this memory. */
void page_init(struct page *page, struct kernel *k, char *memory, size_t size);
/* Between two pieces: writes what there is, if it is much. */
void page_turn(struct page *page);
/* Writes the rest; 0 or -errno. */
int page_end(struct page *page);

#endif
