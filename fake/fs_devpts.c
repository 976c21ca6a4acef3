/* devpts: the slaves of pseudoterminals as files, each mount an instance of its own. */
#include "fake/check.h"
#include "fake/cred.h"
#include "fake/fs.h"
#include "fake/mount.h"
#include "fake/tty.h"

#include <limits.h>
#include <string.h>

#define NR_UNIX98_PTY_MAX (1 << 20)

struct devpts_options {
	bool has_uid, has_gid;
	uid_t uid;
	gid_t gid;
	mode_t mode, ptmxmode;
	int max;
	bool may_reserve;
};

/* struct pts_fs_info */
struct devpts {
	struct devpts_options options;
	struct id_pool *indices;
	struct dentry *ptmx; /* the tree's, no reference */
	struct list masters; /* struct tty.of_devpts */
};

static struct devpts *devpts_of(const struct super_block *sb)
{
	return sb->private;
}

/* match_int(): what does not fit an int is none. */
static bool number_option(const struct option *o, const char *key, int base, uint32_t *out)
{
	return strcmp(o->key, key) == 0 && option_u32(o, base, out) && *out <= INT_MAX;
}

/* OPTION_UNKNOWN: the key is, or its value is no number. */
static int parse_option(struct fake *f, const struct option *o, struct devpts_options *options)
{
	const struct user_ns *ns = f->current ? f->current->cred->user_ns : f->init_user_ns;
	uint32_t number;

	if (number_option(o, "uid", 0, &number)) {
		options->uid = uid_outside(ns, number);
		options->has_uid = true;
		if (options->uid == (uid_t)-1)
			return refuse(f, RULE_DEVPTS_UID);
	} else if (number_option(o, "gid", 0, &number)) {
		options->gid = gid_outside(ns, number);
		options->has_gid = true;
		if (options->gid == (gid_t)-1)
			return refuse(f, RULE_DEVPTS_GID);
	} else if (number_option(o, "max", 0, &number)) {
		if (number > NR_UNIX98_PTY_MAX)
			return refuse(f, RULE_DEVPTS_MAX);
		options->max = (int)number;
	} else if (number_option(o, "mode", 8, &number)) {
		options->mode = number & 07777;
	} else if (number_option(o, "ptmxmode", 8, &number)) {
		options->ptmxmode = number & 07777;
	} else if (o->has_value || strcmp(o->key, "newinstance") != 0) {
		return OPTION_UNKNOWN;
	}
	return 0;
}

/* What is not said goes back to its default, at a remount, too. */
static int devpts_init(struct fake *f, struct fs_context *fc)
{
	struct devpts_options *options = fc->options;

	(void)f;
	options->mode = 0600;
	options->max = NR_UNIX98_PTY_MAX;
	return 0;
}

/* parse_mount_options(), before Linux 6.15. */
static int parse_data(struct fake *f, const char *data, struct devpts_options *options)
{
	struct option o;
	int r = 0;

	while (r == 0 && option_next(&data, &o, false))
		r = parse_option(f, &o, options);
	return r == OPTION_UNKNOWN ? refuse(f, RULE_DEVPTS_OPTION) : r;
}

/* devpts_parse_param() */
static int devpts_parse_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	static const char *const keys[] = {"uid", "gid", "max", "mode", "ptmxmode"};
	int r = parse_option(f, o, fc->options);

	if (r == OPTION_UNKNOWN && strcmp(o->key, "newinstance") == 0)
		return option_unexpected_value(f, fc, o);
	for (size_t i = 0; r == OPTION_UNKNOWN && i < sizeof(keys) / sizeof(*keys); i++)
		if (strcmp(o->key, keys[i]) == 0)
			return option_bad_value(f, fc, o);
	return r;
}

static bool is_in_first_mnt_ns(const struct fake *f)
{
	return f->current == NULL || f->current->ns.mnt == f->boot_ns;
}

