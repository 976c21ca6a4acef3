/* What the files that make a host from its description share. */
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include "fake/namei.h"
#include "fake/world_text.h"

struct world {
	struct fake *f;
	struct world_text text;
	struct text *error;
};

/* Writes "line 3: ..." to error; -EINVAL. */
int world_error(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number, all of the word; false: it is none, or more than most. */
bool word_number(const char *s, int base, unsigned long most, unsigned long *out);
/* "8:1" */
bool word_pair(const char *s, unsigned int *first, unsigned int *second);
/* What stands behind "key=", or NULL. */
const char *word_value(const char *s, const char *key);

/*
 * The directory that the last component of path lies in, made with its parents where it is
 * missing, and that component.
 */
int world_parent(struct world *w, const char *path, struct path *parent, char name[256]);
/* What path names, to the top of what is mounted there; made with this mode where missing. */
int world_place(struct world *w, const char *path, mode_t mode, struct path *out);
/* A new child, owned by root; without a reference. */
int world_create(struct world *w, struct dentry *dir, const char *name, mode_t mode, dev_t rdev,
		 const char *target, struct dentry **out);

/* A line that makes a file, a mount, or says something of the host. */
int world_file(struct world *w);
int world_mount(struct world *w);
int world_host(struct world *w);
/* Is this word of a line a type that world_file() knows? */
bool world_is_file_type(const char *type);

#endif
