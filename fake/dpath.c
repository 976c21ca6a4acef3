/* From dentries back to text: what getcwd, mountinfo and /proc/PID/fd tell of a place. */
#include "fake/mount.h"

#include <limits.h>
#include <string.h>

/* Grows from its end to its front; what does not fit is dropped. */
struct prepend {
	char bytes[PATH_MAX];
	size_t at;
};

static void prepend_name(struct prepend *p, const char *name)
{
	size_t n = strlen(name);

	if (n + 1 > p->at)
		return;
	p->at -= n;
	memcpy(p->bytes + p->at, name, n);
	p->bytes[--p->at] = '/';
}

static void prepend_finish(struct prepend *p, struct text *out)
{
	if (p->at == sizeof(p->bytes))
		text_add_char(out, '/');
	text_add_bytes(out, p->bytes + p->at, sizeof(p->bytes) - p->at);
}

void dentry_path(const struct dentry *d, struct text *out)
{
	struct prepend p;

	p.at = sizeof(p.bytes);
	for (; d->parent != d; d = d->parent)
		prepend_name(&p, d->name);
	prepend_finish(&p, out);
}

/* prepend_path(): up through directories and mounts until root, or until there is no more. */
static bool prepend_path(const struct path *path, const struct path *root, struct prepend *p)
{
	const struct mount *mnt = path->mnt;
	const struct dentry *d = path->dentry;

	while (d != root->dentry || mnt != root->mnt) {
		if (d == mnt->root) {
			if (mnt->parent == mnt)
				return false;
			d = mnt->mountpoint;
			mnt = mnt->parent;
			continue;
		}
		if (d->parent == d) { /* out of a bind mount by a rename elsewhere: no name */
			p->at = sizeof(p->bytes);
			return false;
		}
		prepend_name(p, d->name);
		d = d->parent;
	}
	return true;
}

bool path_text(struct fake *f, const struct path *path, const struct path *root,
	       struct text *out)
{
	struct prepend p;
	bool is_reachable;

	if (path->mnt == NULL) {
		text_addf(out, path->dentry->sb == f->shmem ? "/%s (deleted)" : "%s",
			  path->dentry->name);
		return true;
	}
	p.at = sizeof(p.bytes);
	is_reachable = prepend_path(path, root, &p);
	prepend_finish(&p, out);
	if (path->dentry->is_unlinked)
		text_add(out, " (deleted)");
	return is_reachable;
}
