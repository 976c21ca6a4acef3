/* Output as long as it comes, in memory of a fixed size. */
#include "core/cli/page.h"

#include "core/cli/message.h"

#define STANDARD_OUTPUT 1

void page_init(struct page *page, struct kernel *k, char *memory, size_t size)
{
	*page = (struct page){.k = k};
	text_init(&page->text, memory, size);
}

static void page_write(struct page *page)
{
	if (page->text.cut && page->r == 0)
		page->r = -EMSGSIZE;
	if (page->r == 0)
		page->r = text_write(page->k, STANDARD_OUTPUT, &page->text);
	text_clear(&page->text);
}

void page_turn(struct page *page)
{
	if (page->text.len > page->text.size / 4)
		page_write(page);
}

int page_end(struct page *page)
{
	page_write(page);
	return page->r;
}
