/* Superblocks, inodes and dentries: what a filesystem is made of. */
#ifndef FAKE_INODE_H
#define FAKE_INODE_H

#include "fake/kernel.h"

struct check;
struct cred;
struct file;
struct path;
struct inode;
struct dentry;
struct fs_context;
struct option;
struct super_block;
struct user_ns;

/* Permission bits asked of inode_permission: fs/namei.c's MAY_*. */
enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

/* The caller's umask is taken off a new inode's mode by its creators, not here. */
#define PAGE_BYTES 4096

#define FS_USERNS_MOUNT 1   /* may be mounted with CAP_SYS_ADMIN in a user namespace */
#define FS_USERNS_VISIBLE 2 /* proc, sysfs: a new one needs one that is fully visible */
#define FS_NODEV 4	    /* needs no block device: its number is an anonymous one */
#define FS_INTERNAL 8	    /* only the kernel mounts it: nobody knows its name */
#define FS_LEGACY 16	    /* reads its options itself, as text, before Linux 6.15 */
#define FS_KEEPS_DIGITS 32  /* a comma in front of a digit separates no options of it */
#define FS_TAKES_ANYTHING 64 /* what it does not know is no error */

/* A filesystem type: "tmpfs", "proc" … */
struct fs_type {
	const char *name;
	unsigned int flags;
	size_t options_size; /* of fc->options, which starts as zeroes; 0: it has none */
	/* Before anything is said: may it be used from here, and who must be asked?  Sets
	 * fc->user_ns and defaults of options.  NULL: anybody may. */
	int (*init)(struct fake *f, struct fs_context *fc);
	/* One option, into fc->options: 0, OPTION_UNKNOWN or a refusal.  NULL: knows none. */
	int (*parse_param)(struct fake *f, struct fs_context *fc, const struct option *o);
	/* Superblock of a new mount, made or found (sysfs, cgroup2), with a reference for the
	 * caller, by what is said in fc.  0 or -errno. */
	int (*get_tree)(struct fake *f, struct fs_context *fc, struct super_block **out);
	/* Remount: changes the superblock's options.  NULL: any data is ignored. */
	int (*reconfigure)(struct fake *f, struct fs_context *fc, struct super_block *sb);
	/* The options of /proc/mounts after "rw": ",size=4k". */
	void (*show_options)(struct fake *f, struct super_block *sb, struct text *out);
	/* Its tree is gone: frees what private is. */
	void (*kill_sb)(struct fake *f, struct super_block *sb);
	/* References that its private part holds: see check.h. */
	void (*holds)(struct fake *f, struct super_block *sb, struct check *c);
};

/* The type of this name, or NULL.  The table is in fs.c. */
const struct fs_type *fs_type_find(const char *name);

struct super_block {
	struct list all;
	int refs; /* mounts, and whoever holds it by hand */
	const struct fs_type *type;
	dev_t dev;
	unsigned long flags; /* MS_RDONLY, … of the superblock */
	bool no_negatives; /* proc: a missing name cannot be made, and is told first */
	unsigned int block_size; /* what statx(2) says is best to read */
	bool noexec, nodev;	 /* SB_I_NOEXEC, SB_I_NODEV */
	struct user_ns *user_ns;
	struct dentry *root; /* holds a reference */
	struct list mounts;  /* struct mount.of_sb; no list while it was never mounted */
	uint64_t next_ino;
	int n_removed;	   /* s_remove_count: inodes without a link that are still in use */
	uint64_t ns_inum; /* sysfs, mqueue: of which namespace */
	const struct inode_ops *dir_ops, *file_iops, *link_ops; /* of inodes made in it */
	void *private;
};

/* Empty, with a number of its own among the anonymous devices; the root is the caller's. */
struct super_block *sb_new(struct fake *f, const struct fs_type *type, struct user_ns *user_ns);
struct super_block *sb_get(struct super_block *sb);
/* The last one frees it and its tree. */
void sb_put(struct fake *f, struct super_block *sb);

/*
 * What an inode can do.  A NULL member is what Linux does where the operation is missing
 * (mkdir: EPERM, create: EACCES …); memory filesystems share memory_dir_ops and its kin.
 */
