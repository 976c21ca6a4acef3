/* Each option alone, and each pair of options: the spec that comes of it, or the refusal. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/check.h"
#include "tests/lib/reached.h"
#include "tests/lib/reading.h"

#define SAID_SIZE 4096
#define LINES_MAX 64
#define IMAGE "rootfs /img\n"
#define CLASSIC "classic\n" IMAGE
#define NEW "ipc new\npid new\nuts new\n"

/* One for each row of options.def, with as little as it needs, and what the spec then says. */
struct each {
	const char *line;
	const char *want;
};

static const struct each eachs[N_OPTIONS] = {
	[OPTION_HELP] = {"--help", "help\n"},
	[OPTION_VERSION] = {"--version", "version\n"},
	[OPTION_ARGS] = {"--args 9", "op proc /p\n"},
	[OPTION_ROOTFS] = {"--rootfs /img", IMAGE NEW},
	[OPTION_READONLY] = {"--rootfs /img --readonly", IMAGE "readonly\n" NEW},
	[OPTION_CLASSIC] = {"--classic --rootfs /img", CLASSIC},
	[OPTION_JOIN] = {"--classic --join 2147483647", "classic\njoin 2147483647\n"},
	[OPTION_BIND] = {"--bind /s /d", "op bind /s /d\n"},
	[OPTION_BIND_TRY] = {"--bind-try s /d", "op bind s /d optional\n"},
	[OPTION_RO_BIND] = {"--ro-bind /s d", "op bind /s /d ro\n"},
	[OPTION_RO_BIND_TRY] = {"--ro-bind-try /s /d", "op bind /s /d ro optional\n"},
	[OPTION_DEV_BIND] = {"--dev-bind /s /d", "op dev-bind /s /d\n"},
	[OPTION_DEV_BIND_TRY] = {"--dev-bind-try /s /d", "op dev-bind /s /d optional\n"},
	[OPTION_REMOUNT_RO] = {"--remount-ro /d", "op remount-ro /d\n"},
	[OPTION_PROC] = {"--proc /d", "op proc /d\n"},
	[OPTION_DEV] = {"--dev /d", "op dev /d\n"},
	[OPTION_TMPFS] = {"--tmpfs /d", "op tmpfs /d 0755\n"},
	[OPTION_MQUEUE] = {"--mqueue /d", "op mqueue /d\n"},
	[OPTION_DIR] = {"--dir /d", "op dir /d 0755\n"},
	[OPTION_FILE] = {"--file 3 /d", "op file /d fd=3 0666\n"},
	[OPTION_BIND_DATA] = {"--bind-data 4 /d", "op bind-data /d fd=4 0600\n"},
	[OPTION_RO_BIND_DATA] = {"--ro-bind-data 5 /d", "op bind-data /d fd=5 0600 ro\n"},
	[OPTION_SYMLINK] = {"--symlink ../s d", "op symlink ../s /d\n"},
	[OPTION_CHMOD] = {"--chmod 1777 /d", "op chmod /d 1777\n"},
	[OPTION_PERMS] = {"--perms 700 --dir /d", "op dir /d 0700\n"},
	[OPTION_SIZE] = {"--size 0x1000 --tmpfs /d", "op tmpfs /d 0755 size=4096\n"},
	[OPTION_OVERLAY_SRC] = {"--overlay-src /l --tmp-overlay /d",
				"op overlay /d upper=tmpfs lower=/l\n"},
	[OPTION_OVERLAY] = {"--overlay-src /l --overlay /u /w /d",
			    "op overlay /u workdir=/w /d upper=dir lower=/l\n"},
	[OPTION_TMP_OVERLAY] = {"--overlay-src /l --overlay-src /m --tmp-overlay /d",
				"op overlay /d upper=tmpfs lower=/l lower=/m\n"},
	[OPTION_RO_OVERLAY] = {"--overlay-src /l --overlay-src /m --ro-overlay /d",
			       "op overlay /d upper=none lower=/l lower=/m\n"},
	[OPTION_MASK] = {"--mask d", "op mask /d\n"},
	[OPTION_UNSHARE_USER] = {"--unshare-user", "user new\n"},
	[OPTION_UNSHARE_USER_TRY] = {"--unshare-user-try", "user new where it can be had\n"},
	[OPTION_UNSHARE_IPC] = {"--unshare-ipc", "ipc new\n"},
	[OPTION_UNSHARE_PID] = {"--unshare-pid", "pid new\n"},
	[OPTION_UNSHARE_NET] = {"--unshare-net", "net new\n"},
	[OPTION_UNSHARE_UTS] = {"--unshare-uts", "uts new\n"},
	[OPTION_UNSHARE_CGROUP] = {"--unshare-cgroup", "cgroup new\n"},
	[OPTION_UNSHARE_CGROUP_TRY] = {"--unshare-cgroup-try",
				       "cgroup new where it can be had\n"},
	[OPTION_UNSHARE_ALL] = {"--unshare-all",
				"user new where it can be had\nipc new\npid new\nnet new\n"
				"uts new\ncgroup new where it can be had\n"},
	[OPTION_SHARE_NET] = {"--unshare-net --share-net", ""},
	[OPTION_USERNS] = {"--userns 6", "userns 6\n"},
	[OPTION_UID] = {"--uid 4294967294", "uid 4294967294\n"},
	[OPTION_GID] = {"--gid 0", "gid 0\n"},
	[OPTION_HOSTNAME] = {"--unshare-uts --hostname h", "uts new\nhostname h\n"},
	[OPTION_CHDIR] = {"--chdir d", "chdir /d\n"},
	[OPTION_CAP_ADD] = {"--cap-add cap_chown", "cap-add 0x1\n"},
	[OPTION_CAP_DROP] = {"--cap-drop ALL", "cap-drop 0xffffffffffffffff\n"},
	[OPTION_SECCOMP] = {"--seccomp 3 --seccomp 4", "seccomp 4\n"},
	[OPTION_ADD_SECCOMP_FD] = {"--add-seccomp-fd 4 --add-seccomp-fd 3",
				   "seccomp 4\nseccomp 3\n"},
	[OPTION_SETENV] = {"--setenv C ''", "environment A=1 B=2 C=\n"},
	[OPTION_UNSETENV] = {"--unsetenv A", "environment B=2\n"},
	[OPTION_CLEARENV] = {"--clearenv", "environment\n"},
	[OPTION_CONSOLE] = {"--console", "terminal\n"},
	[OPTION_CONSOLE_PTY] = {"--classic --rootfs /img --console /dev/pts/3",
				CLASSIC "console /dev/pts/3\n"},
	[OPTION_ARGV0] = {"--argv0 x", "argv0 x\n"},
	[OPTION_NEW_SESSION] = {"--new-session", "new-session\n"},
	[OPTION_DIE_WITH_PARENT] = {"--die-with-parent", "die-with-parent\n"},
	[OPTION_AS_PID_1] = {"--unshare-pid --as-pid-1", "pid new\nas-pid-1\n"},
	[OPTION_LOCK_FILE] = {"--lock-file l --lock-file m", "lock-file l\nlock-file m\n"},
	[OPTION_SYNC_FD] = {"--sync-fd 3", "sync-fd 3\n"},
	[OPTION_BLOCK_FD] = {"--block-fd 0", "block-fd 0\n"},
	[OPTION_USERNS_BLOCK_FD] = {"--userns-block-fd 3 --info-fd 4",
				    "userns-block-fd 3\ninfo-fd 4\n"},
	[OPTION_INFO_FD] = {"--info-fd 4", "info-fd 4\n"},
	[OPTION_JSON_STATUS_FD] = {"--json-status-fd 5", "json-status-fd 5\n"},
	[OPTION_AS_ROOT] = {"--as-root", "as-root\n"},
	[OPTION_CALLS] = {"--calls", "calls\n"},
	[OPTION_JSON] = {"--json", "json\n"},
	[OPTION_TRACE] = {"--trace=/t", "trace\ntraced /t\n"},
	[OPTION_SHOW_VALUES] = {"--show-values", "show-values\n"},
};

