/* Lines of a world that mount something. */
#include "fake/fs_context.h"
#include "fake/mount_tree.h"
#include "fake/task.h"
#include "fake/world.h"

#include <string.h>

/* What may stand behind a mount's type. */
struct mount_line {
	unsigned int flags;	/* MNT_* */
	unsigned long sb_flags; /* MS_* */
	unsigned long group, master;
	const char *source, *data, *from;
	const char *dev;
};

/* clang-format off */
static const struct {
	const char *name;
	unsigned int set, clear;
	unsigned long sb;
} flag_words[] = {
	{"ro",          MNT_READONLY,    0,              MS_RDONLY},
	{"rw",          0,               0,              0},
	{"ro-mount",    MNT_READONLY,    0,              0},
	{"nosuid",      MNT_NOSUID,      0,              0},
	{"nodev",       MNT_NODEV,       0,              0},
	{"noexec",      MNT_NOEXEC,      0,              0},
	{"noatime",     MNT_NOATIME,     MNT_RELATIME,   0},
	{"nodiratime",  MNT_NODIRATIME,  0,              0},
	{"relatime",    MNT_RELATIME,    0,              0},
	{"strictatime", 0,               MNT_RELATIME,   0},
	{"nosymfollow", MNT_NOSYMFOLLOW, 0,              0},
	{"unbindable",  MNT_UNBINDABLE,  0,              0},
	{"locked",      MNT_LOCKED,      0,              0},
	{"private",     0,               0,              0},
	{"sync",        0,               0,              MS_SYNCHRONOUS},
	{"dirsync",     0,               0,              MS_DIRSYNC},
	{"lazytime",    0,               0,              MS_LAZYTIME},
};
/* clang-format on */

/* One of a list of flags; false: none that is known. */
static bool read_flag(struct mount_line *m, const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(*flag_words); i++) {
		if (strlen(flag_words[i].name) != n || memcmp(flag_words[i].name, s, n) != 0)
			continue;
		m->flags &= ~flag_words[i].clear;
		m->flags |= flag_words[i].set;
		m->sb_flags |= flag_words[i].sb;
		return true;
	}
	return false;
}

static int read_flags(struct world *w, struct mount_line *m, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, ",");

		if (!read_flag(m, s, n))
			return world_error(w, "%.*s is no flag of a mount", (int)n, s);
		s += n + (s[n] == ',');
	}
	return 0;
}

static int read_group(struct world *w, const char *s, unsigned long *group)
{
	if (!word_number(s, 10, 1000000, group) || *group == 0)
		return world_error(w, "peer groups have numbers from 1 on");
	return 0;
}

static int read_word(struct world *w, struct mount_line *m, const char *s)
{
	const struct {
		const char *key;
		const char **value;
	} texts[] = {{"source", &m->source},
		     {"data", &m->data},
		     {"from", &m->from},
		     {"dev", &m->dev}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *value = word_value(s, texts[i].key);

		if (value) {
			*texts[i].value = value;
			return 0;
		}
	}
	if (strncmp(s, "shared:", 7) == 0)
		return read_group(w, s + 7, &m->group);
	if (strncmp(s, "master:", 7) == 0)
		return read_group(w, s + 7, &m->master);
	return read_flags(w, m, s);
}

/* A mount of this group, in any namespace; NULL. */
static struct mount *group_find(struct fake *f, unsigned long group)
{
	list_for_each(sb_node, &f->super_blocks) {
		struct super_block *sb = list_entry(sb_node, struct super_block, all);

		if (sb->mounts.next == NULL)
			continue;
		list_for_each(node, &sb->mounts) {
			struct mount *mnt = list_entry(node, struct mount, of_sb);

			if ((unsigned long)mnt->group_id == group)
				return mnt;
		}
	}
	return NULL;
}

static int set_propagation(struct world *w, const struct mount_line *m, struct mount *mnt)
{
	struct mount *peer = m->group ? group_find(w->f, m->group) : NULL;
	struct mount *master = m->master ? group_find(w->f, m->master) : NULL;

	if (m->master && master == NULL)
		return world_error(w, "no mount is shared:%lu yet", m->master);
	if (peer && (peer->sb != mnt->sb || peer->master != master))
		return world_error(w, "shared:%lu shows something else, or has another master",
				   m->group);
	if (m->group && m->flags & MNT_UNBINDABLE)
		return world_error(w, "what is shared is not unbindable");
	if (master) {
		mnt->master = master;
		list_insert(&mnt->slave, peer ? &peer->slave : &master->slaves);
	}
	if (m->group == 0)
		return 0;
	mnt->flags |= MNT_SHARED;
	mnt->group_id = (int)m->group;
	if (peer)
		list_insert(&mnt->peer, &peer->peer);
	else if (!id_pool_take_this(w->f, w->f->group_ids, mnt->group_id))
		return world_error(w, "shared:%lu is taken", m->group);
	return 0;
}

