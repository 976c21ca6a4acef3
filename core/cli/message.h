/* What the program says: to people, on descriptors 1 and 2. */
#ifndef CORE_CLI_MESSAGE_H
#define CORE_CLI_MESSAGE_H

#include "core/base/text.h"
#include "core/run/run.h"

/* Writes all of it, or as much as the descriptor takes; 0 or -errno. */
int text_write(struct kernel *k, int fd, const struct text *t);

/* Adds the message of a failed run: the first line says it all, those behind it say why. */
void outcome_say(const struct outcome *outcome, const struct plan *p, struct text *out);

/* Its first line alone, without the newline. */
void outcome_say_first(const struct blame *b, const struct plan *p, struct text *out);

/* Adds the errno's sentence, "no such file or directory". */
void text_add_errno(struct text *out, int error);

#endif
