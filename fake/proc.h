/* proc: what its files share. */
#ifndef FAKE_PROC_H
#define FAKE_PROC_H

#include "fake/file.h"
#include "fake/fs.h"
#include "fake/task.h"

enum hidepid {
	HIDEPID_OFF,
	HIDEPID_NO_ACCESS,
	HIDEPID_INVISIBLE,
	HIDEPID_NOT_PTRACEABLE = 4,
};

/* Of one superblock (struct proc_fs_info). */
struct proc_sb {
	struct pid_ns *pid_ns; /* whose tasks it shows; holds a reference */
	enum hidepid hidepid;
	gid_t gid; /* who is in it sees all */
	bool is_pid_only;
};

/* What a file is asked about. */
struct proc_what {
	const struct proc_entry *entry;
	const struct proc_sb *sb;
	struct pid *pid;   /* NULL outside of /proc/PID */
	struct task *task; /* pid's; NULL: it is gone */
	int fd;		   /* of fd/N and fdinfo/N; -1 */
	struct file *file; /* that is read or written; NULL: a link */
	struct user_ns *user_ns; /* the task's, of files that hold it since they were opened */
};

/* One name, as a row of a table; a table ends with a name of NULL. */
struct proc_entry {
	const char *name;
	mode_t mode;
	/* A file's text.  0 or a refusal. */
	int (*show)(struct fake *f, const struct proc_what *what, struct text *out);
	/* What was written: bytes taken, or a refusal. */
	int (*write)(struct fake *f, const struct proc_what *what, const char *text, size_t n);
	/* Beside the mode, before a file is open.  0 or a refusal. */
	int (*open)(struct fake *f, const struct proc_what *what);
	bool is_setting;   /* who may read or write it is asked each time */
	bool is_debians;   /* a setting of Debian's kernels */
	bool is_empty_dir; /* a place to mount on, where nothing ever is */
	bool is_of_user_ns; /* it holds the task's user namespace while it is open */
	const char *target;		   /* of a symlink */
	const struct proc_entry *children; /* of a directory */
	const struct inode_ops *ops;	   /* instead of those for its kind */
};

/* Of an inode, private. */
struct proc_inode {
	const struct proc_entry *entry;
	struct pid *pid; /* holds a reference; NULL outside of /proc/PID */
	int fd;
};

static inline const struct proc_sb *proc_sb_of(const struct super_block *sb)
{
	return sb->private;
}

/* proc_file.c */
extern const struct file_ops proc_file_ops;

/* proc_inode.c */
/* A child of dir for an entry, with a reference. */
struct dentry *proc_dentry_new(struct fake *f, struct dentry *dir, const char *name,
			       const struct proc_entry *entry, struct pid *pid, int fd);
struct proc_what proc_what_of(const struct inode *inode);
/* Finds a name in a table; NULL. */
const struct proc_entry *proc_entry_find(const struct proc_entry *table, const char *name);
/* ino as a listing tells it, before there is an inode. */
uint64_t proc_ino(uint64_t dir_ino, const char *name);
/* A directory whose names are its entry's children. */
int proc_table_lookup(struct fake *f, struct dentry *dir, const char *name,
		      struct dentry **out);
bool proc_table_list(struct fake *f, struct file *file, const struct proc_entry *table,
		     bool (*emit)(void *ctx, const char *name, uint64_t ino, mode_t mode),
		     void *ctx);
/* Owner: the task's effective ids, root's where it may not be looked into. */
void proc_refresh(struct fake *f, struct inode *inode);
bool proc_revalidate(struct fake *f, struct dentry *d);
void proc_evict(struct fake *f, struct inode *inode);
int proc_setattr(struct fake *f, struct inode *inode);
void proc_holds(struct fake *f, struct inode *inode, struct check *c);
/* What all of its inodes do alike. */
#define PROC_INODE_OPS                                                                         \
	.revalidate = proc_revalidate, .refresh = proc_refresh, .setattr = proc_setattr,       \
	.holds = proc_holds, .evict = proc_evict
/* "0", "42" …: no sign, no zeroes in front; -1: no number. */
int proc_number(const char *name);
/* Opening it ends the run: the entry is there to be seen and to be covered. */
int proc_open_not_modelled(struct fake *f, const struct proc_what *what);

/* proc_pid.c */
extern const struct proc_entry proc_pid_entry;
extern const struct inode_ops proc_link_ops;
/* has_pid_permissions() */
bool proc_may_see(struct fake *f, const struct proc_sb *sb, const struct task *t,
		  enum hidepid least);

/* proc_fd.c and proc_ns.c */
extern const struct inode_ops proc_fd_ops, proc_fdinfo_ops, proc_ns_ops;

/* proc_status.c */
int proc_show_status(struct fake *f, const struct proc_what *what, struct text *out);
int proc_show_stat(struct fake *f, const struct proc_what *what, struct text *out);
int proc_show_cmdline(struct fake *f, const struct proc_what *what, struct text *out);
int proc_show_environ(struct fake *f, const struct proc_what *what, struct text *out);
int proc_open_environ(struct fake *f, const struct proc_what *what);
int proc_show_comm(struct fake *f, const struct proc_what *what, struct text *out);
int proc_write_comm(struct fake *f, const struct proc_what *what, const char *text, size_t n);
int proc_show_cgroup(struct fake *f, const struct proc_what *what, struct text *out);

/* proc_userns.c */
int proc_show_uid_map(struct fake *f, const struct proc_what *what, struct text *out);
int proc_show_gid_map(struct fake *f, const struct proc_what *what, struct text *out);
int proc_show_projid_map(struct fake *f, const struct proc_what *what, struct text *out);
int proc_open_id_map(struct fake *f, const struct proc_what *what);
int proc_write_uid_map(struct fake *f, const struct proc_what *what, const char *text,
		       size_t n);
int proc_write_gid_map(struct fake *f, const struct proc_what *what, const char *text,
		       size_t n);
int proc_write_projid_map(struct fake *f, const struct proc_what *what, const char *text,
			  size_t n);
int proc_show_setgroups(struct fake *f, const struct proc_what *what, struct text *out);
int proc_open_setgroups(struct fake *f, const struct proc_what *what);
int proc_write_setgroups(struct fake *f, const struct proc_what *what, const char *text,
			 size_t n);

/* proc_root.c and proc_sys.c: what belongs to no task. */
extern const struct proc_entry proc_root_entries[], proc_sys_entries[];
extern const struct inode_ops proc_sys_dir_ops, proc_sys_file_ops;

#endif