static const char args[] = "--proc\0/p";

/* Reads one or two of them for the verb plan, which takes all. */
static int read_each(struct reading *r, const char *one, const char *two)
{
	char line[512];

	r->fds[0] = (struct reading_fd){.fd = 9, .bytes = args, .n = sizeof(args)};
	snprintf(line, sizeof(line), "plan %s %s -- sh -c", one, two);
	return reading_line(r, line);
}

static void say(const struct spec *spec, char said[SAID_SIZE])
{
	struct text out;

	text_init(&out, said, SAID_SIZE);
	spec_say(spec, &out);
	assert_false(out.cut);
}

/* What is in every spec of this file, and in each only once. */
static bool is_usual(const char *line)
{
	return strcmp(line, "environment A=1 B=2\n") == 0 || strncmp(line, "word ", 5) == 0;
}

/* The lines of a spec but for the usual ones. */
static size_t lines_of(const struct spec *spec, char lines[LINES_MAX][128])
{
	char said[SAID_SIZE];
	size_t n = 0;

	say(spec, said);
	for (const char *at = said; *at; at += strlen(lines[n]), n += !is_usual(lines[n])) {
		assert_true(n < LINES_MAX);
		snprintf(lines[n], sizeof(lines[n]), "%.*s", (int)strcspn(at, "\n") + 1, at);
	}
	return n;
}

