/* Makes the host that a text describes: lines, and the way to what they name. */
#include "fake/world.h"

#include "fake/task.h"

#include <stdlib.h>
#include <string.h>

int world_error(struct world *w, const char *format, ...)
{
	va_list args;

	text_addf(w->error, "line %d: ", w->text.line);
	va_start(args, format);
	text_addv(w->error, format, args);
	va_end(args);
	return -EINVAL;
}

bool word_number(const char *s, int base, unsigned long most, unsigned long *out)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	*out = strtoul(s, &end, base);
	return *end == '\0' && *out <= most;
}

bool word_pair(const char *s, unsigned int *first, unsigned int *second)
{
	const char *colon = strchr(s, ':');
	unsigned long a, b;
	char *end;

	if (*s < '0' || *s > '9' || colon == NULL)
		return false;
	a = strtoul(s, &end, 10);
	if (end != colon || a > UINT32_MAX || !word_number(colon + 1, 10, UINT32_MAX, &b))
		return false;
	*first = (unsigned int)a;
	*second = (unsigned int)b;
	return true;
}

const char *word_value(const char *s, const char *key)
{
	size_t n = strlen(key);

	return strncmp(s, key, n) == 0 && s[n] == '=' ? s + n + 1 : NULL;
}

/* Ways. */

int world_create(struct world *w, struct dentry *dir, const char *name, mode_t mode, dev_t rdev,
		 const char *target, struct dentry **out)
{
	const struct inode_ops *ops = dir->inode->ops;
	struct dentry *d;
	int r;

	if (!S_ISDIR(dir->inode->mode))
		return world_error(w, "%s lies in what is no directory", name);
	if (ops->create == NULL)
		return world_error(w, "%s: nothing can be made on %s", name,
				   dir->sb->type->name);
	r = ops->create(w->f, dir, name, mode, rdev, target, &d);
	if (r < 0)
		return world_error(w, "%s: %s", name, strerror(-r));
	d->inode->mode = mode;
	d->inode->uid = d->inode->gid = 0;
	*out = d;
	dentry_put(w->f, d);
	return 0;
}

/* One component down from *at, which moves; made with this mode where it is missing. */
static int step(struct world *w, struct path *at, const char *name, mode_t mode)
{
	struct dentry *child = NULL;
	int r = 0;

	if (!S_ISDIR(at->dentry->inode->mode))
		return world_error(w, "%s lies in what is no directory", name);
	if (lookup_one(w->f, at->dentry, name, &child) < 0) {
		r = world_create(w, at->dentry, name, mode, 0, NULL, &child);
		if (r < 0)
			return r;
		dentry_get(child);
	}
	dentry_put(w->f, at->dentry);
	at->dentry = child;
	path_follow_down(w->f, at);
	return 0;
}

/* All components but the last, which is left in name: "" where there is none. */
static int walk(struct world *w, const char *path, struct path *at, char name[256])
{
	struct mount *root = w->f->boot_ns->root;
	int r = 0;

	*at = (struct path){root, root->root};
	path_get(at);
	path_follow_down(w->f, at);
	name[0] = '\0';
	while (*path && r == 0) {
		size_t n;

		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0)
			break;
		if (n > 255)
			r = world_error(w, "a name of more than 255 bytes");
		else if (name[0])
			r = step(w, at, name, S_IFDIR | 0755);
		memcpy(name, path, n > 255 ? 0 : n);
		name[n > 255 ? 0 : n] = '\0';
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			r = world_error(w, ". and .. have no place in a world");
		path += n;
	}
	if (r < 0)
		path_put(w->f, at);
	return r;
}

int world_parent(struct world *w, const char *path, struct path *parent, char name[256])
{
	int r = walk(w, path, parent, name);

	if (r == 0 && name[0] == '\0') {
		path_put(w->f, parent);
		r = world_error(w, "/ is made by mounting it");
	}
	return r;
}

int world_place(struct world *w, const char *path, mode_t mode, struct path *out)
{
	char name[256];
	int r = walk(w, path, out, name);

	if (r == 0 && name[0]) {
		r = step(w, out, name, mode);
		if (r < 0)
			path_put(w->f, out);
	}
	return r;
}

/* Lines. */

static int world_line(struct world *w)
{
	const char *what = w->text.words[0].s;

	if (*what != '/')
		return world_host(w);
	if (w->text.n_words < 2)
		return world_error(w, "%s: of which type?", what);
	if (world_is_file_type(w->text.words[1].s))
		return world_file(w);
	return world_mount(w);
}

int fake_world(struct fake *f, const char *text, struct text *error)
{
	struct world w = {.f = f, .error = error, .text = {.at = text}};
	int r;

	if (f->stopped[0])
		return -EINVAL;
	w.text.buffer = heap_alloc(f, strlen(text) + WORDS_MAX + 1);
	/* Filesystem types ask who mounts, and directories who makes files. */
	f->current = f->init;
	while ((r = world_text_next(&w.text, error)) > 0) {
		r = world_line(&w);
		if (r < 0)
			break;
	}
	f->current = NULL;
	f->init->has_rule = false;
	heap_free(f, w.text.buffer);
	return r;
}
