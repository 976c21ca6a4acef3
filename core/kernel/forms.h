/* How numbers and structures look in text: shared by those who print calls and read them. */
#ifndef CORE_KERNEL_FORMS_H
#define CORE_KERNEL_FORMS_H

#include "core/kernel/call.h"
#include "core/kernel/words.h"

enum shape {
	SHAPE_NONE,   /* a pointer, or something of its own */
	SHAPE_INT,    /* -1 */
	SHAPE_UINT,   /* 1 */
	SHAPE_ID,     /* 1000; all ones: -1, of ids and limits */
	SHAPE_FD,     /* 3; AT_FDCWD and -EBADF in words */
	SHAPE_AUX,    /* 3; AT_FDCWD in words: a descriptor or not, nobody knows */
	SHAPE_HEX,    /* 0x1f */
	SHAPE_MODE,   /* S_IFCHR|0666 */
	SHAPE_DEV,    /* makedev(1, 3) */
	SHAPE_WORDS,  /* O_RDONLY|O_CLOEXEC */
	SHAPE_STRING, /* "text" in an array of a fixed size */
	SHAPE_BYTES,  /* "\003\034" the whole array */
};

struct form {
	enum shape shape;
	enum word_set words;
};

/* One member of a structure. */
struct field {
	const char *name;
	size_t offset;
	size_t size;
	struct form form;
	uint64_t mask; /* of struct statx: which bit of stx_mask speaks of it; else 0 */
};

struct field_list {
	const struct field *at;
	int n;
};

/* The form of plain numbers; SHAPE_NONE for what pointers point at. */
extern const struct form kind_forms[N_KINDS];
/* The members of what a pointer points at; none for what is no structure. */
extern const struct field_list kind_fields[N_KINDS];
/* The bytes of a plain number. */
extern const size_t kind_widths[N_KINDS];

/* What a member of a size of 1, 2, 4 or 8 bytes holds. */
uint64_t field_get(const struct field *field, const void *base);
void field_set(const struct field *field, void *base, uint64_t value);

#endif