static void reached_spec(const struct spec *spec)
{
	const enum unshare *const kinds[] = {&spec->user, &spec->ipc, &spec->pid,
					     &spec->net,  &spec->uts, &spec->cgroup};

	for (size_t i = 0; i < COUNT(kinds); i++)
		reached_value("unshare", (int)*kinds[i]);
	for (size_t i = 0; i < spec->n_ops; i++) {
		reached_value("tree_kind", (int)spec->ops[i].kind);
		reached_value("overlay_upper", (int)spec->ops[i].upper);
	}
}

static void each_option_alone_makes_its_part_of_the_spec(void **state)
{
	struct reading r;

	(void)state;
	reading_init(&r);
	for (int i = 0; i < N_OPTIONS; i++) {
		char lines[LINES_MAX][128], memory[SAID_SIZE];
		struct text said;

		if (!eachs[i].line)
			fail_msg("there is no line for %s", option_rows[i].name);
		if (read_each(&r, eachs[i].line, "") != 0)
			fail_msg("%s: %s", eachs[i].line, r.why.at);
		text_init(&said, memory, sizeof(memory));
		for (size_t l = 0, n = lines_of(&r.spec, lines); l < n; l++)
			text_add(&said, lines[l]);
		assert_string_equal(said.at, eachs[i].want);
		reached("option", option_rows[i].name, NULL);
		reached_spec(&r.spec);
	}
	reading_free(&r);
}

/* The pairs that mean nothing together, whichever comes first. */
static const struct {
	int one, other;
	const char *why;
} refused[] = {
	{OPTION_CLASSIC, OPTION_JOIN, "takes its root from the task"},
	{OPTION_CONSOLE_PTY, OPTION_JOIN, "takes its root from the task"},
	{OPTION_ROOTFS, OPTION_JOIN, "takes its root from the task"},
	{OPTION_READONLY, OPTION_JOIN, "takes its root from the task"},
	{OPTION_CONSOLE, OPTION_CLASSIC, "takes a PTY with --classic"},
	{OPTION_CONSOLE, OPTION_CONSOLE_PTY, "takes a PTY with --classic"},
	{OPTION_CONSOLE, OPTION_JOIN, "takes a PTY with --classic"},
	{OPTION_USERNS, OPTION_UNSHARE_USER, "enters a user namespace"},
	{OPTION_USERNS, OPTION_UNSHARE_USER_TRY, "enters a user namespace"},
	{OPTION_USERNS, OPTION_UNSHARE_ALL, "enters a user namespace"},
	{OPTION_USERNS, OPTION_USERNS_BLOCK_FD, "needs --unshare-user"},
	{OPTION_SECCOMP, OPTION_ADD_SECCOMP_FD, "does not go with --add-seccomp-fd"},
	{OPTION_AS_PID_1, OPTION_LOCK_FILE, "does not go with --lock-file"},
};

static bool is_classic(int option)
{
	return strstr(eachs[option].line, "--classic");
}

