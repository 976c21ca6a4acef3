/* Filesystem types: what each is made of, and what they share. */
#ifndef FAKE_FS_H
#define FAKE_FS_H

#include "fake/fs_context.h"

extern const struct fs_type proc_fs_type, devpts_fs_type, sysfs_fs_type, mqueue_fs_type;
extern const struct fs_type tmpfs_fs_type, ramfs_fs_type, rootfs_fs_type, devtmpfs_fs_type;

/* Simplified: a machine of 1 GiB; tmpfs takes half of it where it is not told. */
#define RAM_PAGES 262144u

/* Is a world being made, or the kernel itself?  init makes no calls of its own. */
static inline bool is_no_call(const struct fake *f)
{
	return f->current == NULL || f->current == f->init;
}

/* What a superblock in memory counts: super_block.private of the types in memory. */
struct memory_sb {
	bool counts_entries; /* tmpfs: a directory's size is 20 an entry; else it is dir_size */
	off_t dir_size;	     /* of an empty directory */
	uint64_t max_blocks; /* pages; 0: no limit */
	uint64_t used_blocks;
	uint64_t max_inodes; /* 0: no limit */
	uint64_t used_inodes;
	mode_t mode; /* as the options had it: for show_options */
	uid_t uid;
	gid_t gid;
	bool is_inode64;
};

/* Of a superblock whose tree lives in memory; NULL: it does not. */
struct memory_sb *memory_sb_of(const struct super_block *sb);
void memory_kill_sb(struct fake *f, struct super_block *sb);
/* A superblock that is there already: 0, or the refusal where it must be a new one. */
int fs_reuse_sb(struct fake *f, struct fs_context *fc, struct super_block *sb,
		struct super_block **out);
/* Type, and the counts where there are any. */
void fs_statfs(struct fake *f, const struct super_block *sb, struct statfs *out);

#endif
