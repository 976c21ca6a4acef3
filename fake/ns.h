/* Namespaces as identities: what all kinds have in common, and the small kinds. */
#ifndef FAKE_NS_H
#define FAKE_NS_H

#include "fake/kernel.h"

struct user_ns;

struct ns {
	int refs;
	int type;	    /* CLONE_NEW* */
	unsigned int inum;  /* inode number in nsfs */
	struct user_ns *owner;
};

struct uts_ns {
	struct ns ns;
	char hostname[65], domainname[65];
};

struct pid_ns {
	struct ns ns;
	struct pid_ns *parent; /* NULL: the initial one */
	int level;
	int last_pid;
	struct task *init; /* its pid 1; NULL: not yet born */
	bool is_dead;	   /* its init has died: no more forks */
};

/* ipc, net and cgroup: nothing but an identity. */
struct plain_ns {
	struct ns ns;
};

/* What a task is in. */
struct nsproxy {
	struct mnt_ns *mnt;
	struct uts_ns *uts;
	struct plain_ns *ipc, *net, *cgroup;
	struct pid_ns *pid_for_children;
};

void ns_init(struct fake *f, struct ns *ns, int type, struct user_ns *owner);
struct ns *ns_get(struct ns *ns);
/* The last one frees it, by its type. */
void ns_put(struct fake *f, struct ns *ns);
/* "mnt", "pid", "user" …, as in /proc/PID/ns. */
const char *ns_name(int type);

#endif
