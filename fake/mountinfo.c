/* /proc/PID/mountinfo and mounts, to the byte; fs/proc_namespace.c. */
#include "fake/mount_tree.h"

#include "fake/task.h"

#include <string.h>

#define ESCAPED " \t\n\\"

/* Bytes of escaped become three octal digits behind a backslash. */
static void show_escaped(struct text *out, const char *s, const char *escaped)
{
	for (; *s; s++) {
		if (strchr(escaped, *s))
			text_addf(out, "\\%03o", (unsigned char)*s);
		else
			text_add_char(out, *s);
	}
}

/* A walk upwards, name by name: to root through mount points, or to a superblock's root. */
struct climb {
	const struct mount *mnt; /* NULL: stay in the superblock */
	const struct dentry *at;
	const struct path *root;
	bool is_outside; /* it ended elsewhere */
};

/* The next name, last one first; NULL: that was all.  __prepend_path() */
static const struct dentry *climb_next(struct climb *c)
{
	const struct dentry *name;

	while (c->mnt && (c->at != c->root->dentry || c->mnt != c->root->mnt) &&
	       c->at == c->mnt->root) {
		if (!mnt_has_parent(c->mnt)) {
			c->is_outside = true;
			return NULL;
		}
		c->at = c->mnt->mountpoint;
		c->mnt = c->mnt->parent;
	}
	if (c->mnt && c->at == c->root->dentry && c->mnt == c->root->mnt)
		return NULL;
	name = c->at;
	if (name->parent == name) {
		c->is_outside = c->mnt != NULL;
		return NULL;
	}
	c->at = name->parent;
	return name;
}

/* "/a/b", escaped; false, and out as it was, where the climb ends outside. */
static bool show_climb(struct fake *f, const struct climb *from, struct text *out)
{
	const struct dentry **names, *name;
	struct climb c = *from;
	size_t n = 0;

	while (climb_next(&c))
		n++;
	if (c.is_outside)
		return false;
	if (n == 0)
		text_add_char(out, '/');
	names = heap_alloc(f, (n + 1) * sizeof(struct dentry *));
	c = *from;
	for (size_t i = n; (name = climb_next(&c)) != NULL;)
		names[--i] = name;
	for (size_t i = 0; i < n; i++) {
		text_add_char(out, '/');
		show_escaped(out, names[i]->name, ESCAPED);
	}
	heap_free(f, names);
	return true;
}

/* Which part of the superblock the mount shows. */
static void show_root(struct fake *f, const struct mount *mnt, struct text *out)
{
	const struct climb climb = {.at = mnt->root};
	const struct ns *ns = nsfs_ns(mnt->root->inode);

	if (ns) {
		text_addf(out, "%s:[%u]", ns_name(ns->type), ns->inum);
		return;
	}
	show_climb(f, &climb, out);
	if (mnt->root->is_unlinked)
		text_add(out, "//deleted");
}

/* Where it is, as seen from root; false: it cannot be seen, and its line is left out. */
static bool show_mountpoint(struct fake *f, const struct mount *mnt, const struct path *root,
			    struct text *out)
{
	const struct climb climb = {.mnt = mnt, .at = mnt->root, .root = root};

	return show_climb(f, &climb, out);
}

static void show_sb_flags(const struct super_block *sb, struct text *out)
{
	if (sb->flags & MS_SYNCHRONOUS)
		text_add(out, ",sync");
	if (sb->flags & MS_DIRSYNC)
		text_add(out, ",dirsync");
	if (sb->flags & MS_MANDLOCK)
		text_add(out, ",mand");
	if (sb->flags & MS_LAZYTIME)
		text_add(out, ",lazytime");
}

