/* What the files of the mount room share: trees of mounts, made, joined and taken apart. */
#ifndef FAKE_MOUNT_TREE_H
#define FAKE_MOUNT_TREE_H

#include "fake/mount.h"

#define MNT_ATIME_MASK (MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME)
/* What a remount of one mount replaces. */
#define MNT_USER_SETTABLE_MASK                                                                 \
	(MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | MNT_ATIME_MASK | MNT_READONLY | MNT_NOSYMFOLLOW)

#define MOUNTS_MAX 100000 /* the kernel's default of sysctl fs.mount-max */

/* How mounts are copied. */
enum {
	CL_SLAVE = 1, /* each copy is a slave of its original */
	CL_COPY_UNBINDABLE = 2,
	CL_MAKE_SHARED = 4,
	CL_SHARED_TO_SLAVE = 8, /* CL_SLAVE for those that are shared */
	CL_COPY_MNT_NS_FILE = 16,
};

/* How trees are taken out. */
enum {
	UMOUNT_SYNC = 1,      /* nothing stays connected: not a lazy one */
	UMOUNT_PROPAGATE = 2, /* from where else it was propagated to as well */
	UMOUNT_CONNECTED = 4, /* children stay on their parents */
};

/* One mount (mount.c). */

/* A mount of a superblock that is nowhere yet; its only reference is the caller's. */
struct mount *mnt_create(struct fake *f, struct super_block *sb, struct dentry *root,
			 const char *source);
/* Another mount of what old shows, from root on; joins old's peers or becomes its slave. */
struct mount *clone_mnt(struct fake *f, struct mount *old, struct dentry *root, int flags);

static inline bool mnt_has_parent(const struct mount *mnt)
{
	return mnt->parent != mnt;
}
/*
 * What was never mounted, such as a pipe or the file of a namespace, is in no mount here
 * (NULL), where Linux has one of its own that is in no namespace.
 */

/* is_mounted(): in a namespace. */
static inline bool mnt_is_mounted(const struct mount *mnt)
{
	return mnt && mnt->ns;
}
/* path_mounted(): the root of a mount. */
static inline bool path_is_mount_root(const struct path *path)
{
	return path->mnt && path->dentry == path->mnt->root;
}
/* check_mnt(): in the current task's namespace. */
bool mnt_is_ours(struct fake *f, const struct mount *mnt);

/* check_anonymous_mnt(): in a detached tree made from the current namespace, or by fsmount. */
bool mnt_is_usable_detached(struct fake *f, const struct mount *mnt);

/* Remembers the place, which takes references; lookups find it once it is hashed. */
void mount_set_mountpoint(struct mount *parent, struct dentry *mountpoint, struct mount *mnt);
void mount_hash(struct mount *mnt);
/* Out of its place; the parent's reference count is the caller's to lower. */
void mount_unhash(struct fake *f, struct mount *mnt);
void mount_change_mountpoint(struct fake *f, struct mount *parent, struct dentry *mountpoint,
			     struct mount *mnt);
void mnt_ns_touch(struct mnt_ns *ns);
/* Into a namespace's list: at its end, or where its unique id belongs. */
void mount_add_to_ns(struct fake *f, struct mnt_ns *ns, struct mount *mnt);

/* Whole trees (mount_tree.c). */

/* The mount after this one in the tree, parents first; NULL: that was the last. */
struct mount *next_mnt(struct mount *mnt, struct mount *root);
/* A copy of the tree on mnt from root on, attached nowhere: 0 or a refusal. */
int copy_tree(struct fake *f, struct mount *mnt, struct dentry *root, int flags,
	      struct mount **out);
/* The ring of a new tree becomes part of a namespace. */
void mount_ring_to_ns(struct fake *f, struct mount *mnt, struct mnt_ns *ns);
/*
 * Mounts the tree at mountpoint in dest and wherever dest propagates to; beneath what is
 * mounted there already, or NULL.  The tree is new, detached or, with a parent, is moved.
 */
int attach_recursive_mnt(struct fake *f, struct mount *source, struct mount *dest,
			 struct dentry *mountpoint, struct mount *top);
/* Is there room in the namespace for this tree too?  0 or a refusal. */
int count_mounts(struct fake *f, struct mnt_ns *ns, struct mount *mnt);
int invent_group_ids(struct fake *f, struct mount *mnt, bool recurse);
void lock_mnt_tree(struct mount *mnt);
/* Takes the tree out; what is to be put afterwards goes to a list (umount.c). */
void umount_tree(struct fake *f, struct mount *mnt, int how, struct list *unmounted);
void put_unmounted(struct fake *f, struct list *unmounted);
/*
 * The top of what is mounted at path, which moves there; then whether it can be mounted on.
 * 0 or a refusal: -ENOENT for what was removed.
 */