struct inode_ops {
	/* The child of this name, with a reference; -ENOENT.  NULL: the dentry tree is all. */
	int (*lookup)(struct fake *f, struct dentry *dir, const char *name,
		      struct dentry **out);
	/* New child, all types (mode has S_IFMT; link target or NULL; rdev). */
	int (*create)(struct fake *f, struct dentry *dir, const char *name, mode_t mode,
		      dev_t rdev, const char *target, struct dentry **out);
	bool makes_files_only; /* create is for regular files, and NULL for others */
	int (*link)(struct fake *f, struct dentry *old, struct dentry *dir, const char *name);
	int (*unlink)(struct fake *f, struct dentry *dir, struct dentry *victim);
	int (*rmdir)(struct fake *f, struct dentry *dir, struct dentry *victim);
	int (*rename)(struct fake *f, struct dentry *old, struct dentry *dir, const char *name,
		      struct dentry *target, unsigned int flags);
	/* Text of a symlink; answers its length.  NULL: the inode's own link. */
	int (*readlink)(struct fake *f, struct dentry *d, char *buf, size_t size);
	/* A magic link: jumps to where it points, with references in out. */
	int (*jump)(struct fake *f, struct dentry *d, struct path *out);
	/* Beyond mode bits; NULL: mode bits. */
	int (*permission)(struct fake *f, struct inode *inode, int mask);
	/* An inode that no name leads to (O_TMPFILE); NULL: EOPNOTSUPP. */
	int (*tmpfile)(struct fake *f, struct dentry *dir, mode_t mode, struct dentry **out);
	/* Before chmod of this inode; NULL: its owner may. */
	int (*setattr)(struct fake *f, struct inode *inode);
	/* Brings mode, owner, size up to date before they are told (proc). */
	void (*refresh)(struct fake *f, struct inode *inode);
	/* Is a name still good (proc: the task may be gone)?  NULL: yes. */
	bool (*revalidate)(struct fake *f, struct dentry *d);
	/* Lists: calls emit for each child but "." and ".."; NULL: the dentry tree. */
	int (*iterate)(struct fake *f, struct file *file,
		       bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		       void *ctx);
	void (*evict)(struct fake *f, struct inode *inode);
	void (*holds)(struct fake *f, struct inode *inode, struct check *c); /* see check.h */
};

struct file_ops {
	bool has_noop_lseek; /* lseek(2) answers its place and does nothing else */
	int (*open)(struct fake *f, struct file *file);
	/* At file->pos, which they move.  Bytes or -errno. */
	int (*read)(struct fake *f, struct file *file, void *buf, size_t n);
	bool read_sees_buffer; /* it tells itself of one that is no memory */
	int (*write)(struct fake *f, struct file *file, const void *buf, size_t n);
	short (*poll)(struct fake *f, struct file *file); /* POLLIN, … that hold now */
	void (*polled)(struct fake *f, struct file *file); /* somebody was told of it */
	int (*ioctl)(struct fake *f, struct file *file, enum sysop op, uintptr_t arg);
	void (*release)(struct fake *f, struct file *file);
	void (*holds)(struct fake *f, struct file *file, struct check *c); /* see check.h */
};

struct inode {
	int refs; /* dentries, and open pipes and the like */
	struct super_block *sb;
	uint64_t ino;
	mode_t mode;
	uid_t uid; /* as the initial user namespace has it */
	gid_t gid;
	dev_t rdev;
	unsigned int nlink;
	off_t size;
	struct timespec atime, mtime, ctime, btime;
	int writers; /* open for writing; negative: being executed */
	const struct inode_ops *ops;
	const struct file_ops *fops;
	char *data;	   /* bytes of a file, or text of a symlink */
	size_t capacity;   /* of data; what of size lies behind it is zeroes */
	bool *pages;	   /* which pages of a file were written to: holes cost nothing */
	size_t pages_size; /* of pages */
	size_t n_pages;	   /* set in it: they count against the limit of its superblock */
	bool is_immutable; /* S_IMMUTABLE: /proc/PID */
	bool is_dead;	   /* a directory that was removed */
	unsigned int seals; /* F_SEAL_*: of a file of memfd_create(2) */
	struct lock *locks; /* of parts of it */
	bool is_empty_dir; /* is_empty_dir_inode(): a place to mount on, and nothing else */
	bool is_linkable;  /* made by O_TMPFILE without O_EXCL: linkat(2) may name it */
	struct pipe *pipe; /* of a FIFO that is open */
	void *private;
};