/* Puts a mount of root on the place. */
static int attach(struct world *w, const struct mount_line *m, struct dentry *root,
		  const struct path *at)
{
	struct fake *f = w->f;
	struct mount *mnt;

	if (S_ISDIR(root->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		return world_error(w, "a directory on what is none, or the reverse");
	mnt = mnt_create(f, root->sb, root, m->source);
	mnt->flags = m->flags;
	if (mnt->flags & MNT_LOCKED)
		lock_mnt_tree(mnt);
	mount_set_mountpoint(at->mnt, at->dentry, mnt);
	mount_hash(mnt);
	mount_add_to_ns(f, f->boot_ns, mnt);
	mnt_ns_touch(f->boot_ns);
	return set_propagation(w, m, mnt);
}

/* A new superblock of the type. */
static int get_tree(struct world *w, const struct mount_line *m, struct super_block **sb)
{
	const char *type = w->text.words[1].s;
	struct fs_context fc = {.sb_flags = m->sb_flags};
	const struct fs_type *found = fs_type_find(type);
	unsigned int major_number, minor_number;
	int r;

	if (found == NULL)
		return world_error(w, "%s is no type of file or filesystem", type);
	r = fs_context_init(w->f, &fc, found, w->f->init_user_ns);
	if (r == 0)
		r = fs_context_data(w->f, &fc, m->data);
	if (r == 0)
		r = found->get_tree(w->f, &fc, sb);
	fs_context_clean(w->f, &fc);
	if (r < 0)
		return world_error(w, "%s on %s: %s", type, w->text.words[0].s, strerror(-r));
	if (m->dev && !word_pair(m->dev, &major_number, &minor_number)) {
		sb_put(w->f, *sb);
		return world_error(w, "dev= needs a number, as 8:1");
	}
	if (m->dev) {
		id_pool_give(w->f, w->f->anon_devs, (int)minor((*sb)->dev));
		(*sb)->dev = makedev(major_number, minor_number);
	}
	return 0;
}

/* What stands on the first mount of all is the root, where init stands from now on. */
static void enter_root(struct fake *f)
{
	struct path root;

	mnt_ns_root(f, f->boot_ns, &root);
	path_put(f, &f->init->root);
	path_put(f, &f->init->cwd);
	f->init->root = f->init->cwd = root;
	path_get(&root);
}

static int mount_new(struct world *w, const struct mount_line *m)
{
	const char *path = w->text.words[0].s;
	bool is_root = strcmp(path, "/") == 0;
	struct super_block *sb;
	struct path at;
	int r;

	if (is_root != (w->f->boot_ns->n_mounts == 1))
		return world_error(w, "/ is mounted first, and once");
	r = world_place(w, path, S_IFDIR | 0755, &at);
	if (r < 0)
		return r;
	r = get_tree(w, m, &sb);
	if (r == 0) {
		r = attach(w, m, sb->root, &at);
		sb_put(w->f, sb);
	}
	path_put(w->f, &at);
	if (r == 0 && is_root)
		enter_root(w->f);
	return r;
}

/* Part of what is mounted already, seen elsewhere. */
static int mount_bind(struct world *w, struct mount_line *m)
{
	struct path from, at;
	mode_t mode;
	int r;

	if (m->from == NULL)
		return world_error(w, "a bind needs from=/path");
	r = world_place(w, m->from, S_IFDIR | 0755, &from);
	if (r < 0)
		return r;
	mode = S_ISDIR(from.dentry->inode->mode) ? S_IFDIR | 0755 : S_IFREG | 0644;
	r = world_place(w, w->text.words[0].s, mode, &at);
	if (r == 0) {
		if (m->source == NULL)
			m->source = from.mnt->source;
		r = attach(w, m, from.dentry, &at);
		path_put(w->f, &at);
	}
	path_put(w->f, &from);
	return r;
}

int world_mount(struct world *w)
{
	bool is_bind = strcmp(w->text.words[1].s, "bind") == 0;
	struct mount_line m = {
		.flags = MNT_RELATIME,
		.source = is_bind ? NULL : w->text.words[1].s,
	};

	for (int i = 2; i < w->text.n_words; i++) {
		int r = read_word(w, &m, w->text.words[i].s);

		if (r < 0)
			return r;
	}
	return is_bind ? mount_bind(w, &m) : mount_new(w, &m);
}
