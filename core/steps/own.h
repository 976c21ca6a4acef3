/* Our own executable: what leads back to it is not executed. */
#ifndef CORE_STEPS_OWN_H
#define CORE_STEPS_OWN_H

#include "core/steps/side.h"

/*
 * 0, or the refusal of a program that is our own file as the host has it, which /proc/self/exe
 * leads to; or of a script that is run by it.  What cannot be looked at is left to execve(2).
 */
int own_refuse(struct side *side, const char *path);

#endif
