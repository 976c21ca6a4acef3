/* Walking paths through directories, links and mounts: fs/namei.c's walk. */
#include "fake/namei_walk.h"

#include "fake/open.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

/* A name that is no longer good leaves the tree, with what is mounted on it: d_invalidate(). */
static bool dentry_is_good(struct fake *f, struct dentry *d)
{
	if (d->inode->ops->revalidate == NULL)
		return true;
	if (d->inode->ops->revalidate(f, d)) {
		if (d->inode->ops->refresh)
			d->inode->ops->refresh(f, d->inode);
		return true;
	}
	dentry_get(d);
	dentry_unlink(f, d);
	if (d->n_mounted > 0)
		detach_mounts(f, d);
	dentry_put(f, d);
	return false;
}

int lookup_one(struct fake *f, struct dentry *dir, const char *name, struct dentry **out)
{
	struct dentry *d = dentry_child(f, dir, name);

	if (d && dentry_is_good(f, d)) {
		*out = dentry_get(d);
		return 0;
	}
	if (dir->inode->is_dead)
		return -ENOENT;
	if (dir->inode->ops->lookup)
		return dir->inode->ops->lookup(f, dir, name, out);
	/* simple_lookup() */
	if (strlen(name) > NAME_MAX)
		return refuse(f, RULE_NAME_TOO_LONG);
	return -ENOENT;
}

int path_name_check(struct fake *f, const char *name, unsigned int flags)
{
	size_t n;

	if (memory_is_bad(name))
		return refuse_fault(f);
	n = strnlen(name, PATH_MAX);
	if (n == PATH_MAX)
		return refuse(f, RULE_PATH_TOO_LONG);
	if (n == 0 && !(flags & LOOKUP_EMPTY))
		return refuse(f, RULE_PATH_EMPTY);
	return 0;
}

/* Takes over the references of path. */
static void walk_set(struct walk *w, struct path path)
{
	path_leave(w->f, &w->path);
	w->path = path;
}

static int walk_jump_root(struct walk *w)
{
	if (w->flags & WALK_BENEATH)
		return refuse(w->f, RULE_BENEATH_ABSOLUTE);
	/* A path may be absolute; a link in a relative one may not, until ".." was met. */
	if ((w->flags & WALK_NO_XDEV) && w->path.mnt && w->path.mnt != w->root.mnt)
		return refuse(w->f, RULE_NO_XDEV_ROOT);
	if (!w->root.mnt)
		w->root = w->f->current->root;
	path_get(&w->root);
	walk_set(w, w->root);
	return 0;
}

/* nd_jump_link(): a magic link has said where it points; takes over the references. */
static int walk_jump(struct walk *w, struct path *to)
{
	int r = 0;

	if (w->flags & WALK_NO_MAGICLINKS)
		r = refuse(w->f, RULE_NO_MAGICLINKS);
	else if ((w->flags & WALK_NO_XDEV) && to->mnt != w->path.mnt)
		r = refuse(w->f, RULE_NO_XDEV_MAGICLINK);
	else if (w->flags & WALK_SCOPED)
		r = refuse(w->f, RULE_SCOPED_MAGICLINK);
	if (r < 0)
		path_put(w->f, to);
	else
		walk_set(w, *to);
	return r;
}

static int walk_init_dirfd(struct walk *w, int dirfd, const char *name)
{
	struct file *file;
	struct path path;

	if (dirfd == AT_FDCWD) {
		path = w->f->current->cwd;
	} else {
		file = fd_file(w->f, dirfd);
		if (file == NULL)
			return refuse_badf(w->f);
		if (*name && !S_ISDIR(file->inode->mode))
			return refuse(w->f, RULE_DIRFD_NOT_DIRECTORY);
		path = file->path;
	}
	path_get(&path);
	walk_set(w, path);
	if (w->flags & WALK_SCOPED)
		w->root = path;
	return 0;
}

int walk_init(struct walk *w, struct fake *f, int dirfd, const char *name, unsigned int flags)
{
	int r;

	memset(w, 0, offsetof(struct walk, rests));
	w->f = f;
	w->flags = flags;
	w->rest = name;
	r = path_name_check(f, name, flags);
	if (r < 0)
		return r;
	if (flags & LOOKUP_RESOLVE(RESOLVE_CACHED))
		return not_modelled(f, "openat2(2) with RESOLVE_CACHED");
	if (*name == '/' && !(flags & WALK_IN_ROOT))
		return walk_jump_root(w);
	return walk_init_dirfd(w, dirfd, name);
}

void walk_end(struct walk *w)
{
	path_leave(w->f, &w->path);
	while (w->n_owned > 0)
		heap_free(w->f, w->owned[--w->n_owned]);
}

