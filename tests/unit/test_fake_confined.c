/* What a program keeps of what was done to its task before: masks, filters, a sealed copy. */
#include "tests/lib/notes.h"

#include <elf.h>
#include <string.h>

#include "tests/lib/check.h"

#define TERM (UINT64_C(1) << (SIGTERM - 1))

static char one[] = "one";
static char *const one_arg[] = {one, NULL};
static char *const no_args[] = {NULL};

/* Answers this call of the kernel's with what is returned for it; all others are made. */
static int forbid(int number, unsigned int action)
{
	struct sock_filter at[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {.len = COUNT(at), .filter = at};

	return sys_seccomp_set_mode_filter(notes.k, 0, &prog);
}

/* A static program: an ELF header and one program header. */
static int copy_make(unsigned int flags)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr phdr;
	} program = {
		.head = {.e_ident = ELFMAG,
			 .e_type = ET_DYN,
#ifdef __aarch64__
			 .e_machine = EM_AARCH64,
#else
			 .e_machine = EM_X86_64,
#endif
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1},
		.phdr = {.p_type = PT_LOAD},
	};
	int fd = sys_memfd_create(notes.k, "copy", flags);

	sys_write(notes.k, fd, &program, sizeof(program));
	return fd;
}

static int run_copy(void *arg)
{
	int fd = copy_make(MFD_CLOEXEC | MFD_ALLOW_SEALING);

	(void)arg;
	note(sys_fcntl_add_seals(notes.k, fd, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK));
	note(sys_write(notes.k, fd, "x", 1));
	return sys_execveat(notes.k, fd, "", one_arg, no_args, AT_EMPTY_PATH);
}

static int seen_fd(struct kernel *k, char *const *argv, char *const *envp)
{
	(void)argv;
	(void)envp;
	note(sys_fcntl_getfd(k, 3));
	return 7;
}

static void a_sealed_copy_is_executed_by_its_descriptor(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	fake_payload(f, "/memfd:copy (deleted)", seen_fd);
	assert_int_equal(fake_run(f, run_copy, NULL), 7 << 8);
	assert_int_equal(notes.r[0], 0);
	assert_int_equal(notes.r[1], -EPERM);
	assert_int_equal(notes.r[2], -EBADF);
}

static int look_around(struct kernel *k, char *const *argv, char *const *envp)
{
	static const uint64_t nothing;
	struct kernel_sigaction action;
	uint64_t blocked = 0;

	(void)argv;
	(void)envp;
	sys_rt_sigprocmask(k, SIG_BLOCK, NULL, &blocked);
	note(blocked == TERM);
	sys_rt_sigaction(k, SIGHUP, NULL, &action);
	note(action.handler == SIG_IGN);
	note(sys_prctl_get_no_new_privs(k));
	note(sys_prctl_get_dumpable(k));
	note(sys_getgid(k));
	/* What came before the program began ends it now. */
	sys_rt_sigprocmask(k, SIG_SETMASK, &nothing, NULL);
	note(-1);
	return 0;
}

static int run_confined(void *arg)
{
	const struct kernel_sigaction ignored = {.handler = SIG_IGN};
	const uint64_t term = TERM;
	int fd = copy_make(MFD_CLOEXEC);

	(void)arg;
	sys_rt_sigprocmask(notes.k, SIG_BLOCK, &term, NULL);
	sys_kill(notes.k, sys_getpid(notes.k), SIGTERM);
	sys_rt_sigaction(notes.k, SIGHUP, &ignored, NULL);
	sys_prctl_set_no_new_privs(notes.k, 1);
	sys_prctl_set_dumpable(notes.k, 0);
	forbid(SYS_getgid, SECCOMP_RET_ERRNO | ENOTTY);
	return sys_execveat(notes.k, fd, "", one_arg, no_args, AT_EMPTY_PATH);
}

static void exec_keeps_mask_pending_signals_and_filters(void **state)
{
	static const int want[] = {true, true, 1, 1, -ENOTTY};
	struct fake *f = *state;

	notes_begin(f);
	fake_payload(f, "/memfd:copy (deleted)", look_around);
	assert_int_equal(fake_run(f, run_confined, NULL), SIGTERM);
	assert_int_equal(notes.n, COUNT(want));
	assert_memory_equal(notes.r, want, sizeof(want));
}

static int return_filtered(void *arg)
{
	(void)arg;
	forbid(SYS_exit_group, SECCOMP_RET_KILL_PROCESS);
	return 3;
}

static int return_refused(void *arg)
{
	(void)arg;
	forbid(SYS_exit_group, SECCOMP_RET_ERRNO | EPERM);
	return 3;
}

static void what_a_task_returns_is_a_call_that_filters_see(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	assert_int_equal(fake_run(f, return_filtered, NULL), SIGSYS);
	assert_int_equal(fake_run(f, return_refused, NULL), SIGSEGV);
}

static int clone_filtered(void *arg)
{
	const struct spawn_args args = {.exit_signal = SIGCHLD};

	(void)arg;
	forbid(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	note(sys_clone3(notes.k, &args));
	note(sys_clone3(notes.k, NULL));
	forbid(SYS_clone, SECCOMP_RET_ERRNO | EPERM);
	note(sys_clone(notes.k, NULL));
	return 0;
}

static void tasks_are_made_by_calls_that_filters_see(void **state)
{
	static const int want[] = {-ENOSYS, -ENOSYS, -EPERM};

	notes_run(*state, clone_filtered);
	assert_memory_equal(notes.r, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(a_sealed_copy_is_executed_by_its_descriptor),
		TEST(exec_keeps_mask_pending_signals_and_filters),
		TEST(what_a_task_returns_is_a_call_that_filters_see),
		TEST(tasks_are_made_by_calls_that_filters_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
