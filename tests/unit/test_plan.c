/* The plan and its lines: what is planned for which spec, and how a step says itself. */
#include <stdio.h>
#include <string.h>

#include "core/plan/say.h"
#include "tests/lib/check.h"

static char memory[16384];
static struct step steps[PLAN_CLASSIC_STEPS];
static struct plan p;
static char sh[] = "sh", dash_c[] = "-c", script[] = "echo it's $HOME";
static char *const argv[] = {sh, dash_c, script, NULL};
static char *const envp[] = {NULL};
static const struct facts root = {.root = true, .may_admin = true};

static int begin(void **state)
{
	(void)state;
	plan_init(&p, steps, PLAN_CLASSIC_STEPS);
	return 0;
}

/* All steps of the plan, a line each: "init mount ...". */
static const char *lines(void)
{
	struct text out;

	text_init(&out, memory, sizeof(memory));
	for (size_t i = 0; i < p.n; i++) {
		text_addf(&out, "%s ", side_text(p.steps[i].side));
		step_say(&p, &p.steps[i], &out);
		text_add_char(&out, '\n');
		step_say_or(&p, &p.steps[i], &out);
		if (p.steps[i].or_on)
			text_add_char(&out, '\n');
	}
	assert_false(out.cut);
	return out.at;
}

static const char set_up[] =
	"init [ \"$(stat -fc %T /proc)\" = proc ]\n"
	"init mount --make-rslave /\n"
	"init mount --rbind /img /img\n"
	"init mkdir -p /img/proc\n"
	"init mount -t proc -o nosuid,nodev,noexec proc /img/proc\n"
	"init mkdir -p /img/sys\n"
	"init mount -t sysfs -o nosuid,nodev,noexec sysfs /img/sys\n"
	"init mkdir -p /img/dev\n"
	"init mount -t tmpfs -o nosuid,strictatime,mode=755 tmpfs /img/dev\n"
	"init mkdir -p /img/dev/shm\n"
	"init mount -t tmpfs -o nosuid,nodev,noexec,mode=1777 shm /img/dev/shm\n"
	"init mkdir -p /img/dev/pts\n"
	"init mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620,gid=5 devpts "
	"/img/dev/pts\n"
	"init mkdir -p /img/run\n"
	"init mount -t tmpfs -o nosuid,nodev,strictatime,mode=755 tmpfs /img/run\n"
	"init # open /img/dev\n"
	"init umask 0000\n"
	"init mknod -m 0666 /img/dev/null c 1 3\n"
	"init mknod -m 0666 /img/dev/zero c 1 5\n"
	"init mknod -m 0666 /img/dev/full c 1 7\n"
	"init mknod -m 0666 /img/dev/random c 1 8\n"
	"init mknod -m 0666 /img/dev/urandom c 1 9\n"
	"init mknod -m 0666 /img/dev/tty c 5 0\n"
	"init # the caller's umask again\n"
	"init rm -fd /img/dev/ptmx\n"
	"init ln -s pts/ptmx /img/dev/ptmx\n"
	"init rm -fd /img/dev/core\n"
	"init ln -s /proc/kcore /img/dev/core\n"
	"init rm -fd /img/dev/fd\n"
	"init ln -s /proc/self/fd /img/dev/fd\n"
	"init rm -fd /img/dev/stdin\n"
	"init ln -s /proc/self/fd/0 /img/dev/stdin\n"
	"init rm -fd /img/dev/stdout\n"
	"init ln -s /proc/self/fd/1 /img/dev/stdout\n"
	"init rm -fd /img/dev/stderr\n"
	"init ln -s /proc/self/fd/2 /img/dev/stderr\n"
	"init # close dev\n"
	"init cd /img && mount --move . /\n"
	"init for m in $(findmnt -rno TARGET -t proc,sysfs); do "
	"mount -t tmpfs -o ro,nosuid,nodev,noexec tmpfs $m; done\n"
	"init chroot . && cd /\n"
	"init # close rootfs\n"
	"init umask 0022\n";

static void the_classic_set_up_is_the_twelve_parts_in_their_order(void **state)
{
	const struct spec spec = {.classic = true, .rootfs = "/img"};

	(void)state;
	plan_classic(&p, &spec);
	assert_string_equal(lines(), set_up);
}