/* A character device in the root, there while it is not unlinked. */
static struct dentry *node_new(struct fake *f, struct super_block *sb, const char *name,
			       mode_t mode, dev_t rdev)
{
	struct inode *inode = inode_new(f, sb, S_IFCHR | mode);
	struct dentry *d = dentry_new(f, sb->root, name, inode);

	inode->rdev = rdev;
	dentry_pin(d);
	return d;
}

/* devpts_fill_super() and mknod_ptmx() */
static void devpts_fill(struct fake *f, struct super_block *sb)
{
	/* simple_dir_inode_operations: nothing can be made or removed in it by hand. */
	static const struct inode_ops dir_ops;
	struct devpts *devpts = devpts_of(sb);
	struct inode *root;

	sb->nodev = false;
	sb->dir_ops = &dir_ops;
	root = inode_new(f, sb, S_IFDIR | 0755);
	root->uid = 0;
	root->gid = 0;
	sb->root = dentry_new(f, NULL, "", root);
	devpts->ptmx = node_new(f, sb, "ptmx", devpts->options.ptmxmode, makedev(5, 2));
	dentry_put(f, devpts->ptmx);
}

static int devpts_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	struct devpts_options options = *(struct devpts_options *)fc->options;
	struct super_block *sb;
	struct devpts *devpts;
	int r = parse_data(f, fc->data, &options);

	if (r < 0)
		return r;
	devpts = heap_alloc(f, sizeof(*devpts));
	devpts->options = options;
	devpts->options.may_reserve = is_in_first_mnt_ns(f);
	devpts->indices = id_pool_new(f, 0);
	list_init(&devpts->masters);
	sb = sb_new(f, fc->type, fc->user_ns);
	sb->flags = fc->sb_flags;
	sb->block_size = 1024;
	sb->private = devpts;
	devpts_fill(f, sb);
	*out = sb;
	return 0;
}

/* devpts_remount(): the defaults came back even where the new options were refused. */
static int devpts_reconfigure(struct fake *f, struct fs_context *fc, struct super_block *sb)
{
	struct devpts *devpts = devpts_of(sb);
	struct devpts_options options = *(struct devpts_options *)fc->options;
	int r = parse_data(f, fc->data, &options);

	options.may_reserve = devpts->options.may_reserve;
	devpts->options = options;
	devpts->ptmx->inode->mode = S_IFCHR | options.ptmxmode;
	return r;
}

static void devpts_show_options(struct fake *f, struct super_block *sb, struct text *out)
{
	const struct devpts_options *options = &devpts_of(sb)->options;

	if (options->has_uid)
		text_addf(out, ",uid=%u", uid_shown(f->init_user_ns, options->uid));
	if (options->has_gid)
		text_addf(out, ",gid=%u", gid_shown(f->init_user_ns, options->gid));
	text_addf(out, ",mode=%03o", options->mode);
	text_addf(out, ",ptmxmode=%03o", options->ptmxmode);
	if (options->max < NR_UNIX98_PTY_MAX)
		text_addf(out, ",max=%d", options->max);
}

/* Each pair holds its instance, its slave's node, and whom it controls. */
static void devpts_holds(struct fake *f, struct super_block *sb, struct check *c)
{
	(void)f;
	list_for_each(node, &devpts_of(sb)->masters) {
		const struct tty *master = list_entry(node, struct tty, of_devpts);

		check_holds_sb(c, sb);
		check_holds_dentry(c, master->link->dentry);
		check_holds_pid(c, master->link->pgrp);
		check_holds_pid(c, master->link->session);
	}
}

static void devpts_kill_sb(struct fake *f, struct super_block *sb)
{
	id_pool_free(f, devpts_of(sb)->indices);
	heap_free(f, sb->private);
}

const struct fs_type devpts_fs_type = {
	.name = "devpts",
	.flags = FS_USERNS_MOUNT | FS_NODEV | FS_LEGACY,
	.options_size = sizeof(struct devpts_options),
	.init = devpts_init,
	.parse_param = devpts_parse_param,
	.get_tree = devpts_get_tree,
	.reconfigure = devpts_reconfigure,
	.show_options = devpts_show_options,
	.kill_sb = devpts_kill_sb,
	.holds = devpts_holds,
};

