/* Arguments to a spec: what is read, and what is refused in which words. */
#include <errno.h>
#include <string.h>

#include "core/spec/options.h"
#include "tests/lib/check.h"
#include "tests/lib/reached.h"

#define WORDS_MAX 16

static char memory[512];
static char *const no_environment[] = {NULL};

/* Reads "box --classic -- sh" as arguments; answers what spec_from_arguments says. */
static int read_words(struct spec *spec, const char *line, struct text *why)
{
	static char copy[256];
	static char program[] = "sandtable";
	static char *words[WORDS_MAX];
	size_t n = 0;

	strncpy(copy, line, sizeof(copy) - 1);
	words[n++] = program;
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		words[n++] = strcmp(word, "''") == 0 ? word + 2 : word;
	words[n] = NULL;
	text_init(why, memory, sizeof(memory));
	return spec_from_arguments(spec, words, no_environment, why);
}

static void want_refused(const char *line, const char *sentence)
{
	struct text why;
	struct spec spec;
	int r = read_words(&spec, line, &why);

	if (r == 0)
		r = spec_check(&spec, &why);
	assert_string_equal(why.at, sentence);
	assert_int_equal(r, -EINVAL);
}

static void want_read(struct spec *spec, const char *line)
{
	struct text why;

	assert_int_equal(read_words(spec, line, &why), 0);
	assert_int_equal(spec_check(spec, &why), 0);
	assert_string_equal(why.at, "");
}

/* What asks for help or the version needs no more. */
static void read_option(struct spec *spec, const char *line)
{
	struct text why;

	assert_int_equal(read_words(spec, line, &why), 0);
	assert_string_equal(why.at, "");
}

/* One for each row of options.def: a row without is a function that is not there. */
static void option_CLASSIC(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img -- sh -c --join");
	assert_true(spec->classic);
	assert_string_equal(spec->argv[0], "sh");
	assert_string_equal(spec->argv[2], "--join");
	assert_ptr_equal(spec->envp, no_environment);
	assert_int_equal(spec->join, 0);
	assert_false(spec->readonly || spec->trace || spec->show_values);
	assert_false(spec->as_root || spec->help || spec->version);
}

static void option_ROOTFS(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img -- sh");
	assert_string_equal(spec->rootfs, "/img");
	want_read(spec, "plan --classic --rootfs=/img -- sh");
	assert_string_equal(spec->rootfs, "/img");
}

static void option_READONLY(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img --readonly -- sh");
	assert_true(spec->readonly);
}

static void option_CONSOLE(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img --console=/dev/pts/3 -- sh");
	assert_string_equal(spec->console, "/dev/pts/3");
}

static void option_JOIN(struct spec *spec)
{
	want_read(spec, "box --classic --join 2147483639 -- sh");
	assert_int_equal(spec->join, 2147483639);
}

static void option_TRACE(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img --trace=/t -- sh");
	assert_true(spec->trace);
	assert_string_equal(spec->traced, "/t");
	want_read(spec, "plan --classic --rootfs /img --trace -- sh");
	assert_true(spec->trace);
	assert_null(spec->traced);
}

static void option_SHOW_VALUES(struct spec *spec)
{
	want_read(spec, "box --classic --rootfs /img --show-values -- sh");
	assert_true(spec->show_values);
}

static void option_AS_ROOT(struct spec *spec)
{
	want_read(spec, "plan --classic --as-root --rootfs /img -- sh");
	assert_true(spec->as_root);
}

static void option_HELP(struct spec *spec)
{
	read_option(spec, "--help");
	assert_true(spec->help);
}

static void option_VERSION(struct spec *spec)
{
	read_option(spec, "box --version");
	assert_true(spec->version);
}

static void each_option_finds_its_place_in_the_spec(void **state)
{
	static void (*const tests[N_OPTIONS])(struct spec *spec) = {
#define OPTION(row, name, argument, verbs, help) option_##row,
#include "core/spec/options.def"
#undef OPTION
	};

	(void)state;
	for (int i = 0; i < N_OPTIONS; i++) {
		struct spec spec;

		tests[i](&spec);
		reached("option", option_rows[i].name, NULL);
	}
}