static void a_box_is_the_set_up_between_what_the_sides_say(void **state)
{
	const struct spec spec = {
		.classic = true, .rootfs = "/img", .argv = argv, .envp = envp};
	char want[8192];

	(void)state;
	snprintf(want, sizeof(want), "%s%s%s",
		 "host trap - CHLD\n"
		 "host # a channel between host and init\n"
		 "host unshare --mount --uts --ipc --pid --fork\n"
		 "or, on ENOSYS: clone(2)\n"
		 "host # close the other side's end\n"
		 "init # die with the host's side\n"
		 "init # close the other side's end\n",
		 set_up,
		 "init # say: ready\n"
		 "host # wait for: ready\n"
		 "host # say: go\n"
		 "init # wait for: go\n"
		 "init # descriptors from 3 on close at exec\n"
		 "or, on ENOSYS: fcntl(2) on each of /proc/self/fd\n"
		 "init exec sh -c $'echo it\\'s $HOME'\n"
		 "host # wait for: the end of the channel, at exec\n"
		 "host wait\n");
	assert_int_equal(plan_build(&p, &spec, &root), 0);
	assert_string_equal(lines(), want);
}

static void joining_opens_all_before_it_enters_any(void **state)
{
	const struct spec spec = {.classic = true, .join = 7, .argv = argv + 2, .envp = envp};

	(void)state;
	script[4] = '\0';
	assert_int_equal(plan_build(&p, &spec, &root), 0);
	assert_string_equal(
		lines(),
		"host trap - CHLD\n"
		"host # a channel between host and init\n"
		"host [ \"$(stat -fc %T /proc)\" = proc ]\n"
		"host [ -d /proc/7 ]\n"
		"host # open /proc/7/ns/ipc\n"
		"host # open /proc/7/ns/uts\n"
		"host # open /proc/7/ns/pid\n"
		"host # open /proc/7/ns/mnt\n"
		"host # close 'the task'\n"
		"host nsenter --pid --target 7\n"
		"host unshare --fork\n"
		"or, on ENOSYS: clone(2)\n"
		"host # close the other side's end\n"
		"host # back to our own pid namespace\n"
		"init # die with the host's side\n"
		"init # close the other side's end\n"
		"init # nobody inside looks into this task\n"
		"init nsenter --ipc --target 7\n"
		"init nsenter --uts --target 7\n"
		"init nsenter --mount --target 7\n"
		"init unshare --mount\n"
		"init mount --make-rslave /\n"
		"init umount --lazy /proc && mount -t proc -o nosuid,nodev,noexec proc /proc\n"
		"init umount --lazy /sys && mount -t sysfs -o nosuid,nodev,noexec sysfs /sys"
		"  # or, on EINVAL: nothing\n"
		"init # say: ready\n"
		"host # wait for: ready\n"
		"host # say: go\n"
		"init # wait for: go\n"
		"init # descriptors from 3 on close at exec\n"
		"or, on ENOSYS: fcntl(2) on each of /proc/self/fd\n"
		"init exec echo\n"
		"host # wait for: the end of the channel, at exec\n"
		"host wait\n");
	script[4] = ' ';
}

static void read_only_comes_before_anything_is_made(void **state)
{
	const struct spec spec = {.classic = true, .rootfs = "/i mg", .readonly = true};

	(void)state;
	plan_classic(&p, &spec);
	assert_int_equal(p.steps[3].kind, STEP_READONLY);
	assert_int_equal(p.steps[3].flags, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_REC);
	assert_non_null(strstr(lines(), "--rbind '/i mg' '/i mg'\n"
					"init mount -o remount,bind,ro '/i mg'\n"
					"init mkdir -p '/i mg/proc'\n"));
}

static void the_console_is_looked_at_before_it_is_changed(void **state)
{
	const struct spec spec = {.classic = true, .rootfs = "/img", .console = "/dev/pts/3"};

	(void)state;
	plan_classic(&p, &spec);
	assert_non_null(strstr(
		lines(), "init umask 0000\n"
			 "init [ -c /dev/pts/3 ]\n"
			 "init rm -fd /img/dev/console\n"
			 "init chmod 600 /dev/pts/3\n"
			 "init chown 0:0 /dev/pts/3\n"
			 "init mknod -m 600 /img/dev/console c \"0x$(stat -Lc %t /dev/pts/3)\" "
			 "\"0x$(stat -Lc %T /dev/pts/3)\"\n"
			 "init mount --bind /dev/pts/3 /img/dev/console\n"
			 "init # the caller's umask again\n"
			 "init # close dev\n"));
}

static void without_root_or_its_capability_there_is_no_plan(void **state)
{
	const struct spec spec = {
		.classic = true, .rootfs = "/img", .argv = argv, .envp = envp};
	const struct facts user = {.root = false, .may_admin = true};
	const struct facts bare = {.root = true, .may_admin = false};

	(void)state;
	assert_int_equal(plan_build(&p, &spec, &user), -EPERM);
	assert_int_equal(plan_build(&p, &spec, &bare), -EPERM);
	assert_int_equal(p.n, 0);
}

static void a_full_plan_says_so(void **state)
{
	const struct spec spec = {
		.classic = true, .rootfs = "/img", .argv = argv, .envp = envp};

	(void)state;
	p.n = PLAN_CLASSIC_STEPS - 1;
	assert_int_equal(plan_build(&p, &spec, &root), -E2BIG);
	assert_int_equal(p.n, PLAN_CLASSIC_STEPS);
}

