/* Who a task is: ids, capabilities, user namespaces. */
#ifndef FAKE_CRED_H
#define FAKE_CRED_H

#include "fake/ns.h"

struct inode;

struct id_map_line {
	uint32_t inside, outside, count;
};

struct user_ns {
	struct ns ns; /* first */
	struct user_ns *parent; /* NULL: the initial one */
	int level;
	uid_t owner_uid; /* effective ids of who made it, as the initial namespace has them */
	gid_t owner_gid;
	struct id_map_line uid_map[340], gid_map[340];
	int n_uid_map, n_gid_map;
	bool denies_setgroups;
};

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
/* Puts it, its reference taken over, in place of the current task's. */
void cred_commit(struct fake *f, struct cred *cred);

/* Has the current task this capability over the namespace? */
bool ns_capable(struct fake *f, const struct user_ns *ns, int cap);
/* Over the initial user namespace. */
bool capable(struct fake *f, int cap);
/* Over the inode's owner: capable_wrt_inode_uidgid(). */
bool capable_over_inode(struct fake *f, const struct inode *inode, int cap);
bool in_group(struct fake *f, gid_t gid); /* fsgid or a supplementary one */

/* Ids between a user namespace and the initial one; -1: not mapped. */
uid_t uid_outside(const struct user_ns *ns, uid_t inside);
uid_t uid_inside(const struct user_ns *ns, uid_t outside);
gid_t gid_outside(const struct user_ns *ns, gid_t inside);
gid_t gid_inside(const struct user_ns *ns, gid_t outside);

/* What exec makes of them: set-user-id bits, capabilities; inode NULL: neither. */
struct cred *cred_for_exec(struct fake *f, const struct inode *inode, bool may_gain);

#endif
