/* Short and older spellings of calls, as the rows that they stand for. */
#ifndef TESTS_LIB_SPELL_H
#define TESTS_LIB_SPELL_H

#include "core/base/text.h"

/*
 * "mkdir("/a", 0755)" becomes "mkdirat(AT_FDCWD, "/a", 0755)", and so on for what strace(1)
 * prints of programs that use the older calls, and for the short forms of docs/DRIVE.md; what
 * has no other spelling is added as it is.
 */
void spell(const char *call, struct text *out);

/*
 * Where the arguments of a call end: behind its closing parenthesis, quotes and braces minded.
 * NULL when they do not.
 */
const char *spell_end(const char *call);

#endif
