/* What the caller gives by descriptors: data, filters, arguments, and whom to tell. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define IMAGE "sandtable box --rootfs @/img "

static void run(struct scene *s, const struct given_fd *fds, const char *line)
{
	scene_run(s, &(struct given){.line = line, .fds = fds});
}

static void want_ended(const struct scene *s)
{
	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
}

static void want_after(const struct scene *s, const char *line)
{
	want_ended(s);
	if (!strstr(s->seen.after, line))
		fail_msg("not there: %s\n%s", line, s->seen.after);
}

static void want_inside_line(const struct scene *s, const char *line)
{
	want_ended(s);
	if (!strstr(s->seen.inside, line))
		fail_msg("not seen inside: %s\n%s", line, s->seen.inside);
}

#define HELLO {.fd = 20, .bytes = "hello", .n = 5}
#define EMPTY {.fd = 21, .bytes = "", .n = 0}

static void a_file_is_what_a_descriptor_gives(void **state)
{
	static const struct given_fd fds[] = {HELLO, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--perms 0640 --file 20 /made -- /probe");
	want_after(s, "made file 0640\n");
}

static void a_link_at_the_end_of_a_file_is_refused(void **state)
{
	static const struct given_fd fds[] = {HELLO, {.fd = 0}};
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = "/proc dir\n/sys dir\n/dev dir\n/run dir\n"
					      "/made link /run/x\n",
				     .line = IMAGE "--file 20 /made -- /probe",
				     .fds = fds});
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "cannot copy what descriptor 20 gives to /made"));
}

static void data_is_bound_on_its_place(void **state)
{
	static const struct given_fd fds[] = {HELLO, EMPTY, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--bind-data 20 /a --ro-bind-data 21 /b -- /probe");
	want_inside_line(s, "/a tmpfs rw,nosuid,nodev");
	want_inside_line(s, "/b tmpfs ro,nosuid,nodev");
}

static void a_descriptor_that_is_not_there_is_named(void **state)
{
	struct scene *s = *state;

	run(s, NULL, IMAGE "--file 20 /made -- /probe");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "read(20, "));
	assert_non_null(strstr(s->seen.said, "-EBADF"));
}

static const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static const struct sock_filter no_mkdir[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

#define FILTER(number, filter)                                                                 \
	{.fd = number, .bytes = (const char *)(filter), .n = sizeof(filter)}

static void a_filter_holds_for_the_payload(void **state)
{
	static const struct given_fd fds[] = {FILTER(20, no_mkdir), {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--seccomp 20 -- /probe");
	want_inside_line(s, "mkdir /new: ENOTTY\n");
}

static void several_filters_hold_together(void **state)
{
	static const struct given_fd fds[] = {
		FILTER(20, no_mkdir),
		{.fd = 21, .bytes = (const char *)&allow, .n = sizeof(allow)},
		{.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--add-seccomp-fd 20 --add-seccomp-fd 21 -- /probe");
	want_inside_line(s, "mkdir /new: ENOTTY\n");
}

static void what_is_no_filter_is_refused(void **state)
{
	static const struct given_fd fds[] = {HELLO, EMPTY, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--seccomp 20 -- /probe");
	want_refusal(&s->seen, 125,
		     "sandtable: cannot install the seccomp filter of descriptor 20: ",
		     "not-a-filter");
	run(s, fds, IMAGE "--seccomp 21 -- /probe");
	want_refusal(&s->seen, 125,
		     "sandtable: cannot install the seccomp filter of descriptor 21: ",
		     "not-a-filter");
}

static void arguments_come_from_a_descriptor(void **state)
{
	static const char words[] = "--hostname\0given";
	static const struct given_fd fds[] = {{.fd = 20, .bytes = words, .n = sizeof(words)},
					      {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--args 20 -- /probe");
	want_inside_line(s, "hostname: given\n");
}

static void want_told(struct scene *s, const char *piece)
{
	char memory[1024];
	struct text told;

	text_init(&told, memory, sizeof(memory));
	ground_read(&s->g, "/info", &told);
	if (!strstr(told.at, piece))
		fail_msg("not told: %s\n%s", piece, told.at);
}

static void the_caller_is_told_of_the_sandbox(void **state)
{
	static const struct given_fd fds[] = {{.fd = 20, .path = "/info"}, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--info-fd 20 -- /probe");
	want_ended(s);
	want_told(s, "{\n    \"child-pid\": ");
	want_told(s, "\"ipc-namespace\": ");
	want_told(s, "\"mnt-namespace\": ");
	want_told(s, "\"pid-namespace\": ");
	want_told(s, "\"uts-namespace\": ");
}

static void the_caller_is_told_how_it_ended(void **state)
{
	static const struct given_fd fds[] = {{.fd = 20, .path = "/info"}, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--json-status-fd 20 -- /probe exit 7");
	assert_int_equal(s->seen.status, 7 << 8);
	want_told(s, "{ \"child-pid\": ");
	want_told(s, " }\n{ \"exit-code\": 7 }\n");
}

static void it_waits_for_a_byte_of_a_descriptor(void **state)
{
	static const struct given_fd fds[] = {HELLO, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, IMAGE "--block-fd 20 --sync-fd 20 -- /probe");
	want_ended(s);
	assert_non_null(strstr(s->seen.inside, "descriptors: 0 1 2\n"));
}

static void a_file_is_locked_as_long_as_the_sandbox_lives(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = "/proc dir\n/sys dir\n/dev dir\n/run dir\n"
					      "/lock file 0600 x\n",
				     .line = IMAGE "--lock-file /lock -- /probe"});
	want_ended(s);
	run(s, NULL, IMAGE "--lock-file /missing -- /probe");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "cannot lock /missing: no such file"));
}

static void locks_have_their_number(void **state)
{
	static char line[2048] = IMAGE;
	struct scene *s = *state;
	struct text out = {.at = line, .size = sizeof(line), .len = strlen(line)};

	for (int i = 0; i < 65; i++)
		text_add(&out, "--lock-file /l ");
	text_add(&out, "-- /probe");
	scene_run(s, &(struct given){.image = "/proc dir\n/sys dir\n/dev dir\n/run dir\n"
					      "/l file 0600 x\n",
				     .line = line});
	want_refusal(&s->seen, 125, "sandtable: cannot lock /l: ", "many-locks");
}

/* The caller is in it already (setns(2)). */
static void the_own_user_namespace_cannot_be_entered(void **state)
{
	struct scene *s = *state;

	run(s, NULL, IMAGE "--userns 2 -- /probe");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(
		strstr(s->seen.said, "cannot enter the user namespace of descriptor 2: "));
	reached("step", "USERNS", NULL);
}

