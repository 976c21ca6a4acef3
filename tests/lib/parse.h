/*
 * Text to calls: the inverse of core/kernel/print.h, whose dialect (version 1) it reads.
 *
 * Beyond what the printer writes it takes, from hand-written lines and from strace's:
 * spaces between words; numbers in decimal, octal or hexadecimal where words or another base
 * are printed, and mixed with words; members of a structure in any order, those that are
 * missing as 0; memory that the call fills left out of the line altogether (all of it, then)
 * or written as anything: its name, [...], {...}; answers of strace's form (-1 EPERM (text)).
 * For what would be long to write: "ab"*2 is "abab", [1, *2] is [1, 1, 1].  For what no
 * program should say: 0x1 is a pointer to no memory; {...} + 1 is a struct open_how whose last
 * byte, beyond what is known of it, is 1; a message may have name="bytes", and behind its
 * rights cmsg_type= and cmsg_len=.
 * It refuses strings that were cut ("abc"...): they cannot be made whole.
 */
#ifndef TESTS_LIB_PARSE_H
#define TESTS_LIB_PARSE_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/kernel/call.h"

struct parsed {
	int task; /* of "[2] mount(...)"; 0 when the line names none */
	struct call call;
	bool answered; /* the line ends in " = answer" */
	int answer;    /* >= 0, or -errno */
};

/* Where a line was not understood. */
struct parse_error {
	const char *why; /* static text */
	size_t at;	 /* bytes into the line */
};

/*
 * Reads one line.  What the arguments point at lies in memory: fresh buffers of the size that
 * the call says, zeroed where nothing is written about them; it lives as long as the arena.
 * clone3's and clone's arguments are a struct spawn_args of which the caller sets main and
 * arena.  -EINVAL, with error filled in, when the line is no call; -ENOMEM when memory does
 * not suffice.
 */
int call_parse(struct parsed *parsed, const char *line, struct arena *memory,
	       struct parse_error *error);

#endif
