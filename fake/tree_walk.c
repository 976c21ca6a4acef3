/* Every file that can be seen from a place: a walk in order, through mounts. */
#include "fake/tree_walk.h"

#include "fake/mount.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	struct fake *f;
	char *path; /* of where it is; grows */
	size_t len, size;
	void (*visit)(void *context, const struct path *at, const char *path);
	void *context;
};

static int compare_names(const void *a, const void *b)
{
	const struct dentry *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

/* The children of a directory, sorted: memory for the caller to free, and their number. */
static struct dentry **sorted_children(struct fake *f, struct dentry *dir, size_t *n)
{
	struct dentry **children;
	size_t i = 0;

	*n = 0;
	list_for_each(node, &dir->children)
		(*n)++;
	if (*n == 0)
		return NULL;
	children = heap_alloc(f, *n * sizeof(*children));
	list_for_each(node, &dir->children)
		children[i++] = list_entry(node, struct dentry, sibling);
	qsort(children, *n, sizeof(*children), compare_names);
	return children;
}

static void path_extend(struct walk *w, const char *name)
{
	size_t n = strlen(name);

	if (w->len + n + 2 > w->size) {
		size_t size = 2 * (w->len + n + 2);
		char *path = heap_alloc(w->f, size);

		memcpy(path, w->path, w->len);
		heap_free(w->f, w->path);
		w->path = path;
		w->size = size;
	}
	w->path[w->len++] = '/';
	memcpy(w->path + w->len, name, n + 1);
	w->len += n;
}

/* Does this directory make up what is in it? */
static bool is_made_up(const struct inode *inode)
{
	return inode->ops->iterate != NULL;
}

/* From the top of what is mounted at the place; without taking references. */
static struct path top_of(struct path at)
{
	struct mount *mnt;

	while ((mnt = mount_on(at.mnt, at.dentry)) != NULL)
		at = (struct path){mnt, mnt->root};
	return at;
}

static void walk_from(struct walk *w, struct path at)
{
	size_t len = w->len, n;
	struct dentry **children;

	w->visit(w->context, &at, len ? w->path : "/");
	if (!S_ISDIR(at.dentry->inode->mode) || is_made_up(at.dentry->inode))
		return;
	children = sorted_children(w->f, at.dentry, &n);
	for (size_t i = 0; i < n; i++) {
		path_extend(w, children[i]->name);
		walk_from(w, top_of((struct path){at.mnt, children[i]}));
		w->len = len;
		w->path[len] = '\0';
	}
	heap_free(w->f, children);
}

void tree_walk(struct fake *f, const struct path *root,
	       void (*visit)(void *context, const struct path *at, const char *path),
	       void *context)
{
	struct walk w = {.f = f, .size = 256, .visit = visit, .context = context};

	w.path = heap_alloc(f, w.size);
	walk_from(&w, *root);
	heap_free(f, w.path);
}
