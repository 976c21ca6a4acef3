/* A line of /proc/PID/mountinfo, taken apart. */
#include "core/base/mountinfo.h"

#include <stddef.h>
#include <string.h>

/* The word at *rest, which then stands behind it; NULL at the end of the line. */
static char *word_next(char **rest)
{
	char *word = *rest;

	if (!word)
		return NULL;
	*rest = strchr(word, ' ');
	if (*rest)
		*(*rest)++ = '\0';
	return word;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Undoes \040 and its like in place (mangle_path() of the kernel's fs/seq_file.c). */
static void unescape(char *word)
{
	char *to = word;

	while (*word) {
		if (word[0] == '\\' && is_octal(word[1]) && is_octal(word[2]) &&
		    is_octal(word[3])) {
			*to++ = (char)((word[1] - '0') << 6 | (word[2] - '0') << 3 |
				       (word[3] - '0'));
			word += 4;
		} else {
			*to++ = *word++;
		}
	}
	*to = '\0';
}

bool mountinfo_parse(char *line, struct mountinfo *m)
{
	char *words[5], *word;

	/* id, parent, device, root, target; options and tags up to a dash; type */
	for (int i = 0; i < 5; i++)
		words[i] = word_next(&line);
	do
		word = word_next(&line);
	while (word && strcmp(word, "-") != 0);
	word = word_next(&line);
	if (!word)
		return false;
	unescape(words[4]);
	*m = (struct mountinfo){.root = words[3], .target = words[4], .fstype = word};
	return true;
}