static void each_verb_is_read(void **state)
{
	static const struct {
		const char *line;
		enum verb verb;
	} lines[] = {
		{"--help", VERB_NONE},
		{"box --help", VERB_BOX},
		{"plan --help", VERB_PLAN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct spec spec;

		read_option(&spec, lines[i].line);
		assert_int_equal(spec.verb, lines[i].verb);
		reached_value("verb", (int)lines[i].verb);
	}
}

static void what_is_not_there_is_refused_by_its_name(void **state)
{
	(void)state;
	want_refused("box --rootfs /img -- sh",
		     "box is not there yet but for the classic sequence: add --classic");
	want_refused("plan --rootfs /img -- sh",
		     "plan is not there yet but for the classic sequence: add --classic");
	want_refused("box --classic --bind /a -- sh",
		     "--bind: there is no such option (see --help)");
	want_refused("box --class -- sh", "--class: there is no such option (see --help)");
	want_refused("create x", "create: there is no such verb (box and plan are there)");
	want_refused("box --classic --join 7 --readonly -- sh",
		     "--readonly with --join is not there yet");
	want_refused("box --classic --join 7 --console /dev/pts/1 -- sh",
		     "--console with --join is not there yet");
}

static void what_cannot_mean_anything_is_refused(void **state)
{
	(void)state;
	want_refused("", "box or plan: one of them must be said (see --help)");
	want_refused("--readonly", "--readonly needs a verb before it: box or plan");
	want_refused("box --as-root", "--as-root does not go with this verb");
	want_refused("box --classic=yes", "--classic takes no value");
	want_refused("box --rootfs", "--rootfs needs a value");
	want_refused("box --rootfs ''", "--rootfs: the value is empty");
	want_refused("box --rootfs=", "--rootfs: the value is empty");
	want_refused("box --classic sh", "sh: the command comes behind --");
	want_refused("box --classic --rootfs /img", "COMMAND is missing: add -- COMMAND");
	want_refused("box --classic --rootfs /img --", "COMMAND is missing: add -- COMMAND");
	want_refused("box --classic --rootfs /img -- ''", "COMMAND is empty");
	want_refused("box --classic -- sh",
		     "--rootfs DIR or --join PID: one of them must be said");
	want_refused("box --classic --rootfs /img --join 7 -- sh",
		     "--join takes its root from the task: leave --rootfs out");
	want_refused("box --classic --join 0 -- sh", "0 is no task's number");
	want_refused("box --classic --join 7x -- sh", "7x is no task's number");
	want_refused("box --classic --join /7 -- sh", "/7 is no task's number");
	want_refused("box --classic --join 2147483640 -- sh", "2147483640 is no task's number");
	want_refused("box --\033[2J", "--\\033[2J: there is no such option (see --help)");
}

static void help_has_a_line_for_each_option(void **state)
{
	char out_memory[4096];
	struct text out;
	size_t n = 0;

	(void)state;
	text_init(&out, out_memory, sizeof(out_memory));
	options_help(&out);
	for (int i = 0; i < N_OPTIONS; i++) {
		assert_non_null(strstr(out.at, option_rows[i].name));
		assert_non_null(strstr(out.at, option_rows[i].help));
	}
	for (const char *c = out.at; *c; c++)
		n += *c == '\n';
	assert_int_equal(n, N_OPTIONS);
	assert_non_null(strstr(out.at, "  --rootfs DIR         the image"));
	assert_non_null(strstr(out.at, "  --trace[=FILE]       write"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_finds_its_place_in_the_spec),
		cmocka_unit_test(each_verb_is_read),
		cmocka_unit_test(what_is_not_there_is_refused_by_its_name),
		cmocka_unit_test(what_cannot_mean_anything_is_refused),
		cmocka_unit_test(help_has_a_line_for_each_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
