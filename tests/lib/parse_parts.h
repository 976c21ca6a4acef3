/* Inside the parser: the line, and how each kind of memory is read. */
#ifndef TESTS_LIB_PARSE_PARTS_H
#define TESTS_LIB_PARSE_PARTS_H

#include <stdbool.h>

#include "core/kernel/forms.h"
#include "tests/lib/parse.h"

struct scan {
	const char *at;
	const char *end; /* of the argument that is being read */
	struct arena *memory;
	struct call *call;
	const char *why; /* the first thing that went wrong; NULL so far */
	bool no_memory;
};

/* Remembers what went wrong first; answers false. */
bool scan_fail(struct scan *s, const char *why);
void *scan_alloc(struct scan *s, size_t size);
/* Takes a token if it is next. */
bool scan_take(struct scan *s, const char *token);
bool scan_number(struct scan *s, const struct form *form, uint64_t *value);
/*
 * A string in quotes with its zero byte, in memory of at least room bytes; "ab"*3 is "ababab".
 */
bool scan_string(struct scan *s, char **string, size_t *n, size_t room);
/* [a, b]: one is called with 0, 1, ...; answers how many, -1 when it failed. */
int scan_list(struct scan *s, bool (*one)(struct scan *s, int i, void *into), void *into);
/*
 * In a list also *3: the element before, so many times more.  1 where that is next, 0 where
 * element i is; -1 when it does not fit into the room.
 */
int scan_again(struct scan *s, int i, int room, uint64_t *times);
/* {name=value, ...}: one reads the value of each name. */
bool scan_members(struct scan *s,
		  bool (*one)(struct scan *s, const char *name, size_t n, void *into),
		  void *into);
bool scan_fields(struct scan *s, enum kind kind, void *base);
bool name_is(const char *name, size_t n, const char *word);

#define NUMBERS_MAX 256

struct numbers {
	const struct form *form;
	uint32_t at[NUMBERS_MAX];
	int n;
};

/* [1, 2]: at most NUMBERS_MAX of this form. */
bool scan_numbers(struct scan *s, struct numbers *numbers, const struct form *form);

/* Reads what argument i points at and sets the argument. */
typedef bool part_scanner(struct scan *s, int i);
extern part_scanner *const part_scanners[N_KINDS];
/* Messages: parse_msg.c. */
part_scanner part_in_msg, part_out_msg;
/* Lists of strings: parse_string.c. */
part_scanner part_strings;
/* Programs of seccomp(2), and what they answer: parse_filter.c. */
part_scanner part_action, part_prog;

/* How many bytes a call may fill, or reads, at argument i. */
size_t argument_room(const struct call *call, int i);

#endif
