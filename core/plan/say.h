/* A step in words: as the shell line with the same effect, and as what could not be done. */
#ifndef CORE_PLAN_SAY_H
#define CORE_PLAN_SAY_H

#include "core/plan/plan.h"

/* Adds the shell line of a step.  Names are quoted where the shell or a terminal needs it. */
void step_say(const struct plan *p, const struct step *step, struct text *out);
/* Adds "mount proc on /img/proc" and the like, to stand behind "cannot". */
void step_doing(const struct plan *p, const struct step *step, struct text *out);
/* Adds the line of the step's alternative, in the form "or, on ENOSYS: ..."; or nothing. */
void step_say_or(const struct plan *p, const struct step *step, struct text *out);
/* Adds one word so that a shell reads it as this word and no terminal is harmed. */
void text_add_word(struct text *out, const char *word);
/* Adds the whole path of a step's target, as in its line. */
void step_say_target(const struct plan *p, const struct step *step, struct text *out);
/*
 * The step at index i may leave something different on the host for good.  From what the plan
 * says alone: links on the way are not followed.
 */
bool step_lasts(const struct plan *p, size_t i);
/* Adds what that is, of a step that step_lasts. */
void step_say_lasting(const struct plan *p, size_t i, struct text *out);

#endif
