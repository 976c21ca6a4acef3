/* Who started the program, to be made again on a rehearsed host. */
#ifndef SYS_CALLER_H
#define SYS_CALLER_H

#include "core/base/text.h"
#include "core/kernel/sysops.h"

#define CALLER_PATH_SIZE 4096

struct caller {
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;
	gid_t *groups;
	int n_groups;
	struct __user_cap_data_struct caps[2];
	uint64_t bounding, ambient;
	int no_new_privs;
	char cwd[CALLER_PATH_SIZE]; /* "/": it has no path */
};

/* Asks k; 0, or -errno with a sentence in why.  What it holds is freed by caller_free. */
int caller_ask(struct kernel *k, struct caller *caller, struct text *why);
void caller_free(struct caller *caller);

/* The task of k that calls this, which is root, becomes the caller; 0 or -errno. */
int caller_become(struct kernel *k, const struct caller *caller);

#endif
