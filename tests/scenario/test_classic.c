/* The classic sequence: what is inside, what is refused, and what becomes of the host. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/kernel/fault.h"
#include "tests/lib/box.h"
#include "tests/lib/check.h"
#include "tests/lib/golden.h"

/* Each test runs on a new ground of the kind that its group has. */
struct scene {
	struct ground g;
	struct seen seen;
	struct fault fault;
};

static struct scene scene; /* too large for the stack */

static int fake_begin(void **state)
{
	ground_make_fake(&scene.g, &(struct fake_options){.checks = true});
	*state = &scene;
	return 0;
}

static int linux_begin(void **state)
{
	char self[256];
	char *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 32);

	if (n < 0)
		return -1;
	/* build/VARIANT/tests/scenario/test_classic -> build/VARIANT/tests/linux/probe */
	self[n] = '\0';
	for (int i = 0; i < 2; i++) {
		slash = strrchr(self, '/');
		*slash = '\0';
	}
	memcpy(self + strlen(self), "/linux/probe", sizeof("/linux/probe"));
	ground_make_linux(&scene.g, self);
	*state = &scene;
	return 0;
}

static int end(void **state)
{
	struct scene *s = *state;

	ground_free(&s->g);
	return 0;
}

static void run(struct scene *s, const struct given *given)
{
	box_prepare(&s->g, given);
	box_run(&s->g, given, &s->seen);
}

/* What every run that gets that far shows inside, but for / and the console. */
#define MOUNTS                                                                                 \
	"/dev tmpfs rw,nosuid\n"                                                               \
	"/dev/pts devpts rw,nosuid,noexec,relatime rw,gid=5,mode=620,ptmxmode=666\n"           \
	"/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime\n"                                     \
	"/proc proc rw,nosuid,nodev,noexec,relatime\n"                                         \
	"/run tmpfs rw,nosuid,nodev\n"                                                         \
	"/sys sysfs rw,nosuid,nodev,noexec,relatime\n"
#define DEV_AFTER_CONSOLE                                                                      \
	"core link /proc/kcore\n"                                                              \
	"fd link /proc/self/fd\n"                                                              \
	"full char 1:7 0666\n"                                                                 \
	"null char 1:3 0666\n"                                                                 \
	"ptmx link pts/ptmx\n"                                                                 \
	"pts dir 0755\n"                                                                       \
	"random char 1:8 0666\n"                                                               \
	"shm dir 1777\n"                                                                       \
	"stderr link /proc/self/fd/2\n"                                                        \
	"stdin link /proc/self/fd/0\n"                                                         \
	"stdout link /proc/self/fd/1\n"                                                        \
	"tty char 5:0 0666\n"                                                                  \
	"urandom char 1:9 0666\n"                                                              \
	"zero char 1:5 0666\n"

/* What is inside, with "ro" or "rw" for the root and what comes of writing to it. */
static void want_inside(const struct scene *s, const char *root, const char *mkdir)
{
	char want[BOX_TEXT_SIZE];

	snprintf(want, sizeof(want),
		 "mounts:\n/ %s\n" MOUNTS "dev:\n" DEV_AFTER_CONSOLE
		 "descriptors: 0 1 2\numask: 0022\ncwd: /\npid: 1\n",
		 root);
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	if (strncmp(s->seen.inside, want, strlen(want)) != 0)
		assert_string_equal(s->seen.inside, want);
	snprintf(want, sizeof(want), "\nmkdir /new: %s\n", mkdir);
	assert_non_null(strstr(s->seen.inside, want));
}

static void the_payload_sees_the_twelve_parts(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img"});
	want_inside(s, "rw", "0");
}

static void directories_that_are_missing_are_made_under_the_callers_umask(void **state)
{
	struct scene *s = *state;
	run(s,
	    &(struct given){.image = "/etc dir\n", .options = "--rootfs @/img", .umask = 027});
	want_inside(s, "rw", "0");
}

static void a_read_only_rootfs_is_only_read(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img --readonly"});
	want_inside(s, "ro", "EROFS");
}

static void a_read_only_rootfs_without_proc_is_refused(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.image = "/sys dir\n/dev dir\n/run dir\n",
			       .options = "--rootfs @/img --readonly"});
	want_refusal(&s->seen, 125, "sandtable: cannot make or open the directory ",
		     "readonly-lacks-directory");
	assert_non_null(strstr(s->seen.said, "/img/proc: read-only file system\n"));
}

