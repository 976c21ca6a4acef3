/* Hosts from text, and what they look like then: worlds, views, hashes, snapshots. */
#include "fake/fake.h"

#include <string.h>

#include "tests/lib/check.h"

struct host {
	struct fake *f;
	struct text error, view;
	char error_memory[256], view_memory[65536];
};

static int setup(void **state)
{
	static struct host h;
	const struct fake_options options = {.checks = true};

	h.f = fake_new(&options);
	text_init(&h.error, h.error_memory, sizeof(h.error_memory));
	text_init(&h.view, h.view_memory, sizeof(h.view_memory));
	*state = &h;
	return h.f ? 0 : -1;
}

static int teardown(void **state)
{
	struct host *h = *state;

	fake_free(h->f);
	return 0;
}

static void make(struct host *h, const char *world)
{
	int r = fake_world(h->f, world, &h->error);

	if (r < 0)
		fail_msg("%s%s", h->error.at, fake_stopped(h->f) ? fake_stopped(h->f) : "");
}

#define want_view(h, task, what, expected)                                                     \
	do {                                                                                   \
		text_clear(&(h)->view);                                                        \
		assert_int_equal(fake_view((h)->f, task, what, &(h)->view), 0);                \
		assert_string_equal((h)->view.at, expected);                                   \
	} while (0)

static void the_tree_is_shown_in_the_words_of_a_world(void **state)
{
	struct host *h = *state;

	make(h, "/ ext4\n"
		"/bin link usr/bin\n"
		"/dev/null char 1:3 0666\n"
		"/dev/sda block 8:0 0660 0:6\n"
		"/home dir 0700 1000:1000\n"
		"/home/x file 01644 \"hello\\n\"\n"
		"/run/p fifo\n"
		"/run/s socket\n");
	want_view(h, 1, VIEW_TREE,
		  "/ dir 0755 0:0\n"
		  "/bin link -> usr/bin 0:0\n"
		  "/dev dir 0755 0:0\n"
		  "/dev/null char 1:3 0666 0:0\n"
		  "/dev/sda block 8:0 0660 0:6\n"
		  "/home dir 0700 1000:1000\n"
		  "/home/x file 1644 0:0 size=6\n"
		  "/run dir 0755 0:0\n"
		  "/run/p fifo 0644 0:0\n"
		  "/run/s socket 0755 0:0\n");
}

static void a_tree_that_was_shown_makes_the_same_tree_again(void **state)
{
	static char again_memory[4096], world_memory[4096];
	struct host *h = *state;
	struct fake *again = fake_new(NULL);
	struct text view, world;

	make(h, "/ ext4\n\"/a b\" dir 0700\n\"/a b/c\\\\d\" file \"x\"\n/e link -> \"f g\"\n");
	text_clear(&h->view);
	assert_int_equal(fake_view(h->f, 1, VIEW_TREE, &h->view), 0);
	text_init(&world, world_memory, sizeof(world_memory));
	text_add(&world, "/ ext4\n");
	text_add(&world, strchr(h->view.at, '\n') + 1); /* without the line of / */
	assert_int_equal(fake_world(again, world_memory, &h->error), 0);
	text_init(&view, again_memory, sizeof(again_memory));
	assert_int_equal(fake_view(again, 1, VIEW_TREE, &view), 0);
	assert_string_equal(again_memory, h->view.at);
	fake_free(again);
}

static void mounts_are_shown_to_the_byte(void **state)
{
	struct host *h = *state;

	make(h,
	     "/ ext4 rw shared:1 source=/dev/sda1 dev=8:1\n"
	     "/srv/data dir\n"
	     "\"/mnt/a b\" ext4 ro,noatime,nosuid shared:2 \"source=x#\\ty\\\\\" dev=8:2\n"
	     "/img bind from=/srv/data ro-mount,nodev,noexec master:1\n"
	     "/x ext4 unbindable,sync,strictatime,nosymfollow,nodiratime dev=8:3 source=z\n");
	want_view(h, 1, VIEW_MOUNTS,
		  "2 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
		  "3 2 8:2 / /mnt/a\\040b ro,nosuid,noatime shared:2 - ext4 "
		  "x\\043\\011y\\134 ro\n"
		  "4 2 8:1 /srv/data /img ro,nodev,noexec,relatime master:1 - ext4 /dev/sda1 "
		  "rw\n"
		  "5 2 8:3 / /x rw,nodiratime,nosymfollow unbindable - ext4 z rw,sync\n");
}

static void the_standard_world_is_whole(void **state)
{
	struct host *h = *state;

	make(h, fake_world_standard());
	make(h, "/srv/more file \"x\"\n");
	text_clear(&h->view);
	assert_int_equal(fake_view(h->f, 1, VIEW_MOUNTS, &h->view), 0);
	assert_non_null(strstr(h->view.at, " / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"));
	assert_non_null(strstr(h->view.at, " / /proc rw,nosuid,nodev,noexec,relatime shared:3"
					   " - proc proc rw\n"));
	assert_non_null(strstr(h->view.at, " / /dev rw,nosuid,relatime shared:4 - devtmpfs"));
	text_clear(&h->view);
	assert_int_equal(fake_check(h->f, &h->view), 0);
}

