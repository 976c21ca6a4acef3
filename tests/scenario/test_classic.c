/* Parts 1 to 7, 9 and 10 of the classic sequence: what is inside, what is refused. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/golden.h"
#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

static void the_payload_sees_the_twelve_parts(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img"});
	want_inside(s, "rw", "0");
}

static void directories_that_are_missing_are_made_under_the_callers_umask(void **state)
{
	struct scene *s = *state;
	scene_run(s, &(struct given){
			     .image = "/etc dir\n", .options = "--rootfs @/img", .umask = 027});
	want_inside(s, "rw", "0");
}

static void a_read_only_rootfs_is_only_read(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img --readonly"});
	want_inside(s, "ro", "EROFS");
}

static void a_read_only_rootfs_without_proc_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = "/sys dir\n/dev dir\n/run dir\n",
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
		scene_run(s, &(struct given){.image = image, .options = "--rootfs @/img"});
		want_refusal(&s->seen, 125, "sandtable: cannot make or open the directory ",
			     "symlink-in-the-way");
		assert_non_null(strstr(s->seen.said, sentence));
		scene_again(s);
	}
}

static void links_in_the_images_dev_are_covered(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = "/dev dir\n"
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

	scene_run(s,
		  &(struct given){.image = "/proc file 644 x\n", .options = "--rootfs @/img"});
	want_refusal(&s->seen, 125, "sandtable: cannot make or open the directory ",
		     "target-no-directory");
}

static void a_rootfs_that_is_not_there_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/nowhere"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs ", "rootfs-missing");
	scene_run(s, &(struct given){.options = "--rootfs @/img/probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs ",
		     "rootfs-no-directory");
	scene_run(s, &(struct given){.options = "--rootfs /"});
	want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs / on itself: stale",
		     "rootfs-exchanged");
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

static void an_empty_directory_at_ptmx_is_removed(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_dir};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	want_inside(s, "rw", "0");
}

static void a_directory_at_ptmx_that_is_not_empty_is_fatal(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_full_ptmx_dir};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "/img/dev/ptmx: directory not empty\n"));
	assert_non_null(strstr(s->seen.said, "AT_REMOVEDIR) = -ENOTEMPTY\n"));
}

static void a_link_at_ptmx_is_removed_itself(void **state)
{
	struct meddling m = {
		.op = OP_unlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_link};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	want_inside(s, "rw", "0");
}

static void a_link_that_appears_at_ptmx_is_fatal(void **state)
{
	struct meddling m = {
		.op = OP_symlinkat, .contains = "\"ptmx\"", .meddle = make_ptmx_link};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 125 << 8);
	assert_non_null(strstr(s->seen.said, "cannot make the link "));
	assert_non_null(strstr(s->seen.said, "/img/dev/ptmx: file exists\n"));
}

static void a_node_that_is_there_is_left_as_it_is(void **state)
{
	struct meddling m = {.op = OP_mknodat, .contains = "\"null\"", .meddle = make_null};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "null char 1:3 0600\n"));
}

static void a_link_where_a_node_belongs_is_refused(void **state)
{
	struct meddling m = {
		.op = OP_mknodat, .contains = "\"null\"", .meddle = make_null_link};
	struct scene *s = *state;

	scene_run_meddled(s, &m, "--rootfs @/img");
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "node-is-a-symlink");
}

/* What the path of the rootfs leads to after the bind, in a field of struct statx. */
static size_t exchanged_field;

static int exchange(struct fault *fault, const struct call *call)
{
	struct statx *st = (struct statx *)call->arg[4];
	int r = layer_pass(&fault->layer, call);

	*((char *)st + exchanged_field) ^= 1;
	return r;
}

static struct kernel *exchanging(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_statx;
	fault->contains = "STATX_MNT_ID";
	fault->nth = 2;
	fault->hit = exchange;
	return &fault->layer.kernel;
}

static void a_rootfs_that_is_exchanged_is_refused(void **state)
{
	static const size_t fields[] = {
		offsetof(struct statx, stx_ino),
		offsetof(struct statx, stx_dev_major),
		offsetof(struct statx, stx_dev_minor),
	};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(fields); i++) {
		exchanged_field = fields[i];
		scene_run(s, &(struct given){.options = "--rootfs @/img",
					     .between = exchanging,
					     .context = &s->fault});
		want_refusal(&s->seen, 125, "sandtable: cannot bind the rootfs ",
			     "rootfs-exchanged");
	}
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

	scene_run(s, &(struct given){.options = "--rootfs @/img --readonly --console %",
				     .golden = true});
	assert_int_equal(s->seen.status, 0);
	want_golden(s, "/calls.host", "tests/scenario/classic.host.trace");
	want_golden(s, "/calls.init", "tests/scenario/classic.init.trace");
	reached("step", "UMASK_BACK", NULL);
}

static void a_node_that_the_host_lacks_is_fatal(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img",
				     .between = without_tty,
				     .context = &s->fault});
	want_refusal(&s->seen, 125, "sandtable: cannot make the node ", "host-node-missing");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(the_payload_sees_the_twelve_parts),
		SCENE_BOTH(directories_that_are_missing_are_made_under_the_callers_umask),
		SCENE_BOTH(a_read_only_rootfs_is_only_read),
		SCENE_BOTH(a_read_only_rootfs_without_proc_is_refused),
		SCENE_BOTH(a_symlink_at_a_target_is_refused),
		SCENE_BOTH(links_in_the_images_dev_are_covered),
		SCENE_BOTH(a_file_at_a_target_is_refused),
		SCENE_BOTH(a_rootfs_that_is_not_there_is_refused),
		SCENE_BOTH(an_empty_directory_at_ptmx_is_removed),
		SCENE_BOTH(a_directory_at_ptmx_that_is_not_empty_is_fatal),
		SCENE_BOTH(a_link_at_ptmx_is_removed_itself),
		SCENE_BOTH(a_link_that_appears_at_ptmx_is_fatal),
		SCENE_BOTH(a_node_that_is_there_is_left_as_it_is),
		SCENE_BOTH(a_link_where_a_node_belongs_is_refused),
		SCENE_BOTH(a_rootfs_that_is_exchanged_is_refused),
		SCENE_BOTH(the_calls_are_those_of_the_golden_trace),
		SCENE_BOTH(a_node_that_the_host_lacks_is_fatal),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
