/* How strings are read, and lists of them. */
#include <ctype.h>
#include <string.h>

#include "tests/lib/parse_parts.h"

static const struct form times_form = {SHAPE_UINT, 0};

static bool escape(struct scan *s, char *c)
{
	static const char letters[] = "n\nt\tr\rf\fv\va\ab\b\\\\\"\"";
	const char *letter;
	unsigned int value = 0;
	int n = 0;

	if (s->at == s->end)
		return scan_fail(s, "the string does not end");
	for (; n < 3 && s->at < s->end && *s->at >= '0' && *s->at <= '7'; n++)
		value = value * 8 + (unsigned int)(*s->at++ - '0');
	*c = (char)value;
	if (n > 0)
		return true;
	if (*s->at == 'x') {
		s->at++;
		for (; n < 2 && s->at < s->end && isxdigit((unsigned char)*s->at); n++, s->at++)
			value = value * 16 +
				(unsigned int)(isdigit((unsigned char)*s->at)
						       ? *s->at - '0'
						       : (*s->at | 0x20) - 'a' + 10);
		*c = (char)value;
		return n > 0 ? true : scan_fail(s, "\\x wants digits");
	}
	for (letter = letters; *letter && *letter != *s->at;)
		letter += 2;
	if (!*letter)
		return scan_fail(s, "this escape is not known");
	*c = letter[1];
	s->at++;
	return true;
}

/* Behind "ab"*: the number. */
static bool repeat(struct scan *s, char **string, size_t *n)
{
	const char *once = *string;
	uint64_t times;
	char *all;

	if (!scan_number(s, &times_form, &times))
		return false;
	all = scan_alloc(s, *n * times + 1);
	if (!all)
		return false;
	for (uint64_t i = 0; i < times; i++)
		memcpy(all + i * *n, once, *n);
	*string = all;
	*n *= times;
	return true;
}

bool scan_string(struct scan *s, char **string, size_t *n, size_t room)
{
	size_t longest = (size_t)(s->end - s->at) + 1;
	char *at;

	if (!scan_take(s, "\""))
		return scan_fail(s, "a string in quotes is missing here");
	*string = at = scan_alloc(s, longest > room ? longest : room);
	if (!at)
		return false;
	while (s->at < s->end && *s->at != '"') {
		*at = *s->at++;
		if (*at == '\\' && !escape(s, at))
			return false;
		at++;
	}
	*n = (size_t)(at - *string);
	if (!scan_take(s, "\""))
		return scan_fail(s, "the string does not end");
	if (scan_take(s, "..."))
		return scan_fail(s, "the string was cut");
	return scan_take(s, "*") ? repeat(s, string, n) : true;
}

int scan_again(struct scan *s, int i, int room, uint64_t *times)
{
	bool again = i > 0 && scan_take(s, "*");

	*times = 1;
	if (again && !scan_number(s, &times_form, times))
		return -1;
	if (*times > (uint64_t)room)
		return scan_fail(s, "a list as long as this is not read") - 1;
	return again;
}

struct strings {
	char *at[NUMBERS_MAX];
	int n;
};

static bool one_string(struct scan *s, int i, void *into)
{
	struct strings *strings = into;
	char *string;
	uint64_t times;
	size_t n;
	int r = scan_again(s, i, NUMBERS_MAX - strings->n, &times);

	if (r < 0 || (r == 0 && !scan_string(s, &string, &n, 0)))
		return false;
	if (r > 0)
		string = strings->at[strings->n - 1];
	while (times-- > 0)
		strings->at[strings->n++] = string;
	return true;
}

bool part_strings(struct scan *s, int i)
{
	struct strings strings = {.n = 0};
	char **copy;

	if (scan_list(s, one_string, &strings) < 0)
		return false;
	copy = scan_alloc(s, ((size_t)strings.n + 1) * sizeof(*copy));
	if (!copy)
		return false;
	memcpy(copy, strings.at, (size_t)strings.n * sizeof(*copy));
	s->call->arg[i] = (uintptr_t)copy;
	return true;
}
