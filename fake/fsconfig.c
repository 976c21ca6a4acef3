/* fsconfig(2): what is said of a superblock, then making or changing it; fs/fsopen.c. */
#include "fake/fsopen.h"

#include "fake/mount_tree.h"
#include "fake/open.h"

#include <limits.h>
#include <string.h>

#define TEXT_BYTES 256		 /* of a key or a string, its end counted */
#define BLOB_BYTES (1024 * 1024) /* at most, of FSCONFIG_SET_BINARY */

struct request {
	unsigned int cmd;
	const char *key;
	const void *value;
	int aux;
};

/* Does the command go with what it was given? */
static bool is_well_formed(const struct request *q)
{
	switch (q->cmd) {
	case FSCONFIG_SET_FLAG:
		return q->key && !q->value && q->aux == 0;
	case FSCONFIG_SET_STRING:
		return q->key && q->value && q->aux == 0;
	case FSCONFIG_SET_BINARY:
		return q->key && q->value && q->aux > 0 && q->aux <= BLOB_BYTES;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		return q->key && q->value && (q->aux == AT_FDCWD || q->aux >= 0);
	case FSCONFIG_SET_FD:
		return q->key && !q->value && q->aux >= 0;
	default:
		return !q->key && !q->value && q->aux == 0;
	}
}

static bool command_is_known(const struct fake *f, unsigned int cmd)
{
	return cmd <= FSCONFIG_CMD_RECONFIGURE ||
	       (cmd == FSCONFIG_CMD_CREATE_EXCL && f->profile.create_exclusive);
}

/* Of types that keep their options as text: flags and strings, and none of the newer. */
static bool command_is_for_legacy(unsigned int cmd)
{
	return cmd == FSCONFIG_SET_FLAG || cmd == FSCONFIG_SET_STRING ||
	       cmd == FSCONFIG_CMD_CREATE || cmd == FSCONFIG_CMD_RECONFIGURE;
}

/* strndup_user() */
static int copy_text(struct fake *f, const char *from, char to[TEXT_BYTES])
{
	size_t n;

	if (memory_is_bad(from))
		return refuse_fault(f);
	n = strnlen(from, TEXT_BYTES);
	if (n == TEXT_BYTES)
		return refuse(f, RULE_FSCONFIG_LONG);
	memcpy(to, from, n + 1);
	return 0;
}

static int check_file(struct fake *f, int fd)
{
	if (!(f->profile.config_takes_o_path ? fd_file(f, fd) : fd_file_io(f, fd)))
		return refuse_badf(f);
	return 0;
}

/* The parameter that a request names. */
static int read_option(struct fake *f, const struct request *q, struct option *o)
{
	int r = copy_text(f, q->key, o->key);

	if (r < 0)
		return r;
	o->has_value = q->cmd != FSCONFIG_SET_FLAG;
	o->is_object = o->has_value && q->cmd != FSCONFIG_SET_STRING;
	switch (q->cmd) {
	case FSCONFIG_SET_STRING:
		return copy_text(f, q->value, o->value);
	case FSCONFIG_SET_BINARY:
		return memory_is_bad(q->value) ? refuse_fault(f) : 0;
	case FSCONFIG_SET_PATH:
		return path_name_check(f, q->value, 0);
	case FSCONFIG_SET_PATH_EMPTY:
		return path_name_check(f, q->value, LOOKUP_EMPTY);
	case FSCONFIG_SET_FD:
		return check_file(f, q->aux);
	default:
		return 0;
	}
}

static int refuse_phase(struct fake *f)
{
	return refuse(f, RULE_FSCONFIG_PHASE);
}

/* vfs_cmd_create() */
static int create(struct fake *f, struct fs_config *config, bool is_exclusive)
{
	struct fs_context *fc = &config->fc;
	int r;

	if (config->phase != FC_CREATE_PARAMS)
		return refuse_phase(f);
	r = mount_capable(f, fc);
	if (r < 0)
		return r;
	fc->is_exclusive = is_exclusive;
	r = fc->type->get_tree(f, fc, &config->sb);
	config->phase = r < 0 ? FC_FAILED : FC_AWAITING_MOUNT;
	if (r == 0)
		config->root = dentry_get(config->sb->root);
	return r;
}

/* vfs_cmd_reconfigure() */
static int reconfigure(struct fake *f, struct fs_config *config)
{
	int r;

	if (config->phase != FC_RECONF_PARAMS)
		return refuse_phase(f);
	r = check_sb_owner(f, config->sb);
	if (r == 0)
		r = reconfigure_super(f, &config->fc, config->sb);
	if (r < 0)
		config->phase = FC_FAILED;
	else
		fs_config_clean(f, config);
	return r;
}

static int set(struct fake *f, struct fs_config *config, const struct option *o)
{
	if (config->phase != FC_CREATE_PARAMS && config->phase != FC_RECONF_PARAMS)
		return refuse_phase(f);
	return fs_context_param(f, &config->fc, o);
}

/* finish_clean_context(): what a mount or a change left is set up for the next one. */
static int finish_clean(struct fake *f, struct fs_config *config)
{
	int r;

	if (config->phase != FC_AWAITING_RECONF)
		return 0;
	r = fs_context_init(f, &config->fc, config->sb->type, config->sb->user_ns);
	config->phase = r < 0 ? FC_FAILED : FC_RECONF_PARAMS;
	return r;
}

/* vfs_fsconfig_locked() */
static int configure(struct fake *f, struct fs_config *config, const struct request *q,
		     const struct option *o)
{
	int r = finish_clean(f, config);

	if (r < 0)
		return r;
	switch (q->cmd) {
	case FSCONFIG_CMD_CREATE:
	case FSCONFIG_CMD_CREATE_EXCL:
		return create(f, config, q->cmd == FSCONFIG_CMD_CREATE_EXCL);
	case FSCONFIG_CMD_RECONFIGURE:
		return reconfigure(f, config);
	default:
		return set(f, config, o);
	}
}

static int find_config(struct fake *f, int fd, struct fs_config **out)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	*out = fs_config_of(file);
	if (*out == NULL)
		return refuse(f, RULE_FSCONFIG_NOT_CONTEXT);
	return 0;
}

int do_fsconfig(struct fake *f, int fd, unsigned int cmd, const char *key, const void *value,
		int aux)
{
	const struct request q = {.cmd = cmd, .key = key, .value = value, .aux = aux};
	struct option o = {0};
	struct fs_config *config = NULL;
	int r;

	if (fd < 0)
		return refuse(f, RULE_FSCONFIG_NEGATIVE);
	if (!command_is_known(f, cmd))
		return refuse(f, RULE_FSCONFIG_COMMAND);
	if (!is_well_formed(&q))
		return refuse(f, RULE_FSCONFIG_SHAPE);
	r = find_config(f, fd, &config);
	if (r < 0)
		return r;
	if (fs_type_is_legacy(f, config->fc.type) && !command_is_for_legacy(cmd))
		return refuse(f, RULE_FSCONFIG_LEGACY);
	r = key ? read_option(f, &q, &o) : 0;
	return r < 0 ? r : configure(f, config, &q, &o);
}