int lock_mount(struct fake *f, struct path *path);
/* The same where something is to be mounted beneath the top. */
int lock_mount_beneath(struct fake *f, struct path *path);
bool is_path_reachable(const struct mount *mnt, const struct dentry *d,
		       const struct path *root);
bool is_mnt_ns_file(const struct dentry *d);
/* Would holding this file in the current namespace close a circle?  mnt_ns_loop(). */
bool mnt_ns_loop(struct fake *f, const struct dentry *d);
/* May the current task change its mount namespace?  0 or a refusal. */
int may_mount(struct fake *f);
/* A source or a type, before it is copied: copy_mount_string().  0 or a refusal. */
int mount_string_check(struct fake *f, const char *s);
/* May the current task change this superblock's options?  0 or a refusal. */
int check_sb_owner(struct fake *f, const struct super_block *sb);
/* May the current task make a superblock of this type?  mount_capable() */
int mount_capable(struct fake *f, const struct fs_context *fc);
/*
 * mount_too_revealing(): of a namespace that a user namespace of its own owns, a new proc or
 * sysfs may show no more than one that is there, whose locks it takes over.  0 or a refusal.
 */
int check_revealing(struct fake *f, const struct super_block *sb, unsigned int *mnt_flags);
/* Mounts a new tree on a locked place: graft_tree(). */
int graft_tree(struct fake *f, struct mount *mnt, const struct path *at);

/* mount(2) and its kin (do_mount.c, remount.c). */

/* Of a superblock, to the options and flags in fc: 0 or a refusal. */
int reconfigure_super(struct fake *f, struct fs_context *fc, struct super_block *sb);
/* MS_REMOUNT, and MS_REMOUNT with MS_BIND. */
int do_remount(struct fake *f, const struct path *path, unsigned long sb_flags,
	       unsigned int mnt_flags, const char *data);
int do_reconfigure_mnt(struct fake *f, const struct path *path, unsigned int mnt_flags);
/* MS_BIND, MS_MOVE: path is the target, and moves to the top of what is mounted there. */
int do_loopback(struct fake *f, struct path *path, const char *source, bool recurse);
/* A copy of what is at from, attached nowhere: __do_loopback() */
int copy_bind_source(struct fake *f, const struct path *from, bool recurse, struct mount **out);
bool has_locked_children(const struct mount *mnt, const struct dentry *d);
int do_move_mount_old(struct fake *f, struct path *path, const char *source);

/* Detached trees (open_tree.c). */

/* A namespace of its own for a new tree: attach_mnt is nobody's yet. */
void mnt_ns_anonymous(struct fake *f, struct mount *root, uint64_t origin);
static inline bool is_anon_root(const struct mount *mnt)
{
	return mnt && mnt->ns && mnt->ns->is_anon && !mnt_has_parent(mnt);
}
/* The namespace of a tree that has become part of another one. */
void mnt_ns_forget_anonymous(struct fake *f, struct mnt_ns *ns);
/* An O_PATH descriptor for its root: the tree goes with it, unless it is attached before. */
int fd_install_detached(struct fake *f, struct mount *mnt, bool is_cloexec);

/* Is the mount in a namespace, and may the current task change its propagation? */
int may_change_propagation(struct fake *f, const struct mount *mnt);
/* What whoever locked the mount has set must stay set: can_change_locked_flags(). */
int check_locked_flags(struct fake *f, const struct mount *mnt, unsigned int flags);
void cleanup_group_ids(struct fake *f, struct mount *mnt);

/* Propagation (propagation.c, propagate_umount.c). */

struct mount *next_peer(const struct mount *mnt);
bool are_peers(const struct mount *a, const struct mount *b);
void set_mnt_shared(struct mount *mnt);
void mnt_release_group_id(struct fake *f, struct mount *mnt);
/* type: MS_SHARED, MS_PRIVATE, MS_SLAVE or MS_UNBINDABLE. */
void change_mnt_propagation(struct fake *f, struct mount *mnt, unsigned long type);
/* The mount that receives from origin after m; NULL: that was the last. */
struct mount *propagation_next(struct mount *m, struct mount *origin);
/* As m, but its slaves are not visited next: skip_propagation_subtree(). */
struct mount *propagation_skip_slaves(struct mount *m);
/* Copies of source for all that receive from dest; struct mount.work lists them. */
int propagate_mnt(struct fake *f, struct mount *dest, struct dentry *mountpoint,
		  struct mount *source, struct list *copies);
/* Adds to a list of mounts to be taken out (struct mount.in_ns) those that go with them. */
void propagate_umount(struct fake *f, struct list *list);
/* 0, or the refusal: it or what would go with it is in use. */
int propagate_mount_busy(struct fake *f, struct mount *mnt, int refs);
void propagate_mount_unlock(struct mount *mnt);
int get_dominating_id(const struct mount *mnt, const struct path *root);

#endif