/* may_follow_link(): fs.protected_symlinks. */
static int walk_may_follow(struct walk *w, const struct inode *link)
{
	if (!w->f->protected_symlinks || link->uid == w->f->current->cred->fsuid)
		return 0;
	if ((w->dir_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH))
		return 0;
	if (w->dir_uid == link->uid)
		return 0;
	return refuse(w->f, RULE_PROTECTED_SYMLINK);
}

/* The text of a link, its inode's own or made on demand, becomes what is walked next. */
static int walk_read_link(struct walk *w, struct dentry *d)
{
	const struct inode *inode = d->inode;
	char *made;
	int r = 0;

	w->text = inode->data ? inode->data : "";
	if (inode->ops->readlink) {
		made = heap_alloc(w->f, PATH_MAX);
		w->owned[w->n_owned++] = made;
		r = inode->ops->readlink(w->f, d, made, PATH_MAX - 1);
		if (r < 0)
			return r;
		made[r] = '\0';
		w->text = made;
	}
	if (*w->text == '/')
		r = walk_jump_root(w);
	if (r < 0)
		return r;
	while (*w->text == '/')
		w->text++;
	return *w->text ? WALK_LINK : 0;
}

/* pick_link(): WALK_LINK when there is text to walk, 0 after a jump. */
static int walk_pick_link(struct walk *w, const struct path *link, bool is_trailing)
{
	const struct inode *inode = link->dentry->inode;
	struct path to;
	int r;

	if (w->n_followed++ >= SYMLINKS_MAX)
		return refuse(w->f, RULE_TOO_MANY_SYMLINKS);
	r = is_trailing ? walk_may_follow(w, inode) : 0;
	if (r < 0)
		return r;
	if (w->flags & WALK_NO_SYMLINKS)
		return refuse(w->f, RULE_NO_SYMLINKS);
	if (link->mnt && (link->mnt->flags & MNT_NOSYMFOLLOW))
		return refuse(w->f, RULE_NOSYMFOLLOW);
	if (inode->ops->jump) {
		r = inode->ops->jump(w->f, link->dentry, &to);
		return r < 0 ? r : walk_jump(w, &to);
	}
	return walk_read_link(w, link->dentry);
}

/* step_into(): over mounts, then over a link; takes over the reference to child. */
int walk_step_into(struct walk *w, struct dentry *child, enum walk_step step)
{
	struct path path = {.mnt = w->path.mnt, .dentry = child};
	int r;

	if (path.mnt)
		mnt_get(path.mnt);
	path_follow_down(w->f, &path);
	if ((w->flags & WALK_NO_XDEV) && path.mnt != w->path.mnt) {
		path_leave(w->f, &path);
		return refuse(w->f, RULE_NO_XDEV_MOUNT);
	}
	if (!S_ISLNK(path.dentry->inode->mode) || step == STEP_NOFOLLOW ||
	    (step == STEP_TRAILING && !(w->flags & LOOKUP_FOLLOW))) {
		walk_set(w, path);
		return 0;
	}
	r = walk_pick_link(w, &path, step == STEP_TRAILING);
	path_leave(w->f, &path);
	return r;
}

/* choose_mountpoint(): the nearest place up where this tree is mounted, below root. */
static bool choose_mountpoint(struct mount *mnt, const struct path *root, struct path *out)
{
	struct dentry *mountpoint;

	while (mnt->parent != mnt) {
		mountpoint = mnt->mountpoint;
		mnt = mnt->parent;
		if (root->dentry == mountpoint && root->mnt == mnt)
			return false;
		if (mountpoint != mnt->root) {
			*out = (struct path){mnt, mountpoint};
			return true;
		}
	}
	return false;
}

/* path_connected(): a directory moved out of a bind mount has no parent in it. */
static bool path_is_connected(const struct mount *mnt, const struct dentry *d)
{
	return mnt->root == mnt->sb->root || dentry_is_beneath(d, mnt->root);
}

static int walk_stay_in_root(struct walk *w)
{
	if (w->flags & WALK_BENEATH)
		return refuse(w->f, RULE_BENEATH_DOTDOT);
	return walk_step_into(w, dentry_get(w->path.dentry), STEP_NOFOLLOW);
}

/* follow_dotdot() */
static int walk_dotdot(struct walk *w)
{
	struct path above;

	if (path_equal(&w->path, &w->root))
		return walk_stay_in_root(w);
	if (w->path.dentry == w->path.mnt->root) {
		if (!choose_mountpoint(w->path.mnt, &w->root, &above))
			return walk_stay_in_root(w);
		path_get(&above);
		walk_set(w, above);
		if (w->flags & WALK_NO_XDEV)
			return refuse(w->f, RULE_NO_XDEV_DOTDOT);
	}
	if (!path_is_connected(w->path.mnt, w->path.dentry->parent))
		return refuse(w->f, RULE_DOTDOT_DISCONNECTED);
	return walk_step_into(w, dentry_get(w->path.dentry->parent), STEP_NOFOLLOW);
}

