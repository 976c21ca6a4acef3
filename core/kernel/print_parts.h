/* Inside the printer: what it keeps, and how each kind of memory is printed. */
#ifndef CORE_KERNEL_PRINT_PARTS_H
#define CORE_KERNEL_PRINT_PARTS_H

#include "core/kernel/forms.h"
#include "core/kernel/print.h"

struct printer {
	struct text *t;
	const struct call *call;
	const struct print_style *style;
	bool after; /* the call was made and answered r */
	int r;
};

/* Adds what argument i points at, which is not NULL and, where it is out memory, written. */
typedef void part_printer(struct printer *p, int i);

/* Those kinds of memory that are more than the members of a structure. */
extern part_printer *const part_printers[N_KINDS];

const void *printer_pointer(const struct printer *p, int i);
void number_add(struct printer *p, const struct form *form, uint64_t value, size_t width);
void bytes_add(struct printer *p, const char *bytes, size_t n);
void string_add(struct printer *p, const char *s);
void field_add(struct printer *p, const struct field *field, const void *base);
/* All members of a structure of this kind. */
void fields_add(struct printer *p, enum kind kind, const void *base);
/* Before each element of a list; false, and "...", where a style wants no more. */
bool list_separate(struct printer *p, size_t i);

/* Programs of seccomp(2), and what they answer: print_filter.c. */
part_printer print_action, print_prog;

#endif
