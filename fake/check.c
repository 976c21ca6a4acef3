/* Invariants of the whole state: each reference is held by someone, and nothing leaks. */
#include "fake/check.h"

#include "fake/heap.h"
#include "fake/mount_tree.h"

#include <stdio.h>
#include <string.h>

enum held { SB, DENTRY, INODE, MOUNT, OPEN_FILE, CRED, NS, PID, TASK, N_KIND_NAMES };

static const char *const kind_names[N_KIND_NAMES] = {
	"superblock",  "dentry",    "inode", "mount", "open file",
	"credentials", "namespace", "pid",   "task",
};

/* Something that has references, and how many of their holders have been found. */
struct thing {
	enum held kind;
	const void *at;
	int found;
	int names;   /* of an inode: linked dentries */
	int subdirs; /* of an inode: directories among its linked children */
	int writers; /* of an inode or mount: files open for writing */
};

struct check {
	struct fake *f;
	struct text *out;
	bool is_broken;
	struct thing *things; /* in the order in which they were met */
	size_t n, size;
	size_t *index; /* by hash of at, 1 more than the place in things; 2 * size */
};

void check_fails(struct check *c, const char *format, ...)
{
	va_list args;

	if (!c->is_broken) {
		va_start(args, format);
		text_addv(c->out, format, args);
		va_end(args);
	}
	c->is_broken = true;
}

/* Things that have been met. */

static size_t *index_of(struct check *c, const void *at)
{
	size_t mask = 2 * c->size - 1;
	size_t i = ((uintptr_t)at >> 4) * 0x9e3779b97f4a7c15ULL >> 20 & mask;

	while (c->index[i] && c->things[c->index[i] - 1].at != at)
		i = (i + 1) & mask;
	return &c->index[i];
}

static void things_grow(struct check *c)
{
	struct thing *old = c->things;

	c->size *= 2;
	c->things = heap_alloc(c->f, c->size * sizeof(*c->things));
	heap_free(c->f, c->index);
	c->index = heap_alloc(c->f, 2 * c->size * sizeof(*c->index));
	for (size_t i = 0; i < c->n; i++) {
		c->things[i] = old[i];
		*index_of(c, old[i].at) = i + 1;
	}
	heap_free(c->f, old);
}

/* It lives: the same place each time, until the next one is met. */
static struct thing *meet(struct check *c, enum held kind, const void *at)
{
	size_t *place = index_of(c, at);

	if (*place == 0) {
		if (c->n == c->size) {
			things_grow(c);
			place = index_of(c, at);
		}
		c->things[c->n++] = (struct thing){.kind = kind, .at = at};
		*place = c->n;
	}
	return &c->things[*place - 1];
}

static void hold(struct check *c, enum held kind, const void *at)
{
	if (at)
		meet(c, kind, at)->found++;
}

void check_holds_sb(struct check *c, const struct super_block *sb)
{
	hold(c, SB, sb);
}

void check_holds_dentry(struct check *c, const struct dentry *d)
{
	hold(c, DENTRY, d);
}

void check_holds_inode(struct check *c, const struct inode *inode)
{
	hold(c, INODE, inode);
}

void check_holds_mount(struct check *c, const struct mount *mnt)
{
	hold(c, MOUNT, mnt);
}

void check_holds_path(struct check *c, const struct path *path)
{
	hold(c, MOUNT, path->mnt);
	hold(c, DENTRY, path->dentry);
}

void check_holds_file(struct check *c, const struct file *file)
{
	hold(c, OPEN_FILE, file);
}

void check_holds_cred(struct check *c, const struct cred *cred)
{
	hold(c, CRED, cred);
}

void check_holds_ns(struct check *c, const struct ns *ns)
{
	hold(c, NS, ns);
}

void check_holds_pid(struct check *c, const struct pid *pid)
{
	hold(c, PID, pid);
}

/* What each kind of thing holds. */

static void look_at_sb(struct check *c, struct super_block *sb)
{
	hold(c, NS, &sb->user_ns->ns);
	hold(c, DENTRY, sb->root);
	if (sb->type && sb->type->holds)
		sb->type->holds(c->f, sb, c);
	if (sb->mounts.next == NULL)
		return;
	list_for_each(node, &sb->mounts)
		meet(c, MOUNT, list_entry(node, struct mount, of_sb));
}