int walk_dots(struct walk *w)
{
	if (w->last_type != LAST_DOTDOT)
		return 0;
	if (!w->root.mnt)
		w->root = w->f->current->root;
	return walk_dotdot(w);
}

static int walk_component(struct walk *w, enum walk_step step)
{
	struct dentry *child;
	char name[NAME_BYTES];
	int r;

	if (w->last_type != LAST_NORM)
		return walk_dots(w);
	walk_last_name(w, name);
	r = lookup_one(w->f, w->path.dentry, name, &child);
	if (r == -ENOENT) {
		/* try_to_unlazy() holds the mount, which takes the mark of MNT_EXPIRE away. */
		if (w->path.mnt)
			w->path.mnt->is_expiry_marked = false;
		return refuse(w->f, RULE_NO_ENTRY);
	}
	return r < 0 ? r : walk_step_into(w, child, step);
}

void walk_last_name(const struct walk *w, char name[NAME_BYTES])
{
	size_t n = w->last_len < NAME_BYTES - 1 ? w->last_len : NAME_BYTES - 1;

	memcpy(name, w->last, n);
	name[n] = '\0';
}

/* Cuts the next component off the rest of the text. */
static void walk_take_name(struct walk *w)
{
	const char *name = w->rest, *end = strchrnul(name, '/');

	w->last = name;
	w->last_len = (size_t)(end - name);
	w->last_type = LAST_NORM;
	if (name[0] == '.' && w->last_len == 1)
		w->last_type = LAST_DOT;
	else if (name[0] == '.' && name[1] == '.' && w->last_len == 2)
		w->last_type = LAST_DOTDOT;
	w->has_slash = *end == '/';
	while (*end == '/')
		end++;
	w->rest = end;
}

/* One component that is not the last. */
static int walk_inner(struct walk *w)
{
	int r;

	/* The end of an inner link's text: its place is taken by what it leads to. */
	if (*w->rest == '\0')
		w->rest = w->rests[--w->depth];
	r = walk_component(w, STEP_INNER);
	if (r == WALK_LINK) {
		w->rests[w->depth++] = w->rest;
		w->rest = w->text;
		return 0;
	}
	if (r == 0 && !S_ISDIR(w->path.dentry->inode->mode))
		return refuse(w->f, RULE_NOT_DIRECTORY);
	return r;
}

int walk_to_last(struct walk *w)
{
	int r;

	w->last_type = LAST_ROOT;
	while (*w->rest == '/')
		w->rest++;
	if (*w->rest == '\0') {
		w->dir_mode = 0;
		return 0;
	}
	for (;;) {
		r = inode_permission(w->f, w->path.dentry->inode, MAY_EXEC);
		if (r < 0)
			return r;
		walk_take_name(w);
		if (*w->rest == '\0' && w->depth == 0)
			break;
		r = walk_inner(w);
		if (r < 0)
			return r;
	}
	w->dir_mode = w->path.dentry->inode->mode;
	w->dir_uid = w->path.dentry->inode->uid;
	return 0;
}

int walk_last(struct walk *w)
{
	int r;

	if (w->last_type == LAST_NORM && w->has_slash)
		w->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	r = walk_component(w, STEP_TRAILING);
	if (r == WALK_LINK)
		w->rest = w->text;
	return r;
}

/* path_lookupat() */
static int walk_whole(struct walk *w)
{
	int r;

	do {
		r = walk_to_last(w);
		if (r == 0)
			r = walk_last(w);
	} while (r == WALK_LINK);
	if (r == 0 && (w->flags & LOOKUP_DIRECTORY) && !S_ISDIR(w->path.dentry->inode->mode))
		r = refuse(w->f, RULE_NOT_DIRECTORY_LAST);
	return r;
}

int path_lookup(struct fake *f, int dirfd, const char *name, unsigned int flags,
		struct path *out)
{
	struct walk w;
	int r = walk_init(&w, f, dirfd, name, flags);

	if (r == 0)
		r = walk_whole(&w);
	if (r == 0) {
		*out = w.path;
		w.path = (struct path){0};
	}
	walk_end(&w);
	return r;
}

int path_lookup_parent(struct fake *f, int dirfd, const char *name, unsigned int flags,
		       struct path *parent, struct last *last)
{
	struct walk w;
	int r = walk_init(&w, f, dirfd, name, flags);

	if (r == 0)
		r = walk_to_last(&w);
	if (r == 0) {
		*parent = w.path;
		w.path = (struct path){0};
		last->type = w.last_type;
		last->has_slash = w.has_slash;
		last->name[0] = '\0';
		if (w.last_type == LAST_NORM)
			walk_last_name(&w, last->name);
	}
	walk_end(&w);
	return r;
}
