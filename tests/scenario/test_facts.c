/* Plans that hang on what is found: a terminal, namespaces that can be had, a directory. */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "

static void want_inside_piece(const struct scene *s, const char *piece)
{
	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	if (!strstr(s->seen.inside, piece))
		fail_msg("not seen inside: %s\n%s", piece, s->seen.inside);
}

/* This call answers so, each time. */
static struct kernel *answering(struct fault *fault, struct kernel *k, enum sysop op,
				const char *contains)
{
	fault_init(fault, k);
	fault->op = (int)op;
	fault->contains = contains;
	fault->nth = 1;
	fault->lasting = true;
	return &fault->layer.kernel;
}

static int say_zero(struct fault *fault, const struct call *call)
{
	(void)fault;
	(void)call;
	return 0;
}

/* All descriptors of the caller are terminals. */
static struct kernel *with_terminal(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_ioctl_tcgets, NULL);
	fault->hit = say_zero;
	return &fault->layer.kernel;
}

static void run_with(struct scene *s, struct kernel *(*between)(void *, struct kernel *),
		     const char *line)
{
	scene_run(s,
		  &(struct given){.line = line, .between = between, .context = &s->fault});
}

static void input_cannot_be_faked_into_the_callers_terminal(void **state)
{
	struct scene *s = *state;

	run_with(s, with_terminal, IMAGE "-- /probe fake-input");
	want_inside_piece(s, "TIOCSTI: EPERM\n");
	reached("step", "TERMINAL_FILTER", NULL);
	run_with(s, with_terminal, IMAGE "--new-session -- /probe fake-input");
	want_inside_piece(s, "TIOCSTI: ENOTTY\n");
}

/* No descriptor is one, but the session has one. */
static struct kernel *with_session_terminal(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_openat, "\"/dev/tty\"");
	fault->answer = -EIO;
	return &fault->layer.kernel;
}

static int open_something(struct fault *fault, const struct call *call)
{
	(void)call;
	return sys_fcntl_dupfd_cloexec(fault->layer.lower, 1, 40);
}

static struct kernel *with_tty(void *context, struct kernel *k)
{
	with_session_terminal(context, k);
	((struct fault *)context)->hit = open_something;
	return &((struct fault *)context)->layer.kernel;
}

static struct kernel *without_terminal(void *context, struct kernel *k)
{
	with_session_terminal(context, k);
	((struct fault *)context)->answer = -ENXIO;
	return &((struct fault *)context)->layer.kernel;
}

static void a_terminal_that_cannot_be_ruled_out_counts(void **state)
{
	struct scene *s = *state;

	run_with(s, with_session_terminal, IMAGE "-- /probe fake-input");
	want_inside_piece(s, "TIOCSTI: EPERM\n");
	run_with(s, with_tty, IMAGE "-- /probe fake-input");
	want_inside_piece(s, "TIOCSTI: EPERM\n");
	run_with(s, without_terminal, IMAGE "-- /probe fake-input");
	want_inside_piece(s, "TIOCSTI: ENOTTY\n");
}

static void a_terminal_on_standard_output_is_the_console(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = BOX "--bind @/img / --proc /proc --dev /dev "
						 "-- /probe",
				     .terminal = true});
	want_inside_piece(s, "/dev/console devpts rw,nosuid,");
}

static struct kernel *without_name(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_readlinkat, "/proc/self/fd/1");
	fault->answer = -ENOENT;
	return &fault->layer.kernel;
}

/* Another device has its name by now, or nothing has. */
static void a_terminal_without_a_name_is_no_console(void **state)
{
	struct scene *s = *state;

	run_with(s, with_terminal, BOX "--bind @/img / --proc /proc --dev /dev -- /probe");
	want_inside_piece(s, "/dev tmpfs ");
	assert_null(strstr(s->seen.inside, "/dev/console"));
	scene_run(s, &(struct given){.line = BOX "--bind @/img / --proc /proc --dev /dev "
						 "-- /probe",
				     .between = without_name,
				     .context = &s->fault,
				     .terminal = true});
	want_inside_piece(s, "/dev tmpfs ");
	assert_null(strstr(s->seen.inside, "/dev/console"));
}

