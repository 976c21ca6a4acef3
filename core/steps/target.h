/* Places inside: found, or made, beneath the new root. */
#ifndef CORE_STEPS_TARGET_H
#define CORE_STEPS_TARGET_H

#include "core/steps/steps.h"

/*
 * Opens a path as the payload would see it, with O_PATH and flags; the descriptor, or
 * -errno of openat2(2).  No magic link is followed: they lead out.
 */
int target_find(struct side *side, const char *path, int flags);

/*
 * The same, and makes what is missing: directories with 0755, and a last component of this
 * type (S_IFDIR, S_IFREG) and mode.  A link that leads nowhere has what it says made.
 */
int target_open(struct side *side, const char *path, mode_t type, mode_t mode);

/*
 * Where a step of this kind works: a target that begins with / is opened by target_open; one
 * that does not is a place of the system in an image, and no link is followed on the way.
 */
int place_open(struct side *side, const struct step *step, mode_t type);

/* The directory that is to hold the last component, which name receives; makes it. */
int target_parent(struct side *side, const char *path, mode_t mode, const char **name);

#endif
