/*
 * What people run into: real set-ups of a host that refuses, each of which ends in the hint
 * that is for it.
 */
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "

/* Fails the test's preparation, in the program's task. */
static void must(int r)
{
	if (r < 0)
		fail_msg("broken: %s", strerrorname_np(-r));
}

static void file_put(struct kernel *k, const char *path, const char *text)
{
	int fd = sys_openat(k, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);

	must(fd);
	must(sys_write(k, fd, text, strlen(text)));
	sys_close(k, fd);
}

/* Mounts of our own, which nobody else sees. */
static void mounts_own(struct kernel *k)
{
	must(sys_unshare(k, CLONE_NEWNS));
	must(sys_mount(k, "", "/", "", MS_REC | MS_PRIVATE, NULL));
}

/* Root of a user namespace with one id, as without a helper. */
static void userns_enter(struct kernel *k, int more)
{
	must(sys_unshare(k, CLONE_NEWUSER | CLONE_NEWNS | more));
	file_put(k, "/proc/self/setgroups", "deny");
	file_put(k, "/proc/self/uid_map", "0 0 1");
	file_put(k, "/proc/self/gid_map", "0 0 1");
}

/* Whoever maps many ids into a namespace is outside of it. */
struct mapper {
	struct kernel *k;
	int parent, hears;
};

static int mapper_main(void *arena)
{
	const struct mapper *mapper = arena;
	char path[64], byte;

	if (sys_read(mapper->k, mapper->hears, &byte, 1) != 1)
		return 1;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", mapper->parent,
			 i ? "gid_map" : "uid_map");
		file_put(mapper->k, path, "0 0 65536");
	}
	return 0;
}

/* Root of a user namespace with as many ids as newuidmap gives. */
static void userns_enter_mapped(struct kernel *k, int more)
{
	_Alignas(16) char arena[512] = {0};
	struct mapper *mapper = (struct mapper *)arena;
	const struct spawn_args args = {.exit_signal = SIGCHLD,
					.main = mapper_main,
					.arena = arena,
					.arena_size = sizeof(arena)};
	siginfo_t info = {0};
	int pipe[2], child;

	must(sys_pipe2(k, pipe, O_CLOEXEC));
	*mapper = (struct mapper){.k = k, .parent = sys_getpid(k), .hears = pipe[0]};
	child = sys_clone3(k, &args);
	must(child);
	must(sys_unshare(k, CLONE_NEWUSER | CLONE_NEWNS | more));
	must(sys_write(k, pipe[1], "x", 1));
	must(sys_waitid(k, P_PID, child, &info, WEXITED));
	assert_int_equal(info.si_status, 0);
	sys_close(k, pipe[0]);
	sys_close(k, pipe[1]);
}

/* The image on a mount of its own, with these flags. */
static void image_remount(struct kernel *k, struct scene *s, unsigned long flags)
{
	char path[GROUND_PATH_SIZE];

	ground_path(&s->g, "/img", path);
	must(sys_mount(k, path, path, "", MS_BIND, NULL));
	must(sys_mount(k, "", path, "", MS_BIND | MS_REMOUNT | flags, NULL));
}

/* What is prepared in the program's task before it begins. */
static void want(struct scene *s, struct kernel *(*prepare)(void *context, struct kernel *k),
		 const char *line, const char *first, const char *id)
{
	scene_run(s, &(struct given){.line = line,
				     .setup = "/after file 600 x\n",
				     .between = prepare,
				     .context = s});
	want_refusal(&s->seen, strncmp(id, "exec-", 5) == 0 ? 126 : 125, first, id);
}

static struct kernel *with_masked_proc(void *context, struct kernel *k)
{
	(void)context;
	mounts_own(k);
	must(sys_mount(k, "tmpfs", "/proc/sys", "tmpfs", MS_RDONLY, NULL));
	userns_enter(k, 0);
	return k;
}

static void a_container_masks_proc(void **state)
{
	want(*state, with_masked_proc, IMAGE "-- /probe", "sandtable: cannot mount proc on ",
	     "proc-masked");
}

static struct kernel *in_userns(void *context, struct kernel *k)
{
	(void)context;
	userns_enter(k, 0);
	return k;
}

static struct kernel *in_userns_with_net(void *context, struct kernel *k)
{
	(void)context;
	userns_enter(k, CLONE_NEWNET);
	return k;
}

static void sysfs_shows_a_network_that_is_anothers(void **state)
{
	want(*state, in_userns, IMAGE "-- /probe", "sandtable: cannot mount sysfs on ",
	     "sysfs-network");
}

static void queues_are_anothers(void **state)
{
	want(*state, in_userns, BOX "--bind @/img / --mqueue /run -- /probe",
	     "sandtable: cannot mount mqueue on /run: operation not permitted",
	     "new-mount-denied");
}