static bool is_devpts(const struct super_block *sb)
{
	return sb->type == &devpts_fs_type;
}

/* path_pts(): what is mounted on "pts" in the directory of this file. */
static int path_pts(struct fake *f, struct path *path)
{
	struct dentry *d;
	int r = lookup_one(f, path->dentry->parent, "pts", &d);

	if (r == -ENOENT)
		return refuse(f, RULE_PTMX_NO_PTS);
	if (r < 0)
		return r;
	dentry_put(f, path->dentry);
	path->dentry = d;
	path_follow_down(f, path);
	return 0;
}

/* devpts_ptmx_path() */
static int devpts_ptmx_path(struct fake *f, struct path *path)
{
	int r = path_pts(f, path);

	if (r < 0)
		return r;
	if (!is_devpts(path->mnt->sb) || path->mnt->root != path->mnt->sb->root)
		return refuse(f, RULE_PTMX_NO_DEVPTS);
	return 0;
}

int devpts_acquire(struct fake *f, const struct file *file, struct super_block **out)
{
	struct path path = file->path;
	int r = 0;

	path_get(&path);
	if (!is_devpts(path.mnt->sb))
		r = devpts_ptmx_path(f, &path);
	if (r == 0)
		*out = sb_get(path.mnt->sb);
	path_put(f, &path);
	return r;
}

int devpts_slave_path(struct fake *f, const struct file *master, struct path *out)
{
	const struct tty *tty = master->private;
	struct path path = master->path;
	int r = 0;

	path_get(&path);
	/* A ptmx that is bound elsewhere: from where it is seen. */
	while (path.mnt->root == path.dentry && path_follow_up(f, &path))
		;
	if (path.mnt->sb != tty->sb)
		r = devpts_ptmx_path(f, &path);
	if (r == 0 && path.mnt->sb != tty->sb)
		r = refuse(f, RULE_PTPEER_OTHER_DEVPTS);
	if (r == 0) {
		*out = (struct path){.mnt = path.mnt, .dentry = tty->link->dentry};
		path_get(out);
	}
	path_put(f, &path);
	return r;
}

int devpts_index_new(struct fake *f, struct super_block *sb)
{
	struct devpts *devpts = devpts_of(sb);
	int reserve = devpts->options.may_reserve ? 0 : f->pty_reserve;
	int index;

	if (f->n_ptys + 1 >= f->pty_max - reserve)
		return refuse(f, RULE_PTY_LIMIT);
	index = id_pool_take(f, devpts->indices);
	if (index >= devpts->options.max) {
		id_pool_give(f, devpts->indices, index);
		return refuse(f, RULE_DEVPTS_FULL);
	}
	f->n_ptys++;
	return index;
}

void devpts_index_kill(struct fake *f, struct super_block *sb, int index)
{
	id_pool_give(f, devpts_of(sb)->indices, index);
	f->n_ptys--;
}

struct dentry *devpts_pty_new(struct fake *f, struct super_block *sb, struct tty *slave)
{
	const struct devpts_options *options = &devpts_of(sb)->options;
	char memory[16];
	struct text name;
	struct dentry *d;

	text_init(&name, memory, sizeof(memory));
	text_addf(&name, "%d", slave->index);
	d = node_new(f, sb, memory, options->mode, makedev(136, (unsigned int)slave->index));
	d->inode->ino = (uint64_t)slave->index + 3;
	if (options->has_uid)
		d->inode->uid = options->uid;
	if (options->has_gid)
		d->inode->gid = options->gid;
	d->private = slave;
	list_append(&slave->link->of_devpts, &devpts_of(sb)->masters);
	return d;
}

void devpts_pty_kill(struct fake *f, struct dentry *d)
{
	d->private = NULL;
	d->inode->nlink--;
	dentry_unlink(f, d);
	dentry_put(f, d);
}

struct tty *devpts_tty(const struct dentry *d)
{
	return is_devpts(d->sb) ? d->private : NULL;
}
