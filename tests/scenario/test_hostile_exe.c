/* Our own executable: nobody inside comes to write to it (CVE-2019-5736). */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "
#define FOUR "/proc dir\n/sys dir\n/dev dir\n/run dir\n"

static struct kernel *refusing(void *context, struct kernel *k)
{
	struct fault *fault = context, asked = *fault;

	fault_init(fault, k);
	fault->op = asked.op;
	fault->contains = asked.contains;
	fault->nth = asked.nth;
	fault->answer = asked.answer;
	return &fault->layer.kernel;
}

static int run_executable(struct scene *s, const char *executable, const char *options)
{
	const struct given given = {.line = options,
				    .executable = executable,
				    .between = refusing,
				    .context = &s->fault};

	return box_run_only(&s->g, &given);
}

static void our_own_executable_runs_from_a_read_only_mount(void **state)
{
	struct scene *s = *state;
	char memory[BOX_TEXT_SIZE];
	struct text inside;

	box_prepare(&s->g, &(struct given){.image = FOUR});
	s->fault = (struct fault){.op = OP_mount_setattr, .contains = "MOUNT_ATTR_RDONLY"};
	assert_int_equal(run_executable(s, "/img/probe", BOX "--bind /img / -- /probe"), 0);
	assert_int_equal(s->fault.n_counted, 1);
	/* What it was executed as on this host is no box: nothing was run in one. */
	text_init(&inside, memory, sizeof(memory));
	ground_read(&s->g, "/inside", &inside);
	assert_string_equal(inside.at, "");
}

static void where_it_cannot_be_protected_nothing_is_executed(void **state)
{
	static const enum sysop calls[] = {OP_openat, OP_fstatfs, OP_open_tree,
					   OP_mount_setattr, OP_execveat};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(calls); i++) {
		char memory[BOX_TEXT_SIZE];
		struct text said;

		scene_again(s);
		box_prepare(&s->g, &(struct given){.image = FOUR});
		s->fault = (struct fault){.op = (int)calls[i], .nth = 1, .answer = -EPERM};
		assert_int_equal(run_executable(s, "/img/probe", BOX "--bind /img / -- /probe"),
				 125 << 8);
		text_init(&said, memory, sizeof(memory));
		ground_read(&s->g, "/said", &said);
		assert_non_null(strstr(said.at, "[own-executable]"));
	}
	reached("why", "own-executable", NULL);
}

static void what_is_read_only_already_goes_on(void **state)
{
	struct scene *s = *state;
	char memory[256];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	assert_int_equal(fake_world(s->g.fake, "/ro tmpfs ro\n/ro/x file elf\n", &error), 0);
	box_prepare(&s->g, &(struct given){.image = FOUR});
	s->fault = (struct fault){.op = OP_open_tree, .contains = "/ro/x"};
	assert_int_equal(run_executable(s, "/ro/x",
					IMAGE "--cap-add CAP_SYS_PTRACE "
					      "-- /probe exit 9"),
			 9 << 8);
	assert_int_equal(s->fault.n_counted, 0);
	/* Nor is there anything to protect of the classic sequence, for trusted images. */
	assert_int_equal(run_executable(s, "/img/probe",
					BOX "--classic --rootfs @/img -- /probe exit 8"),
			 8 << 8);
	/* In an image nobody may look into the task that stays. */
	assert_int_equal(run_executable(s, "/img/probe", IMAGE "-- /probe exit 7"), 7 << 8);
	assert_int_equal(run_executable(s, "/nowhere", IMAGE "-- /probe exit 6"), 6 << 8);
	s->fault = (struct fault){.op = OP_geteuid, .nth = 1, .answer = 1000};
	run_executable(s, "/img/probe", BOX "--bind /img / -- /probe");
	assert_int_equal(s->fault.n_hits, 1);
}

/* The file inside is told to be reached by the host's mount, as /proc/self/exe is. */