static void a_symlink_at_a_target_is_refused(void **state)
{
	static const char *const targets[] = {"proc", "sys", "dev", "run"};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(targets); i++) {
		char image[64], sentence[64];

		snprintf(image, sizeof(image), "/%s link /tmp\n", targets[i]);
		snprintf(sentence, sizeof(sentence),
			 "/img/%s: too many levels of symbolic links\n", targets[i]);
		run(s, &(struct given){.image = image, .options = "--rootfs @/img"});
		want_refusal(&s->seen, 125, "sandtable: cannot make or open the directory ",
			     "symlink-in-the-way");
		assert_non_null(strstr(s->seen.said, sentence));
		if (s->g.is_linux || i + 1 < COUNT(targets)) {
			end(state);
			(s->g.is_linux ? linux_begin : fake_begin)(state);
		}
	}
}

static void links_in_the_images_dev_are_covered(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.image = "/dev dir\n"
					"/dev/shm link /tmp\n"
					"/dev/pts link /tmp\n"
					"/dev/null link /etc/passwd\n"
					"/dev/ptmx dir\n",
			       .options = "--rootfs @/img"});
	want_inside(s, "rw", "0");
}

static void a_file_at_a_target_is_refused(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.image = "/proc file 644 x\n", .options = "--rootfs @/img"});
	want_refusal(&s->seen, 125, "sandtable: cannot make or open the directory ",
		     "target-no-directory");
}

static void a_rootfs_that_is_not_there_is_refused(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/nowhere"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs ", "rootfs-missing");
	run(s, &(struct given){.options = "--rootfs @/img/probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs ",
		     "rootfs-no-directory");
	run(s, &(struct given){.options = "--rootfs /"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs / on itself: stale",
		     "rootfs-exchanged");
}

static void the_payloads_status_is_the_programs(void **state)
{
	struct scene *s = *state;
	struct given given = {.options = "--rootfs @/img", .command = "/probe exit 42"};

	run(s, &given);
	assert_int_equal(s->seen.status, 42 << 8);
	assert_string_equal(s->seen.said, "");
	given.command = "probe exit 7";
	run(s, &given);
	assert_int_equal(s->seen.status, 7 << 8);
}

static void a_command_that_cannot_be_executed_is_told_from_a_missing_one(void **state)
{
	struct scene *s = *state;
	struct given given = {.image = "/plain file 644 x\n/text file 755 x\n/dir dir\n"
				       "/script file 755 #!/no/such/shell\n",
			      .options = "--rootfs @/img"};

	given.command = "/nothing";
	run(s, &given);
	want_refusal(&s->seen, 127, "sandtable: cannot execute /nothing: no such file",
		     "exec-not-found");
	given.command = "nothing";
	run(s, &given);
	want_refusal(&s->seen, 127, "sandtable: cannot execute nothing: no such file",
		     "exec-not-found");
	given.command = "/plain";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /plain: permission denied",
		     "exec-not-executable");
	given.command = "plain";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute plain: permission denied",
		     "exec-not-executable");
	given.command = "/dir";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /dir: permission denied",
		     "exec-not-executable");
	given.command = "/text";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /text: exec format error",
		     "exec-format");
	given.command = "/script";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /script: no such file",
		     "exec-loader");
	given.command = "script";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute script: no such file",
		     "exec-loader");
	given.command = "/proc/1/environ";
	run(s, &given);
	want_refusal(&s->seen, 126, "sandtable: cannot execute /proc/1/environ: permission",
		     "exec-noexec");
}

/* Something else happens before a call: the last moment at which it could. */
struct meddling {
	enum sysop op;
	const char *contains;
	int (*meddle)(struct kernel *k, int dir);
	struct fault fault;
};

static int meddle_hit(struct fault *fault, const struct call *call)
{
	const struct meddling *m = fault->context;
	int r = m->meddle(fault->layer.lower, (int)call->arg[call->op == OP_symlinkat]);

	return r < 0 ? -ENOTRECOVERABLE : layer_pass(&fault->layer, call);
}

static struct kernel *meddled(void *context, struct kernel *k)
{
	struct meddling *m = context;

	fault_init(&m->fault, k);
	m->fault.op = (int)m->op;
	m->fault.contains = m->contains;
	m->fault.nth = 1;
	m->fault.hit = meddle_hit;
	m->fault.context = m;
	return &m->fault.layer.kernel;
}

