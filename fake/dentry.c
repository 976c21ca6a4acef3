/* Names: the tree of dentries, and the cache that finds a child by its name. */
#include "fake/inode.h"

#include <string.h>

/* Chains by hash of parent and name; as many buckets as names, or more. */
struct dcache {
	struct dentry **buckets;
	size_t n_buckets; /* a power of two */
	size_t n_names;
	uint64_t next_cookie;
};

struct dcache *dcache_new(struct fake *f)
{
	struct dcache *cache = heap_alloc(f, sizeof(*cache));

	cache->n_buckets = 1024;
	cache->buckets = heap_alloc(f, cache->n_buckets * sizeof(*cache->buckets));
	cache->next_cookie = 1;
	return cache;
}

/* FNV-1a, from a start that is the parent's. */
static uint32_t name_hash(const struct dentry *parent, const char *name)
{
	uint32_t hash = (uint32_t)((uintptr_t)parent >> 4) * 2654435761u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash ^ (hash >> 15);
}

static void bucket_add(struct dcache *cache, struct dentry *d)
{
	struct dentry **bucket = &cache->buckets[d->hash & (cache->n_buckets - 1)];

	d->hash_next = *bucket;
	*bucket = d;
}

static void dcache_grow(struct fake *f, struct dcache *cache)
{
	struct dentry **old = cache->buckets;
	size_t n_old = cache->n_buckets;

	cache->n_buckets *= 2;
	cache->buckets = heap_alloc(f, cache->n_buckets * sizeof(*cache->buckets));
	for (size_t i = 0; i < n_old; i++)
		for (struct dentry *d = old[i], *next; d; d = next) {
			next = d->hash_next;
			bucket_add(cache, d);
		}
	heap_free(f, old);
}

/* Into its parent's children, as the newest, and into the cache. */
static void dentry_link(struct fake *f, struct dentry *d)
{
	struct dcache *cache = f->dcache;

	list_append(&d->sibling, &d->parent->children);
	d->cookie = cache->next_cookie++;
	d->hash = name_hash(d->parent, d->name);
	bucket_add(cache, d);
	if (++cache->n_names > cache->n_buckets)
		dcache_grow(f, cache);
}

static void dentry_unhash(struct fake *f, struct dentry *d)
{
	struct dcache *cache = f->dcache;
	struct dentry **at = &cache->buckets[d->hash & (cache->n_buckets - 1)];

	while (*at != d)
		at = &(*at)->hash_next;
	*at = d->hash_next;
	d->hash_next = NULL;
	cache->n_names--;
	list_remove(&d->sibling);
}

struct dentry *dentry_new(struct fake *f, struct dentry *parent, const char *name,
			  struct inode *inode)
{
	struct dentry *d = heap_alloc(f, sizeof(*d));

	d->refs = 1;
	list_init(&d->children);
	list_init(&d->sibling);
	d->name = heap_strdup(f, name);
	d->inode = inode;
	d->sb = inode->sb;
	d->parent = parent ? dentry_get(parent) : d;
	if (parent)
		dentry_link(f, d);
	return d;
}

struct dentry *dentry_get(struct dentry *d)
{
	d->refs++;
	return d;
}

void dentry_put(struct fake *f, struct dentry *d)
{
	struct dentry *parent;

	while (--d->refs == 0) {
		parent = d->parent == d ? NULL : d->parent;
		if (parent && !d->is_unlinked)
			dentry_unhash(f, d);
		inode_put(f, d->inode);
		heap_free(f, d->name);
		heap_free(f, d);
		if (parent == NULL)
			return;
		d = parent;
	}
}

void dentry_pin(struct dentry *d)
{
	d->is_pinned = true;
	d->refs++;
}

void dentry_unlink(struct fake *f, struct dentry *d)
{
	if (d->is_unlinked)
		return;
	dentry_unhash(f, d);
	d->is_unlinked = true;
	if (d->is_pinned) {
		d->is_pinned = false;
		dentry_put(f, d);
	}
}

void dentry_move(struct fake *f, struct dentry *d, struct dentry *dir, const char *name)
{
	struct dentry *old_parent = d->parent;
	char *old_name = d->name;

	dentry_unhash(f, d);
	d->parent = dentry_get(dir);
	d->name = heap_strdup(f, name);
	dentry_link(f, d);
	heap_free(f, old_name);
	dentry_put(f, old_parent);
}

void dentry_tree_drop(struct fake *f, struct dentry *root)
{
	struct dentry *d = root, *parent;

	for (;;) {
		while (!list_empty(&d->children))
			d = list_entry(d->children.prev, struct dentry, sibling);
		if (d == root)
			break;
		parent = d->parent;
		dentry_unlink(f, d);
		d = parent;
	}
	dentry_put(f, root);
}

struct dentry *dentry_child(struct fake *f, struct dentry *parent, const char *name)
{
	const struct dcache *cache = f->dcache;
	uint32_t hash = name_hash(parent, name);
	struct dentry *d = cache->buckets[hash & (cache->n_buckets - 1)];

	while (d && (d->hash != hash || d->parent != parent || strcmp(d->name, name) != 0))
		d = d->hash_next;
	return d;
}

bool dentry_is_beneath(const struct dentry *d, const struct dentry *ancestor)
{
	while (d != ancestor) {
		if (d->parent == d)
			return false;
		d = d->parent;
	}
	return true;
}
