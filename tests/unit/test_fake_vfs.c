/* The fake's files: walking, opening, making, removing, renaming, who may do what. */
#include "fake/fake.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/check.h"

struct room {
	struct fake *f;
	struct kernel *k;
	char failed[256]; /* what a task found wrong; cmocka fails on the test's own stack */
};

#define WANT(room, what, expected)                                                             \
	do {                                                                                   \
		int got_ = (what), want_ = (expected);                                         \
		if (got_ != want_ && (room)->failed[0] == '\0')                                \
			snprintf((room)->failed, sizeof((room)->failed),                       \
				 "line %d: " #what " is %d, not %d", __LINE__, got_, want_);   \
	} while (0)

/* Runs it as init's child on a small host with all checks on, and wants no complaint. */
static void run(int (*main)(void *arg), const char *more)
{
	static const char world[] = "/ ext4 rw\n"
				    "/tmp tmpfs rw\n"
				    "/etc/passwd file 0644 \"root\"\n"
				    "/secret dir 0700\n"
				    "/secret/x file 0600\n"
				    "/sticky dir 01777\n";
	struct fake_options options = {.checks = true};
	struct room room = {.f = fake_new(&options)};
	char memory[4096];
	struct text text;
	int r;

	assert_non_null(room.f);
	room.k = fake_kernel(room.f);
	text_init(&text, memory, sizeof(memory));
	r = fake_world(room.f, world, &text);
	if (r == 0 && more)
		r = fake_world(room.f, more, &text);
	if (r < 0)
		fail_msg("%s", memory);
	r = fake_run(room.f, main, &room);
	if (fake_stopped(room.f))
		fail_msg("%s", fake_stopped(room.f));
	if (room.failed[0])
		fail_msg("%s", room.failed);
	assert_int_equal(r, 0);
	fake_free(room.f);
}

static int make_and_read(void *arg)
{
	struct room *room = arg;
	struct kernel *k = room->k;
	char buf[32];
	int fd;

	WANT(room, sys_mkdirat(k, AT_FDCWD, "/tmp/a", 0777), 0);
	fd = sys_openat(k, AT_FDCWD, "/tmp/a/f", O_RDWR | O_CREAT | O_EXCL, 0666);
	WANT(room, fd, 3);
	WANT(room, sys_write(k, fd, "hello", 5), 5);
	WANT(room, sys_lseek(k, fd, 1, SEEK_SET), 1);
	WANT(room, sys_read(k, fd, buf, sizeof(buf)), 4);
	WANT(room, memcmp(buf, "ello", 4), 0);
	WANT(room, sys_close(k, fd), 0);
	WANT(room, sys_close(k, fd), -EBADF);
	WANT(room, sys_unlinkat(k, AT_FDCWD, "/tmp/a", 0), -EISDIR);
	WANT(room, sys_unlinkat(k, AT_FDCWD, "/tmp/a", AT_REMOVEDIR), -ENOTEMPTY);
	WANT(room, sys_unlinkat(k, AT_FDCWD, "/tmp/a/f", 0), 0);
	WANT(room, sys_unlinkat(k, AT_FDCWD, "/tmp/a", AT_REMOVEDIR), 0);
	return 0;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	run(make_and_read, NULL);
}

static int unknown_fields(void *arg)
{
	struct room *room = arg;
	struct {
		struct open_how how;
		uint64_t later;
	} how = {.how.flags = O_RDONLY};

	WANT(room, sys_openat2(room->k, AT_FDCWD, "/tmp", &how.how, sizeof(how)), 3);
	how.later = 1;
	WANT(room, sys_openat2(room->k, AT_FDCWD, "/tmp", &how.how, sizeof(how)), -E2BIG);
	return 0;
}

static void fields_of_a_later_kernel_are_refused_only_when_set(void **state)
{
	(void)state;
	run(unknown_fields, NULL);
}

/* As rm -r does it: a piece of the listing, then what is in it. */
static int remove_while_listing(void *arg)
{
	struct room *room = arg;
	struct kernel *k = room->k;
	char buf[512], name[32];
	int fd, r, n = 0;

	WANT(room, sys_mkdirat(k, AT_FDCWD, "/tmp/many", 0755), 0);
	fd = sys_openat(k, AT_FDCWD, "/tmp/many", O_RDONLY | O_DIRECTORY, 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		WANT(room, sys_mknodat(k, fd, name, S_IFREG | 0644, 0), 0);
	}
	while ((r = sys_getdents64(k, fd, buf, sizeof(buf))) > 0) {
		for (int at = 0; at < r;) {
			struct kernel_dirent *entry = (void *)(buf + at);

			at += entry->d_reclen;
			if (entry->d_name[0] == '.')
				continue;
			WANT(room, sys_unlinkat(k, fd, entry->d_name, 0), 0);
			n++;
		}
	}
	WANT(room, n, 1000);
	WANT(room, sys_unlinkat(k, AT_FDCWD, "/tmp/many", AT_REMOVEDIR), 0);
	return 0;
}

static void a_listing_skips_nothing_when_its_entries_go(void **state)
{
	(void)state;
	run(remove_while_listing, NULL);
}

static int exec_main(struct kernel *k, char *const *argv, char *const *envp)
{
	(void)argv;
	(void)envp;
	if (sys_openat(k, AT_FDCWD, "/prog", O_WRONLY, 0) != -ETXTBSY)
		return 1;
	if (sys_openat(k, AT_FDCWD, "/prog", O_RDONLY | O_TRUNC, 0) != -ETXTBSY)
		return 2;
	return sys_openat(k, AT_FDCWD, "/prog", O_RDONLY, 0) == 3 ? 0 : 3;
}

static int exec_prog(void *arg)
{
	struct room *room = arg;
	char prog[] = "prog";
	char *const argv[] = {prog, NULL}, *const envp[] = {NULL};

	fake_payload(room->f, "/prog", exec_main);
	WANT(room, sys_execveat(room->k, AT_FDCWD, "/prog", argv, envp, 0), 0);
	return 0;
}

static void a_program_that_runs_is_not_written_to(void **state)
{
	(void)state;
	run(exec_prog, "/prog file 0755 elf\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(fields_of_a_later_kernel_are_refused_only_when_set),
		cmocka_unit_test(a_listing_skips_nothing_when_its_entries_go),
		cmocka_unit_test(a_program_that_runs_is_not_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
