/* What each kind of step does: one function each, told apart by files after their subject. */
#ifndef CORE_STEPS_STEPS_H
#define CORE_STEPS_STEPS_H

#include "core/steps/side.h"

/*
 * Carries a step out: >= 0, or -errno of the call that refused it, or of a refusal of our
 * own (side_refuse).  What was made stays; side_tidy in core/run puts back what must be.
 */
#define STEP(kind, run, line, doing) int step_##run(struct side *side, const struct step *step);
#include "core/plan/steps.def"
#undef STEP

#endif
