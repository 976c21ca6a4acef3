/* What may be anybody's secret is told when that is asked for, and not before. */
#include <string.h>

#include "tests/lib/rehearsal.h"
#include "tests/lib/scene.h"

#define SECRET "xyzzy"

static const struct given_fd data[] = {{.fd = 7, .bytes = SECRET, .n = sizeof(SECRET) - 1},
				       {.fd = 0}};

/* Runs the line; op of the first step that makes it answers this. */
static const char *said(struct scene *s, const char *line, enum sysop op, int answer)
{
	static char all[2 * BOX_TEXT_SIZE];
	struct given given = {.line = line, .fds = data};
	struct text out;

	fault_init(&s->fault, NULL);
	s->fault.op = (int)op;
	s->fault.nth = 1;
	s->fault.answer = answer;
	if (answer) {
		given.between = faulty;
		given.context = &s->fault;
	}
	scene_run(s, &given);
	assert_int_equal(s->seen.status != 0, answer != 0);
	text_init(&out, all, sizeof(all));
	text_add(&out, s->seen.said);
	return out.at;
}

static void want_hidden(const char *text, const char *piece)
{
	if (strstr(text, SECRET) || !strstr(text, piece))
		fail_msg("wanted %s and no secret, said: %s", piece, text);
}

#define IMAGE "sandtable box --rootfs /img "
#define FILE IMAGE "--file 7 /f "
#define ENV IMAGE "--setenv TOKEN " SECRET " "

static void a_failure_does_not_tell_data(void **state)
{
	struct scene *s = *state;

	want_hidden(said(s, FILE "-- /probe exit 0", OP_write, -ENOSPC),
		    ", \"\"...(5), 5) = -ENOSPC\n");
	assert_non_null(
		strstr(said(s, FILE "--show-values -- /probe exit 0", OP_write, -ENOSPC),
		       "\"" SECRET "\""));
}

static void a_failure_does_not_tell_the_environment(void **state)
{
	want_hidden(said(*state, ENV "-- /probe exit 0", OP_execveat, -ENOMEM),
		    "  call  execveat(");
}

static void a_trace_tells_names_and_lengths(void **state)
{
	struct scene *s = *state;

	want_hidden(said(s, FILE "--trace -- /probe exit 0", OP_write, 0), "\"\"...(5)");
	want_hidden(said(s, ENV "--trace -- /probe exit 0", OP_write, 0), "\"TOKEN=\"...(5)");
	assert_non_null(
		strstr(said(s, FILE "--trace --show-values -- /probe exit 0", OP_write, 0),
		       "\"" SECRET "\""));
	assert_non_null(
		strstr(said(s, ENV "--trace --show-values -- /probe exit 0", OP_write, 0),
		       "TOKEN=" SECRET));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_FAKE(a_failure_does_not_tell_data),
		SCENE_FAKE(a_failure_does_not_tell_the_environment),
		SCENE_FAKE(a_trace_tells_names_and_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
