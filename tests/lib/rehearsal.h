/* Rehearsals for tests: the ground itself is the host that plan rehearses on. */
#ifndef TESTS_LIB_REHEARSAL_H
#define TESTS_LIB_REHEARSAL_H

#include "tests/lib/scene.h"

extern struct rehearsal rehearsal_here;
/* What its run answered. */
extern int rehearsal_status;
/* What its payload has mounted, as it says. */
extern const char *rehearsal_mounts;

/* Its run; and that of a rehearsal that cannot be held. */
int rehearse_here(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
		  struct view *view, struct text *why);
int rehearse_nowhere(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
		     struct view *view, struct text *why);

/* Runs the program with this line, and this rehearsal on the scene's ground. */
void run_line(struct scene *s, const char *line);
/* Likewise: fails with 125, and says this. */
void want_said(struct scene *s, const char *line, const char *said);
/* For given.between: context is a fault, which is armed anew. */
struct kernel *faulty(void *context, struct kernel *k);

#endif