static void look_at_dentry(struct check *c, const struct dentry *d)
{
	int n_mounted = 0;

	hold(c, INODE, d->inode);
	if (d->is_pinned)
		hold(c, DENTRY, d);
	if (d->parent != d)
		hold(c, DENTRY, d->parent);
	/* A file of memfd_create(2) has never been linked anywhere. */
	if (!d->is_unlinked && (d->sb != c->f->shmem || d == d->sb->root))
		meet(c, INODE, d->inode)->names++;
	if (!d->is_unlinked && d->parent != d && S_ISDIR(d->inode->mode))
		meet(c, INODE, d->parent->inode)->subdirs++;
	list_for_each(node, &d->children) {
		const struct dentry *child = list_entry(node, struct dentry, sibling);

		meet(c, DENTRY, child);
		if (child->parent != d || child->is_unlinked)
			check_fails(c, "%s is listed in %s, where it is not", child->name,
				    d->name);
	}
	if (d->n_mounted > 0)
		list_for_each(node, &d->mounts)
			n_mounted++;
	if (n_mounted != d->n_mounted)
		check_fails(c, "%s counts %d mounts on it, %d are listed", d->name,
			    d->n_mounted, n_mounted);
}

static void look_at_mount(struct check *c, const struct mount *mnt)
{
	hold(c, SB, mnt->sb);
	hold(c, DENTRY, mnt->root);
	if (mnt_has_parent(mnt))
		hold(c, DENTRY, mnt->mountpoint);
	if (mnt->ns && mnt->ns->is_anon && mnt->ns->root == mnt)
		hold(c, NS, &mnt->ns->ns);
	/* Its place in the tree; where a lazy umount left it on its parent, the parent. */
	if (mnt->ns || (mnt->is_detached && mnt_has_parent(mnt)))
		hold(c, MOUNT, mnt);
	if (mnt_has_parent(mnt) && !mnt->is_detached)
		hold(c, MOUNT, mnt->parent);
	check_mount(c, mnt);
}

static void look_at_file(struct check *c, struct file *file)
{
	check_holds_path(c, &file->path);
	hold(c, CRED, file->cred);
	if (file->is_writer) {
		meet(c, INODE, file->inode)->writers++;
		if (file->path.mnt)
			meet(c, MOUNT, file->path.mnt)->writers++;
	}
	if (file->ops && file->ops->holds)
		file->ops->holds(c->f, file, c);
}

static void look_at_ns(struct check *c, const struct ns *ns)
{
	if (ns->owner)
		hold(c, NS, &ns->owner->ns);
	if (ns->type == CLONE_NEWPID && ((const struct pid_ns *)ns)->parent)
		hold(c, NS, &((const struct pid_ns *)ns)->parent->ns);
	if (ns->type == CLONE_NEWNS)
		check_mnt_ns(c, (const struct mnt_ns *)ns);
}

static void look_at_nsproxy(struct check *c, const struct nsproxy *ns)
{
	if (ns->mnt == NULL)
		return;
	hold(c, NS, &ns->mnt->ns);
	hold(c, NS, &ns->uts->ns);
	hold(c, NS, &ns->ipc->ns);
	hold(c, NS, &ns->net->ns);
	hold(c, NS, &ns->cgroup->ns);
	hold(c, NS, &ns->pid_for_children->ns);
}

static void look_at_task(struct check *c, const struct task *t)
{
	check_holds_path(c, &t->root);
	check_holds_path(c, &t->cwd);
	check_holds_path(c, &t->exe);
	hold(c, CRED, t->cred);
	hold(c, PID, t->pid);
	hold(c, PID, t->pgrp);
	hold(c, PID, t->session);
	hold(c, PID, t->tty_old_pgrp);
	look_at_nsproxy(c, &t->ns);
	if (t->mm_user_ns)
		hold(c, NS, &t->mm_user_ns->ns);
	for (int fd = 0; t->fds && fd < t->fds->size; fd++)
		hold(c, OPEN_FILE, t->fds->slots[fd].file);
}

static void look_at(struct check *c, enum held kind, void *at)
{
	const struct pid *pid = at;
	struct inode *inode = at;

	switch (kind) {
	case SB:
		look_at_sb(c, at);
		break;
	case DENTRY:
		look_at_dentry(c, at);
		break;
	case INODE:
		if (inode->ops->holds)
			inode->ops->holds(c->f, inode, c);
		break;
	case MOUNT:
		look_at_mount(c, at);
		break;
	case OPEN_FILE:
		look_at_file(c, at);
		break;
	case CRED:
		hold(c, NS, &((const struct cred *)at)->user_ns->ns);
		break;
	case NS:
		look_at_ns(c, at);
		break;
	case PID:
		hold(c, NS, &pid->numbers[pid->level].ns->ns);
		break;
	default:
		look_at_task(c, at);
	}
}

/* What was counted, against what was found. */

static int refs_of(const struct thing *thing)
{
	switch (thing->kind) {
	case SB:
		return ((const struct super_block *)thing->at)->refs;
	case DENTRY:
		return ((const struct dentry *)thing->at)->refs;
	case INODE:
		return ((const struct inode *)thing->at)->refs;
	case MOUNT:
		return ((const struct mount *)thing->at)->refs;
	case OPEN_FILE:
		return ((const struct file *)thing->at)->refs;
	case CRED:
		return ((const struct cred *)thing->at)->refs;
	case NS:
		return ((const struct ns *)thing->at)->refs;
	case PID:
		return ((const struct pid *)thing->at)->refs;
	default:
		return thing->found;
	}
}