static void the_classic_sequence_needs_a_network_namespace_for_sysfs(void **state)
{
	want(*state, in_userns, BOX "--classic --rootfs @/img -- /probe",
	     "sandtable: cannot mount sysfs on ", "system-mount-denied");
}

static void nobody_mapped_group_5(void **state)
{
	want(*state, in_userns_with_net, BOX "--classic --rootfs @/img -- /probe",
	     "sandtable: cannot mount devpts on ", "devpts-gid");
}

static struct kernel *in_mapped_userns(void *context, struct kernel *k)
{
	(void)context;
	userns_enter_mapped(k, CLONE_NEWNET);
	return k;
}

static void no_nodes_are_made_in_a_user_namespace(void **state)
{
	want(*state, in_mapped_userns, BOX "--classic --rootfs @/img -- /probe",
	     "sandtable: cannot make the node ", "mknod-denied");
}

static struct kernel *with_locked_flags(void *context, struct kernel *k)
{
	mounts_own(k);
	image_remount(k, context, MS_NOSUID | MS_NODEV);
	userns_enter(k, 0);
	return k;
}

static void flags_of_the_image_are_locked(void **state)
{
	want(*state, with_locked_flags, BOX "--classic --readonly --rootfs @/img -- /probe",
	     "sandtable: cannot make the rootfs ", "locked-flags");
}

/* Makes the directories that the test's own files are in, for what is written at the end. */
static void root_change(struct kernel *k, struct scene *s)
{
	char path[GROUND_PATH_SIZE];

	must(sys_chroot(k, ground_path(&s->g, "/img", path)));
	must(sys_chdir(k, "/"));
	for (char *c = s->g.base; *c; c++) {
		if (*c != '/' || c == s->g.base)
			continue;
		*c = '\0';
		sys_mkdirat(k, AT_FDCWD, s->g.base, 0755);
		*c = '/';
	}
	if (s->g.base[0])
		sys_mkdirat(k, AT_FDCWD, s->g.base, 0755);
}

static struct kernel *in_plain_chroot(void *context, struct kernel *k)
{
	root_change(k, context);
	return k;
}

static void a_plain_chroot_is_no_mount(void **state)
{
	want(*state, in_plain_chroot, BOX "--ro-bind / / -- /probe",
	     "sandtable: cannot stop mounts from reaching the host: invalid argument",
	     "plain-chroot");
}

static struct kernel *in_shared_chroot(void *context, struct kernel *k)
{
	struct scene *s = context;

	mounts_own(k);
	must(sys_mount(k, "", "/", "", MS_REC | MS_SHARED, NULL));
	image_remount(k, s, 0);
	root_change(k, s);
	return k;
}

static void the_roots_parent_is_shared(void **state)
{
	want(*state, in_shared_chroot, BOX "--ro-bind / / -- /probe",
	     "sandtable: cannot change the root: invalid argument", "pivot-shared");
}

static struct kernel *with_noexec(void *context, struct kernel *k)
{
	mounts_own(k);
	image_remount(k, context, MS_NOEXEC);
	return k;
}

static void the_image_is_on_a_mount_with_noexec(void **state)
{
	want(*state, with_noexec, IMAGE "-- /probe",
	     "sandtable: cannot execute /probe: permission denied", "exec-noexec");
}

#ifdef __aarch64__
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_X86_64
#endif

/* A program for this machine that names a loader. */
struct program {
	Elf64_Ehdr header;
	Elf64_Phdr interpreter;
	char name[16];
};

static struct kernel *with_dynamic_program(void *context, struct kernel *k)
{
	const struct program program = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				       ELFDATA2LSB, EV_CURRENT},
			   .e_type = ET_EXEC,
			   .e_machine = MACHINE,
			   .e_version = EV_CURRENT,
			   .e_phoff = offsetof(struct program, interpreter),
			   .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr),
			   .e_phnum = 1},
		.interpreter = {.p_type = PT_INTERP,
				.p_offset = offsetof(struct program, name),
				.p_filesz = sizeof("/no/loader")},
		.name = "/no/loader",
	};
	struct scene *s = context;
	char path[GROUND_PATH_SIZE];
	int fd = sys_openat(k, AT_FDCWD, ground_path(&s->g, "/img/dynamic", path),
			    O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	must(fd);
	must(sys_write(k, fd, &program, sizeof(program)));
	sys_close(k, fd);
	return k;
}

static void the_image_lacks_the_loader(void **state)
{
	want(*state, with_dynamic_program, IMAGE "-- /dynamic",
	     "sandtable: cannot execute /dynamic: no such file", "exec-loader");
}

