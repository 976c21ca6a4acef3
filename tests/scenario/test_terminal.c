/* --console: a terminal inside, relayed to the caller's. */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img --console "

static void run(struct scene *s, const char *line, const char *typed)
{
	scene_run(s, &(struct given){.line = line, .terminal = true, .typed = typed});
}

static void want(const struct scene *s, int status, const char *piece)
{
	if (s->seen.status != status << 8)
		fail_msg("status %#x: %s%s", s->seen.status, s->seen.said, s->seen.inside);
	if (!strstr(s->seen.inside, piece))
		fail_msg("not seen: %s\n%s", piece, s->seen.inside);
}

static void the_payload_has_a_terminal_as_large_as_the_callers(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /probe terminal", "hello\n");
	want(s, 6, "terminals: 0 1 2\nsize: 30x100\nsession: its own\ntyped: hello\n");
	assert_string_equal(s->seen.said, "");
	reached_value("word", WORD_PTY);
	run(s, IMAGE "--as-pid-1 -- /probe terminal", "hello\n");
	want(s, 6, "terminals: 0 1 2\nsize: 30x100\nsession: its own\ntyped: hello\n");
}

static void the_terminal_is_the_console(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /probe", "");
	want(s, 0, "/dev/console devpts rw,nosuid,noexec,");
	want(s, 0, "descriptors: 0 1 2\n");
	run(s, BOX "--bind @/img / --proc /proc --dev /dev --console -- /probe", "");
	want(s, 0, "/dev/console devpts rw,nosuid,noexec,");
}

static void input_that_is_no_terminal_is_typed_as_well(void **state)
{
	static const struct given_fd fds[] = {{.fd = 20, .bytes = "", .n = 0}, {.fd = 0}};
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "-- /probe terminal", .fds = fds});
	want(s, 6, "terminals: 0 1 2\r\n");
	want(s, 6, "session: its own\r\ntyped: \r\n");
}

static int pause_only(struct fault *fault, const struct call *call)
{
	(void)fault;
	(void)call;
	return 0;
}

/* When the end has been typed, nothing comes for a while. */
static struct kernel *with_pause(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_ppoll;
	fault->nth = 3;
	fault->hit = pause_only;
	return &fault->layer.kernel;
}

/* Whoever reads after the end of the input finds it again. */
static void the_end_of_the_input_is_typed_again(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "-- /probe terminal",
				     .between = with_pause,
				     .context = &s->fault});
	want(s, 6, "typed: \r\n");
	if (!s->g.is_linux)
		assert_int_equal(s->fault.n_hits, 1);
}

/* Those of the host are no business of the sandbox. */
static void without_a_devpts_there_is_no_terminal(void **state)
{
	struct scene *s = *state;

	run(s, BOX "--bind @/img / --console -- /probe", "");
	want_refusal(&s->seen, 125, "sandtable: cannot make a pty of /dev/pts: ", "no-devpts");
	run(s, BOX "--bind @/img / --dir /dev/pts --console -- /probe", "");
	want_refusal(&s->seen, 125, "sandtable: cannot make a pty of /dev/pts: ",
		     "not-a-devpts");
}

static void a_command_that_is_missing_leaves_the_terminal_as_it_was(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /missing", "");
	assert_int_equal(s->seen.status, 127 << 8);
	assert_non_null(strstr(s->seen.said, "[exec-not-found]"));
}

static void a_payload_that_is_killed_is_told(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /probe kill 9", "");
	want(s, 128 + SIGKILL, "");
}

/* A signal comes while it waits, the so-many-th time. */
struct coming {
	struct fault fault;
	int signals[2];
	int n;
};

static int come(struct fault *fault, const struct call *call)
{
	struct coming *coming = fault->context;
	struct kernel *k = fault->layer.lower;

	if (coming->n < 2 && coming->signals[coming->n])
		sys_kill(k, sys_getpid(k), coming->signals[coming->n++]);
	return layer_pass(&fault->layer, call);
}

static struct kernel *with_signals(void *context, struct kernel *k)
{
	struct coming *coming = context;

	fault_init(&coming->fault, k);
	coming->fault.op = OP_ppoll;
	coming->fault.nth = 1;
	coming->fault.lasting = true;
	coming->fault.hit = come;
	coming->fault.context = coming;
	return &coming->fault.layer.kernel;
}

static void run_signalled(struct scene *s, int one, int two, const char *line)
{
	struct coming coming = {.signals = {one, two}};

	scene_run(s, &(struct given){.line = line,
				     .terminal = true,
				     .typed = two ? "" : "hello\n",
				     .between = with_signals,
				     .context = &coming});
}

static void a_new_size_is_passed_on(void **state)
{
	struct scene *s = *state;

	run_signalled(s, SIGWINCH, 0, IMAGE "-- /probe terminal");
	want(s, 6, "size: 30x100\n");
}

/* As when the window of a terminal is closed. */
static void a_request_to_end_hangs_the_terminal_up(void **state)
{
	struct scene *s = *state;

	run_signalled(s, SIGTERM, SIGWINCH, IMAGE "-- /probe terminal");
	assert_int_equal(s->seen.status, (128 + SIGHUP) << 8);
	assert_string_equal(s->seen.said, "");
	run_signalled(s, SIGTERM, SIGTERM, IMAGE "-- /probe terminal");
	assert_true(s->seen.status == (128 + SIGHUP) << 8 ||
		    s->seen.status == (128 + SIGKILL) << 8);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(the_payload_has_a_terminal_as_large_as_the_callers),
		SCENE_BOTH(the_terminal_is_the_console),
		SCENE_BOTH(input_that_is_no_terminal_is_typed_as_well),
		SCENE_BOTH(the_end_of_the_input_is_typed_again),
		SCENE_BOTH(without_a_devpts_there_is_no_terminal),
		SCENE_BOTH(a_command_that_is_missing_leaves_the_terminal_as_it_was),
		SCENE_BOTH(a_payload_that_is_killed_is_told),
		SCENE_BOTH(a_new_size_is_passed_on),
		SCENE_BOTH(a_request_to_end_hangs_the_terminal_up),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
