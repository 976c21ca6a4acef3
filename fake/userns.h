/* User namespaces: who made them, which ids they know, how many namespaces they may have. */
#ifndef FAKE_USERNS_H
#define FAKE_USERNS_H

#include "fake/ns.h"

struct cred;

/* A range of ids: as the namespace has them, and as the initial one does. */
struct id_map_line {
	uint32_t inside, outside, count;
};

#define ID_MAP_LINES_MAX 340 /* UID_GID_MAP_MAX_EXTENTS */

struct id_map {
	struct id_map_line *lines; /* NULL: nothing is mapped yet */
	int n;
};

/* Kinds of namespaces as they are counted: kernel/ucount.c's UCOUNT_*. */
enum ucount {
	UCOUNT_USER,
	UCOUNT_PID,
	UCOUNT_UTS,
	UCOUNT_IPC,
	UCOUNT_NET,
	UCOUNT_MNT,
	UCOUNT_CGROUP,
	UCOUNT_TIME,
	N_UCOUNTS,
};

/* How many namespaces one user has made that this namespace owns, or one beneath it. */
struct ucounts {
	struct list in_ns; /* in user_ns.ucounts */
	struct user_ns *ns;
	uid_t uid;
	int counts[N_UCOUNTS];
};

#define USER_NS_LEVELS 32 /* the deepest that may have children */

struct user_ns {
	struct ns ns;		/* first; its owner is the parent */
	struct user_ns *parent; /* NULL: the initial one */
	int level;
	uid_t owner_uid; /* effective ids of who made it, as the initial namespace has them */
	gid_t owner_gid;
	struct id_map uid_map, gid_map, projid_map;
	bool denies_setgroups;
	bool parent_could_setfcap; /* its maker had CAP_SETFCAP */
	int limits[N_UCOUNTS];	   /* /proc/sys/user */
	struct list ucounts;
};

/*
 * create_user_ns(): a new one beneath that of cred, which is not yet anybody's, and is root
 * in it from now on.  0 or a refusal.
 */
int user_ns_create(struct fake *f, struct cred *cred);
/* set_cred_user_ns(): cred, not yet anybody's, has all capabilities in ns. */
void cred_set_user_ns(struct fake *f, struct cred *cred, struct user_ns *ns);
/* userns_install(): as user_ns_create, for one that is there. */
int user_ns_install(struct fake *f, struct user_ns *ns, struct cred *cred);
/* What only a user namespace has is given back: for ns_put. */
void user_ns_free(struct fake *f, struct user_ns *ns);
/* Debian's kernel.unprivileged_userns_clone: may the current task make one at all? */
bool user_ns_is_allowed(struct fake *f);
int refuse_user_ns(struct fake *f);
/* in_userns(): is ns ancestor, or beneath it? */
bool user_ns_is_beneath(const struct user_ns *ns, const struct user_ns *ancestor);

/* Counts a new namespace for the current user against the limits: 0 or a refusal. */
int ns_charge(struct fake *f, struct ns *ns);
void ns_uncharge(struct fake *f, struct ns *ns);

/* map_id_range_down(), map_id_up(): a whole range, one id; -1: not mapped. */
uint32_t id_map_outside(const struct id_map *map, uint32_t inside, uint32_t count);
uint32_t id_map_inside(const struct id_map *map, uint32_t outside);

/* Ids between a user namespace and the initial one; -1: not mapped. */
uid_t uid_outside(const struct user_ns *ns, uid_t inside);
uid_t uid_inside(const struct user_ns *ns, uid_t outside);
gid_t gid_outside(const struct user_ns *ns, gid_t inside);
gid_t gid_inside(const struct user_ns *ns, gid_t outside);
#define OVERFLOW_ID 65534u
/* As a call shows them: OVERFLOW_ID where not mapped. */
uid_t uid_shown(const struct user_ns *ns, uid_t outside);
gid_t gid_shown(const struct user_ns *ns, gid_t outside);
/* As the initial namespace has its root; that namespace's own, where it has none. */
uid_t uid_of_root(const struct user_ns *ns);
gid_t gid_of_root(const struct user_ns *ns);

#endif
