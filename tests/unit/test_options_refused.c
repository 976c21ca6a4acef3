/* Arguments that are refused, and the sentence that says why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spec/value.h"
#include "tests/lib/check.h"
#include "tests/lib/reached.h"
#include "tests/lib/reading.h"

static const struct {
	const char *line, *why;
} refused[] = {
	/* clang-format off */
	{"", "box or plan: one of them must be said (see --help)"},
	{"create x", "create: there is no such verb (box and plan are there)"},
	{"--readonly", "--readonly needs a verb before it: box or plan"},
	{"box --as-root", "--as-root does not go with this verb"},
	{"box --class -- sh", "--class: there is no such option (see --help)"},
	{"box --\033[2J", "--\\033[2J: there is no such option (see --help)"},
	{"box --bind-fd 7 /x -- sh", "--bind-fd is not there yet: say the path to --bind"},
	{"box --disable-userns=x",
	 "--disable-userns is not there yet: a filter for --seccomp can refuse new user "
	 "namespaces"},

	{"box --rootfs", "--rootfs needs DIR behind it"},
	{"box --bind /x", "--bind needs SRC DEST behind it"},
	{"box --rootfs ''", "--rootfs: the value is empty"},
	{"box --rootfs=", "--rootfs: the value is empty"},
	{"box --readonly=yes", "--readonly takes no value"},
	{"box --bind=/x /y", "--bind takes its values behind it, without ="},
	{"box --file x /y", "--file: x is no descriptor's number"},
	{"box --file 2147483648 /y", "--file: 2147483648 is no descriptor's number"},
	{"box --uid -1", "--uid: -1 is no user's number"},
	{"box --uid 4294967295", "--uid: 4294967295 is no user's number"},
	{"box --gid 1x", "--gid: 1x is no group's number"},
	{"box --chmod 8 /x", "--chmod: 8 is no octal mode up to 7777"},
	{"box --perms 10000", "--perms: 10000 is no octal mode up to 7777"},
	{"box --size 0", "--size: 0 is no number of bytes above 0"},
	{"box --size 0x", "--size: 0x is no number of bytes above 0"},
	{"box --size 08", "--size: 08 is no number of bytes above 0"},
	{"box --cap-add CAP_NOTHING",
	 "--cap-add: CAP_NOTHING is no capability (CAP_CHOWN is one, or ALL)"},
	{"box --cap-add CAP_WITH_A_NAME_LONGER_THAN_ANY_THAT_THERE_IS",
	 "--cap-add: CAP_WITH_A_NAME_LONGER_THAN_ANY_THAT_THERE_IS is no capability "
	 "(CAP_CHOWN is one, or ALL)"},
	{"box --setenv A=B C", "--setenv: A=B is no name of a variable"},
	{"box --unsetenv ''", "--unsetenv: the value is empty"},
	{"box --hostname aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 "--hostname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
	 "is longer than 64 bytes"},

	{"box --bind / /", "COMMAND is missing: add -- COMMAND"},
	{"box --bind / / --", "COMMAND is missing: add -- COMMAND"},
	{"box --bind / / -- ''", "COMMAND is empty"},

	{"box --classic -- sh", "--rootfs DIR or --join PID: one of them must be said"},
	{"box --classic --rootfs /img --join 7 -- sh",
	 "--join takes its root from the task: leave --rootfs out"},
	{"box --classic --join 7 --readonly -- sh", "--readonly with --join is not there yet"},
	{"box --classic --join 7 --console /dev/pts/1 -- sh",
	 "--console with --join is not there yet"},
	{"box --classic --join 0 -- sh", "--join: 0 is no task's number"},
	{"box --join 7 -- sh", "--join needs --classic"},
	{"box --classic --rootfs /img --bind / / -- sh", "--bind does not go with --classic"},
	{"box --console=/dev/pts/1 -- sh", "--console takes no value without --classic"},
	{"box --console --classic -- sh",
	 "--console takes a PTY with --classic, which goes before it"},

	{"box --userns 3 --unshare-user -- sh",
	 "--userns enters a user namespace: leave out what makes one (--unshare-user, "
	 "--unshare-all)"},
	{"box --uid 7 -- sh", "--uid needs --unshare-user or --userns"},
	{"box --gid 7 -- sh", "--gid needs --unshare-user or --userns"},
	{"box --userns-block-fd 3 -- sh", "--userns-block-fd needs --unshare-user"},
	{"box --unshare-user --userns-block-fd 3 -- sh",
	 "--userns-block-fd needs --info-fd, which tells whose ids are to be mapped"},
	{"box --hostname h -- sh", "--hostname needs --unshare-uts"},
	{"box --readonly -- sh", "--readonly needs --rootfs; else say --remount-ro /"},
	{"box --as-pid-1 -- sh", "--as-pid-1 needs --unshare-pid"},
	{"box --unshare-pid --as-pid-1 --lock-file /x -- sh",
	 "--as-pid-1 does not go with --lock-file: nobody inside would hold it"},

	{"box --perms 0700 --bind / / -- sh",
	 "--perms goes right before --tmpfs, --dir, --file, --bind-data or "
	 "--ro-bind-data"},
	{"box --size 7 --dir /x -- sh", "--size goes right before --tmpfs"},
	{"box --overlay-src / --dir /x -- sh",
	 "--overlay-src goes right before --overlay, --tmp-overlay or --ro-overlay"},
	{"box --overlay-src / -- sh",
	 "--overlay-src goes right before --overlay, --tmp-overlay or --ro-overlay"},
	{"box --tmp-overlay /x -- sh", "--tmp-overlay needs an --overlay-src before it"},
	{"box --overlay-src / --ro-overlay /x -- sh",
	 "--ro-overlay needs two times --overlay-src before it"},
	{"box --seccomp 3 --add-seccomp-fd 4 -- sh",
	 "--seccomp does not go with --add-seccomp-fd: say the latter for all"},
	/* clang-format on */
};

