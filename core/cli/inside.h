/* What a task sees of its root, asked through the seam. */
#ifndef CORE_CLI_INSIDE_H
#define CORE_CLI_INSIDE_H

#include "core/base/text.h"
#include "core/kernel/sysops.h"

/* Adds a line for each entry of a directory, sorted: "null char 1:3 0666"; 0 or -errno. */
int dir_say(struct kernel *k, const char *path, struct text *out);

#endif
