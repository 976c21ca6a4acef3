/* Namespaces as identities: what all kinds have in common, and the small kinds. */
#ifndef FAKE_NS_H
#define FAKE_NS_H

#include "fake/kernel.h"

struct path;
struct ucounts;
struct user_ns;

/* References: one from each task's nsproxy, from nsfs inodes, and by hand.  Holds its owner. */
struct ns {
	int refs;
	int type;	    /* CLONE_NEW* */
	unsigned int inum;  /* inode number in nsfs */
	struct user_ns *owner;
	struct ucounts *ucounts; /* where it counts; NULL: nowhere */
};

struct uts_ns {
	struct ns ns;
	char hostname[65], domainname[65];
};

struct pid_ns {
	struct ns ns;
	struct pid_ns *parent; /* NULL: the initial one; holds a reference */
	int level;
	int last_pid;
	struct task *init; /* its pid 1; NULL: not yet born */
	bool is_dead;	   /* its init has died: no more forks */
};

/* ipc, net and cgroup: an identity, and who made it. */
struct plain_ns {
	struct ns ns;
	bool lo_is_up; /* of the network's loopback interface */
	uid_t uid; /* fsuid and fsgid, as the initial user namespace has them */
	gid_t gid;
};

/* What a task is in. */
struct nsproxy {
	struct mnt_ns *mnt;
	struct uts_ns *uts;
	struct plain_ns *ipc, *net, *cgroup;
	struct pid_ns *pid_for_children;
};

/* The first reference is the caller's; takes one on the owner (NULL: there is none yet). */
void ns_init(struct fake *f, struct ns *ns, int type, struct user_ns *owner);
struct ns *ns_get(struct ns *ns);
/*
 * The last one ends it: mnt_ns_free takes a mount namespace's tree apart, and for all types the
 * owner is put and the memory given back here.  NULL is nothing.
 */
void ns_put(struct fake *f, struct ns *ns);
/* "mnt", "pid", "user" …, as in /proc/PID/ns. */
const char *ns_name(int type);

/*
 * copy_namespaces() of kernel/nsproxy.c: those of from, new ones for the types in flags, which
 * user_ns will own; root and cwd are switched to a new mount namespace's.  0 or a refusal.
 */
int nsproxy_copy(struct fake *f, const struct nsproxy *from, uint64_t flags,
		 struct user_ns *user_ns, struct path *root, struct path *cwd,
		 struct nsproxy *out);
void nsproxy_put(struct fake *f, struct nsproxy *nsproxy);
/* Of the first task. */
struct nsproxy nsproxy_boot(struct fake *f);
/* As it is, with references. */
void nsproxy_get(struct nsproxy *nsproxy);

#define CLONE_NEW_ALL                                                                          \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID |             \
	 CLONE_NEWCGROUP | CLONE_NEWUSER | CLONE_NEWTIME)

#endif
