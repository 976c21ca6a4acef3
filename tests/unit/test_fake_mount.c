/* The fake's mounts: each reason to refuse, and what the table shows afterwards. */
#include "fake/fake.h"

#include <string.h>

#include "tests/lib/check.h"

/* What a task found, for the test to ask: nothing asserts on a fiber. */
struct errand {
	struct kernel *k;
	struct fake *f;
	int (*run)(struct kernel *k);
	int answer;
	const struct fake_rule *why;
};

static int go(void *arg)
{
	struct errand *e = arg;

	e->answer = e->run(e->k);
	e->why = fake_why(e->f, kernel_task(e->k));
	return 0;
}

static struct fake *host(const char *world, const char *profile)
{
	const struct fake_options options = {.checks = true, .profile = profile};
	struct fake *f = fake_new(&options);
	char memory[256];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	if (fake_world(f, world, &error) < 0)
		fail_msg("%s", memory);
	return f;
}

static void run(struct fake *f, struct errand *e)
{
	e->f = f;
	e->k = fake_kernel(f);
	if (fake_run(f, go, e) != 0)
		fail_msg("%s", fake_stopped(f) ? fake_stopped(f) : "the task died");
}

/* Refusals: the last call of each is the one that is asked about. */

#define SHORT(name, expression)                                                                \
	static int name(struct kernel *k)                                                      \
	{                                                                                      \
		return expression;                                                             \
	}
#define BAD ((const char *)1)
#define LONG_FLAGS (1UL << 40)

static int detach_and_enter(struct kernel *k)
{
	sys_chdir(k, "/m");
	return sys_umount2(k, "/m", MNT_DETACH);
}

static int with_writer(struct kernel *k, const char *path)
{
	return sys_openat(k, AT_FDCWD, path, O_CREAT | O_WRONLY, 0644);
}

static int in_unlinked(struct kernel *k)
{
	sys_mkdirat(k, AT_FDCWD, "/gone", 0755);
	sys_chdir(k, "/gone");
	return sys_unlinkat(k, AT_FDCWD, "/gone", AT_REMOVEDIR);
}

static int long_string(struct kernel *k)
{
	static char name[5000];

	memset(name, 'x', sizeof(name) - 1);
	return sys_mount(k, "none", "/d", name, 0, NULL);
}

static int drop_admin(struct kernel *k)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	return sys_capset(k, &header, none);
}

#define MOUNT(source, target, type, flags) sys_mount(k, source, target, type, flags, NULL)

SHORT(not_admin, (drop_admin(k), MOUNT("none", "/d", "tmpfs", 0)))
SHORT(bad_type, MOUNT("none", "/d", BAD, 0))
SHORT(bad_data, sys_mount(k, "none", "/d", "tmpfs", 0, BAD))
SHORT(high_flag, MOUNT("/m", "/d", NULL, MS_BIND | LONG_FLAGS))
SHORT(no_type, MOUNT("none", "/d", NULL, 0))
SHORT(unknown_type, MOUNT("none", "/d", "nonsense", 0))
SHORT(dot_type, MOUNT("none", "/d", "tmpfs.x", 0))
SHORT(kind, MOUNT("none", "/f", "tmpfs", 0))
SHORT(removed_target, (in_unlinked(k), MOUNT("none", ".", "tmpfs", 0)))
SHORT(removed_source, (in_unlinked(k), MOUNT(".", "/d", NULL, MS_BIND)))
SHORT(detached_target, (detach_and_enter(k), MOUNT("none", "x", "tmpfs", 0)))
SHORT(twice, (MOUNT("a", "/d", "sysfs", 0), MOUNT("a", "/d", "sysfs", 0)))

SHORT(bind_nothing, MOUNT("", "/d", NULL, MS_BIND))
SHORT(bind_unbindable,
      (MOUNT(NULL, "/m", NULL, MS_UNBINDABLE), MOUNT("/m", "/d", NULL, MS_BIND)))
SHORT(bind_detached, (detach_and_enter(k), MOUNT("x", "/d", NULL, MS_BIND)))
SHORT(rbind_locked, MOUNT("/l", "/d", NULL, MS_BIND | MS_REC))
SHORT(remount_locked, MOUNT(NULL, "/l/k", NULL, MS_REMOUNT | MS_BIND))
SHORT(bind_over_locked, MOUNT("/l", "/d", NULL, MS_BIND))

