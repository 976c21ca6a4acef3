/* The classic sequence as functions: what they promise and what they leave when they fail. */
#include <string.h>

#include "core/run/classic.h"
#include "tests/lib/scene.h"

/* What a task in namespaces of its own does; it answers 0, or the number of what went wrong. */
struct errand {
	struct kernel *k;
	char rootfs[GROUND_PATH_SIZE];
	int (*run)(struct kernel *k, const char *rootfs);
};

static int errand_main(void *arena)
{
	const struct errand *errand = arena;

	return errand->run(errand->k, errand->rootfs);
}

static int errand_start(struct kernel *k, void *arg)
{
	struct errand *errand = arg;
	const struct spawn_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS,
		.exit_signal = SIGCHLD,
		.main = errand_main,
		.arena = errand,
		.arena_size = sizeof(*errand),
	};
	siginfo_t info = {0};
	int pid;

	errand->k = k;
	pid = sys_clone3(k, &args);
	if (pid < 0 || sys_waitid(k, P_PID, pid, &info, WEXITED) < 0)
		return 99;
	return info.si_code == CLD_EXITED ? info.si_status : 98;
}

static void want_errand(struct scene *s, int (*run)(struct kernel *k, const char *rootfs))
{
	struct errand errand = {.run = run};

	ground_path(&s->g, "/img", errand.rootfs);
	box_prepare(&s->g, &(struct given){.options = ""});
	assert_int_equal(ground_run(&s->g, errand_start, &errand), 0);
}

static int descriptors(struct kernel *k)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += sys_fcntl_getfd(k, fd) >= 0;
	return n;
}

static int umask_now(struct kernel *k)
{
	int mask = sys_umask(k, 0);

	sys_umask(k, (mode_t)mask);
	return mask;
}

static bool is_there(struct kernel *k, const char *path)
{
	struct statx st;

	return sys_statx(k, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0;
}

static int set_up(struct kernel *k, const char *rootfs)
{
	int before = descriptors(k);
	char cwd[16];

	sys_umask(k, 077);
	if (classic_setup(k, rootfs, NULL, true) != 0)
		return 1;
	if (descriptors(k) != before)
		return 2;
	if (umask_now(k) != 022)
		return 3;
	if (!is_there(k, "/probe") || !is_there(k, "/proc/self") || !is_there(k, "/dev/full"))
		return 4;
	return sys_getcwd(k, cwd, sizeof(cwd)) == 2 ? 0 : 5;
}

static void setting_up_leaves_no_descriptor_and_the_umask_022(void **state)
{
	want_errand(*state, set_up);
}

/* In the middle of the devices, where the umask is another. */
static int set_up_badly(struct kernel *k, const char *rootfs)
{
	int before = descriptors(k);

	sys_umask(k, 077);
	if (classic_setup(k, rootfs, "/dev/null", false) != -ENOTTY)
		return 1;
	if (descriptors(k) != before)
		return 2;
	return umask_now(k) == 077 ? 0 : 3;
}

static void failing_gives_back_umask_and_descriptors(void **state)
{
	want_errand(*state, set_up_badly);
}

static int remount(struct kernel *k, const char *rootfs)
{
	int before = descriptors(k);
	char cwd[16];

	if (classic_setup(k, rootfs, NULL, false) != 0 || sys_chdir(k, "/dev") != 0)
		return 1;
	if (classic_remount_proc(k) != 0 || !is_there(k, "/proc/self"))
		return 2;
	if (classic_remount_sys(k) != 0 || !is_there(k, "/sys/kernel"))
		return 3;
	/* The caller stands where it stood. */
	if (sys_getcwd(k, cwd, sizeof(cwd)) < 0 || strcmp(cwd, "/dev") != 0)
		return 4;
	return descriptors(k) == before ? 0 : 5;
}

static void remounting_renews_what_is_there(void **state)
{
	want_errand(*state, remount);
}

static int remount_nothing(struct kernel *k, const char *rootfs)
{
	if (classic_setup(k, rootfs, NULL, false) != 0 ||
	    sys_umount2(k, "/proc", MNT_DETACH) != 0 || sys_umount2(k, "/sys", MNT_DETACH) != 0)
		return 1;
	if (classic_remount_proc(k) != -EINVAL || is_there(k, "/proc/self"))
		return 2;
	return classic_remount_sys(k) == 0 && !is_there(k, "/sys/kernel") ? 0 : 3;
}

static void without_a_mount_proc_fails_and_sys_stays_as_it_is(void **state)
{
	want_errand(*state, remount_nothing);
}

/* The image now has a link where the mount was. */
static int remount_link(struct kernel *k, const char *rootfs)
{
	if (classic_setup(k, rootfs, NULL, false) != 0 ||
	    sys_umount2(k, "/proc", MNT_DETACH) != 0 ||
	    sys_unlinkat(k, AT_FDCWD, "/proc", AT_REMOVEDIR) != 0 ||
	    sys_symlinkat(k, "/dev", AT_FDCWD, "/proc") != 0)
		return 1;
	return classic_remount_proc(k) == -EINVAL && is_there(k, "/dev/null") ? 0 : 2;
}

static void a_link_where_proc_was_is_not_followed(void **state)
{
	want_errand(*state, remount_link);
}

/*
 * The old root lies beneath the new one.  It comes to light when the new one is taken off
 * and the mount namespace is entered anew, whose root is then the old one (mntns_install()).
 */
static int escape(struct kernel *k, const char *rootfs)
{
	char within[GROUND_PATH_SIZE + 16];
	struct text path;
	int ns;

	/* A proc that someone left in the image: the bind hides it until the move. */
	text_init(&path, within, sizeof(within));
	text_addf(&path, "%s/proc", rootfs);
	if (sys_mount(k, "", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    sys_mount(k, "proc", within, "proc", 0, NULL) != 0 ||
	    classic_setup(k, rootfs, NULL, false) != 0)
		return 1;
	ns = sys_openat(k, AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC, 0);
	if (ns < 0 || sys_umount2(k, "/", MNT_DETACH) != 0 ||
	    sys_setns(k, ns, CLONE_NEWNS) != 0)
		return 2;
	if (is_there(k, "/probe") || !is_there(k, "/etc") || !is_there(k, "/dev/null"))
		return 3;
	text_add(&path, "/self");
	if (is_there(k, within))
		return 4;
	return is_there(k, "/proc/self") || is_there(k, "/sys/kernel") ? 5 : 0;
}

static void whoever_gets_out_finds_no_proc_or_sysfs_there(void **state)
{
	want_errand(*state, escape);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(setting_up_leaves_no_descriptor_and_the_umask_022),
		SCENE_BOTH(failing_gives_back_umask_and_descriptors),
		SCENE_BOTH(remounting_renews_what_is_there),
		SCENE_BOTH(without_a_mount_proc_fails_and_sys_stays_as_it_is),
		SCENE_BOTH(a_link_where_proc_was_is_not_followed),
		SCENE_BOTH(whoever_gets_out_finds_no_proc_or_sysfs_there),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
