/* tmpfs and its kin: options, limits, and how much of them is used. */
#include "fake/fs.h"
#include "fake/cred.h"
#include "fake/task.h"

#include <stdlib.h>
#include <string.h>

#define TMPFS_MODE (0777 | S_ISVTX)

/* struct shmem_options */
struct tmpfs_options {
	uint64_t blocks, inodes;
	bool has_blocks, has_inodes, has_inums, is_inode64;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* memparse(): a number in C's notation and a suffix of K, M, G, T, P or E. */
static uint64_t parse_size(const char *s, const char **end)
{
	static const char suffixes[] = "KMGTPE";
	const char *suffix;
	char *rest;
	uint64_t n = 0;

	*end = s;
	if (*s < '0' || *s > '9')
		return 0;
	n = strtoull(s, &rest, 0);
	*end = rest;
	suffix = *rest ? strchr(suffixes, *rest & ~0x20) : NULL;
	if (suffix) {
		n <<= 10 * (suffix - suffixes + 1);
		*end = rest + 1;
	}
	return n;
}

static int parse_blocks(struct fake *f, struct fs_context *fc, const struct option *o)
{
	struct tmpfs_options *out = fc->options;
	const char *end;
	uint64_t size = parse_size(o->value, &end);

	if (!option_is_string(o))
		return option_bad_value(f, fc, o);
	if (*end == '%') {
		size = size * PAGE_BYTES * RAM_PAGES / 100;
		end++;
	}
	if (*end)
		return option_bad_value(f, fc, o);
	out->blocks = size / PAGE_BYTES + (size % PAGE_BYTES != 0);
	out->has_blocks = true;
	return 0;
}

static int parse_count(struct fake *f, struct fs_context *fc, const struct option *o,
		       uint64_t *out, bool *has)
{
	const char *end;
	uint64_t n = parse_size(o->value, &end);

	if (!option_is_string(o) || *end)
		return option_bad_value(f, fc, o);
	*out = n;
	*has = true;
	return 0;
}

/* The id must mean something to the caller and to the superblock's user namespace. */
static int parse_id(struct fake *f, struct fs_context *fc, const struct option *o, bool is_gid,
		    uint32_t *out)
{
	const struct user_ns *own = f->current ? f->current->cred->user_ns : fc->user_ns;
	uint32_t n, outside;

	if (!option_u32(o, 0, &n)) {
		if (f->profile.bad_ids_are_told_twice)
			fc_log(f, fc, 'e', "tmpfs: Bad value for '%s'", o->key);
		return option_bad_value(f, fc, o);
	}
	outside = is_gid ? gid_outside(own, n) : uid_outside(own, n);
	if (outside == (uint32_t)-1 ||
	    (is_gid ? gid_inside(fc->user_ns, outside) : uid_inside(fc->user_ns, outside)) ==
		    (uint32_t)-1)
		return option_bad_value(f, fc, o);
	*out = outside;
	return 0;
}

static int parse_mode(struct fake *f, struct fs_context *fc, const struct option *o,
		      mode_t *out)
{
	uint32_t mode;

	if (!option_u32(o, 8, &mode))
		return option_bad_value(f, fc, o);
	*out = mode & 07777;
	return 0;
}

static int parse_inums(struct fake *f, struct fs_context *fc, const struct option *o)
{
	struct tmpfs_options *out = fc->options;

	if (o->has_value)
		return option_unexpected_value(f, fc, o);
	out->has_inums = true;
	out->is_inode64 = o->key[5] == '6';
	return 0;
}

/* shmem_parse_one() */
static int tmpfs_parse_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	struct tmpfs_options *out = fc->options;

	if (strcmp(o->key, "size") == 0)
		return parse_blocks(f, fc, o);
	if (strcmp(o->key, "nr_blocks") == 0)
		return parse_count(f, fc, o, &out->blocks, &out->has_blocks);
	if (strcmp(o->key, "nr_inodes") == 0)
		return parse_count(f, fc, o, &out->inodes, &out->has_inodes);
	if (strcmp(o->key, "mode") == 0)
		return parse_mode(f, fc, o, &out->mode);
	if (strcmp(o->key, "uid") == 0)
		return parse_id(f, fc, o, false, &out->uid);
	if (strcmp(o->key, "gid") == 0)
		return parse_id(f, fc, o, true, &out->gid);
	if (strcmp(o->key, "inode64") == 0 || strcmp(o->key, "inode32") == 0)
		return parse_inums(f, fc, o);
	if (strcmp(o->key, "huge") == 0 || strcmp(o->key, "mpol") == 0)
		return not_modelled(f, "tmpfs with huge= or mpol=");
	return OPTION_UNKNOWN;
}

/* shmem_init_fs_context() */
static int tmpfs_init(struct fake *f, struct fs_context *fc)
{
	struct tmpfs_options *options = fc->options;

	*options = (struct tmpfs_options){.mode = TMPFS_MODE,
					  .blocks = RAM_PAGES / 2,
					  .inodes = RAM_PAGES / 2,
					  .is_inode64 = f->profile.tmpfs_shows_inode64};
	if (f->current) {
		options->uid = f->current->cred->fsuid;
		options->gid = f->current->cred->fsgid;
	}
	return 0;
}