/* Which one: what a person can look for. */
static void name_of(const struct thing *thing, char *name, size_t size)
{
	const struct mount *mnt = thing->at;
	const struct file *file = thing->at;

	if (thing->kind == DENTRY)
		snprintf(name, size, "%s", ((const struct dentry *)thing->at)->name);
	else if (thing->kind == MOUNT)
		snprintf(name, size, "%d (%s)", mnt->id, mnt->sb->type->name);
	else if (thing->kind == OPEN_FILE)
		snprintf(name, size, "of %s", file->path.dentry->name);
	else if (thing->kind == NS)
		snprintf(name, size, "%s", ns_name(((const struct ns *)thing->at)->type));
	else if (thing->kind == SB)
		snprintf(name, size, "of %s",
			 ((const struct super_block *)thing->at)->type->name);
	else if (thing->kind == INODE)
		snprintf(name, size, "%llu",
			 (unsigned long long)((const struct inode *)thing->at)->ino);
	else
		name[0] = '\0';
}

static void compare_refs(struct check *c, const struct thing *thing, bool is_quiet)
{
	int refs = refs_of(thing);
	char name[64];

	/* A call that sleeps may hold more for as long as it lasts. */
	if (refs == thing->found || (!is_quiet && refs > thing->found))
		return;
	name_of(thing, name, sizeof(name));
	check_fails(c, "%s %s counts %d references, %d are held", kind_names[thing->kind], name,
		    refs, thing->found);
}

/* Links and writers; only memory filesystems are told of by their dentries alone. */
static void compare_counts(struct check *c, const struct thing *thing)
{
	const struct inode *inode = thing->at;
	const struct mount *mnt = thing->at;
	int links;

	if (thing->kind == MOUNT && mnt->writers != thing->writers)
		check_fails(c, "mount %d counts %d writers, %d are open", mnt->id, mnt->writers,
			    thing->writers);
	if (thing->kind != INODE)
		return;
	if (inode->writers > 0 ? inode->writers != thing->writers : thing->writers > 0)
		check_fails(c, "inode %llu counts %d writers, %d are open",
			    (unsigned long long)inode->ino, inode->writers, thing->writers);
	if (inode->sb->dir_ops != &memory_dir_ops)
		return;
	links = thing->names;
	if (S_ISDIR(inode->mode))
		links = thing->names ? 2 + thing->subdirs : 0;
	if ((int)inode->nlink != links)
		check_fails(c, "inode %llu counts %u links, %d are there",
			    (unsigned long long)inode->ino, inode->nlink, links);
}

/* Is no task in the middle of a call but the one that asks? */
static bool is_quiet(const struct fake *f)
{
	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t->is_ready || t->is_exiting)
			return false;
	}
	return true;
}

static void look_at_all(struct check *c)
{
	struct fake *f = c->f;

	hold(c, NS, &f->init_user_ns->ns);
	hold(c, NS, &f->boot_ns->ns);
	hold(c, SB, f->nsfs);
	hold(c, SB, f->pipefs);
	hold(c, SB, f->sockfs);
	hold(c, SB, f->pidfs);
	hold(c, SB, f->shmem);
	hold(c, INODE, f->anon_inode);
	list_for_each(node, &f->super_blocks)
		meet(c, SB, list_entry(node, struct super_block, all));
	list_for_each(node, &f->tasks)
		meet(c, TASK, list_entry(node, struct task, all));
	for (size_t i = 0; i < c->n; i++) {
		void *at;

		memcpy(&at, &c->things[i].at, sizeof(at));
		look_at(c, c->things[i].kind, at);
	}
}

static void check_leaks(struct check *c)
{
	size_t size;
	long n = region_count_leaks(c->f->heap, c->f, &size);

	if (n > 0)
		check_fails(c, "%ld pieces of memory are lost, the first of %zu bytes", n,
			    size);
}

int fake_check(struct fake *f, struct text *out)
{
	struct check c = {.f = f, .out = out, .size = 1024};
	bool quiet = is_quiet(f);

	c.things = heap_alloc(f, c.size * sizeof(*c.things));
	c.index = heap_alloc(f, 2 * c.size * sizeof(*c.index));
	look_at_all(&c);
	for (size_t i = 0; i < c.n; i++) {
		compare_refs(&c, &c.things[i], quiet);
		compare_counts(&c, &c.things[i]);
	}
	heap_free(f, c.things);
	heap_free(f, c.index);
	if (quiet)
		check_leaks(&c);
	return c.is_broken ? -EUCLEAN : 0;
}
