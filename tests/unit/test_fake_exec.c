/* Executing programs on the fake: which files can be, what they are told, what stays. */
#include "tests/lib/notes.h"

#include <elf.h>
#include <string.h>

#include "tests/lib/check.h"

/* The smallest program: an ELF header and one program header, with the name of a loader. */
struct program {
	Elf64_Ehdr head;
	Elf64_Phdr phdr;
	char loader[32];
};

static struct program program_with(const char *loader)
{
	struct program p = {
		.head = {.e_ident = ELFMAG,
			 .e_type = ET_DYN,
#ifdef __aarch64__
			 .e_machine = EM_AARCH64,
#else
			 .e_machine = EM_X86_64,
#endif
			 .e_phoff = offsetof(struct program, phdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1},
		.phdr = {.p_type = loader ? PT_INTERP : PT_LOAD,
			 .p_offset = offsetof(struct program, loader)},
	};

	if (loader) {
		strncpy(p.loader, loader, sizeof(p.loader) - 1);
		p.phdr.p_filesz = strlen(loader) + 1;
	}
	return p;
}

static void make_file(const char *path, const void *bytes, size_t n, mode_t mode)
{
	int fd = sys_openat(notes.k, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	sys_write(notes.k, fd, bytes, n);
	sys_close(notes.k, fd);
}

static void make_script(const char *path, const char *text)
{
	make_file(path, text, strlen(text), 0755);
}

static void make_program(const char *path, const char *loader)
{
	struct program p = program_with(loader);

	make_file(path, &p, sizeof(p), 0755);
}

static char zero[] = "zero", one[] = "one", variable[] = "A=1";
static char *const one_arg[] = {one, NULL};
static char *const no_args[] = {NULL};

static int execute(const char *path)
{
	return sys_execveat(notes.k, AT_FDCWD, path, one_arg, no_args, 0);
}

static int try_files(void *arg)
{
	int fd;

	(void)arg;
	sys_mkdirat(notes.k, AT_FDCWD, "/dir", 0755);
	make_file("/plain", "x", 1, 0644);
	make_file("/empty", "", 0, 0755);
	make_file("/text", "hello", 5, 0755);
	make_program("/static", NULL);
	make_program("/dynamic", "/lib/ld.so");
	make_program("/with-text", "/text");
	make_program("/with-plain", "/plain");
	make_script("/script", "#!/missing\n");
	make_script("/nothing", "#! \t \n");
	sys_symlinkat(notes.k, "/static", AT_FDCWD, "/link");
	note(execute("/nowhere"));
	note(execute("/dir"));
	note(execute("/plain"));
	note(execute("/empty"));
	note(execute("/text"));
	note(execute("/dynamic"));
	note(execute("/with-text"));
	note(execute("/with-plain"));
	note(execute("/script"));
	note(execute("/nothing"));
	fd = sys_openat(notes.k, AT_FDCWD, "/static", O_WRONLY, 0);
	note(execute("/static"));
	sys_close(notes.k, fd);
	note(sys_execveat(notes.k, AT_FDCWD, "/static", one_arg, no_args, AT_REMOVEDIR));
	note(sys_execveat(notes.k, AT_FDCWD, NULL, one_arg, no_args, 0));
	note(sys_execveat(notes.k, AT_FDCWD, "", one_arg, no_args, 0));
	note(sys_execveat(notes.k, AT_FDCWD, "/link", one_arg, no_args, AT_SYMLINK_NOFOLLOW));
	return execute("/link");
}

static void what_is_no_program_is_refused(void **state)
{
	static const int want[] = {
		-ENOENT, -EACCES,  -EACCES,  -ENOEXEC, -ENOEXEC, -ENOENT, -EIO,	  -EACCES,
		-ENOENT, -ENOEXEC, -ETXTBSY, -EINVAL,  -EFAULT,	 -ENOENT, -ELOOP,
	};

	notes_run(*state, try_files);
	assert_int_equal(notes.n, COUNT(want));
	assert_memory_equal(notes.r, want, sizeof(want));
}

/* What the payload saw. */
static char seen_args[256];

static int tell_args(struct kernel *k, char *const *argv, char *const *envp)
{
	struct text text;

	text_init(&text, seen_args, sizeof(seen_args));
	for (int i = 0; argv[i]; i++)
		text_addf(&text, "[%s]", argv[i]);
	for (int i = 0; envp[i]; i++)
		text_addf(&text, "{%s}", envp[i]);
	note(sys_fcntl_getfd(k, 3));
	note(sys_fcntl_getfd(k, 4));
	note(sys_openat(k, AT_FDCWD, "/bin/sh", O_WRONLY, 0));
	return 9;
}

static int run_child(void (*prepare)(void), const char *path, char *const *argv)
{
	static char *const environment[] = {variable, NULL};

	prepare();
	return sys_execveat(notes.k, AT_FDCWD, path, argv, environment, 0);
}

static void prepare_shells(void)
{
	sys_mkdirat(notes.k, AT_FDCWD, "/bin", 0755);
	make_program("/bin/sh", NULL);
	make_script("/inner", "#! /bin/sh  -x y \n");
	make_script("/outer", "#!/inner");
	sys_openat(notes.k, AT_FDCWD, "/bin", O_RDONLY | O_CLOEXEC, 0);
	sys_openat(notes.k, AT_FDCWD, "/bin", O_RDONLY, 0);
}

static int run_script(void *arg)
{
	static char *const argv[] = {zero, one, NULL};

	(void)arg;
	return run_child(prepare_shells, "/outer", argv);
}

static void scripts_lead_to_their_interpreter(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	fake_payload(f, "/bin/sh", tell_args);
	assert_int_equal(fake_run(f, run_script, NULL), 9 << 8);
	assert_string_equal(seen_args, "[/bin/sh][-x y][/inner][/outer][one]{A=1}");
	assert_int_equal(notes.r[0], -EBADF);
	assert_int_equal(notes.r[1], 0);
	assert_int_equal(notes.r[2], -ETXTBSY);
}

static int run_without_args(void *arg)
{
	(void)arg;
	return run_child(prepare_shells, "/bin/sh", no_args);
}

static void an_empty_argv_gets_one_empty_string(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	fake_payload(f, "/bin/sh", tell_args);
	assert_int_equal(fake_run(f, run_without_args, NULL), 9 << 8);
	assert_string_equal(seen_args, "[]{A=1}");
}

static int run_by_descriptor(void *arg)
{
	int fd, r;

	(void)arg;
	prepare_shells();
	fd = sys_openat(notes.k, AT_FDCWD, "/inner", O_PATH | O_CLOEXEC, 0);
	r = sys_execveat(notes.k, fd, "", one_arg, no_args, AT_EMPTY_PATH);
	note(r);
	sys_fcntl_setfd(notes.k, fd, 0);
	return sys_execveat(notes.k, fd, "", one_arg, no_args, AT_EMPTY_PATH);
}

static void a_script_by_descriptor_must_stay_reachable(void **state)
{
	struct fake *f = *state;

	notes_begin(f);
	fake_payload(f, "/bin/sh", tell_args);
	assert_int_equal(fake_run(f, run_by_descriptor, NULL), 9 << 8);
	assert_int_equal(notes.r[0], -ENOENT);
	assert_string_equal(seen_args, "[/bin/sh][-x y][/dev/fd/5]");
}

static int run_deep_scripts(void *arg)
{
	static const char *const names[] = {"/s0", "/s1", "/s2", "/s3", "/s4", "/s5", "/s6"};

	(void)arg;
	make_program("/s0", NULL);
	for (int i = 1; i < 7; i++) {
		char text[16] = "#!/s0\n";

		text[4] = (char)('0' + i - 1);
		make_script(names[i], text);
	}
	note(execute("/s6"));
	return execute("/s5");
}

static void five_scripts_can_stand_before_a_program(void **state)
{
	notes_run(*state, run_deep_scripts);
	assert_int_equal(notes.r[0], -ELOOP);
}

static char too_long[140000];

static int run_with_much(void *arg)
{
	char *argv[] = {too_long, NULL};

	(void)arg;
	make_program("/bin", NULL);
	memset(too_long, 'a', sizeof(too_long) - 1);
	note(sys_execveat(notes.k, AT_FDCWD, "/bin", argv, no_args, 0));
	too_long[131071] = '\0';
	return sys_execveat(notes.k, AT_FDCWD, "/bin", argv, no_args, 0);
}

static void one_argument_has_a_limit(void **state)
{
	notes_run(*state, run_with_much);
	assert_int_equal(notes.r[0], -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, notes_setup, notes_teardown)
		TEST(what_is_no_program_is_refused),
		TEST(scripts_lead_to_their_interpreter),
		TEST(an_empty_argv_gets_one_empty_string),
		TEST(a_script_by_descriptor_must_stay_reachable),
		TEST(five_scripts_can_stand_before_a_program),
		TEST(one_argument_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