/* shmem_fill_super() */
static int tmpfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	const struct tmpfs_options *options = fc->options;
	struct super_block *sb = memory_sb_new(f, fc->type, fc->user_ns, options->mode);
	struct memory_sb *m = memory_sb_of(sb);

	sb->flags = fc->sb_flags;
	sb->root->inode->uid = options->uid;
	sb->root->inode->gid = options->gid;
	m->counts_entries = true;
	m->dir_size = 40;
	sb->root->inode->size = m->dir_size;
	m->max_blocks = options->blocks;
	m->max_inodes = options->inodes;
	m->uid = options->uid;
	m->gid = options->gid;
	m->is_inode64 = options->is_inode64;
	*out = sb;
	return 0;
}

/* shmem_reconfigure(): what is limited may be limited otherwise, down to what is in use. */
static int tmpfs_check_limits(struct fake *f, const struct memory_sb *m,
			      const struct tmpfs_options *options)
{
	if (options->has_blocks && options->blocks) {
		if (m->max_blocks == 0)
			return refuse(f, RULE_TMPFS_LIMIT_LATE);
		if (m->used_blocks > options->blocks)
			return refuse(f, RULE_TMPFS_SIZE_IN_USE);
	}
	if (options->has_inodes && options->inodes) {
		if (m->max_inodes == 0)
			return refuse(f, RULE_TMPFS_INODES_LATE);
		if (m->used_inodes > options->inodes)
			return refuse(f, RULE_TMPFS_INODES_IN_USE);
	}
	return 0;
}

static int tmpfs_reconfigure(struct fake *f, struct fs_context *fc, struct super_block *sb)
{
	struct memory_sb *m = memory_sb_of(sb);
	const struct tmpfs_options *options = fc->options;
	int r = tmpfs_check_limits(f, m, options);

	if (r < 0)
		return r;
	if (options->has_blocks)
		m->max_blocks = options->blocks;
	if (options->has_inodes)
		m->max_inodes = options->inodes;
	if (options->has_inums)
		m->is_inode64 = options->is_inode64;
	return 0;
}

static void tmpfs_show_options(struct fake *f, struct super_block *sb, struct text *out)
{
	const struct memory_sb *m = memory_sb_of(sb);

	if (m->max_blocks != RAM_PAGES / 2)
		text_addf(out, ",size=%lluk",
			  (unsigned long long)m->max_blocks * (PAGE_BYTES / 1024));
	if (m->max_inodes != RAM_PAGES / 2)
		text_addf(out, ",nr_inodes=%llu", (unsigned long long)m->max_inodes);
	if (m->mode != TMPFS_MODE)
		text_addf(out, ",mode=%03o", m->mode);
	if (m->uid)
		text_addf(out, ",uid=%u", m->uid);
	if (m->gid)
		text_addf(out, ",gid=%u", m->gid);
	if (f->profile.tmpfs_shows_inode64 || m->is_inode64)
		text_addf(out, ",inode%d", m->is_inode64 ? 64 : 32);
}

const struct fs_type tmpfs_fs_type = {
	.name = "tmpfs",
	.flags = FS_USERNS_MOUNT | FS_NODEV | FS_KEEPS_DIGITS,
	.options_size = sizeof(struct tmpfs_options),
	.init = tmpfs_init,
	.parse_param = tmpfs_parse_param,
	.get_tree = tmpfs_get_tree,
	.reconfigure = tmpfs_reconfigure,
	.show_options = tmpfs_show_options,
	.kill_sb = memory_kill_sb,
};

/* ramfs knows mode= and has always passed over the rest. */
struct ramfs_options {
	mode_t mode;
};

static int ramfs_init(struct fake *f, struct fs_context *fc)
{
	struct ramfs_options *options = fc->options;

	(void)f;
	options->mode = 0755;
	return 0;
}

static int ramfs_parse_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	struct ramfs_options *options = fc->options;

	if (strcmp(o->key, "mode") != 0)
		return OPTION_UNKNOWN;
	return parse_mode(f, fc, o, &options->mode);
}

static int ramfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	const struct ramfs_options *options = fc->options;

	*out = memory_sb_new(f, fc->type, fc->user_ns, options->mode);
	(*out)->flags = fc->sb_flags;
	memory_sb_of(*out)->dir_size = 0;
	(*out)->root->inode->size = 0;
	return 0;
}

static void ramfs_show_options(struct fake *f, struct super_block *sb, struct text *out)
{
	const struct memory_sb *m = memory_sb_of(sb);

	(void)f;
	if (m->mode != 0755)
		text_addf(out, ",mode=%o", m->mode);
}

const struct fs_type ramfs_fs_type = {
	.name = "ramfs",
	.flags = FS_USERNS_MOUNT | FS_NODEV | FS_TAKES_ANYTHING,
	.options_size = sizeof(struct ramfs_options),
	.init = ramfs_init,
	.parse_param = ramfs_parse_param,
	.get_tree = ramfs_get_tree,
	.show_options = ramfs_show_options,
	.kill_sb = memory_kill_sb,
};

/* The kernel mounts the first root itself; the type is not registered: init/do_mounts.c. */
const struct fs_type rootfs_fs_type = {
	.name = "rootfs",
	.flags = FS_NODEV | FS_INTERNAL,
	.options_size = sizeof(struct ramfs_options),
	.init = ramfs_init,
	.get_tree = ramfs_get_tree,
	.kill_sb = memory_kill_sb,
};