SHORT(remount_other, MOUNT(NULL, "/d", NULL, MS_REMOUNT | MS_BIND))
SHORT(remount_detached, (detach_and_enter(k), MOUNT(NULL, ".", NULL, MS_REMOUNT)))
SHORT(remount_writer,
      (with_writer(k, "/m/f"), MOUNT(NULL, "/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY)))
SHORT(remount_sb_writer,
      (with_writer(k, "/m/f"), MOUNT(NULL, "/m", NULL, MS_REMOUNT | MS_RDONLY)))
SHORT(write_to_readonly, (MOUNT(NULL, "/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY),
			  sys_mkdirat(k, AT_FDCWD, "/m/new", 0755)))

SHORT(share_directory, MOUNT(NULL, "/d", NULL, MS_SHARED))
SHORT(share_and_slave, MOUNT(NULL, "/m", NULL, MS_SHARED | MS_SLAVE))
SHORT(share_detached, (detach_and_enter(k), MOUNT(NULL, ".", NULL, MS_SHARED)))

SHORT(move_nothing, MOUNT(NULL, "/d", NULL, MS_MOVE))
SHORT(move_detached, (detach_and_enter(k), MOUNT(".", "/d", NULL, MS_MOVE)))
SHORT(move_directory, MOUNT("/d", "/m", NULL, MS_MOVE))
SHORT(move_onto_file, MOUNT("/m", "/f", NULL, MS_MOVE))
SHORT(move_locked, MOUNT("/l/k", "/d", NULL, MS_MOVE))
SHORT(move_from_shared, MOUNT("/s/t", "/d", NULL, MS_MOVE))
SHORT(move_unbindable,
      (MOUNT(NULL, "/m", NULL, MS_UNBINDABLE), MOUNT("/m", "/s/d", NULL, MS_MOVE)))
SHORT(move_into_itself, MOUNT("/m", "/m/x", NULL, MS_MOVE))

SHORT(umount_flags, sys_umount2(k, "/missing", 64))
SHORT(umount_directory, sys_umount2(k, "/d", 0))
SHORT(umount_detached, (detach_and_enter(k), sys_umount2(k, ".", 0)))
SHORT(umount_locked, sys_umount2(k, "/l/k", MNT_DETACH))
SHORT(umount_children, sys_umount2(k, "/s", 0))
SHORT(umount_cwd, (sys_chdir(k, "/m"), sys_umount2(k, "/m", 0)))
SHORT(umount_copy, (sys_chdir(k, "/p/t"), sys_umount2(k, "/s/t", 0)))
SHORT(expire_detach, sys_umount2(k, "/m", MNT_EXPIRE | MNT_DETACH))
SHORT(expire_cwd, (sys_chdir(k, "/m"), sys_umount2(k, "/m", MNT_EXPIRE)))
SHORT(expire_once, sys_umount2(k, "/m", MNT_EXPIRE))

SHORT(pivot_detached, (detach_and_enter(k), sys_pivot_root(k, ".", ".")))
SHORT(pivot_put_old_shared, sys_pivot_root(k, "/m", "/s"))
SHORT(pivot_parent_shared,
      (MOUNT(NULL, "/s/t", NULL, MS_PRIVATE), sys_pivot_root(k, "/s/t", "/s/t")))
SHORT(pivot_locked, sys_pivot_root(k, "/l/k", "/l/k"))
SHORT(pivot_on_root, sys_pivot_root(k, "/d", "/m"))
SHORT(pivot_put_old_on_root, sys_pivot_root(k, "/m", "/d"))
SHORT(pivot_chrooted, (sys_mkdirat(k, AT_FDCWD, "/d/y", 0755), MOUNT("a", "/d/y", "tmpfs", 0),
		       sys_chroot(k, "/d"), sys_pivot_root(k, "/y", "/y")))
SHORT(pivot_directory, sys_pivot_root(k, "/m/x", "/m/x"))
SHORT(pivot_outside, sys_pivot_root(k, "/m", "/n"))

static const struct row {
	const char *name;
	int (*run)(struct kernel *k);
	int error;
	const char *rule;
} rows[] = {
	{"who has no CAP_SYS_ADMIN mounts nothing", not_admin, EPERM, "mount-not-admin"},
	{"the type is read", bad_type, EFAULT, "mount-bad-string"},
	{"a type of 4096 bytes is invalid, not too long", long_string, EINVAL,
	 "mount-long-string"},
	{"the options are read", bad_data, EFAULT, "mount-bad-data"},
	{"bit 40 is refused with any flags", high_flag, EINVAL, "mount-high-flags"},
	{"a new mount has a type", no_type, EINVAL, "mount-no-type"},
	{"types are known", unknown_type, ENODEV, "mount-unknown-type"},
	{"tmpfs has no subtypes", dot_type, ENODEV, "mount-unknown-type"},
	{"no tmpfs on a file", kind, ENOTDIR, "mount-kind"},
	{"no mount on a removed directory", removed_target, ENOENT, "mount-target-removed"},
	{"no bind of a removed directory", removed_source, ENOENT, "mount-source-removed"},
	{"no mount on a detached tree", detached_target, EINVAL, "mount-target-not-ours"},
	{"sysfs once on a place", twice, EBUSY, "mount-twice"},
	{"a bind has a source", bind_nothing, EINVAL, "bind-no-source"},
	{"unbindable is not bound", bind_unbindable, EINVAL, "bind-unbindable"},
	{"no bind from a detached tree", bind_detached, EINVAL, "bind-source-not-ours"},
	{"unbindable and locked can neither come nor stay", rbind_locked, EPERM,
	 "bind-unbindable-locked"},
	{"locked flags stay", remount_locked, EPERM, "remount-locked-flag"},
	{"no bind that shows what is covered", bind_over_locked, EINVAL, "bind-locked-child"},
	{"only mounts are remounted", remount_other, EINVAL, "remount-not-root"},
	{"what is detached stays as it is", remount_detached, EINVAL, "remount-not-ours"},
	{"a writer keeps its mount writable", remount_writer, EBUSY, "remount-mount-busy"},
	{"a writer keeps its superblock writable", remount_sb_writer, EBUSY, "remount-sb-busy"},
	{"nothing is made on a read-only mount", write_to_readonly, EROFS, "mount-readonly"},
	{"only mounts are shared", share_directory, EINVAL, "propagation-not-root"},
	{"one kind of propagation at a time", share_and_slave, EINVAL, "propagation-flags"},
	{"what is detached is not shared", share_detached, EINVAL, "propagation-not-mounted"},
	{"a move has a source", move_nothing, EINVAL, "move-no-source"},
	{"what is detached is not moved", move_detached, EINVAL, "move-not-mounted"},
	{"only mounts are moved", move_directory, EINVAL, "move-not-root"},
	{"no directory is moved onto a file", move_onto_file, EINVAL, "move-kind"},
	{"what is locked is not moved", move_locked, EINVAL, "move-locked"},
	{"no move away from a shared mount", move_from_shared, EINVAL, "move-parent-shared"},
	{"no unbindable onto a shared mount", move_unbindable, EINVAL, "move-unbindable"},
	{"no move into itself", move_into_itself, ELOOP, "move-into-itself"},
	{"flags come before the path", umount_flags, EINVAL, "umount-flags"},
	{"only mounts are unmounted", umount_directory, EINVAL, "umount-not-root"},
	{"what is detached is not unmounted", umount_detached, EINVAL, "umount-not-ours"},
	{"what is locked is not even detached", umount_locked, EINVAL, "umount-locked"},
	{"children keep a mount", umount_children, EBUSY, "umount-children"},
	{"a current directory keeps a mount", umount_cwd, EBUSY, "umount-in-use"},
	{"a copy in use keeps its original", umount_copy, EBUSY, "umount-copy-in-use"},
	{"expiring is not detaching", expire_detach, EINVAL, "umount-expire-flags"},
	{"what is in use does not expire", expire_cwd, EBUSY, "umount-expire-busy"},
	{"the first time marks", expire_once, EAGAIN, "umount-expire-marked"},
	{"pivot: not from a detached mount", pivot_detached, EINVAL, "pivot-not-ours"},
	{"pivot: put_old is not shared", pivot_put_old_shared, EINVAL, "pivot-put-old-shared"},
	{"pivot: the new root's parent is not shared", pivot_parent_shared, EINVAL,
	 "pivot-new-parent-shared"},
	{"pivot: the new root is not locked", pivot_locked, EINVAL, "pivot-locked"},
	{"pivot: the new root is not on the root", pivot_on_root, EBUSY, "pivot-new-on-root"},
	{"pivot: put_old is not on the root", pivot_put_old_on_root, EBUSY,
	 "pivot-put-old-on-root"},
	{"pivot: the root is a mount", pivot_chrooted, EINVAL, "pivot-root-not-mount"},
	{"pivot: the new root is a mount", pivot_directory, EINVAL, "pivot-new-not-mount"},
	{"pivot: put_old is beneath the new root", pivot_outside, EINVAL,
	 "pivot-put-old-outside"},
};

static const char ground[] = "/     ext4  rw source=/dev/sda1 dev=8:1\n"
			     "/d    dir\n"
			     "/f    file\n"
			     "/m    tmpfs rw source=none\n"
			     "/m/x  dir\n"
			     "/n    tmpfs rw source=none\n"
			     "/s    tmpfs rw shared:1 source=none\n"
			     "/s/d  dir\n"
			     "/p    bind  from=/s shared:1\n"
			     "/s/t  tmpfs rw shared:2 source=none\n"
			     "/p/t  bind  from=/s/t shared:2\n"
			     "/l/k  tmpfs rw locked nosuid source=none\n"
			     "/l/u  tmpfs rw locked unbindable source=none\n";

static void want_refusal(const char *world, const struct row *row)
{
	struct fake *f = host(world, NULL);
	struct errand e = {.run = row->run};

	run(f, &e);
	if (e.answer != -row->error || e.why == NULL || strcmp(e.why->id, row->rule) != 0)
		fail_msg("%s: %d by %s, not %d by %s", row->name, e.answer,
			 e.why ? e.why->id : "none", -row->error, row->rule);
	fake_free(f);
}

static void each_refusal_has_its_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		want_refusal(ground, &rows[i]);
}

SHORT(umount_rootfs, sys_umount2(k, "/", 0))
SHORT(pivot_rootfs, sys_pivot_root(k, "/", "/"))
SHORT(pivot_from_rootfs, (sys_mkdirat(k, AT_FDCWD, "/d", 0755), MOUNT("a", "/d", "tmpfs", 0),
			  sys_pivot_root(k, "/d", "/d")))
SHORT(move_rootfs, (sys_mkdirat(k, AT_FDCWD, "/d", 0755), MOUNT("/", "/d", NULL, MS_MOVE)))

/* The bare kernel, as its first program finds it in an initramfs. */
static void the_first_mount_stays_where_it_is(void **state)
{
	static const struct row first[] = {
		{"the rootfs is not unmounted", umount_rootfs, EINVAL, "umount-locked"},
		{"the rootfs is not pivoted onto", pivot_rootfs, EINVAL, "pivot-locked"},
		{"the rootfs is not pivoted away from", pivot_from_rootfs, EINVAL,
		 "pivot-rootfs"},
		{"the rootfs is not moved", move_rootfs, EINVAL, "move-source-not-ours"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(first); i++)
		want_refusal("", &first[i]);
}

static int many(struct kernel *k)
{
	char name[] = "/m/A";
	int r = 0;

	/* Each bind of all that is there doubles it. */
	for (; r == 0 && name[3] <= 'Z'; name[3]++) {
		sys_mkdirat(k, AT_FDCWD, name, 0755);
		r = MOUNT("/m", name, NULL, MS_BIND | MS_REC);
	}
	return r;
}

static void a_namespace_has_its_limit(void **state)
{
	const struct row row = {"100000 mounts", many, ENOSPC, "mount-too-many"};
	const struct fake_options options = {0}; /* checks would take their time */
	struct fake *f = fake_new(&options);
	struct errand e = {.run = row.run};
	char memory[64];
	struct text error;

	(void)state;
	text_init(&error, memory, sizeof(memory));
	assert_int_equal(fake_world(f, "/ ext4\n/m tmpfs\n", &error), 0);
	run(f, &e);
	assert_int_equal(e.answer, -row.error);
	assert_string_equal(e.why->id, row.rule);
	fake_free(f);
}

/* What newer kernels answer. */
static void a_detached_target_is_not_there_since_6_12(void **state)
{
	struct fake *f = host(ground, "6.12");
	struct errand e = {.run = detached_target};

	(void)state;
	run(f, &e);
	assert_int_equal(e.answer, -ENOENT);
	assert_string_equal(e.why->id, "mount-target-detached");
	fake_free(f);
}

/* Tables. */

static void want_table(const char *world, int (*errand)(struct kernel *k), const char *expected)
{
	struct fake *f = host(world, NULL);
	struct errand e = {.run = errand};
	char memory[8192];
	struct text view;

	run(f, &e);
	assert_int_equal(e.answer, 0);
	text_init(&view, memory, sizeof(memory));
	assert_int_equal(fake_view(f, 1, VIEW_MOUNTS, &view), 0);
	assert_string_equal(memory, expected);
	fake_free(f);
}

SHORT(bind_on_shared, MOUNT("/b", "/s/d", NULL, MS_BIND))

static void a_mount_reaches_peers_and_slaves(void **state)
{
	(void)state;
	want_table("/    ext4 source=a dev=8:1\n"
		   "/s   ext4 shared:1 source=b dev=8:2\n"
		   "/s/d dir\n"
		   "/p   bind from=/s shared:1\n"
		   "/q   bind from=/s master:1\n"
		   "/r   bind from=/s shared:2 master:1\n"
		   "/b   ext4 nodev source=c dev=8:3\n",
		   bind_on_shared,
		   "2 1 8:1 / / rw,relatime - ext4 a rw\n"
		   "3 2 8:2 / /s rw,relatime shared:1 - ext4 b rw\n"
		   "4 2 8:2 / /p rw,relatime shared:1 - ext4 b rw\n"
		   "5 2 8:2 / /q rw,relatime master:1 - ext4 b rw\n"
		   "6 2 8:2 / /r rw,relatime shared:2 master:1 - ext4 b rw\n"
		   "7 2 8:3 / /b rw,nodev,relatime - ext4 c rw\n"
		   "8 3 8:3 / /s/d rw,nodev,relatime shared:3 - ext4 c rw\n"
		   "11 5 8:3 / /q/d rw,nodev,relatime master:3 - ext4 c rw\n"
		   "10 6 8:3 / /r/d rw,nodev,relatime shared:4 master:3 - ext4 c rw\n"
		   "9 4 8:3 / /p/d rw,nodev,relatime shared:3 - ext4 c rw\n");
}

static int pivot_on_itself(struct kernel *k)
{
	int r = sys_mount(k, "/img", "/img", NULL, MS_BIND, NULL);

	if (r == 0)
		r = sys_chdir(k, "/img");
	if (r == 0)
		r = sys_pivot_root(k, ".", ".");
	if (r == 0)
		r = sys_umount2(k, ".", MNT_DETACH);
	return r;
}

static void pivot_root_takes_init_along(void **state)
{
	(void)state;
	want_table("/ ext4 source=a dev=8:1\n/img dir\n", pivot_on_itself,
		   "3 1 8:1 /img / rw,relatime - ext4 a rw\n");
}

static int remove_through_a_bind(struct kernel *k)
{
	int r = sys_mount(k, "/mnt", "/d", NULL, MS_BIND, NULL);

	if (r == 0)
		r = sys_mount(k, "/", "/mnt", NULL, MS_BIND, NULL);
	if (r == 0)
		r = sys_unlinkat(k, AT_FDCWD, "/mnt/d", AT_REMOVEDIR);
	return r == -EBUSY ? 0 : -1;
}

static void a_mount_point_is_safe_in_its_own_namespace(void **state)
{
	(void)state;
	want_table("/ ext4 source=a dev=8:1\n/d dir\n/mnt dir\n", remove_through_a_bind,
		   "2 1 8:1 / / rw,relatime - ext4 a rw\n"
		   "3 2 8:1 /mnt /d rw,relatime - ext4 a rw\n"
		   "4 2 8:1 / /mnt rw,relatime - ext4 a rw\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refusal_has_its_rule),
		cmocka_unit_test(the_first_mount_stays_where_it_is),
		cmocka_unit_test(a_namespace_has_its_limit),
		cmocka_unit_test(a_detached_target_is_not_there_since_6_12),
		cmocka_unit_test(a_mount_reaches_peers_and_slaves),
		cmocka_unit_test(pivot_root_takes_init_along),
		cmocka_unit_test(a_mount_point_is_safe_in_its_own_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