static void run_meddled(struct scene *s, struct meddling *m, const char *options)
{
	run(s, &(struct given){.options = options, .between = meddled, .context = m});
}

static int make_ptmx_dir(struct kernel *k, int dir)
{
	return sys_mkdirat(k, dir, "ptmx", 0755);
}

static int make_full_ptmx_dir(struct kernel *k, int dir)
{
	int r = sys_mkdirat(k, dir, "ptmx", 0755);

	return r < 0 ? r : sys_mkdirat(k, dir, "ptmx/x", 0755);
}

static int make_ptmx_link(struct kernel *k, int dir)
{
	return sys_symlinkat(k, "/etc/passwd", dir, "ptmx");
}

static int make_null(struct kernel *k, int dir)
{
	return sys_mknodat(k, dir, "null", S_IFCHR | 0600, makedev(1, 3));
}

static int make_null_link(struct kernel *k, int dir)
{
	return sys_symlinkat(k, "/etc/passwd", dir, "null");
}

static int make_console(struct kernel *k, int dir)
{
	return sys_mknodat(k, dir, "console", S_IFREG | 0600, 0);
}

static int make_console_link(struct kernel *k, int dir)
{
	return sys_symlinkat(k, "/etc/passwd", dir, "console");
}

static void an_empty_directory_at_ptmx_is_removed(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_dir};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	want_inside(s, "rw", "0");
}

static void a_directory_at_ptmx_that_is_not_empty_is_fatal(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_full_ptmx_dir};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "/img/dev/ptmx: directory not empty\n"));
	assert_non_null(strstr(s->seen.said, "AT_REMOVEDIR) = -ENOTEMPTY\n"));
}

static void a_link_at_ptmx_is_removed_itself(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_link};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	want_inside(s, "rw", "0");
}

static void a_link_that_appears_at_ptmx_is_fatal(void **state)
{
	struct meddling m = {
		.op = OP_symlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_link};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "cannot make the link "));
	assert_non_null(strstr(s->seen.said, "/img/dev/ptmx: file exists\n"));
}

static void a_node_that_is_there_is_left_as_it_is(void **state)
{
	struct meddling m = {.op = OP_mknodat, .contains = "\"null\"", .meddle = make_null};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "null char 1:3 0600\n"));
}

static void a_link_where_a_node_belongs_is_refused(void **state)
{
	struct meddling m = {
		.op = OP_mknodat, .contains = "\"null\"", .meddle = make_null_link};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img");
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "node-is-a-symlink");
}

static void the_console_is_the_hosts_pty(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img --console %"});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "/dev/console devpts rw,"));
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
	assert_non_null(strstr(s->seen.inside, " 0600\ncore link"));
	assert_non_null(strstr(s->seen.after, "pty 0600 0:0\n"));
}

static void a_console_that_is_there_is_removed_first(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"console\"", .meddle = make_console};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img --console %");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
}

static void a_link_at_the_console_is_removed_itself(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"console\"", .meddle = make_console_link};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img --console %");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "console char 136:"));
}

static void a_console_that_appears_is_not_tolerated(void **state)
{
	struct meddling m = {
		.op = OP_mknodat, .contains = "\"console\"", .meddle = make_console};
	struct scene *s = *state;

	run_meddled(s, &m, "--rootfs @/img --console %");
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "console-exists");
}

static void a_console_that_is_no_pty_is_refused_unchanged(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img --console /dev/null"});
	want_refusal(&s->seen, 125,
		     "sandtable: cannot use /dev/null as the console: ", "not-a-pty");
	run(s, &(struct given){.options = "--rootfs @/img --console @/img/probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot use ", "not-a-pty");
	run(s, &(struct given){.options = "--rootfs @/img --console /dev/pts/4000"});
	want_refusal(&s->seen, 125,
		     "sandtable: cannot use /dev/pts/4000 as the console: ", "console-missing");
}

/* Answers ENOENT for the host's node, as if it were not there. */
static struct kernel *without_tty(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_statx;
	fault->contains = "\"/dev/tty\"";
	fault->nth = 1;
	fault->answer = -ENOENT;
	return &fault->layer.kernel;
}

static void whoever_joins_has_a_proc_and_sys_of_its_own(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--join &"});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "mounts:\n/ rw\n" MOUNTS "dev:\n"));
	assert_non_null(strstr(s->seen.inside, "hostname: inner\n"));
	assert_non_null(strstr(s->seen.inside, "descriptors: 0 1 2\n"));
	assert_non_null(strstr(s->seen.inside, "cwd: /\n"));
	assert_null(strstr(s->seen.inside, "pid: 1\n"));
}

static void a_sys_that_is_not_mounted_is_left_alone(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--join &", .bare_sys = true});
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "/proc proc "));
	assert_null(strstr(s->seen.inside, "/sys sysfs "));
}