/* Nobody maps any id; files of the image can be used all the same. */
static void it_waits_while_others_map_the_ids(void **state)
{
	static const struct given_fd fds[] = {
		HELLO, {.fd = 21, .path = "/info"}, {.fd = 0}};
	struct scene *s = *state;

	run(s, fds, "sandtable box --bind @/img / --unshare-user --userns-block-fd 20 "
		    "--info-fd 21 -- /probe exit 3");
	if (s->seen.status != 3 << 8)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	want_told(s, "\"child-pid\": ");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(a_file_is_what_a_descriptor_gives),
		SCENE_BOTH(a_link_at_the_end_of_a_file_is_refused),
		SCENE_BOTH(data_is_bound_on_its_place),
		SCENE_BOTH(a_descriptor_that_is_not_there_is_named),
		SCENE_BOTH(a_filter_holds_for_the_payload),
		SCENE_BOTH(several_filters_hold_together),
		SCENE_BOTH(what_is_no_filter_is_refused),
		SCENE_BOTH(arguments_come_from_a_descriptor),
		SCENE_BOTH(the_caller_is_told_of_the_sandbox),
		SCENE_BOTH(the_caller_is_told_how_it_ended),
		SCENE_BOTH(it_waits_for_a_byte_of_a_descriptor),
		SCENE_BOTH(it_waits_while_others_map_the_ids),
		SCENE_BOTH(a_file_is_locked_as_long_as_the_sandbox_lives),
		SCENE_BOTH(locks_have_their_number),
		SCENE_BOTH(the_own_user_namespace_cannot_be_entered),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