static void show_mnt_flags(const struct mount *mnt, struct text *out)
{
	static const struct {
		unsigned int flag;
		const char *word;
	} words[] = {
		{MNT_NOSUID, ",nosuid"},	   {MNT_NODEV, ",nodev"},
		{MNT_NOEXEC, ",noexec"},	   {MNT_NOATIME, ",noatime"},
		{MNT_NODIRATIME, ",nodiratime"},   {MNT_RELATIME, ",relatime"},
		{MNT_NOSYMFOLLOW, ",nosymfollow"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (mnt->flags & words[i].flag)
			text_add(out, words[i].word);
}

static void show_propagation(const struct mount *mnt, const struct path *root, struct text *out)
{
	int from;

	if (mnt->flags & MNT_SHARED)
		text_addf(out, " shared:%d", mnt->group_id);
	if (mnt->master) {
		text_addf(out, " master:%d", mnt->master->group_id);
		from = get_dominating_id(mnt, root);
		if (from != 0 && from != mnt->master->group_id)
			text_addf(out, " propagate_from:%d", from);
	}
	if (mnt->flags & MNT_UNBINDABLE)
		text_add(out, " unbindable");
}

static void show_type(const struct mount *mnt, struct text *out)
{
	show_escaped(out, mnt->sb->type->name, ESCAPED "#");
}

static void show_source(const struct mount *mnt, struct text *out)
{
	show_escaped(out, mnt->source ? mnt->source : "none", ESCAPED "#");
}

static void show_options(struct fake *f, const struct mount *mnt, struct text *out)
{
	if (mnt->sb->type->show_options)
		mnt->sb->type->show_options(f, mnt->sb, out);
}

/* A line of mountinfo; false: the mount cannot be seen from root. */
static bool show_mountinfo(struct fake *f, const struct mount *mnt, const struct path *root,
			   struct text *out)
{
	text_addf(out, "%d %d %u:%u ", mnt->id, mnt->parent->id, major(mnt->sb->dev),
		  minor(mnt->sb->dev));
	show_root(f, mnt, out);
	text_add_char(out, ' ');
	if (!show_mountpoint(f, mnt, root, out))
		return false;
	text_add(out, mnt->flags & MNT_READONLY ? " ro" : " rw");
	show_mnt_flags(mnt, out);
	show_propagation(mnt, root, out);
	text_add(out, " - ");
	show_type(mnt, out);
	text_add_char(out, ' ');
	show_source(mnt, out);
	text_add(out, mnt->sb->flags & MS_RDONLY ? " ro" : " rw");
	show_sb_flags(mnt->sb, out);
	show_options(f, mnt, out);
	text_add_char(out, '\n');
	return true;
}

/* A line of mounts. */
static bool show_vfsmnt(struct fake *f, const struct mount *mnt, const struct path *root,
			struct text *out)
{
	show_source(mnt, out);
	text_add_char(out, ' ');
	if (!show_mountpoint(f, mnt, root, out))
		return false;
	text_add_char(out, ' ');
	show_type(mnt, out);
	text_add(out, mnt_is_readonly(mnt) ? " ro" : " rw");
	show_sb_flags(mnt->sb, out);
	show_mnt_flags(mnt, out);
	show_options(f, mnt, out);
	text_add(out, " 0 0\n");
	return true;
}

/* Back to where a line began that was not to be. */
static void text_cut(struct text *out, size_t len)
{
	out->len = len;
	out->at[len] = '\0';
}

static void show_all(struct fake *f, struct mnt_ns *ns, const struct path *root,
		     bool (*show)(struct fake *f, const struct mount *mnt,
				  const struct path *root, struct text *out),
		     struct text *out)
{
	list_for_each(node, &ns->mounts) {
		size_t before = out->len;

		if (!show(f, list_entry(node, struct mount, in_ns), root, out))
			text_cut(out, before);
	}
}

void mountinfo_show(struct fake *f, struct mnt_ns *ns, const struct path *root,
		    struct text *out)
{
	show_all(f, ns, root, show_mountinfo, out);
}

void mounts_show(struct fake *f, struct mnt_ns *ns, const struct path *root, struct text *out)
{
	show_all(f, ns, root, show_vfsmnt, out);
}