/*
 * One reference, one link (two for a directory), the caller's fsuid and fsgid (root's outside
 * of a task), now; ops of its superblock for its type, file ops for what has them.
 */
struct inode *inode_new(struct fake *f, struct super_block *sb, mode_t mode);
struct inode *inode_get(struct inode *inode);
void inode_put(struct fake *f, struct inode *inode);

/*
 * A name.  Positive always: what does not exist has none.  References: one for each child, for
 * each path, file and mount that names it, and one for being linked in a memory filesystem.
 */
struct dentry {
	int refs;
	struct list sibling, children; /* in order of creation */
	struct dentry *parent;	       /* holds a reference; itself for a root */
	char *name;		       /* "" for a root */
	struct inode *inode;
	struct super_block *sb;
	struct dentry *hash_next; /* of the same bucket of the dentry cache */
	uint32_t hash;		  /* of parent and name */
	uint64_t cookie;	  /* grows with each link: listings go by it */
	bool is_unlinked;
	bool is_pinned;	    /* being linked holds a reference (memory filesystems) */
	int n_mounted;	    /* mounts on it, in any namespace */
	struct list mounts; /* struct mount.on_dentry; a list only while n_mounted > 0 */
	void *private;	    /* of the filesystem (proc: which task and entry) */
};

/* A child of parent (NULL: a root) for an inode, whose reference it takes over. */
struct dentry *dentry_new(struct fake *f, struct dentry *parent, const char *name,
			  struct inode *inode);
struct dentry *dentry_get(struct dentry *d);
/* Being linked holds a reference from now on: for trees that live in memory only. */
void dentry_pin(struct dentry *d);
/* Out of its directory: no walk finds it any more; lets go of the pin, if there is one. */
void dentry_unlink(struct fake *f, struct dentry *d);
/* Under another name, in another directory: newest there. */
void dentry_move(struct fake *f, struct dentry *d, struct dentry *dir, const char *name);
/* All of a tree is unlinked, deepest first, and its root let go. */
void dentry_tree_drop(struct fake *f, struct dentry *root);
struct dcache *dcache_new(struct fake *f);
void dentry_put(struct fake *f, struct dentry *d);
/* The child in the tree, without a reference; NULL. */
struct dentry *dentry_child(struct fake *f, struct dentry *parent, const char *name);
/* Is d equal to or beneath ancestor? */
bool dentry_is_beneath(const struct dentry *d, const struct dentry *ancestor);
/* Path of d from its superblock's root: "/a/b"; "//deleted" is the caller's. */
void dentry_path(const struct dentry *d, struct text *out);

/* May the current task do mask to this inode (mode, owner, capabilities)?  0 or a refusal. */
int inode_permission(struct fake *f, struct inode *inode, int mask);
/* The same by mode, owner and capability alone. */
int generic_permission(struct fake *f, struct inode *inode, int mask);
/* inode_owner_or_capable(): its owner, or with CAP_FOWNER over it. */
bool inode_owner_or_capable(struct fake *f, const struct inode *inode);
/* in_group_or_capable(): the group is the caller's, or CAP_FSETID. */
bool in_group_or_capable(struct fake *f, const struct inode *inode, gid_t gid);
/* fsuidgid_has_mapping(): can the superblock say who the caller is? */
bool sb_knows_caller(struct fake *f, const struct super_block *sb);

/*
 * A superblock of any type whose tree lives in memory, with an empty root of this mode: for
 * worlds, where ext4 and its like need no device.
 */
struct super_block *memory_sb_new(struct fake *f, const struct fs_type *type,
				  struct user_ns *user_ns, mode_t mode);
/* Replaces the bytes of a regular file; -ENOSPC raw. */
int memory_file_set(struct fake *f, struct inode *inode, const void *bytes, size_t n);
/* New size; -ENOSPC cannot be, holes cost nothing. */
void memory_truncate(struct fake *f, struct inode *inode, off_t size);

/* Of memory filesystems: tmpfs, ext4 and whatever else a world names. */
extern const struct inode_ops memory_dir_ops, memory_file_iops, memory_link_ops;
extern const struct file_ops memory_file_ops, dir_file_ops;

#endif
