/* Contexts of filesystems as open files: fsopen(2), fspick(2), reading; fs/fsopen.c. */
#include "fake/fsopen.h"

#include "fake/check.h"
#include "fake/mount_tree.h"

#include <string.h>

/* The kernel's O_CLOEXEC bit is another one. */
#define FSPICK_FLAGS                                                                           \
	(FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW | FSPICK_NO_AUTOMOUNT | FSPICK_EMPTY_PATH)

/* fscontext_read(): one line at a time. */
static int config_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct fs_config *config = file->private;
	const char *line = fc_log_first(&config->log);
	size_t length;

	if (line == NULL)
		return refuse(f, RULE_FSCONTEXT_NO_LINE);
	length = strlen(line);
	if (length > n)
		return refuse(f, RULE_FSCONTEXT_SHORT);
	if (!memory_is_bad(buf))
		memcpy(buf, line, length);
	fc_log_drop(f, &config->log);
	return memory_is_bad(buf) ? refuse_fault(f) : (int)length;
}

static void config_free(struct fake *f, struct fs_config *config)
{
	fs_context_clean(f, &config->fc);
	while (fc_log_first(&config->log))
		fc_log_drop(f, &config->log);
	if (config->sb) {
		dentry_put(f, config->root);
		sb_put(f, config->sb);
	}
	heap_free(f, config);
}

static void config_release(struct fake *f, struct file *file)
{
	config_free(f, file->private);
}

static void config_holds(struct fake *f, struct file *file, struct check *c)
{
	const struct fs_config *config = file->private;

	(void)f;
	check_holds_sb(c, config->sb);
	check_holds_dentry(c, config->root);
	if (config->fc.ns)
		check_holds_ns(c, config->fc.ns);
	if (config->fc.user_ns)
		check_holds_ns(c, &config->fc.user_ns->ns);
}

static const struct file_ops config_file_ops = {
	.read = config_read,
	.read_sees_buffer = true,
	.release = config_release,
	.holds = config_holds,
};

struct fs_config *fs_config_of(struct file *file)
{
	return file->ops == &config_file_ops ? file->private : NULL;
}

void fs_config_clean(struct fake *f, struct fs_config *config)
{
	fs_context_clean(f, &config->fc);
	/* The mask stays as it is: what was set before is reset by the next change. */
	config->fc.sb_flags = 0;
	config->fc.is_exclusive = false;
	config->phase = FC_AWAITING_RECONF;
}

/* fscontext_create_fd() */
static int config_fd(struct fake *f, struct fs_config *config, bool is_cloexec)
{
	struct path path = {.dentry = dentry_new(f, NULL, "anon_inode:[fscontext]",
						 inode_get(f->anon_inode))};
	struct file *file = file_new(f, &path, O_RDWR);
	int fd;

	path_put(f, &path);
	file->ops = &config_file_ops;
	file->private = config;
	fd = fd_install(f, file, 0, is_cloexec);
	if (fd < 0)
		file_put(f, file);
	return fd;
}

static int config_new(struct fake *f, const struct fs_type *type, struct user_ns *user_ns,
		      struct fs_config **out)
{
	struct fs_config *config = heap_alloc(f, sizeof(*config));
	int r;

	config->fc.log = &config->log;
	r = fs_context_init(f, &config->fc, type, user_ns);
	if (r < 0)
		heap_free(f, config);
	else
		*out = config;
	return r;
}

int do_fsopen(struct fake *f, const char *fsname, unsigned int flags)
{
	const struct fs_type *type;
	struct fs_config *config = NULL;
	int r = may_mount(f);

	if (r < 0)
		return r;
	if (flags & ~FSOPEN_CLOEXEC)
		return refuse(f, RULE_FSOPEN_FLAGS);
	r = mount_string_check(f, fsname);
	if (r == 0)
		r = fs_type_get(f, fsname, &type);
	if (r == 0)
		r = config_new(f, type, f->current->cred->user_ns, &config);
	return r < 0 ? r : config_fd(f, config, flags & FSOPEN_CLOEXEC);
}

static int pick(struct fake *f, const struct path *path, struct fs_config **out)
{
	struct super_block *sb = path->dentry->sb;
	int r;

	if (!path_is_mount_root(path))
		return refuse(f, RULE_FSPICK_NOT_ROOT);
	r = config_new(f, sb->type, sb->user_ns, out);
	if (r < 0)
		return r;
	(*out)->phase = FC_RECONF_PARAMS;
	(*out)->sb = sb_get(sb);
	(*out)->root = dentry_get(path->dentry);
	return 0;
}

int do_fspick(struct fake *f, int dirfd, const char *path, unsigned int flags)
{
	unsigned int lookup = flags & FSPICK_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct fs_config *config = NULL;
	struct path target;
	int r = may_mount(f);

	if (r < 0)
		return r;
	if (flags & ~(unsigned int)FSPICK_FLAGS)
		return refuse(f, RULE_FSPICK_FLAGS);
	if (flags & FSPICK_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = path_lookup(f, dirfd, path, lookup, &target);
	if (r < 0)
		return r;
	r = pick(f, &target, &config);
	path_put(f, &target);
	return r < 0 ? r : config_fd(f, config, flags & FSPICK_CLOEXEC);
}
