/* What is said of a superblock before it is made or changed: fs/fs_context.c. */
#ifndef FAKE_FS_CONTEXT_H
#define FAKE_FS_CONTEXT_H

#include "fake/inode.h"

/* One parameter: an item of mount(2)'s data, or what fsconfig(2) sets. */
struct option {
	char key[256];	 /* cut: then it is nobody's key */
	char value[256]; /* "" where there is none */
	bool has_value;
	bool is_object; /* bytes, a path or a file, of which no type here can make anything */
};

#define FC_LOG_LINES 8

/* What whoever reads the descriptor of a context is told: struct fc_log. */
struct fc_log {
	char *lines[FC_LOG_LINES];
	int first, n; /* a ring: the oldest goes where there is no room */
};

struct fs_context {
	const struct fs_type *type;
	char *source;  /* NULL: none */
	void *options; /* of type->options_size: what its parse_param was told */
	char *data;    /* of a type that reads its options itself: all of them as text */
	unsigned long sb_flags; /* MS_RDONLY, MS_SYNCHRONOUS, … that concern the superblock */
	unsigned long sb_flags_mask; /* those that a remount changes */
	struct user_ns *user_ns; /* of the mounter, or of the superblock; holds a reference */
	struct ns *ns; /* what a type shows from the first (proc: pids), or NULL; held, too */
	bool is_exclusive;  /* the superblock must be new */
	struct fc_log *log; /* NULL: nobody reads it */
};

/*
 * alloc_fs_context(): nothing is said yet.  0, or the refusal of a type that may not be used
 * at all from here; then there is nothing to be cleaned.
 */
int fs_context_init(struct fake *f, struct fs_context *fc, const struct fs_type *type,
		    struct user_ns *user_ns);
/* Gives back what is in it, but not the log; flags stay, too. */
void fs_context_clean(struct fake *f, struct fs_context *fc);
/* The type of this name: ENODEV where there is none. */
int fs_type_get(struct fake *f, const char *name, const struct fs_type **out);
/* Must its options be kept as text, because it reads them itself? */
bool fs_type_is_legacy(const struct fake *f, const struct fs_type *type);

/* vfs_parse_fs_param(): one parameter.  0 or a refusal. */
int fs_context_param(struct fake *f, struct fs_context *fc, const struct option *o);
/* parse_monolithic_mount_data(): all of mount(2)'s data; NULL is none. */
int fs_context_data(struct fake *f, struct fs_context *fc, const char *data);
/* A source, where there is none yet: it cannot be refused. */
void fs_context_source(struct fake *f, struct fs_context *fc, const char *source);

/* A line for whoever reads: level is 'e' for errors, 'w' for warnings.  errorf(), warnf() */
void fc_log(struct fake *f, struct fs_context *fc, char level, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The oldest line, which the log keeps; NULL: it is empty. */
const char *fc_log_first(const struct fc_log *log);
void fc_log_drop(struct fake *f, struct fc_log *log);

/* What a type's parse_param answers for a key that it does not know. */
#define OPTION_UNKNOWN 1

/*
 * Takes the next item off a comma-separated list; false at its end.  Empty items are passed
 * over.  Commas in front of digits separate nothing with keep_digits (tmpfs, because of mpol=).
 */
bool option_next(const char **data, struct option *o, bool keep_digits);
/* A whole number as fs_param_is_u32 reads it: base 0 or 8.  False: it is none. */
bool option_u32(const struct option *o, int base, uint32_t *out);
/* A value that is a string, and not an empty one: fs_param_is_string() */
bool option_is_string(const struct option *o);
/* The refusals that types share, with their lines in the log. */
int option_bad_value(struct fake *f, struct fs_context *fc, const struct option *o);
int option_unexpected_value(struct fake *f, struct fs_context *fc, const struct option *o);

#endif
