/* One walk under way: what namei.c has and the openers go on with. */
#ifndef FAKE_NAMEI_WALK_H
#define FAKE_NAMEI_WALK_H

#include "fake/mount.h"
#include "fake/namei.h"

#define SYMLINKS_MAX 40 /* MAXSYMLINKS: in one walk, wherever they stand */
#define NAME_BYTES 258	/* a component, or enough of a longer one to see that it is too long */

#define WALK_NO_XDEV LOOKUP_RESOLVE(RESOLVE_NO_XDEV)
#define WALK_NO_MAGICLINKS LOOKUP_RESOLVE(RESOLVE_NO_MAGICLINKS)
#define WALK_NO_SYMLINKS LOOKUP_RESOLVE(RESOLVE_NO_SYMLINKS)
#define WALK_BENEATH LOOKUP_RESOLVE(RESOLVE_BENEATH)
#define WALK_IN_ROOT LOOKUP_RESOLVE(RESOLVE_IN_ROOT)
#define WALK_SCOPED (WALK_BENEATH | WALK_IN_ROOT)

/* struct nameidata */
struct walk {
	struct fake *f;
	struct path path;   /* how far it has come; holds references */
	struct path root;   /* where ".." and "/" end; holds none; zero while not needed */
	unsigned int flags; /* LOOKUP_* */
	const char *rest;   /* of the text that is being walked */

	const char *last; /* the component cut off it */
	size_t last_len;
	enum last_type last_type;
	bool has_slash;	 /* behind last */
	mode_t dir_mode; /* of the directory that last is in; 0 where there is no last */
	uid_t dir_uid;

	const char *text; /* of the link that was just met */
	int n_followed;	  /* links, magic ones among them */
	int depth;	  /* of rests */
	int n_owned;
	const char *rests[SYMLINKS_MAX + 1]; /* where the text of an inner link goes on */
	char *owned[SYMLINKS_MAX + 1];	     /* texts of links that were made on demand */
};

/* What a step answers beside 0 and refusals: there is a link, and text has what it says. */
#define WALK_LINK 1

enum walk_step {
	STEP_INNER,    /* follow a link */
	STEP_TRAILING, /* follow it with LOOKUP_FOLLOW */
	STEP_NOFOLLOW,
};

/* path_init(); whatever it answers, walk_end() must follow. */
int walk_init(struct walk *w, struct fake *f, int dirfd, const char *name, unsigned int flags);
void walk_end(struct walk *w);
/* link_path_walk(): all but the last component. */
int walk_to_last(struct walk *w);
/* lookup_last(): the last component; WALK_LINK: rest is set, go on with walk_to_last(). */
int walk_last(struct walk *w);
/* handle_dots(): the last component where it is ".", ".." or none. */
int walk_dots(struct walk *w);
/* The last component as a string, too long where it is too long. */
void walk_last_name(const struct walk *w, char name[NAME_BYTES]);
/* step_into(): takes over the reference to child. */
int walk_step_into(struct walk *w, struct dentry *child, enum walk_step step);

#endif
