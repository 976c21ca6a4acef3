/* Why, and what to try: the sentences behind a blame. */
#ifndef CORE_RUN_HINTS_H
#define CORE_RUN_HINTS_H

#include "core/run/blame.h"

struct hint {
	const char *id; /* stable; a heading of docs/ERRORS.md */
	const char *sentence;
	const char *advice; /* "": none */
};

/* A row of hints.def: what it fits. */
struct hint_row {
	struct hint hint;
	int step; /* enum step_kind; -1: any */
	int op;	  /* enum sysop; -1: any */
	int error;
};

extern const struct hint_row hint_rows[];
extern const int n_hint_rows;

/* The hint for a blame: of its own reason, else of the first row that fits; NULL: none. */
const struct hint *hint_find(const struct blame *b, const struct plan *p);

#endif
