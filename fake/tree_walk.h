/* Every file that can be seen from a place, for views and hashes. */
#ifndef FAKE_TREE_WALK_H
#define FAKE_TREE_WALK_H

#include "fake/namei.h"

/*
 * Calls visit for each file from root down, parents first, names in the order of their bytes,
 * through whatever is mounted.  path is its text ("/" for root), without a zero byte inside.
 *
 * Simplified: directories that make their names up when asked (proc) are told without what
 * is in them, and of a grafted tree only what has been looked at.
 */
void tree_walk(struct fake *f, const struct path *root,
	       void (*visit)(void *context, const struct path *at, const char *path),
	       void *context);

#endif
