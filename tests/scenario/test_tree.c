/* What is put into the tree of a sandbox: directories, links, modes, masks, mounts. */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "
#define SYSTEM "/proc dir\n/sys dir\n/dev dir\n/run dir\n"

static void run_on(struct scene *s, const char *image, const char *line)
{
	scene_run(s, &(struct given){.image = image, .line = line});
}

static void want(const struct scene *s, const char *seen, const char *piece)
{
	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	if (!strstr(seen, piece))
		fail_msg("not there: %s\n%s", piece, seen);
}

static void want_said(const struct scene *s, const char *first_line, const char *piece)
{
	assert_int_equal(s->seen.status, 125 << 8);
	if (strncmp(s->seen.said, first_line, strlen(first_line)) != 0 ||
	    !strstr(s->seen.said, piece))
		fail_msg("wanted %s ... %s, said: %s", first_line, piece, s->seen.said);
}

static void directories_are_made_with_their_parents(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM,
	       IMAGE "--perms 0700 --dir /a --dir //a//b/ --dir c --chmod 0711 /a -- /probe");
	want(s, s->seen.after, "a dir 0711\n");
	want(s, s->seen.after, "c dir 0755\n");
	scene_again(s);
	run_on(s, SYSTEM, IMAGE "--perms 0700 --dir /a/b/c --perms 0750 --dir /d/e -- /probe");
	want(s, s->seen.after, "a dir 0700\n");
	want(s, s->seen.after, "d dir 0750\n");
}

static void a_link_says_what_it_is_told_to(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM "/same link there\n",
	       IMAGE "--symlink there /l --symlink there /same --symlink x /deep/l -- /probe");
	want(s, s->seen.after, "l link there\n");
	want(s, s->seen.after, "deep dir 0755\n");
}

static void another_link_or_file_is_not_replaced(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM "/l link elsewhere\n", IMAGE "--symlink there /l -- /probe");
	want_said(s, "sandtable: cannot make the link /l: file exists", "symlinkat(");
	run_on(s, SYSTEM "/f file 0600 x\n", IMAGE "--symlink there /f -- /probe");
	want_said(s, "sandtable: cannot make the link /f: file exists", "symlinkat(");
}

static void what_is_not_there_cannot_be_changed(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, IMAGE "--chmod 0700 /missing -- /probe");
	want_said(s, "sandtable: cannot change the mode of /missing: no such file", "openat2(");
	run_on(s, SYSTEM, IMAGE "--remount-ro /missing -- /probe");
	want_said(s, "sandtable: cannot make /missing read-only: no such file", "openat2(");
}

static void a_mount_becomes_read_only_by_itself(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, IMAGE "--tmpfs /t --tmpfs /t/u --remount-ro /t -- /probe");
	want(s, s->seen.inside, "/t tmpfs ro,nosuid,nodev,relatime\n");
	want(s, s->seen.inside, "/t/u tmpfs rw,nosuid,nodev,relatime\n");
}

static void a_tmpfs_has_its_size_and_mode(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, IMAGE "--perms 0711 --size 65536 --tmpfs /t -- /probe");
	want(s, s->seen.inside, "/t tmpfs rw,nosuid,nodev,relatime\n");
	run_on(s, SYSTEM, IMAGE "--size 0xa000 --tmpfs /t -- /probe");
	want(s, s->seen.inside, "/t tmpfs rw,nosuid,nodev,relatime\n");
}

static void message_queues_are_mounted(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, IMAGE "--mqueue /dev/mqueue -- /probe");
	want(s, s->seen.inside, "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime\n");
}

static void files_are_masked_by_the_null_device(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM "/f file 0600 x\n", IMAGE "--mask /f -- /probe");
	want(s, s->seen.inside, "/f devtmpfs ro,nosuid,noexec,relatime\n");
}

/* The host's /dev/null is whatever root of the host made of it. */
static struct kernel *without_null(void *context, struct kernel *k)
{
	(void)context;
	assert_int_equal(sys_unshare(k, CLONE_NEWNS), 0);
	assert_int_equal(sys_mount(k, "", "/", "", MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(sys_mount(k, "/dev/zero", "/dev/null", "", MS_BIND, NULL), 0);
	return k;
}

static void what_is_no_null_device_masks_nothing(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = SYSTEM "/f file 0600 x\n",
				     .line = IMAGE "--mask /f -- /probe",
				     .between = without_null});
	want_refusal(&s->seen, 125, "sandtable: cannot mask /f: ", "null-is-not-null");
}

static void what_is_not_there_need_not_be_masked(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, IMAGE "--mask /missing -- /probe");
	want(s, s->seen.inside, "mkdir /new: 0\n");
}

static void a_file_is_bound_on_a_file_that_is_made(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.setup = "/data file 0640 x\n",
				     .image = SYSTEM,
				     .line = IMAGE "--ro-bind @/data /deep/data -- /probe"});
	want(s, s->seen.inside, "/deep/data ");
	want(s, s->seen.inside, " ro,nosuid,nodev");
	want(s, s->seen.after, "deep dir 0755\n");
}

static void devices_go_with_dev_bind_alone(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM,
	       IMAGE "--dev-bind /dev/zero /dev/z --bind /dev/zero /dev/y -- /probe");
	want(s, s->seen.inside, "/dev/z devtmpfs rw");
	want(s, s->seen.inside, "/dev/y devtmpfs rw,nosuid,nodev");
}

static void the_root_may_be_replaced_by_a_later_mount(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM, BOX "--tmpfs / --bind @/img / --proc /proc -- /probe");
	want(s, s->seen.inside, "/proc proc rw,nosuid,nodev,noexec,relatime\n");
}

/* Each is found only when the directory that it leads through is made. */
static void links_have_their_number(void **state)
{
	static char image[4096] = SYSTEM "/l0 link /nowhere\n";
	struct scene *s = *state;
	struct text out = {.at = image, .size = sizeof(image), .len = strlen(image)};

	for (int i = 1; i < 45; i++)
		text_addf(&out, "/l%d link m%d/../l%d\n", i, i, i - 1);
	run_on(s, image, IMAGE "--dir /l5/x -- /probe");
	want(s, s->seen.after, "nowhere dir 0755\n");
	scene_again(s);
	run_on(s, image, IMAGE "--dir /l44 -- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot make the directory /l44", "links-loop");
}

static void links_that_lead_to_each_other_end_nowhere(void **state)
{
	struct scene *s = *state;

	run_on(s, SYSTEM "/a link b\n/b link a\n", IMAGE "--dir /a/x -- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot make the directory /a/x", "many-links");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(directories_are_made_with_their_parents),
		SCENE_BOTH(a_link_says_what_it_is_told_to),
		SCENE_BOTH(another_link_or_file_is_not_replaced),
		SCENE_BOTH(what_is_not_there_cannot_be_changed),
		SCENE_BOTH(a_mount_becomes_read_only_by_itself),
		SCENE_BOTH(a_tmpfs_has_its_size_and_mode),
		SCENE_BOTH(message_queues_are_mounted),
		SCENE_BOTH(files_are_masked_by_the_null_device),
		SCENE_BOTH(what_is_no_null_device_masks_nothing),
		SCENE_BOTH(what_is_not_there_need_not_be_masked),
		SCENE_BOTH(a_file_is_bound_on_a_file_that_is_made),
		SCENE_BOTH(devices_go_with_dev_bind_alone),
		SCENE_BOTH(the_root_may_be_replaced_by_a_later_mount),
		SCENE_BOTH(links_have_their_number),
		SCENE_BOTH(links_that_lead_to_each_other_end_nowhere),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
