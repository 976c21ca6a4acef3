/* Mounts, mount namespaces and propagation. */
#ifndef FAKE_MOUNT_H
#define FAKE_MOUNT_H

#include "fake/namei.h"
#include "fake/ns.h"

/* Flags of one mount; fs/namespace.c's MNT_*. */
#define MNT_NOSUID 0x01u
#define MNT_NODEV 0x02u
#define MNT_NOEXEC 0x04u
#define MNT_NOATIME 0x08u
#define MNT_NODIRATIME 0x10u
#define MNT_RELATIME 0x20u
#define MNT_READONLY 0x40u
#define MNT_NOSYMFOLLOW 0x80u
#define MNT_SHARED 0x1000u
#define MNT_UNBINDABLE 0x2000u
#define MNT_LOCK_ATIME 0x040000u
#define MNT_LOCK_NOEXEC 0x080000u
#define MNT_LOCK_NOSUID 0x100000u
#define MNT_LOCK_NODEV 0x200000u
#define MNT_LOCK_READONLY 0x400000u
#define MNT_LOCKED 0x800000u

struct mount {
	int refs; /* paths, files, its place in a tree */
	int id;	  /* lowest free */
	uint64_t unique_id;
	struct super_block *sb;
	struct dentry *root;
	unsigned int flags;
	char *source;	   /* NULL: "none" */
	struct mnt_ns *ns; /* NULL: detached */

	struct mount *parent;	   /* itself when it has none */
	struct dentry *mountpoint; /* in the parent; its root when it has no parent */
	struct list child;	   /* in parent's children */
	struct list children;
	struct list in_ns;     /* in ns->mounts; before that, in the ring of its new tree */
	struct list on_dentry; /* in mountpoint->mounts */
	struct list of_sb;     /* in sb->mounts */
	bool is_hashed;	       /* mount_on() finds it */

	int group_id;	  /* of its peer group; 0: none */
	struct list peer; /* ring of peers, no head */
	struct mount *master;
	struct list slaves, slave; /* head, and node in master's slaves */

	int writers; /* files open for writing through it */
	bool is_expiry_marked;
	bool is_detached; /* MNT_UMOUNT: taken out of its namespace */

	/* Only while a mount or umount is under way: */
	bool is_marked;	       /* MNT_MARKED */
	struct list umounting; /* seen by propagate_umount() */
	struct list work;      /* copies to commit; mounts to put */
};

/* A mount namespace. */
struct mnt_ns {
	struct ns ns; /* first */
	struct mount *root;
	struct list mounts; /* in the order of fs/namespace.c's list */
	int n_mounts, n_pending;
	uint64_t seq;	/* older namespaces have lower ones */
	bool is_anon;	/* of a detached tree, whose root holds the only reference */
	bool is_mute;	/* and hands nothing on to slaves */
	uint64_t origin; /* of an anonymous one: seq of whose tree was cloned; 0: of nobody's */
	uint64_t event; /* grows with each change: for poll(2) of mountinfo */
};

struct mount *mnt_get(struct mount *mnt);
void mnt_put(struct fake *f, struct mount *mnt);
/* As mnt_put, but leaves the mark of MNT_EXPIRE alone. */
void mnt_put_no_expire(struct fake *f, struct mount *mnt);
/* The mount that is on top of this place in this mount, without a reference; NULL: none. */
struct mount *mount_on(struct mount *parent, struct dentry *mountpoint);
/* Is anything mounted on this dentry in the current task's namespace? */
bool dentry_is_local_mountpoint(struct fake *f, const struct dentry *d);
/* Unlinked or renamed away: what was mounted on it in any namespace goes. */
void detach_mounts(struct fake *f, struct dentry *d);

/* The descriptor that kept a detached tree is closed. */
void dissolve_on_fput(struct fake *f, struct mount *mnt);

/* Write access through a mount: -EROFS as a refusal. */
int mnt_want_write(struct fake *f, const struct path *path);
bool mnt_is_readonly(const struct mount *mnt);

/* A mount of nothing's tree, for worlds: attached at path (NULL: becomes the ns's root). */
int mount_attach_new(struct fake *f, struct mnt_ns *ns, struct super_block *sb,
		     const struct path *at, const char *source, unsigned int flags,
		     struct mount **out);

struct mnt_ns *mnt_ns_new(struct fake *f, struct user_ns *owner);
/* clone and unshare: a copy of the tree; root and cwd are switched to the copies. */
int mnt_ns_copy(struct fake *f, struct mnt_ns *from, struct user_ns *owner, struct path *root,
		struct path *cwd, struct mnt_ns **out);
/* setns: where the task lands: the root of the namespace, top of the stack. */
void mnt_ns_root(struct fake *f, struct mnt_ns *ns, struct path *out);
/* All mounts go; the memory is ns_put()'s. */
void mnt_ns_free(struct fake *f, struct mnt_ns *ns);

/* /proc/PID/mountinfo, mounts and mountstats as seen from that root. */
void mountinfo_show(struct fake *f, struct mnt_ns *ns, const struct path *root,
		    struct text *out);
void mounts_show(struct fake *f, struct mnt_ns *ns, const struct path *root, struct text *out);

#endif