static struct kernel *without_uts_namespaces(void *context, struct kernel *k)
{
	(void)context;
	userns_enter(k, 0);
	file_put(k, "/proc/sys/user/max_uts_namespaces", "0");
	return k;
}

static void namespaces_are_limited(void **state)
{
	want(*state, without_uts_namespaces, IMAGE "-- /probe",
	     "sandtable: cannot start init: ", "namespace-limit");
}

static struct kernel *without_fsopen(void *context, struct kernel *k)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsopen, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {.len = COUNT(code), .filter = code};

	(void)context;
	must(sys_prctl_set_no_new_privs(k, 1));
	must(sys_seccomp_set_mode_filter(k, 0, &prog));
	return k;
}

static void a_filter_hides_a_call(void **state)
{
	want(*state, without_fsopen, IMAGE "-- /probe", "sandtable: cannot mount ",
	     "no-such-call");
}

/* Of the whole machine: not on one that others use. */
static struct kernel *with_few_mounts(void *context, struct kernel *k)
{
	(void)context;
	file_put(k, "/proc/sys/fs/mount-max", "3");
	return k;
}

static void there_are_too_many_mounts(void **state)
{
	want(*state, with_few_mounts, IMAGE "-- /probe", "sandtable: cannot ", "mount-max");
}

/* What a security module answers, which no kernel of ours has rules for. */
static struct kernel *confined(void *context, struct kernel *k)
{
	struct scene *s = context;

	s->fault.layer.lower = k;
	fault_rearm(&s->fault);
	return &s->fault.layer.kernel;
}

static void want_confined(struct scene *s, enum sysop op, const char *contains, int answer,
			  const char *id)
{
	fault_init(&s->fault, NULL);
	s->fault.op = (int)op;
	s->fault.contains = contains;
	s->fault.nth = 1;
	s->fault.answer = answer;
	want(s, confined, IMAGE "--unshare-user -- /probe", "sandtable: cannot ", id);
}

static void a_security_module_confines_user_namespaces(void **state)
{
	want_confined(*state, OP_clone3, NULL, -EACCES, "userns-confined");
	want_confined(*state, OP_openat2, "/setgroups\"", -EACCES, "id-map-confined");
	want_confined(*state, OP_write, NULL, -EPERM, "id-map-denied");
}

/* A fake on which nothing was ever mounted but what the kernel begins with. */
static int initramfs_prepare(struct kernel *k, void *arg)
{
	(void)arg;
	must(sys_mkdirat(k, AT_FDCWD, "/proc", 0755));
	must(sys_mount(k, "proc", "/proc", "proc", 0, NULL));
	return 0;
}

static int initramfs(void **state)
{
	static const char world[] = "/img dir\n/img/probe file elf\n";
	static struct scene s;
	char memory[256];
	struct text error;

	s = (struct scene){.g.fake = fake_new(&(struct fake_options){.checks = true})};
	text_init(&error, memory, sizeof(memory));
	assert_non_null(s.g.fake);
	if (fake_world(s.g.fake, world, &error) < 0)
		fail_msg("broken: %s", error.at);
	assert_int_equal(ground_run(&s.g, initramfs_prepare, NULL), 0);
	*state = &s;
	return 0;
}

static void an_initramfs_cannot_be_pivoted_away_from(void **state)
{
	want(*state, NULL, BOX "--bind /img / -- /probe",
	     "sandtable: cannot change the root: invalid argument", "pivot-initramfs");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(a_container_masks_proc),
		SCENE_BOTH(sysfs_shows_a_network_that_is_anothers),
		SCENE_BOTH(queues_are_anothers),
		SCENE_BOTH(the_classic_sequence_needs_a_network_namespace_for_sysfs),
		SCENE_BOTH(nobody_mapped_group_5),
		SCENE_BOTH(no_nodes_are_made_in_a_user_namespace),
		SCENE_BOTH(flags_of_the_image_are_locked),
		SCENE_BOTH(a_plain_chroot_is_no_mount),
		SCENE_BOTH(the_roots_parent_is_shared),
		SCENE_BOTH(the_image_is_on_a_mount_with_noexec),
		SCENE_BOTH(the_image_lacks_the_loader),
		SCENE_BOTH(namespaces_are_limited),
		SCENE_BOTH(a_filter_hides_a_call),
		SCENE_FAKE(there_are_too_many_mounts),
		SCENE_FAKE(a_security_module_confines_user_namespaces),
		{.name = "an_initramfs_cannot_be_pivoted_away_from [fake]",
		 .test_func = an_initramfs_cannot_be_pivoted_away_from,
		 .setup_func = initramfs,
		 .teardown_func = scene_end},
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
