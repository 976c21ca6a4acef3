/* Each invariant bites: a program that breaks it is told so. */
#include <string.h>

#include "core/steps/steps.h"
#include "tests/lib/check.h"
#include "tests/lib/ground.h"
#include "tests/lib/invariants.h"

/* A task that does one thing wrong, with its invariants. */
struct wrong {
	struct ground *g;
	struct invariants *inv;
	int (*act)(struct kernel *k, struct invariants *inv);
};

static void go(struct kernel *k, struct invariants *inv)
{
	inv->told_go[inv->n_told_go++] = kernel_task(k);
}

/* Nothing is there: the look comes before. */
static int execute(struct kernel *k)
{
	char *const nothing[] = {NULL};

	return sys_execveat(k, AT_FDCWD, "/nothing", nothing, nothing, 0) == -ENOENT ? 0 : 1;
}

static int change_host(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	return sys_mkdirat(k, AT_FDCWD, "/etc/made", 0755);
}

static int mount_outside(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	if (sys_unshare(k, CLONE_NEWNS) < 0)
		return 1;
	sys_mount(k, NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	return sys_mount(k, "tmpfs", "/etc", "tmpfs", 0, NULL);
}

static int make_disk(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	return sys_mknodat(k, AT_FDCWD, "/img/sda", S_IFBLK | 0600, makedev(8, 0));
}

static int mask_by_file(struct kernel *k, struct invariants *inv)
{
	const struct note note = {"init", 1, "# nothing to be seen of /x"};
	int mount;

	(void)inv;
	if (sys_unshare(k, CLONE_NEWNS) < 0)
		return 1;
	sys_mount(k, NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	kernel_note(k, &note);
	mount = sys_open_tree(k, AT_FDCWD, "/etc/passwd", OPEN_TREE_CLONE);
	return sys_move_mount(k, mount, "", AT_FDCWD, "/img/probe", MOVE_MOUNT_F_EMPTY_PATH);
}

static int write_sysctl(struct kernel *k, struct invariants *inv)
{
	const struct open_how how = {.flags = O_WRONLY};

	(void)inv;
	return sys_openat2(k, AT_FDCWD, "/proc/sys/user/max_user_namespaces", &how,
			   sizeof(how)) < 0;
}

static int keep_descriptor(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_dup3(k, 1, 9, 0);
	return execute(k);
}

static int keep_directory(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_close(k, 0);
	sys_openat(k, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0);
	return execute(k);
}

static int stand_outside(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_chdir(k, "/etc");
	sys_chroot(k, "/img");
	return execute(k);
}

static int gain_privileges(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	return execute(k);
}

static int inherit(struct kernel *k, struct invariants *inv)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	go(k, inv);
	sys_capget(k, &header, data);
	data[0].inheritable = 1;
	sys_capset(k, &header, data);
	return execute(k);
}

static int be_dumpable(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_prctl_set_no_new_privs(k, 1);
	return execute(k);
}

static int enter_dumpable(struct kernel *k, struct invariants *inv)
{
	int fd = sys_openat(k, AT_FDCWD, "/proc/self/ns/uts", O_RDONLY | O_CLOEXEC, 0);

	(void)inv;
	return sys_setns(k, fd, CLONE_NEWUTS);
}

static int mount_on_host(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	return sys_mount(k, "tmpfs", "/img", "tmpfs", 0, NULL);
}

static int reach_host(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	if (sys_unshare(k, CLONE_NEWNS) < 0)
		return 1;
	/* Still a peer of the host's: the mount reaches it. */
	return sys_mount(k, "tmpfs", "/img", "tmpfs", 0, NULL);
}

static int leave_old_root(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_prctl_set_no_new_privs(k, 1);
	sys_prctl_set_dumpable(k, 0);
	sys_unshare(k, CLONE_NEWNS);
	sys_chroot(k, "/img");
	sys_chdir(k, "/");
	return execute(k);
}

static int keep_set_user_id(struct kernel *k, struct invariants *inv)
{
	go(k, inv);
	sys_prctl_set_no_new_privs(k, 1);
	sys_prctl_set_dumpable(k, 0);
	return execute(k);
}

static int keep_terminal(struct kernel *k, struct invariants *inv)
{
	const int unlocked = 0;
	int fd = sys_openat(inv->base, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);

	go(k, inv);
	sys_prctl_set_no_new_privs(k, 1);
	sys_prctl_set_dumpable(k, 0);
	sys_setsid(k);
	sys_ioctl_tiocsptlck(k, fd, &unlocked);
	fd = sys_ioctl_tiocgptpeer(k, fd, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (sys_ioctl_tiocsctty(k, fd, 0) < 0)
		return 1;
	return execute(k);
}

static int exec_early(struct kernel *k, struct invariants *inv)
{
	(void)inv;
	return execute(k);
}

static int wrong_main(struct kernel *k, void *arg)
{
	const struct wrong *w = arg;
	static char a[] = "sandtable", b[] = "box", c[] = "--rootfs", d[] = "/img";
	static char e[] = "--join", n[] = "1";
	const bool joins = w->act == enter_dumpable;
	char *const argv[] = {a, b, joins ? e : c, joins ? n : d, NULL};
	const struct note note = {"init", 1, "a step"};

	invariants_init(w->inv, k, k, w->g->fake, argv);
	kernel_note(&w->inv->layer.kernel, &note);
	return w->act(&w->inv->layer.kernel, w->inv);
}

static const struct {
	const char *says;
	int (*act)(struct kernel *k, struct invariants *inv);
} bites[] = {
	{"I1: ", change_host},
	{"I2: ", mount_outside},
	{"I3: a node", make_disk},
	{"I3: something else", mask_by_file},
	{"I4: ", write_sysctl},
	{"I5: a descriptor", keep_descriptor},
	{"I5: a directory", keep_directory},
	{"I6: ", stand_outside},
	{"I8: capabilities", inherit},
	{"I8: capabilities that nobody", gain_privileges},
	{"I9: ", enter_dumpable},
	{"I10: mounts of", mount_on_host},
	{"I10: the host sees", reach_host},
	{"I14: nobody", exec_early},
};

/* Without --rootfs, where capabilities are the caller's. */
static const struct {
	const char *says;
	int (*act)(struct kernel *k, struct invariants *inv);
} bites_without[] = {
	{"I8: new", gain_privileges}, {"I9: ", be_dumpable},	{"I11: ", leave_old_root},
	{"I12: ", keep_set_user_id},  {"I13: ", keep_terminal},
};

static void want_bite(const char *says, int (*act)(struct kernel *, struct invariants *),
		      int (*main)(struct kernel *, void *))
{
	static struct invariants inv;
	struct ground g;
	struct wrong w = {.g = &g, .inv = &inv, .act = act};
	int status;

	ground_make_fake(&g, &(struct fake_options){.checks = true});
	status = ground_run(&g, main, &w);
	if (status != 0 || strncmp(inv.broken, says, strlen(says)) != 0)
		fail_msg("wanted %s, status %#x: %s", says, status, inv.broken);
	ground_free(&g);
}

static int plain_main(struct kernel *k, void *arg)
{
	const struct wrong *w = arg;
	static char a[] = "sandtable", b[] = "box";
	char *const argv[] = {a, b, NULL};
	const struct note note = {"init", 1, "a step"};

	invariants_init(w->inv, k, k, w->g->fake, argv);
	kernel_note(&w->inv->layer.kernel, &note);
	return w->act(&w->inv->layer.kernel, w->inv);
}

static void each_of_them_bites(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bites); i++)
		want_bite(bites[i].says, bites[i].act, wrong_main);
	for (size_t i = 0; i < COUNT(bites_without); i++)
		want_bite(bites_without[i].says, bites_without[i].act, plain_main);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_them_bites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