static uint64_t own_mount;
static int own_errors; /* which of the calls that look fails, and how */

static int by_hosts_mount(struct fault *fault, const struct call *call)
{
	struct statx *st = (struct statx *)call->arg[4];
	int r = layer_pass(&fault->layer, call);

	if (fault->n_hits == 1)
		own_mount = st->stx_mnt_id;
	else if (own_errors)
		return own_errors;
	st->stx_mnt_id = own_mount;
	return r;
}

static struct kernel *by_own_mount(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_statx;
	fault->contains = "STATX_INO|STATX_MNT_ID";
	fault->nth = 1;
	fault->lasting = true;
	fault->hit = by_hosts_mount;
	return &fault->layer.kernel;
}

#define PROGRAMS                                                                               \
	"/again link /probe\n/script file 755 #!/probe box\n/twice file 755 #! /script\n"      \
	"/loop file 755 #!/loop\n/empty file 755 #!\n"

static void run_own(struct scene *s, const char *line)
{
	scene_run(s, &(struct given){.image = FOUR PROGRAMS,
				     .executable = "/img/probe",
				     .between = by_own_mount,
				     .context = &s->fault,
				     .line = line});
}

static void a_command_that_leads_back_to_us_is_refused(void **state)
{
	static const char *const lines[] = {IMAGE "-- /probe", IMAGE "-- /again",
					    IMAGE "-- /script", IMAGE "-- /twice",
					    IMAGE "-- probe"};
	struct scene *s = *state;

	own_errors = 0;
	for (size_t i = 0; i < COUNT(lines); i++) {
		scene_again(s);
		run_own(s, lines[i]);
		want_refusal(&s->seen, 126, "sandtable: cannot execute ",
			     "own-executable-inside");
	}
}

static void what_does_not_is_left_to_the_kernel(void **state)
{
	static const char *const lines[] = {IMAGE "-- /loop", IMAGE "-- /empty",
					    IMAGE "-- /dev/null", IMAGE "-- /proc"};
	struct scene *s = *state;

	own_errors = 0;
	for (size_t i = 0; i < COUNT(lines); i++) {
		scene_again(s);
		run_own(s, lines[i]);
		assert_int_equal(s->seen.status, 126 << 8);
		assert_null(strstr(s->seen.said, "own-executable-inside"));
	}
	scene_again(s);
	own_errors = -EIO;
	run_own(s, IMAGE "-- /probe");
	assert_int_equal(s->seen.status, 126 << 8);
	assert_non_null(strstr(s->seen.said, "statx("));
}

static void a_program_that_cannot_be_read_is_not_executed(void **state)
{
	struct scene *s = *state;

	s->fault =
		(struct fault){.op = OP_read, .contains = ", 255)", .nth = 1, .answer = -EIO};
	scene_run(s, &(struct given){.executable = "/nowhere",
				     .between = refusing,
				     .context = &s->fault,
				     .line = IMAGE "-- /probe"});
	/* No executable is known: nothing is read. */
	assert_int_equal(s->seen.status, 0);
	scene_again(s);
	s->fault =
		(struct fault){.op = OP_read, .contains = ", 255)", .nth = 1, .answer = -EIO};
	scene_run(s, &(struct given){.executable = "/img/probe",
				     .between = refusing,
				     .context = &s->fault,
				     .line = IMAGE "-- /probe"});
	assert_int_equal(s->seen.status, 126 << 8);
	assert_non_null(strstr(s->seen.said, "-EIO"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_FAKE(our_own_executable_runs_from_a_read_only_mount),
		SCENE_FAKE(where_it_cannot_be_protected_nothing_is_executed),
		SCENE_FAKE(what_is_read_only_already_goes_on),
		SCENE_FAKE(a_command_that_leads_back_to_us_is_refused),
		SCENE_FAKE(what_does_not_is_left_to_the_kernel),
		SCENE_FAKE(a_program_that_cannot_be_read_is_not_executed),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