static void what_a_line_gets_wrong_is_said(void **state)
{
	static const struct {
		const char *world, *error;
	} rows[] = {
		{"/ ext4\n/ ext4\n", "line 2: / is mounted first, and once"},
		{"/a tmpfs\n", "line 1: / is mounted first, and once"},
		{"/ ext5\n", "line 1: ext5 is no type of file or filesystem"},
		{"/ ext4 rq\n", "line 1: rq is no flag of a mount"},
		{"/ ext4 ro,rq\n", "line 1: rq is no flag of a mount"},
		{"/ ext4\n/a\n", "line 2: /a: of which type?"},
		{"/ ext4\n/a/../b dir\n", "line 2: . and .. have no place in a world"},
		{"/ ext4\n/a file\n/a file\n", "line 3: /a is there already"},
		{"/ ext4\n/a file\n/a dir\n", "line 3: /a is there already, and no directory"},
		{"/ ext4\n/a file\n/a/b file\n", "line 3: b lies in what is no directory"},
		{"/ ext4\n/a file 0999\n", "line 2: 0999 is no mode, owner or content"},
		{"/ ext4\n/a char\n", "line 2: /a: a device needs its number, as 1:3"},
		{"/ ext4\n/a link ->\n", "line 2: /a: a link needs a target"},
		{"/ ext4\n/a file \"x\n", "line 2: a quoted word does not end, or has an "
					  "escape that C does not know"},
		{"/ ext4\n/a file \"\\q\"\n", "line 2: a quoted word does not end, or has an "
					      "escape that C does not know"},
		{"/ ext4 master:4\n", "line 1: no mount is shared:4 yet"},
		{"/ ext4 shared:0\n", "line 1: peer groups have numbers from 1 on"},
		{"/ ext4 shared:1\n/a ext4 shared:1\n",
		 "line 2: shared:1 shows something else, or has another master"},
		{"/ ext4\n/a bind\n", "line 2: a bind needs from=/path"},
		{"umask 8\n", "line 1: a umask is octal, up to 0777"},
		{"colour red\n",
		 "line 1: colour is neither a path nor a word that a world knows"},
	};
	struct host *h = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake *f = fake_new(NULL);

		text_clear(&h->error);
		assert_int_equal(fake_world(f, rows[i].world, &h->error), -EINVAL);
		assert_string_equal(h->error.at, rows[i].error);
		fake_free(f);
	}
}

static void the_first_task_gets_what_the_world_says(void **state)
{
	struct host *h = *state;

	make(h, "/ ext4\nhostname vm\numask 077\ncwd /srv/x\ngid 7\nuid 1000\n");
	text_clear(&h->view);
	assert_int_equal(fake_view(h->f, 1, VIEW_IDS, &h->view), 0);
	assert_non_null(strstr(h->view.at, "uid 1000 1000 1000 1000\ngid 7 7 7 7\n"));
	assert_non_null(strstr(h->view.at, "effective 0000000000000000\n"));
	assert_non_null(strstr(h->view.at, "hostname vm\n"));
	assert_non_null(strstr(h->view.at, "root /\ncwd /srv/x\numask 0077\n"));
}

static int make_and_remove(void *arg)
{
	struct kernel *k = arg;

	assert_int_equal(sys_mkdirat(k, AT_FDCWD, "/d", 0755), 0);
	assert_int_equal(sys_mount(k, "none", "/d", "tmpfs", 0, NULL), 0);
	assert_int_equal(sys_umount2(k, "/d", 0), 0);
	assert_int_equal(sys_unlinkat(k, AT_FDCWD, "/d", AT_REMOVEDIR), 0);
	return 0;
}

static int make_only(void *arg)
{
	return sys_mkdirat(arg, AT_FDCWD, "/d", 0755);
}

static void what_is_removed_again_leaves_no_mark_in_the_hash(void **state)
{
	struct host *h = *state;
	uint64_t before;

	make(h, "/ ext4\n");
	before = fake_hash(h->f);
	assert_int_equal(fake_run(h->f, make_and_remove, fake_kernel(h->f)), 0);
	assert_true(fake_hash(h->f) == before);
	assert_int_equal(fake_run(h->f, make_only, fake_kernel(h->f)), 0);
	assert_true(fake_hash(h->f) != before);
}

static void a_restored_kernel_is_as_it_was(void **state)
{
	struct host *h = *state;
	struct fake_snapshot *s;
	uint64_t before;

	make(h, "/ ext4\n");
	s = fake_snapshot(h->f);
	assert_non_null(s);
	before = fake_hash(h->f);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fake_run(h->f, make_only, fake_kernel(h->f)), 0);
		fake_restore(h->f, s);
		assert_true(fake_hash(h->f) == before);
		assert_int_equal(fake_n_tasks(h->f), 0);
	}
	fake_snapshot_free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(the_tree_is_shown_in_the_words_of_a_world),
		TEST(a_tree_that_was_shown_makes_the_same_tree_again),
		TEST(mounts_are_shown_to_the_byte),
		TEST(the_standard_world_is_whole),
		TEST(what_a_line_gets_wrong_is_said),
		TEST(the_first_task_gets_what_the_world_says),
		TEST(what_is_removed_again_leaves_no_mark_in_the_hash),
		TEST(a_restored_kernel_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
