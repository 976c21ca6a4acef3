/*
 * A layer that remembers every call, for a test to ask and for people to read.
 *
 * Tests may ask what never happened, what came before what, what happened how often; not
 * for a list of calls, which would fail on any change and prove nothing about the outcome.
 * A pattern is a piece of a call's text, print.h's dialect with the answer: "mount(",
 * "MS_MOVE", "umask(0) = 022".
 *
 * The memory is the caller's.  Tasks of a real kernel have a copy each after they fork;
 * whoever wants to see what they do puts the whole of it into memory that they share.
 */
#ifndef CORE_KERNEL_RECORD_H
#define CORE_KERNEL_RECORD_H

#include "core/base/text.h"
#include "core/kernel/layer.h"
#include "core/kernel/print.h"

#define RECORD_TASKS 64

/* One call, at its place in the order of returns; one that may not return, as it goes. */
struct recorded {
	struct call call; /* what its pointers point at may be gone */
	int task;
	const char *side; /* of the step that its task last noted; NULL before */
	int step;
	bool answered; /* false: it did not come back */
	int answer;
	const char *text; /* "close(3) = 0" */
};

struct record {
	struct layer layer;
	struct print_style style; /* everything in full, unless changed */
	struct recorded *at;
	int n, max;
	struct text text;
	bool full; /* calls were lost: no question is answered with yes */
	struct {
		int task;
		struct note note;
	} notes[RECORD_TASKS];
};

/* Room for max calls and size bytes of their text. */
void record_init(struct record *record, struct kernel *lower, struct recorded *calls, int max,
		 char *text, size_t size);
/* Forgets all calls. */
void record_clear(struct record *record);

/* How many calls of a row there were. */
int record_count(const struct record *record, enum sysop op);
/* The nth call of a row, from 1; NULL: there were fewer. */
const struct recorded *record_nth(const struct record *record, enum sysop op, int n);
/* The first call from an index on that the pattern fits; -ENOENT: none. */
int record_find(const struct record *record, int from, const char *pattern);

/* No call fits. */
bool record_never(const struct record *record, const char *pattern);
/* Both kinds are there, and the first of the one came before the first of the other. */
bool record_before(const struct record *record, const char *one, const char *other);
/* n calls fit, or fewer. */
bool record_at_most(const struct record *record, int n, const char *pattern);

/* Adds all calls, a line each: "[1] close(3) = 0". */
void record_print(const struct record *record, struct text *t);

#endif
