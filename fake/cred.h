/* Who a task is: ids, capabilities, user namespaces. */
#ifndef FAKE_CRED_H
#define FAKE_CRED_H

#include "fake/userns.h"

struct inode;
struct task;

/* Never changed once a task has it: copied, changed, put in place of the old one. */
struct cred {
	int refs;
	uid_t uid, euid, suid, fsuid; /* as the initial user namespace has them */
	gid_t gid, egid, sgid, fsgid;
	gid_t *groups;
	int n_groups;
	uint64_t inheritable, permitted, effective, bounding, ambient;
	unsigned int securebits;
	struct user_ns *user_ns;
};

#define CAPS_ALL ((1ULL << (CAP_LAST_CAP + 1)) - 1)

struct cred *cred_get(struct cred *cred);
void cred_put(struct fake *f, struct cred *cred);
struct cred *cred_copy(struct fake *f, const struct cred *from);
/* Root of the initial user namespace with all capabilities: init's. */
struct cred *cred_root(struct fake *f);
/* Only while nobody else has it. */
void cred_set_groups(struct fake *f, struct cred *cred, const gid_t *groups, int n);
/*
 * Puts it, its reference taken over, in place of the current task's; a task whose effective
 * ids change or who gains capabilities is no longer dumpable and loses its pdeathsig.
 */
void cred_commit(struct fake *f, struct cred *cred);

/* Has whoever has these credentials this capability over the namespace? */
bool cred_has_cap(const struct cred *cred, const struct user_ns *ns, int cap);
/* Has the current task this capability over the namespace? */
bool ns_capable(struct fake *f, const struct user_ns *ns, int cap);
/* Over the initial user namespace. */
bool capable(struct fake *f, int cap);
/* Over the inode's owner: capable_wrt_inode_uidgid(). */
bool capable_over_inode(struct fake *f, const struct inode *inode, int cap);
bool in_group(struct fake *f, gid_t gid); /* fsgid or a supplementary one */

/* ptrace_may_access() with PTRACE_MODE_READ_FSCREDS: may the current task look into t? */
bool ptrace_may_read(struct fake *f, const struct task *t);
/* With PTRACE_MODE_READ_REALCREDS. */
bool ptrace_may_read_real(struct fake *f, const struct task *t);

/*
 * What exec of this file makes of the current task's: a reference for the caller.  may_gain
 * is mnt_may_suid(): false on a nosuid or foreign mount, where the file's set-user-id and
 * set-group-id bits do not count; no_new_privs is looked at here.
 */
struct cred *cred_for_exec(struct fake *f, const struct inode *inode, bool may_gain);

#endif
