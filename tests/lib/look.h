/* Looks at what a task sees, made of ordinary calls: the tree, its ids, its descriptors. */
#ifndef TESTS_LIB_LOOK_H
#define TESTS_LIB_LOOK_H

#include "core/base/text.h"
#include "core/kernel/sysops.h"

/*
 * Carries out one of the looks "@tree PATH", "@file PATH", "@fds", "@creds" and "@cwd" as the
 * calling task and adds what was seen: items with "; " between them, sorted by name.  0, or
 * -ENOENT when there is no such look.
 */
int look(struct kernel *k, const char *words, struct text *out);

/* Whether the engine looks from outside of the task: "@mounts", "@mountinfo", "@done" … */
int look_is_beside(const char *words);

/*
 * Mount tables, from the text of /proc/PID/mountinfo.  mounts_table says, sorted by mount
 * point, one item each: MOUNTPOINT TYPE OPTIONS, then "shared:N", "master:N", "unbindable",
 * "from ROOT", "source=S", "super=ro" where they apply.  mounts_info keeps the file's own
 * order and columns.  Numbers that no two kernels share count up from 1 as they are met; under
 * limits either to mount points at or below that path; NULL: all.
 */
void mounts_table(const char *mountinfo, const char *under, struct text *out);
void mounts_info(const char *mountinfo, const char *under, struct text *out);

#endif
