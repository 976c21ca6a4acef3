/* Directories of another kernel in the fake: seen as they are, changed only here. */
#include "tests/lib/check.h"

#include "fake/fake.h"
#include "sys/linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct grafted {
	struct linux_kernel linux_kernel;
	struct fake *f;
	char there[64]; /* the real directory */
};

static void must(int r)
{
	assert_int_equal(r >= 0, 1);
}

static void file_write(struct kernel *k, const char *path, const char *bytes)
{
	int fd = sys_openat(k, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);

	must(fd);
	must(sys_write(k, fd, bytes, strlen(bytes)));
	must(sys_close(k, fd));
}

static int setup(void **state)
{
	struct grafted *g = calloc(1, sizeof(*g));
	struct kernel *k = &g->linux_kernel.kernel;
	char path[128];

	linux_init(&g->linux_kernel);
	snprintf(g->there, sizeof(g->there), "/tmp/graft-XXXXXX");
	if (mkdtemp(g->there) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/sub", g->there);
	must(sys_mkdirat(k, AT_FDCWD, path, 0750));
	snprintf(path, sizeof(path), "%s/sub/file", g->there);
	file_write(k, path, "content");
	snprintf(path, sizeof(path), "%s/link", g->there);
	must(sys_symlinkat(k, "sub/file", AT_FDCWD, path));
	g->f = fake_new(NULL);
	*state = g;
	return g->f ? 0 : -1;
}

static int teardown(void **state)
{
	struct grafted *g = *state;
	char command[128];

	fake_free(g->f);
	snprintf(command, sizeof(command), "%s/sub/file", g->there);
	unlink(command);
	snprintf(command, sizeof(command), "%s/link", g->there);
	unlink(command);
	snprintf(command, sizeof(command), "%s/sub", g->there);
	rmdir(command);
	rmdir(g->there);
	free(g);
	return 0;
}

static void graft(struct grafted *g)
{
	char memory[128];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	assert_int_equal(fake_world(g->f, "/ ext4 rw\n/img dir\n", &error), 0);
	assert_int_equal(fake_graft(g->f, "/img", &g->linux_kernel.kernel, g->there), 0);
}

static int read_through_link(void *arg)
{
	struct kernel *k = arg;
	char bytes[16] = "";
	int fd = sys_openat(k, AT_FDCWD, "/img/link", O_RDONLY, 0);

	if (fd < 0 || sys_read(k, fd, bytes, sizeof(bytes)) != 7)
		return 1;
	return memcmp(bytes, "content", 7) == 0 ? 0 : 2;
}

static void a_file_is_read_through_a_link(void **state)
{
	struct grafted *g = *state;

	graft(g);
	assert_int_equal(fake_run(g->f, read_through_link, fake_kernel(g->f)), 0);
}

static int change_all(void *arg)
{
	struct kernel *k = arg;
	int fd = sys_openat(k, AT_FDCWD, "/img/sub/file", O_WRONLY | O_TRUNC, 0);

	if (fd < 0 || sys_lseek(k, fd, 0, SEEK_END) != 0 || sys_write(k, fd, "other", 5) != 5)
		return 1;
	if (sys_unlinkat(k, AT_FDCWD, "/img/link", 0) < 0)
		return 2;
	if (sys_mkdirat(k, AT_FDCWD, "/img/new", 0755) < 0)
		return 3;
	return sys_faccessat2(k, AT_FDCWD, "/img/link", F_OK, AT_SYMLINK_NOFOLLOW) == -ENOENT
		       ? 0
		       : 4;
}

static void what_is_changed_is_changed_here_only(void **state)
{
	struct grafted *g = *state;
	struct kernel *k = &g->linux_kernel.kernel;
	struct statx st;
	char path[128];

	graft(g);
	assert_int_equal(fake_run(g->f, change_all, fake_kernel(g->f)), 0);
	snprintf(path, sizeof(path), "%s/sub/file", g->there);
	assert_int_equal(sys_statx(k, AT_FDCWD, path, 0, STATX_SIZE, &st), 0);
	assert_int_equal(st.stx_size, 7);
	snprintf(path, sizeof(path), "%s/new", g->there);
	assert_int_equal(sys_faccessat2(k, AT_FDCWD, path, F_OK, 0), -ENOENT);
	snprintf(path, sizeof(path), "%s/link", g->there);
	assert_int_equal(sys_faccessat2(k, AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW), 0);
}

/* What was never looked into is not taken for empty. */
static int remove_unread(void *arg)
{
	struct kernel *k = arg;

	if (sys_unlinkat(k, AT_FDCWD, "/img/sub", AT_REMOVEDIR) != -ENOTEMPTY)
		return 1;
	if (sys_mkdirat(k, AT_FDCWD, "/img/empty", 0755) < 0)
		return 2;
	if (sys_renameat2(k, AT_FDCWD, "/img/empty", AT_FDCWD, "/img/sub", 0) != -ENOTEMPTY)
		return 3;
	if (sys_unlinkat(k, AT_FDCWD, "/img/sub/file", 0) < 0)
		return 4;
	return sys_unlinkat(k, AT_FDCWD, "/img/sub", AT_REMOVEDIR) == 0 ? 0 : 5;
}

static void a_directory_is_empty_only_when_it_was_looked_into(void **state)
{
	struct grafted *g = *state;

	graft(g);
	assert_int_equal(fake_run(g->f, remove_unread, fake_kernel(g->f)), 0);
}

static int list_twice(void *arg)
{
	struct kernel *k = arg;
	int fd = sys_openat(k, AT_FDCWD, "/img", O_RDONLY | O_DIRECTORY, 0), n = 0, r;
	char buf[64];

	while ((r = sys_getdents64(k, fd, buf, sizeof(buf))) > 0)
		for (int at = 0; at < r; n++)
			at += ((struct kernel_dirent *)(void *)(buf + at))->d_reclen;
	return r == 0 ? n : 99;
}

static void a_listing_in_pieces_names_each_once(void **state)
{
	struct grafted *g = *state;

	graft(g);
	assert_int_equal(fake_run(g->f, list_twice, fake_kernel(g->f)), 4 << 8);
}

static void a_missing_directory_is_not_grafted(void **state)
{
	struct grafted *g = *state;

	assert_int_equal(fake_graft(g->f, "/img", &g->linux_kernel.kernel, "/nowhere"),
			 -ENOENT);
}

static void the_invariants_hold_after_a_look(void **state)
{
	struct grafted *g = *state;
	char memory[256];
	struct text broken;

	graft(g);
	text_init(&broken, memory, sizeof(memory));
	assert_int_equal(fake_run(g->f, change_all, fake_kernel(g->f)), 0);
	assert_int_equal(fake_check(g->f, &broken), 0);
	assert_string_equal(broken.at, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_read_through_a_link, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_changed_is_changed_here_only, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_directory_is_empty_only_when_it_was_looked_into, setup, teardown),
		cmocka_unit_test_setup_teardown(a_listing_in_pieces_names_each_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_missing_directory_is_not_grafted, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_invariants_hold_after_a_look, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
