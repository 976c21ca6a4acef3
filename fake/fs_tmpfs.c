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

static int parse_blocks(struct fake *f, const struct option *o, struct tmpfs_options *out)
{
	const char *end;
	uint64_t size = parse_size(o->value, &end);

	if (!o->has_value)
		return option_bad_value(f);
	if (*end == '%') {
		size = size * PAGE_BYTES * RAM_PAGES / 100;
		end++;
	}
	if (*end)
		return option_bad_value(f);
	out->blocks = size / PAGE_BYTES + (size % PAGE_BYTES != 0);
	out->has_blocks = true;
	return 0;
}

static int parse_count(struct fake *f, const struct option *o, uint64_t *out, bool *has)
{
	const char *end;
	uint64_t n = parse_size(o->value, &end);

	if (!o->has_value || *end)
		return option_bad_value(f);
	*out = n;
	*has = true;
	return 0;
}

/* The id must mean something to the caller and to the superblock's user namespace. */
static int parse_id(struct fake *f, const struct fs_context *fc, const struct option *o,
		    bool is_gid, uint32_t *out)
{
	const struct user_ns *own = f->current ? f->current->cred->user_ns : fc->user_ns;
	uint32_t n, outside;

	if (!option_u32(o, 0, &n))
		return option_bad_value(f);
	outside = is_gid ? gid_outside(own, n) : uid_outside(own, n);
	if (outside == (uint32_t)-1 ||
	    (is_gid ? gid_inside(fc->user_ns, outside) : uid_inside(fc->user_ns, outside)) ==
		    (uint32_t)-1)
		return option_bad_value(f);
	*out = outside;
	return 0;
}

static int parse_mode(struct fake *f, const struct option *o, mode_t *out)
{
	uint32_t mode;

	if (!option_u32(o, 8, &mode))
		return option_bad_value(f);
	*out = mode & 07777;
	return 0;
}

static int parse_inums(struct fake *f, const struct option *o, bool is_64,
		       struct tmpfs_options *out)
{
	if (o->has_value)
		return option_unknown(f);
	out->has_inums = true;
	out->is_inode64 = is_64;
	return 0;
}

/* shmem_parse_one() */
static int parse_one(struct fake *f, const struct fs_context *fc, const struct option *o,
		     struct tmpfs_options *out)
{
	if (strcmp(o->key, "size") == 0)
		return parse_blocks(f, o, out);
	if (strcmp(o->key, "nr_blocks") == 0)
		return parse_count(f, o, &out->blocks, &out->has_blocks);
	if (strcmp(o->key, "nr_inodes") == 0)
		return parse_count(f, o, &out->inodes, &out->has_inodes);
	if (strcmp(o->key, "mode") == 0)
		return parse_mode(f, o, &out->mode);
	if (strcmp(o->key, "uid") == 0)
		return parse_id(f, fc, o, false, &out->uid);
	if (strcmp(o->key, "gid") == 0)
		return parse_id(f, fc, o, true, &out->gid);
	if (strcmp(o->key, "inode64") == 0 || strcmp(o->key, "inode32") == 0)
		return parse_inums(f, o, o->key[5] == '6', out);
	if (strcmp(o->key, "huge") == 0 || strcmp(o->key, "mpol") == 0 ||
	    strcmp(o->key, "source") == 0)
		return not_modelled(f, "tmpfs with huge=, mpol= or source=");
	return option_unknown(f);
}

static int tmpfs_options_read(struct fake *f, struct fs_context *fc, struct tmpfs_options *out)
{
	const char *data = fc->data;
	struct option o;
	int r;

	*out = (struct tmpfs_options){.mode = TMPFS_MODE,
				      .blocks = RAM_PAGES / 2,
				      .inodes = RAM_PAGES / 2,
				      .is_inode64 = f->profile.tmpfs_shows_inode64};
	if (f->current) {
		out->uid = f->current->cred->fsuid;
		out->gid = f->current->cred->fsgid;
	}
	while (option_next(&data, &o, true)) {
		r = option_is_sb_flag(fc, &o) ? 0 : parse_one(f, fc, &o, out);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tmpfs_parse(struct fake *f, struct fs_context *fc)
{
	struct tmpfs_options ignored;

	return tmpfs_options_read(f, fc, &ignored);
}

/* shmem_fill_super() */
static int tmpfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	struct tmpfs_options options;
	struct super_block *sb;
	struct memory_sb *m;
	int r = tmpfs_options_read(f, fc, &options);

	if (r < 0)
		return r;
	sb = memory_sb_new(f, fc->type, fc->user_ns, options.mode);
	sb->flags = fc->sb_flags;
	sb->root->inode->uid = options.uid;
	sb->root->inode->gid = options.gid;
	m = memory_sb_of(sb);
	m->counts_entries = true;
	m->dir_size = 40;
	sb->root->inode->size = m->dir_size;
	m->max_blocks = options.blocks;
	m->max_inodes = options.inodes;
	m->uid = options.uid;
	m->gid = options.gid;
	m->is_inode64 = options.is_inode64;
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
	struct tmpfs_options options;
	int r = tmpfs_options_read(f, fc, &options);

	if (r == 0)
		r = tmpfs_check_limits(f, m, &options);
	if (r < 0)
		return r;
	if (options.has_blocks)
		m->max_blocks = options.blocks;
	if (options.has_inodes)
		m->max_inodes = options.inodes;
	if (options.has_inums)
		m->is_inode64 = options.is_inode64;
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
	.flags = FS_USERNS_MOUNT | FS_NODEV,
	.parse = tmpfs_parse,
	.get_tree = tmpfs_get_tree,
	.reconfigure = tmpfs_reconfigure,
	.show_options = tmpfs_show_options,
	.kill_sb = memory_kill_sb,
};

/* ramfs knows mode= and has always passed over the rest. */
static int ramfs_mode(struct fake *f, struct fs_context *fc, mode_t *mode)
{
	const char *data = fc->data;
	struct option o;
	int r = 0;

	*mode = 0755;
	while (r == 0 && option_next(&data, &o, false))
		if (!option_is_sb_flag(fc, &o) && strcmp(o.key, "mode") == 0)
			r = parse_mode(f, &o, mode);
	return r;
}

static int ramfs_parse(struct fake *f, struct fs_context *fc)
{
	mode_t ignored;

	return ramfs_mode(f, fc, &ignored);
}

static int ramfs_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	mode_t mode;
	int r = ramfs_mode(f, fc, &mode);

	if (r < 0)
		return r;
	*out = memory_sb_new(f, fc->type, fc->user_ns, mode);
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
	.flags = FS_USERNS_MOUNT | FS_NODEV,
	.parse = ramfs_parse,
	.get_tree = ramfs_get_tree,
	.show_options = ramfs_show_options,
	.kill_sb = memory_kill_sb,
};

/* The kernel mounts the first root itself; the type is not registered: init/do_mounts.c. */
static int rootfs_parse(struct fake *f, struct fs_context *fc)
{
	(void)fc;
	return is_no_call(f) ? 0 : refuse(f, RULE_FS_INTERNAL);
}

const struct fs_type rootfs_fs_type = {
	.name = "rootfs",
	.flags = FS_NODEV,
	.parse = rootfs_parse,
	.get_tree = ramfs_get_tree,
	.kill_sb = memory_kill_sb,
};