static void each_is_refused_in_a_sentence(void **state)
{
	struct reading r;

	(void)state;
	reading_init(&r);
	r.root = true;
	for (size_t i = 0; i < COUNT(refused); i++) {
		int error = reading_line(&r, refused[i].line);

		if (error != -EINVAL || strcmp(r.why.at, refused[i].why) != 0)
			fail_msg("%s: %d, %s\nwanted: %s", refused[i].line, error, r.why.at,
				 refused[i].why);
	}
	reading_free(&r);
	reached_value("verb", VERB_NONE);
}

static void the_word_in_the_help_says_what_may_stand_there(void **state)
{
	static const struct {
		const char *name, *word;
		enum value_kind kind;
	} values[] = {
		{"FD", "7", VALUE_FD},		 {"PID", "7", VALUE_NUMBER},
		{"OCTAL", "7", VALUE_OCTAL},	 {"SRC", "x", VALUE_SOURCE},
		{"WORKDIR", "x", VALUE_WORKDIR}, {"DEST", "x", VALUE_TARGET},
		{"NAME", "x", VALUE_TEXT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		const char *name = values[i].name;
		struct value value;

		assert_null(value_read(&value, name, strlen(name), values[i].word));
		assert_int_equal(value.kind, values[i].kind);
		reached_value("value_kind", (int)value.kind);
	}
}

/* What --args reads from descriptor 9, and why it is refused. */
static void want_args_refused(struct reading *r, const char *bytes, size_t n, const char *why)
{
	r->fds[0] = (struct reading_fd){.fd = 9, .bytes = bytes, .n = n};
	assert_true(reading_line(r, "box --args 9 -- sh") < 0);
	assert_string_equal(r->why.at, why);
}

static void what_args_reads_is_refused_as_well(void **state)
{
	static const char command[] = "--unshare-pid\0sh", behind[] = "--\0sh";
	char *many = calloc(1, 20000), *much = malloc(1 << 21);
	struct reading r;

	(void)state;
	assert_true(many && much);
	reading_init(&r);
	r.root = true;
	want_args_refused(&r, command, sizeof(command),
			  "--args: sh is no option, and the command cannot come from there");
	want_args_refused(&r, behind, sizeof(behind),
			  "--args: sh is no option, and the command cannot come from there");
	want_args_refused(&r, many, 9001, "--args gives more than 9000 words");
	memset(much, 'x', 1 << 21);
	want_args_refused(&r, much, 1 << 21, "--args gives more than 1048576 bytes");
	r.fds[0] = (struct reading_fd){.fd = 9, .bytes = "", .error = -EIO};
	assert_int_equal(reading_line(&r, "box --args 9 -- sh"), -EIO);
	assert_string_equal(r.why.at, "--args: cannot read from descriptor 9: EIO");
	r.fds[0].error = -4000;
	assert_int_equal(reading_line(&r, "box --args 9 -- sh"), -4000);
	assert_string_equal(r.why.at,
			    "--args: cannot read from descriptor 9: an unknown error");
	reading_free(&r);
	free(many);
	free(much);
}

/* The words before "--" of each are read, which ends it. */
static void arguments_nest_up_to_a_depth(void **state)
{
	static const char inner[] = "--args\00010\0--";
	static const char nested[] = "--args\0009";
	struct reading r;

	(void)state;
	reading_init(&r);
	r.root = true;
	r.fds[0] = (struct reading_fd){.fd = 9, .bytes = inner, .n = sizeof(inner)};
	r.fds[1] = (struct reading_fd){.fd = 10, .bytes = "--unshare-pid", .n = 14};
	assert_int_equal(reading_line(&r, "box --args 9 --unshare-ipc -- sh"), 0);
	assert_true(r.spec.pid && r.spec.ipc);
	/* Each reading of descriptor 9 names it again. */
	r.fds[1] = (struct reading_fd){0};
	r.fds[0] = (struct reading_fd){
		.fd = 9, .bytes = nested, .n = sizeof(nested), .again = true};
	assert_int_equal(reading_line(&r, "box --args 9 -- sh"), -EINVAL);
	assert_string_equal(r.why.at, "--args is in more than 8 others");
	reading_free(&r);
}

/* The nth allocation of each line fails, until there is none. */
static void every_allocation_may_fail(void **state)
{
	static const char set[] = "--setenv\0C\0D";
	static char bytes[500 * sizeof(set)];
	int n = 0;
	struct reading r;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i += sizeof(set))
		memcpy(bytes + i, set, sizeof(set));
	reading_init(&r);
	r.root = true;
	for (r.refuse_at = 1;; r.refuse_at++, n++) {
		r.fds[0] = (struct reading_fd){.fd = 9, .bytes = bytes, .n = sizeof(bytes)};
		if (reading_line(&r,
				 "box --args 9 --overlay-src / --overlay-src / --ro-overlay x "
				 "--bind / y --setenv A B --unsetenv B --add-seccomp-fd 3 "
				 "--lock-file /x --unshare-pid -- sh") == 0)
			break;
		assert_string_equal(r.why.at,
				    "cannot begin: the memory that was set aside is used up");
	}
	assert_true(n > 8);
	reading_free(&r);
}

static void more_memory_is_needed_where_args_may_give_more(void **state)
{
	static char box[] = "box", args[] = "--args", nine[] = "9", a[] = "A=1";
	char *const envp[] = {a, NULL}, *const none[] = {NULL};
	char *const plain[] = {box, nine, NULL}, *const more[] = {box, args, nine, NULL};

	(void)state;
	assert_true(spec_memory(plain, envp) > spec_memory(plain, none));
	assert_true(spec_memory(more, none) > spec_memory(plain, none) + (4 << 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_refused_in_a_sentence),
		cmocka_unit_test(the_word_in_the_help_says_what_may_stand_there),
		cmocka_unit_test(what_args_reads_is_refused_as_well),
		cmocka_unit_test(arguments_nest_up_to_a_depth),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(more_memory_is_needed_where_args_may_give_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
