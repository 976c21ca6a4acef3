/* Mount options as text: what all filesystem types share of reading them. */
#include "fake/fs.h"

#include <stdlib.h>
#include <string.h>

/* Where the item that starts here ends. */
static size_t item_length(const char *item, bool keep_digits)
{
	const char *end = strchrnul(item, ',');

	while (keep_digits && *end == ',' && end[1] >= '0' && end[1] <= '9')
		end = strchrnul(end + 1, ',');
	return (size_t)(end - item);
}

static void copy_cut(char *to, size_t size, const char *from, size_t n)
{
	if (n > size - 1)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

bool option_next(const char **data, struct option *o, bool keep_digits)
{
	const char *item, *equals;
	size_t n;

	if (*data == NULL)
		return false;
	do {
		item = *data;
		if (*item == '\0')
			return false;
		n = item_length(item, keep_digits);
		*data = item + n + (item[n] == ',');
	} while (n == 0);
	equals = memchr(item, '=', n);
	o->has_value = equals != NULL;
	copy_cut(o->key, sizeof(o->key), item, equals ? (size_t)(equals - item) : n);
	o->value[0] = '\0';
	if (equals)
		copy_cut(o->value, sizeof(o->value), equals + 1,
			 n - (size_t)(equals + 1 - item));
	return true;
}

/* vfs_parse_sb_flag() */
bool option_is_sb_flag(struct fs_context *fc, const struct option *o)
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

bool option_u32(const struct option *o, int base, uint32_t *out)
{
	const char *s = o->value;
	unsigned long long n;
	char *end;

	if (*s == '+')
		s++;
	if (!o->has_value || *s < '0' || *s > '9')
		return false;
	n = strtoull(s, &end, base);
	if (*end == '\n')
		end++;
	if (*end || n > UINT32_MAX)
		return false;
	*out = (uint32_t)n;
	return true;
}

int option_unknown(struct fake *f)
{
	return refuse(f, RULE_OPTION_UNKNOWN);
}

int option_bad_value(struct fake *f)
{
	return refuse(f, RULE_OPTION_VALUE);
}

int options_none(struct fake *f, struct fs_context *fc)
{
	const char *data = fc->data;
	struct option o;

	while (option_next(&data, &o, false))
		if (!option_is_sb_flag(fc, &o))
			return option_unknown(f);
	return 0;
}