/* Why the two are refused, or NULL where they are not. */
static const char *refusal_of(int a, int b)
{
	for (size_t i = 0; i < COUNT(refused); i++)
		if ((refused[i].one == a && refused[i].other == b) ||
		    (refused[i].one == b && refused[i].other == a))
			return refused[i].why;
	if (is_classic(a) && !is_classic(b) &&
	    (!(option_rows[b].goes & OPTION_CLASSICAL) || b == OPTION_ARGS))
		return "does not go with --classic";
	return is_classic(b) && !is_classic(a) ? refusal_of(b, a) : NULL;
}

/* "uid 7" and "uid 8" are about the same; two ops never are. */
static bool is_same(const char *line, const char *other)
{
	size_t n = strcspn(line, " \n");

	return strncmp(line, "op ", 3) != 0 && strcspn(other, " \n") == n &&
	       strncmp(line, other, n) == 0;
}

static bool has(char lines[LINES_MAX][128], size_t n, const char *line, bool exactly)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(lines[i], line) == 0 || (!exactly && is_same(lines[i], line)))
			return true;
	return false;
}

/*
 * --share-net takes back what the other asked for, as --cap-add and --cap-drop do of each
 * other; the classic sequence has its own set.
 */
static bool may_be_gone(const char *line, int a, int b)
{
	return strstr(line, "net new") || strncmp(line, "cap-", 4) == 0 ||
	       (strstr(line, " new") && is_classic(a) != is_classic(b));
}

/* Both parts are in the whole, and nothing else is; what they both say is one of the two. */
static void want_both(struct reading *r, int a, int b)
{
	char whole[LINES_MAX][128], parts[LINES_MAX][128];
	size_t n = lines_of(&r->spec, whole), n_parts, at = 0;

	assert_int_equal(read_each(r, eachs[a].line, ""), 0);
	n_parts = lines_of(&r->spec, parts);
	assert_int_equal(read_each(r, eachs[b].line, ""), 0);
	n_parts += lines_of(&r->spec, parts + n_parts);
	for (size_t i = 0; i < n_parts; i++)
		if (!has(whole, n, parts[i], false) && !may_be_gone(parts[i], a, b))
			fail_msg("%s %s: not there: %s", eachs[a].line, eachs[b].line,
				 parts[i]);
	for (size_t i = 0; i < n; i++)
		if (!has(parts, n_parts, whole[i], true) && strncmp(whole[i], "cap", 3) != 0 &&
		    strncmp(whole[i], "env", 3) != 0)
			fail_msg("%s %s: too much: %s", eachs[a].line, eachs[b].line, whole[i]);
	/* The ops keep their order. */
	for (size_t i = 0; i < n_parts; i++) {
		if (strncmp(parts[i], "op ", 3) != 0)
			continue;
		while (at < n && strcmp(whole[at], parts[i]) != 0)
			at++;
		if (at++ == n)
			fail_msg("%s %s: out of order: %s", eachs[a].line, eachs[b].line,
				 parts[i]);
	}
}

static void want_pair(struct reading *r, int a, int b)
{
	const char *why = refusal_of(a, b);
	int error = read_each(r, eachs[a].line, eachs[b].line);

	if (!why && error == 0) {
		want_both(r, a, b);
	} else if (!why || error != -EINVAL || !strstr(r->why.at, why)) {
		fail_msg("%s %s: %d, %s; wanted %s", eachs[a].line, eachs[b].line, error,
			 r->why.at, why ? why : "nothing");
	}
}

static void each_pair_is_both_or_refused_in_a_sentence(void **state)
{
	struct reading r;
	int n = 0;

	(void)state;
	reading_init(&r);
	for (int a = 0; a < N_OPTIONS; a++)
		for (int b = 0; b < N_OPTIONS; b++) {
			if (a == OPTION_HELP || a == OPTION_VERSION || b == OPTION_HELP ||
			    b == OPTION_VERSION)
				continue;
			/* The first of them has read the descriptor to its end. */
			if (a == OPTION_ARGS && b == OPTION_ARGS)
				continue;
			want_pair(&r, a, b);
			n++;
		}
	print_message("%d pairs\n", n);
	reading_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_alone_makes_its_part_of_the_spec),
		cmocka_unit_test(each_pair_is_both_or_refused_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
