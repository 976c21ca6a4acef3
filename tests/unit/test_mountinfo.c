/* Lines of mountinfo: what they say, and what is none. */
#include "core/base/mountinfo.h"

#include <string.h>

#include "tests/lib/check.h"

static char memory[256];

static bool parse(const char *line, struct mountinfo *m)
{
	strncpy(memory, line, sizeof(memory) - 1);
	return mountinfo_parse(memory, m);
}

static void want_line(const char *line, const char *root, const char *target,
		      const char *fstype)
{
	struct mountinfo m;

	assert_true(parse(line, &m));
	assert_string_equal(m.root, root);
	assert_string_equal(m.target, target);
	assert_string_equal(m.fstype, fstype);
}

static void a_line_tells_root_target_and_type(void **state)
{
	(void)state;
	want_line("22 1 0:21 / /proc rw,relatime - proc proc rw", "/", "/proc", "proc");
	want_line("22 1 0:21 /a /b rw shared:1 master:2 - tmpfs - rw", "/a", "/b", "tmpfs");
	want_line("22 1 0:21 / /b rw - ext4", "/", "/b", "ext4");
}

static void escapes_of_the_target_are_undone(void **state)
{
	(void)state;
	want_line("1 1 0:1 / /a\\040b\\134c\\012 rw - x", "/", "/a b\\c\n", "x");
	want_line("1 1 0:1 / /a\\04 rw - x", "/", "/a\\04", "x");
	want_line("1 1 0:1 / /a\\0g0 rw - x", "/", "/a\\0g0", "x");
	want_line("1 1 0:1 / /a\\00/ rw - x", "/", "/a\\00/", "x");
	want_line("1 1 0:1 / /\\x00 rw - x", "/", "/\\x00", "x");
}

static void what_is_no_line_is_refused(void **state)
{
	struct mountinfo m;

	(void)state;
	assert_false(parse("", &m));
	assert_false(parse("22 1 0:21 / /proc", &m));
	assert_false(parse("22 1 0:21 / /proc rw proc proc rw", &m));
	assert_false(parse("22 1 0:21 / /proc rw -", &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_tells_root_target_and_type),
		cmocka_unit_test(escapes_of_the_target_are_undone),
		cmocka_unit_test(what_is_no_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