static struct kernel *without_userns(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_statx, "/proc/self/ns/");
	fault->answer = -ENOENT;
	return &fault->layer.kernel;
}

static struct kernel *without_sysctls(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_openat, "\"/proc/sys/");
	fault->answer = -ENOENT;
	return &fault->layer.kernel;
}

static int say_nought(struct fault *fault, const struct call *call)
{
	(void)fault;
	memcpy((void *)call->arg[1], "0\n", 2);
	return 2;
}

static struct kernel *forbidding(void *context, struct kernel *k)
{
	struct fault *fault = context;

	answering(fault, k, OP_read, NULL);
	fault->lasting = false;
	fault->hit = say_nought;
	return &fault->layer.kernel;
}

#define TRIES BOX "--bind @/img / --unshare-user-try --unshare-cgroup-try "

/* In a user namespace of its own nobody else's mounts can be undone. */
static void namespaces_are_made_where_they_can_be_had(void **state)
{
	struct scene *s = *state;

	run_with(s, NULL, TRIES "--uid 7 -- /probe exit 3");
	assert_int_equal(s->seen.status, 3 << 8);
	run_with(s, without_sysctls, TRIES "-- /probe exit 3");
	assert_int_equal(s->seen.status, 3 << 8);
	run_with(s, without_userns, TRIES "-- /probe exit 3");
	assert_int_equal(s->seen.status, 3 << 8);
	run_with(s, forbidding, TRIES "-- /probe exit 3");
	assert_int_equal(s->seen.status, 3 << 8);
}

/* Where the image has no such directory. */
static struct kernel *in_etc(void *context, struct kernel *k)
{
	(void)context;
	assert_int_equal(sys_chdir(k, "/etc"), 0);
	return k;
}

static void where_it_starts_is_what_there_is(void **state)
{
	struct scene *s = *state;

	run_with(s, in_etc, IMAGE "-- /probe");
	want_inside_piece(s, "cwd: /\n");
	run_with(s, in_etc, IMAGE "--setenv HOME /run -- /probe");
	want_inside_piece(s, "cwd: /run\n");
	run_with(s, in_etc, IMAGE "--dir /etc -- /probe");
	want_inside_piece(s, "cwd: /etc\n");
	run_with(s, in_etc, IMAGE "--chdir /missing -- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot enter the directory /missing: ",
		     "chdir-missing");
}

/* In a mount namespace of its own, as where someone covered /proc. */
static struct kernel *with_covered_proc(void *context, struct kernel *k)
{
	(void)context;
	assert_int_equal(sys_unshare(k, CLONE_NEWNS), 0);
	assert_int_equal(sys_mount(k, "", "/", "", MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(sys_mount(k, "tmpfs", "/proc", "tmpfs", 0, NULL), 0);
	return k;
}

static void a_proc_that_is_none_is_not_written_to(void **state)
{
	struct scene *s = *state;

	run_with(s, NULL, BOX "--bind @/img / --chmod 0700 /run -- /probe exit 3");
	assert_int_equal(s->seen.status, 3 << 8);
	run_with(s, with_covered_proc, BOX "--bind @/img / --unshare-user -- /probe exit 3");
	want_refusal(&s->seen, 125, "sandtable: cannot use /proc: ", "not-a-proc");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(input_cannot_be_faked_into_the_callers_terminal),
		SCENE_BOTH(a_terminal_that_cannot_be_ruled_out_counts),
		SCENE_BOTH(a_terminal_on_standard_output_is_the_console),
		SCENE_BOTH(a_terminal_without_a_name_is_no_console),
		SCENE_BOTH(namespaces_are_made_where_they_can_be_had),
		SCENE_BOTH(where_it_starts_is_what_there_is),
		SCENE_BOTH(a_proc_that_is_none_is_not_written_to),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