static const char *lasting(const struct spec *spec)
{
	struct text out;

	plan_classic(&p, spec);
	text_init(&out, memory, sizeof(memory));
	for (size_t i = 0; i < p.n; i++) {
		if (!step_lasts(&p, i))
			continue;
		step_say_lasting(&p, i, &out);
		text_add_char(&out, '\n');
	}
	return out.at;
}

static void directories_and_the_console_last(void **state)
{
	const struct spec spec = {.classic = true, .rootfs = "/img", .console = "/dev/pts/3"};

	(void)state;
	assert_string_equal(lasting(&spec), "the directory /img/proc, where it is missing\n"
					    "the directory /img/sys, where it is missing\n"
					    "the directory /img/dev, where it is missing\n"
					    "the directory /img/run, where it is missing\n"
					    "mode 0600 and owner 0:0 of /dev/pts/3\n");
}

static void read_only_nothing_lasts(void **state)
{
	const struct spec spec = {.classic = true, .rootfs = "/img", .readonly = true};

	(void)state;
	assert_string_equal(lasting(&spec), "");
}

static void want_word(const char *word, const char *quoted)
{
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_add_word(&out, word);
	assert_string_equal(out.at, quoted);
}

static void words_are_quoted_where_a_shell_or_a_terminal_needs_it(void **state)
{
	(void)state;
	want_word("/img/a-b_c@1%+=:,.", "/img/a-b_c@1%+=:,.");
	want_word("azAZ09", "azAZ09");
	want_word("", "''");
	want_word("a b", "'a b'");
	want_word("$x", "'$x'");
	want_word("it's", "$'it\\'s'");
	want_word("\033[31m", "$'\\033[31m'");
	want_word("a\nb\\", "$'a\\nb\\\\'");
	want_word("\177", "$'\\177'");
	want_word("\303\244", "$'\\303\\244'");
}

static void each_kind_of_step_says_what_could_not_be_done(void **state)
{
	const struct spec spec = {
		.classic = true, .rootfs = "/img", .argv = argv, .envp = envp};
	struct text out;

	(void)state;
	assert_int_equal(plan_build(&p, &spec, &root), 0);
	text_init(&out, memory, sizeof(memory));
	for (size_t i = 0; i < p.n; i++) {
		size_t before = out.len;

		step_doing(&p, &p.steps[i], &out);
		assert_true(out.len > before);
		text_add_char(&out, '\n');
	}
	assert_null(strchr(out.at, '{'));
	assert_non_null(strstr(out.at, "\nmount proc on /img/proc\n"));
	assert_non_null(strstr(out.at, "\nmake the node /img/dev/tty like /dev/tty\n"));
	assert_non_null(strstr(out.at, "\ntell the other side: ready\n"));
}

static void what_has_no_options_says_none(void **state)
{
	const struct step step = {
		.kind = STEP_MOUNT, .fstype = "tmpfs", .source = "tmpfs", .target = "/x"};
	struct text out;

	(void)state;
	text_init(&out, memory, sizeof(memory));
	step_say(&p, &step, &out);
	assert_string_equal(out.at, "mount -t tmpfs tmpfs /x");
}

/* The program refuses overlays; a caller of the library learns it here. */
static void an_overlay_cannot_be_planned(void **state)
{
	struct tree_op op = {.kind = TREE_OVERLAY};
	const struct spec spec = {.argv = argv, .envp = envp, .ops = &op, .n_ops = 1};

	(void)state;
	assert_int_equal(plan_build(&p, &spec, &root), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_classic_set_up_is_the_twelve_parts_in_their_order,
				       begin),
		cmocka_unit_test_setup(a_box_is_the_set_up_between_what_the_sides_say, begin),
		cmocka_unit_test_setup(joining_opens_all_before_it_enters_any, begin),
		cmocka_unit_test_setup(read_only_comes_before_anything_is_made, begin),
		cmocka_unit_test_setup(the_console_is_looked_at_before_it_is_changed, begin),
		cmocka_unit_test_setup(without_root_or_its_capability_there_is_no_plan, begin),
		cmocka_unit_test_setup(a_full_plan_says_so, begin),
		cmocka_unit_test_setup(directories_and_the_console_last, begin),
		cmocka_unit_test_setup(read_only_nothing_lasts, begin),
		cmocka_unit_test_setup(words_are_quoted_where_a_shell_or_a_terminal_needs_it,
				       begin),
		cmocka_unit_test_setup(each_kind_of_step_says_what_could_not_be_done, begin),
		cmocka_unit_test_setup(what_has_no_options_says_none, begin),
		cmocka_unit_test_setup(an_overlay_cannot_be_planned, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