static void a_proc_that_is_not_mounted_is_fatal(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--join &", .bare_proc = true});
	want_refusal(&s->seen, 125, "sandtable: cannot mount a new proc on /proc: ",
		     "not-mounted");
}

static void a_task_that_is_not_there_cannot_be_joined(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--join 2147483639"});
	want_refusal(&s->seen, 125, "sandtable: cannot find task 2147483639: no such file",
		     "no-such-task");
}

static void want_golden(struct scene *s, const char *calls, const char *file)
{
	static char memory[65536];
	char why_memory[1024];
	struct text seen, why;

	text_init(&seen, memory, sizeof(memory));
	text_init(&why, why_memory, sizeof(why_memory));
	ground_read(&s->g, calls, &seen);
	if (golden_differs(file, &seen, &why))
		fail_msg("%s", why.at);
}

/* Its order is its specification: the one place where calls are compared one by one. */
static void the_calls_are_those_of_the_golden_trace(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img --readonly --console %",
			       .golden = true});
	assert_int_equal(s->seen.status, 0);
	want_golden(s, "/calls.host", "tests/scenario/classic.host.trace");
	want_golden(s, "/calls.init", "tests/scenario/classic.init.trace");
}

static void a_node_that_the_host_lacks_is_fatal(void **state)
{
	struct scene *s = *state;

	run(s, &(struct given){.options = "--rootfs @/img",
			       .between = without_tty,
			       .context = &s->fault});
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "host-node-missing");
}

/* Each test is there for both grounds; the one asked for is told from its name. */
#define BOTH(test)                                                                             \
	{.name = #test " [fake]",                                                              \
	 .test_func = test,                                                                    \
	 .setup_func = fake_begin,                                                             \
	 .teardown_func = end},                                                                \
	{                                                                                      \
		.name = #test " [linux]", .test_func = test, .setup_func = linux_begin,        \
		.teardown_func = end                                                           \
	}

/* "test_classic linux": as root, on the kernel that is there; else on the fake. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BOTH(the_payload_sees_the_twelve_parts),
		BOTH(directories_that_are_missing_are_made_under_the_callers_umask),
		BOTH(a_read_only_rootfs_is_only_read),
		BOTH(a_read_only_rootfs_without_proc_is_refused),
		BOTH(a_symlink_at_a_target_is_refused),
		BOTH(links_in_the_images_dev_are_covered),
		BOTH(a_file_at_a_target_is_refused),
		BOTH(a_rootfs_that_is_not_there_is_refused),
		BOTH(the_payloads_status_is_the_programs),
		BOTH(a_command_that_cannot_be_executed_is_told_from_a_missing_one),
		BOTH(an_empty_directory_at_ptmx_is_removed),
		BOTH(a_directory_at_ptmx_that_is_not_empty_is_fatal),
		BOTH(a_link_at_ptmx_is_removed_itself),
		BOTH(a_link_that_appears_at_ptmx_is_fatal),
		BOTH(a_node_that_is_there_is_left_as_it_is),
		BOTH(a_link_where_a_node_belongs_is_refused),
		BOTH(the_console_is_the_hosts_pty),
		BOTH(a_console_that_is_there_is_removed_first),
		BOTH(a_link_at_the_console_is_removed_itself),
		BOTH(a_console_that_appears_is_not_tolerated),
		BOTH(a_console_that_is_no_pty_is_refused_unchanged),
		BOTH(a_node_that_the_host_lacks_is_fatal),
		BOTH(whoever_joins_has_a_proc_and_sys_of_its_own),
		BOTH(a_sys_that_is_not_mounted_is_left_alone),
		BOTH(a_proc_that_is_not_mounted_is_fatal),
		BOTH(a_task_that_is_not_there_cannot_be_joined),
		BOTH(the_calls_are_those_of_the_golden_trace),
	};

	(void)argv;
	cmocka_set_test_filter(argc > 1 ? "*[linux]" : "*[fake]");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
