/* Short and older spellings: a table of what becomes what. */
#include "tests/lib/spell.h"

#include <ctype.h>
#include <string.h>

#define ARGS_MAX 8

struct spelling {
	const char *name;
	const char
		*becomes; /* $1 … $8: the arguments, without spaces around; nothing if absent */
};

/* clang-format off */
static const struct spelling spellings[] = {
	/* What the C library or older programs call; see each page's "at" sibling. */
	{ "open",            "openat(AT_FDCWD, $1, $2, $3)" },
	{ "creat",           "openat(AT_FDCWD, $1, O_CREAT|O_WRONLY|O_TRUNC, $2)" },
	{ "mkdir",           "mkdirat(AT_FDCWD, $1, $2)" },
	{ "rmdir",           "unlinkat(AT_FDCWD, $1, AT_REMOVEDIR)" },
	{ "unlink",          "unlinkat(AT_FDCWD, $1, 0)" },
	{ "mknod",           "mknodat(AT_FDCWD, $1, $2, $3)" },
	{ "symlink",         "symlinkat($1, AT_FDCWD, $2)" },
	{ "link",            "linkat(AT_FDCWD, $1, AT_FDCWD, $2, 0)" },
	{ "rename",          "renameat2(AT_FDCWD, $1, AT_FDCWD, $2, 0)" },
	{ "renameat",        "renameat2($1, $2, $3, $4, 0)" },
	{ "readlink",        "readlinkat(AT_FDCWD, $1, $2, $3)" },
	{ "chmod",           "fchmodat(AT_FDCWD, $1, $2)" },
	{ "chown",           "fchownat(AT_FDCWD, $1, $2, $3, 0)" },
	{ "lchown",          "fchownat(AT_FDCWD, $1, $2, $3, AT_SYMLINK_NOFOLLOW)" },
	{ "access",          "faccessat2(AT_FDCWD, $1, $2, 0)" },
	{ "faccessat",       "faccessat2($1, $2, $3, 0)" },
	{ "pipe",            "pipe2($1, 0)" },
	{ "execve",          "execveat(AT_FDCWD, $1, $2, $3, 0)" },
	{ "fork",            "clone3({flags=0, exit_signal=SIGCHLD})" },

	/* mount(8)'s words. */
	{ "tmpfs",           "mount(\"tmpfs\", $1, \"tmpfs\", 0, NULL)" },
	{ "bind",            "mount($1, $2, NULL, MS_BIND, NULL)" },
	{ "rbind",           "mount($1, $2, NULL, MS_BIND|MS_REC, NULL)" },
	{ "move",            "mount($1, $2, NULL, MS_MOVE, NULL)" },
	{ "make_shared",     "mount(NULL, $1, NULL, MS_SHARED, NULL)" },
	{ "make_slave",      "mount(NULL, $1, NULL, MS_SLAVE, NULL)" },
	{ "make_private",    "mount(NULL, $1, NULL, MS_PRIVATE, NULL)" },
	{ "make_unbindable", "mount(NULL, $1, NULL, MS_UNBINDABLE, NULL)" },
	{ "make_rshared",    "mount(NULL, $1, NULL, MS_SHARED|MS_REC, NULL)" },
	{ "make_rslave",     "mount(NULL, $1, NULL, MS_SLAVE|MS_REC, NULL)" },
	{ "make_rprivate",   "mount(NULL, $1, NULL, MS_PRIVATE|MS_REC, NULL)" },
	{ "umount",          "umount2($1, 0)" },
};
/* clang-format on */

/* Past a string in quotes, of which *at is the first. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return at;
}

const char *spell_end(const char *call)
{
	int depth = 0;

	for (const char *at = call; *at; at++) {
		if (*at == '"')
			at = skip_string(at);
		else if (strchr("({[", *at))
			depth++;
		else if (strchr(")}]", *at) && --depth == 0)
			return at + 1;
		if (!*at)
			break;
	}
	return NULL;
}

struct span {
	const char *at;
	size_t n;
};

static struct span trim(const char *at, const char *end)
{
	while (at < end && isspace((unsigned char)*at))
		at++;
	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	return (struct span){at, (size_t)(end - at)};
}

/* Cuts what stands between the parentheses at its commas. */
static int arguments(const char *at, const char *end, struct span args[ARGS_MAX])
{
	const char *start = at;
	int n = 0, depth = 0;

	for (; at < end && n < ARGS_MAX - 1; at++) {
		if (*at == '"')
			at = skip_string(at);
		else if (strchr("({[", *at))
			depth++;
		else if (strchr(")}]", *at))
			depth--;
		else if (*at == ',' && depth == 0) {
			args[n++] = trim(start, at);
			start = at + 1;
		}
	}
	args[n] = trim(start, end);
	return n + (n > 0 || args[n].n > 0);
}

static const char *find(const char *call)
{
	size_t n = strcspn(call, "(");

	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
		if (strlen(spellings[i].name) == n && strncmp(spellings[i].name, call, n) == 0)
			return spellings[i].becomes;
	return NULL;
}

void spell(const char *call, struct text *out)
{
	const char *becomes = find(call), *end = spell_end(call);
	struct span args[ARGS_MAX] = {{0}};
	int n;

	if (!becomes || !end) {
		text_add(out, call);
		return;
	}
	n = arguments(call + strcspn(call, "(") + 1, end - 1, args);
	for (; *becomes; becomes++) {
		int i = becomes[0] == '$' ? becomes[1] - '1' : -1;

		if (i < 0)
			text_add_char(out, *becomes);
		else if (i < n)
			text_add_bytes(out, args[i].at, args[i].n);
		else
			text_add(out, "0");
		becomes += i >= 0;
	}
	text_add(out, end);
}
