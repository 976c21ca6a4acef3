/* Contexts of filesystems as open files. */
#ifndef FAKE_FSOPEN_H
#define FAKE_FSOPEN_H

#include "fake/file.h"
#include "fake/fs_context.h"

/* What may be done next: enum fs_context_phase. */
enum fc_phase {
	FC_CREATE_PARAMS, /* fsopen: parameters, then the superblock */
	FC_AWAITING_MOUNT,
	FC_AWAITING_RECONF, /* mounted or changed: as fspick leaves it, but nothing is set up */
	FC_RECONF_PARAMS,
	FC_FAILED,
};

/* The private of such a file. */
struct fs_config {
	struct fs_context fc;
	enum fc_phase phase;
	struct super_block *sb; /* with a reference; NULL: not made yet */
	struct dentry *root;	/* fc->root, with one as well: what was picked */
	struct fc_log log;
};

/* Whose file it is; NULL: another kind. */
struct fs_config *fs_config_of(struct file *file);
/* vfs_clean_context(): after a mount or a change, back to where nothing is said. */
void fs_config_clean(struct fake *f, struct fs_config *config);

#endif
