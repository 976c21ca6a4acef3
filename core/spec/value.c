/* What may stand behind an option: numbers, modes, capabilities, names. */
#include "core/spec/value.h"

#include <stdbool.h>
#include <string.h>

#include "core/kernel/words.h"

/* The longest name that sethostname(2) takes. */
#define HOSTNAME_MAX 64
#define CAP_NAME_SIZE 32

struct value_row {
	const char *name;
	enum value_kind kind;
	bool (*read)(const struct value_row *row, const char *word, uint64_t *number);
	unsigned int base; /* of a number; 0: as C writes it */
	uint64_t min, max;
	const char *wrong;
};

/* 16 behind 0x, 8 behind 0, else 10; *word then stands on the digits. */
static unsigned int base_find(const char **word)
{
	const char *at = *word;

	if (at[0] != '0' || !at[1])
		return 10;
	*word += 1 + (at[1] == 'x');
	return at[1] == 'x' ? 16 : 8;
}

/* What is no digit is more than any base. */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return 99;
}

static bool number_read(const struct value_row *row, const char *word, uint64_t *number)
{
	unsigned int base = row->base ? row->base : base_find(&word);

	*number = 0;
	if (!*word)
		return false;
	for (; *word; word++) {
		unsigned int digit = digit_value(*word);

		if (digit >= base || *number > (row->max - digit) / base)
			return false;
		*number = *number * base + digit;
	}
	return *number >= row->min;
}

/* In capitals or not; ALL is every bit, those of kernels to come among them. */
static bool cap_read(const struct value_row *row, const char *word, uint64_t *number)
{
	char name[CAP_NAME_SIZE];
	size_t n = strlen(word);

	(void)row;
	if (n >= sizeof(name))
		return false;
	for (size_t i = 0; i <= n; i++)
		name[i] = (char)(word[i] >= 'a' && word[i] <= 'z' ? word[i] - 'a' + 'A'
								  : word[i]);
	if (strcmp(name, "ALL") == 0) {
		*number = UINT64_MAX;
		return true;
	}
	return words_find(WORDS_caps, name, n, number) == 0;
}

static bool variable_read(const struct value_row *row, const char *word, uint64_t *number)
{
	(void)row;
	(void)number;
	return word[0] && !strchr(word, '=');
}

static bool some_read(const struct value_row *row, const char *word, uint64_t *number)
{
	(void)row;
	(void)number;
	return word[0];
}

static bool any_read(const struct value_row *row, const char *word, uint64_t *number)
{
	(void)number;
	return !row->max || strlen(word) <= row->max;
}

/* What is wrong with a word that is not empty; the last row is for all other names. */
static const struct value_row rows[] = {
	{"FD", VALUE_FD, number_read, 10, 0, INT32_MAX, " is no descriptor's number"},
	{"PID", VALUE_NUMBER, number_read, 10, 1, INT32_MAX, " is no task's number"},
	{"UID", VALUE_NUMBER, number_read, 10, 0, UINT32_MAX - 1, " is no user's number"},
	{"GID", VALUE_NUMBER, number_read, 10, 0, UINT32_MAX - 1, " is no group's number"},
	{"OCTAL", VALUE_OCTAL, number_read, 8, 0, 07777, " is no octal mode up to 7777"},
	{"BYTES", VALUE_NUMBER, number_read, 0, 1, INT64_MAX, " is no number of bytes above 0"},
	{"CAP", VALUE_NUMBER, cap_read, 0, 0, 0,
	 " is no capability (CAP_CHOWN is one, or ALL)"},
	{"VAR", VALUE_TEXT, variable_read, 0, 0, 0, " is no name of a variable"},
	{"VALUE", VALUE_TEXT, any_read, 0, 0, 0, ""},
	{"NAME", VALUE_TEXT, any_read, 0, 0, HOSTNAME_MAX, " is longer than 64 bytes"},
	{"SRC", VALUE_SOURCE, some_read, 0, 0, 0, ""},
	{"RWSRC", VALUE_SOURCE, some_read, 0, 0, 0, ""},
	{"WORKDIR", VALUE_WORKDIR, some_read, 0, 0, 0, ""},
	{"DEST", VALUE_TARGET, some_read, 0, 0, 0, ""},
	{"PATH", VALUE_TARGET, some_read, 0, 0, 0, ""},
	{"", VALUE_TEXT, some_read, 0, 0, 0, ""},
};

static const struct value_row *row_find(const char *name, size_t n)
{
	const struct value_row *row = rows;

	while (row->name[0] && (strlen(row->name) != n || strncmp(row->name, name, n) != 0))
		row++;
	return row;
}

const char *value_read(struct value *value, const char *name, size_t n, const char *word)
{
	const struct value_row *row = row_find(name, n);

	*value = (struct value){.kind = row->kind, .word = word};
	return row->read(row, word, &value->number) ? NULL : row->wrong;
}
