/* What a task sees of its root, asked through the seam. */
#ifndef CORE_CLI_INSIDE_H
#define CORE_CLI_INSIDE_H

#include "core/cli/view.h"
#include "core/kernel/sysops.h"

/* An entry of a directory; its strings live as long as the call. */
struct dir_entry {
	const char *name;
	int r;		  /* of looking at it: 0 or -errno, and no more is known then */
	const char *type; /* "dir", "char", "link" … */
	struct statx st;
	struct span link; /* what a link says */
};

/* Tells of each entry of a directory, sorted by name; 0 or -errno. */
int dir_each(struct kernel *k, const char *path,
	     void (*tell)(void *context, const struct dir_entry *entry), void *context);
/* Adds a line: "null char 1:3 0666"; ids other than 0:0 behind it. */
void dir_entry_say(const struct dir_entry *entry, struct text *out);
/* Adds a line for each entry of a directory; 0 or -errno. */
int dir_say(struct kernel *k, const char *path, struct text *out);

#endif
