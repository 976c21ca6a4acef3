/* Mount options as text: what all filesystem types share of reading them. */
#include "fake/fs_context.h"

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
	*o = (struct option){.has_value = equals != NULL};
	copy_cut(o->key, sizeof(o->key), item, equals ? (size_t)(equals - item) : n);
	if (equals)
		copy_cut(o->value, sizeof(o->value), equals + 1,
			 n - (size_t)(equals + 1 - item));
	return true;
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

bool option_is_string(const struct option *o)
{
	return o->has_value && *o->value && !o->is_object;
}
