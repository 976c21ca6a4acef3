/* What is said of a superblock before it is made or changed: fs/fs_context.c. */
#include "fake/fs_context.h"

#include "fake/cred.h"
#include "fake/fs.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 512

/* What is read of a context's descriptor. */

const char *fc_log_first(const struct fc_log *log)
{
	return log->n > 0 ? log->lines[log->first] : NULL;
}

void fc_log_drop(struct fake *f, struct fc_log *log)
{
	heap_free(f, log->lines[log->first]);
	log->lines[log->first] = NULL;
	log->first = (log->first + 1) % FC_LOG_LINES;
	log->n--;
}

void fc_log(struct fake *f, struct fs_context *fc, char level, const char *format, ...)
{
	struct fc_log *log = fc->log;
	char line[LINE_BYTES], **place;
	va_list args;
	size_t n;

	if (log == NULL)
		return;
	if (log->n == FC_LOG_LINES)
		fc_log_drop(f, log);
	snprintf(line, sizeof(line), "%c ", level);
	va_start(args, format);
	vsnprintf(line + 2, sizeof(line) - 3, format, args);
	va_end(args);
	n = strlen(line);
	memcpy(line + n, "\n", 2);
	place = &log->lines[(log->first + log->n++) % FC_LOG_LINES];
	*place = heap_strdup(f, line);
}

/* Its life. */

int fs_type_get(struct fake *f, const char *name, const struct fs_type **out)
{
	const struct fs_type *type = fs_type_find(name);

	if (type == NULL)
		return refuse(f, RULE_MOUNT_UNKNOWN_TYPE);
	if (type->flags & FS_INTERNAL && !is_no_call(f))
		return refuse(f, RULE_FS_INTERNAL);
	*out = type;
	return 0;
}

bool fs_type_is_legacy(const struct fake *f, const struct fs_type *type)
{
	return type->flags & FS_LEGACY && !f->profile.devpts_takes_parameters;
}

int fs_context_init(struct fake *f, struct fs_context *fc, const struct fs_type *type,
		    struct user_ns *user_ns)
{
	int r;

	fc->type = type;
	fc->user_ns = user_ns;
	if (type->options_size)
		fc->options = heap_alloc(f, type->options_size);
	r = type->init ? type->init(f, fc) : 0;
	ns_get(&fc->user_ns->ns);
	if (r < 0)
		fs_context_clean(f, fc);
	return r;
}

void fs_context_clean(struct fake *f, struct fs_context *fc)
{
	heap_free(f, fc->options);
	heap_free(f, fc->data);
	heap_free(f, fc->source);
	fc->options = fc->data = fc->source = NULL;
	ns_put(f, fc->ns);
	ns_put(f, fc->user_ns ? &fc->user_ns->ns : NULL);
	fc->ns = NULL;
	fc->user_ns = NULL;
}

void fs_context_source(struct fake *f, struct fs_context *fc, const char *source)
{
	if (source)
		fc->source = heap_strdup(f, source);
}

/* Parameters. */

/* vfs_parse_sb_flag(): whatever value there is. */
static bool is_sb_flag(struct fs_context *fc, const struct option *o)
{
	static const struct {
		const char *key;
		unsigned long flag;
		bool sets;
	} flags[] = {
		{"ro", MS_RDONLY, true},
		{"rw", MS_RDONLY, false},
		{"sync", MS_SYNCHRONOUS, true},
		{"async", MS_SYNCHRONOUS, false},
		{"dirsync", MS_DIRSYNC, true},
		{"mand", MS_MANDLOCK, true},
		{"nomand", MS_MANDLOCK, false},
		{"lazytime", MS_LAZYTIME, true},
		{"nolazytime", MS_LAZYTIME, false},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (strcmp(o->key, flags[i].key) != 0)
			continue;
		if (flags[i].sets)
			fc->sb_flags |= flags[i].flag;
		else
			fc->sb_flags &= ~flags[i].flag;
		fc->sb_flags_mask |= flags[i].flag;
		return true;
	}
	return false;
}

/* vfs_parse_fs_param_source() */
static int source_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	if (strcmp(o->key, "source") != 0)
		return OPTION_UNKNOWN;
	if (!o->has_value || o->is_object) {
		fc_log(f, fc, 'e', "Non-string source");
		return refuse(f, RULE_OPTION_SOURCE_KIND);
	}
	if (fc->source) {
		fc_log(f, fc, 'e', "Multiple sources");
		return refuse(f, RULE_OPTION_SOURCE_TWICE);
	}
	fs_context_source(f, fc, o->value);
	return 0;
}

/* legacy_parse_param(): kept as text, which the type reads when the superblock is made. */
static int legacy_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	size_t old = fc->data ? strlen(fc->data) : 0;
	size_t size = old + strlen(o->key) + (o->has_value ? strlen(o->value) + 1 : 0) + 2;
	char *data;

	if (size > PAGE_BYTES) {
		fc_log(f, fc, 'e', "VFS: Legacy: Cumulative options too large");
		return refuse(f, RULE_OPTION_TOO_LONG);
	}
	if (strchr(o->key, ',') || strchr(o->value, ',')) {
		fc_log(f, fc, 'e', "VFS: Legacy: Option '%s' contained comma", o->key);
		return refuse(f, RULE_OPTION_COMMA);
	}
	data = heap_alloc(f, size);
	snprintf(data, size, "%s%s%s%s%s", old ? fc->data : "", old ? "," : "", o->key,
		 o->has_value ? "=" : "", o->value);
	heap_free(f, fc->data);
	fc->data = data;
	return 0;
}

int fs_context_param(struct fake *f, struct fs_context *fc, const struct option *o)
{
	int r = OPTION_UNKNOWN;

	if (is_sb_flag(fc, o))
		return 0;
	if (fs_type_is_legacy(f, fc->type)) {
		r = source_param(f, fc, o);
		return r == OPTION_UNKNOWN ? legacy_param(f, fc, o) : r;
	}
	if (fc->type->parse_param)
		r = fc->type->parse_param(f, fc, o);
	if (r == OPTION_UNKNOWN)
		r = source_param(f, fc, o);
	if (r != OPTION_UNKNOWN)
		return r;
	if (fc->type->flags & FS_TAKES_ANYTHING)
		return 0;
	fc_log(f, fc, 'e', "%s: Unknown parameter '%s'", fc->type->name, o->key);
	return refuse(f, RULE_OPTION_UNKNOWN);
}

int fs_context_data(struct fake *f, struct fs_context *fc, const char *data)
{
	struct option o;
	int r = 0;

	if (fs_type_is_legacy(f, fc->type)) {
		fc->data = data ? heap_strdup(f, data) : NULL;
		return 0;
	}
	while (r == 0 && option_next(&data, &o, fc->type->flags & FS_KEEPS_DIGITS))
		if (*o.key)
			r = fs_context_param(f, fc, &o);
	return r;
}

int option_bad_value(struct fake *f, struct fs_context *fc, const struct option *o)
{
	fc_log(f, fc, 'e', "%s: Bad value for '%s'", fc->type->name, o->key);
	return refuse(f, RULE_OPTION_VALUE);
}

int option_unexpected_value(struct fake *f, struct fs_context *fc, const struct option *o)
{
	fc_log(f, fc, 'e', "%s: Unexpected value for '%s'", fc->type->name, o->key);
	return refuse(f, RULE_OPTION_UNEXPECTED_VALUE);
}
