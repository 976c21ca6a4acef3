/* Runs conformance rows, each in a world of its own, on the fake or on Linux. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/conformance/rows.h"
#include "tests/lib/reached.h"
#include "tests/lib/spell.h"
#include "tests/lib/world.h"

#define ANSWER_SIZE (512 * 1024)

enum outcome { PASS, FAIL, BROKEN, SKIP };

struct suite {
	struct rows rows;
	bool fake, quiet;
	int part, parts; /* only every so many-th row, from the part-th on; from 1 */
	struct engine_options engine;
	const char *filter;   /* rows whose file or sentence holds it; NULL: all */
	const char *may_skip; /* needs that may be missing here */
	int kernel;	      /* major * 1000 + minor */
	unsigned int counts[4];
};

struct trial {
	struct suite *suite;
	const struct row *row;
	struct engine *engine;
	enum outcome outcome;
	struct text said; /* what went wrong */
	char memory[ANSWER_SIZE];
};

static const char help[] =
	"test_conformance --fake|--linux [OPTION...] [FILE.rows...]\n"
	"\n"
	"  --fake            on the kernel in memory\n"
	"  --linux           on this machine's kernel, as root\n"
	"  --user            there in a new user namespace, as anybody\n"
	"  --profile P       the fake answers as Linux 6.1, 6.12 or 6.18\n"
	"  --filter TEXT     rows whose file or sentence holds TEXT\n"
	"  --part I/N        the I-th of N parts of the rows\n"
	"  --may-skip NEEDS  needs that may be missing here: ids,init-userns,kernel\n"
	"  --reached FILE    the calls and rules that the rows show go there, a line each\n"
	"  --quiet           only what did not pass, and the count\n"
	"\n"
	"Without files: the rows that are part of the program.  docs/TESTING.md has the "
	"format.\n";

/* Where the answer stands in "1 call(...) = answer" or "1 @look = what". */
static const char *answer_part(const char *line)
{
	const char *call = line + strspn(line, "0123456789 ");
	const char *end = *call == '@' ? strstr(call, " = ") : spell_end(call);

	return end && strncmp(end, " = ", 3) == 0 ? end + 3 : "";
}

static void say(struct trial *trial, enum outcome outcome, const char *what, const char *text)
{
	trial->outcome = outcome;
	text_addf(&trial->said, "      %s%s\n", what, text);
}

/* Both lists of items, one a line, as far as they differ. */
static void say_items(struct trial *trial, const char *what, const char *items)
{
	while (*items) {
		size_t n = strcspn(items, ";");

		text_addf(&trial->said, "      %s%.*s\n", what, (int)n, items);
		items += n + strspn(items + n, "; ");
	}
}

static void judge(struct trial *trial, const struct row_line *line, const char *answered, int r)
{
	const char *is = answer_part(answered);
	char wanted[4096];

	row_wanted(line->wanted ? line->wanted : "", trial->suite->kernel, wanted,
		   sizeof(wanted));
	if (!line->wanted && !line->seen && !line->holds && r < 0 && r != -ENOMSG)
		say(trial, BROKEN, "given ", answered);
	else if (*is == '!')
		say(trial, line->wanted || line->seen ? FAIL : BROKEN, "is    ", answered);
	else if (line->wanted && strcmp(is, wanted) != 0 && strcmp(wanted, "any") != 0) {
		say(trial, FAIL, "is    ", answered);
		say(trial, FAIL, "want  = ", wanted);
	} else if (line->seen && strcmp(is, line->seen) != 0) {
		say(trial, FAIL, "asked ", line->text);
		say_items(trial, "is    | ", is);
		say_items(trial, "want  | ", line->seen);
	} else if (line->holds && !strstr(answered, line->holds)) {
		say(trial, FAIL, "is    ", answered);
		say(trial, FAIL, "want  : ", line->holds);
	}
}

/* What an answer shows that was asked for and is right. */
static void note_reached(struct trial *trial, const struct row_line *line, int number)
{
	const char *call = line->text + strspn(line->text, "0123456789 ");
	const char *rule = engine_rule(trial->engine, number);
	char where[512], name[4096];
	struct text text;

	snprintf(where, sizeof(where), "%s:%d: %s", trial->row->file, trial->row->number,
		 trial->row->sentence);
	if (rule)
		reached("rule", rule, where);
	if (*call == '@')
		return;
	text_init(&text, name, sizeof(name));
	spell(call, &text);
	name[strcspn(name, "(")] = '\0';
	reached("row", name, NULL);
}

static void run_lines(struct trial *trial)
{
	static char memory[ANSWER_SIZE];
	struct text text;

	for (int i = 0; i < trial->row->n_lines && trial->outcome == PASS; i++) {
		const struct row_line *line = &trial->row->lines[i];
		int number;

		text_init(&text, memory, sizeof(memory));
		number = engine_line(trial->engine, line->text, &text);
		if (number < 0) {
			say(trial, BROKEN, "not a line: ", line->text);
			return;
		}
		judge(trial, line, text.at, engine_result(trial->engine, number));
		if (trial->outcome == PASS && line->wanted && strcmp(line->wanted, "any") != 0)
			note_reached(trial, line, number);
	}
}

/* What is missing here for this row; NULL: nothing. */
static const char *missing(const struct suite *suite, const struct row *row)
{
	bool user = suite->engine.user_namespace;

	if ((row->needs & NEED_INIT_USERNS) && user)
		return "init-userns";
	if ((row->needs & NEED_IDS) && user && geteuid() != 0)
		return "ids";
	if ((row->from && suite->kernel < row->from) ||
	    (row->before && suite->kernel >= row->before))
		return "kernel";
	return NULL;
}

static void run_row(struct trial *trial)
{
	struct suite *suite = trial->suite;
	const char *need = missing(suite, trial->row);
	struct engine_options options = suite->engine;
	struct world_options world = {
		.proc = trial->row->needs & NEED_PROC,
		.devpts = trial->row->needs & NEED_DEVPTS,
	};

	if (need) {
		bool may = suite->may_skip && strstr(suite->may_skip, need);

		say(trial, may ? SKIP : FAIL, may ? "needs " : "may not be skipped: ", need);
		return;
	}
	options.checks = !(trial->row->needs & NEED_UNCHECKED);
	trial->engine = suite->fake ? engine_fake(&options) : engine_linux(&options);
	if (!trial->engine) {
		say(trial, BROKEN, "", "no kernel");
		return;
	}
	if (world_make(trial->engine, &world, &trial->said) < 0)
		say(trial, BROKEN, " is how ", "the world cannot be made");
	else
		run_lines(trial);
	engine_close(trial->engine);
}

static void try_row(struct suite *suite, const struct row *row)
{
	static const char *const names[] = {"ok    ", "FAIL  ", "BROKEN", "skip  "};
	static struct trial trial;

	/* Its memory is not cleared: half a megabyte is slow to fork where faults are dear. */
	trial.suite = suite;
	trial.row = row;
	trial.engine = NULL;
	trial.outcome = PASS;
	text_init(&trial.said, trial.memory, sizeof(trial.memory));
	run_row(&trial);
	suite->counts[trial.outcome]++;
	if (!suite->quiet || trial.outcome == FAIL || trial.outcome == BROKEN)
		printf("%s %s:%d: %s\n", names[trial.outcome], row->file, row->number,
		       row->sentence);
	if (trial.outcome == FAIL || trial.outcome == BROKEN)
		printf("%s", trial.said.at);
	fflush(stdout);
}

static int kernel_version(const struct suite *suite)
{
	const char *text = suite->engine.profile ? suite->engine.profile : "6.1";
	struct utsname name;
	int major = 0, minor = 0;

	if (!suite->fake && uname(&name) == 0)
		text = name.release;
	if (sscanf(text, "%d.%d", &major, &minor) != 2)
		return 0;
	return major * 1000 + minor;
}

/* Whether a user namespace can be made here at all; others take it for a hole and forbid it. */
static bool user_namespaces_work(const struct suite *suite)
{
	struct engine *e = engine_linux(&suite->engine);

	if (e)
		engine_close(e);
	return e;
}

static int run(struct suite *suite)
{
	const char *filter = suite->filter;
	unsigned int n = 0;

	suite->kernel = kernel_version(suite);
	for (int i = 0; i < suite->rows.n; i++) {
		const struct row *row = &suite->rows.at[i];

		if (i % suite->parts != suite->part - 1)
			continue;
		if (filter && !strstr(row->sentence, filter) && !strstr(row->file, filter))
			continue;
		try_row(suite, row);
		n++;
	}
	printf("%u broken, of %u rows\n", suite->counts[BROKEN], n);
	printf("%u passed, %u failed, %u skipped\n", suite->counts[PASS],
	       suite->counts[FAIL] + suite->counts[BROKEN], suite->counts[SKIP]);
	return n == 0 || suite->counts[FAIL] + suite->counts[BROKEN] > 0;
}

static char *file_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return text;
}

/* Those that are named, else those that are part of the program. */
static int read_rows(struct suite *suite, char **paths)
{
	int r = 0;

	for (int i = 0; !paths[0] && rows_files[i].name; i++)
		r |= rows_read(&suite->rows, rows_files[i].name, rows_files[i].text);
	for (; *paths; paths++) {
		const char *name = strrchr(*paths, '/');
		char *text = file_read(*paths);

		r |= rows_read(&suite->rows, name ? name + 1 : *paths, text);
		free(text);
	}
	return r < 0 ? 2 : 0;
}

static int usage(void)
{
	fputs(help, stderr);
	return 2;
}

enum {
	O_FAKE = 1,
	O_LINUX,
	O_USER,
	O_PROFILE,
	O_FILTER,
	O_PART,
	O_SKIP,
	O_REACHED,
	O_QUIET,
	O_HELP
};

static const struct option options[] = {
	{"fake", no_argument, NULL, O_FAKE},
	{"linux", no_argument, NULL, O_LINUX},
	{"user", no_argument, NULL, O_USER},
	{"profile", required_argument, NULL, O_PROFILE},
	{"filter", required_argument, NULL, O_FILTER},
	{"part", required_argument, NULL, O_PART},
	{"may-skip", required_argument, NULL, O_SKIP},
	{"reached", required_argument, NULL, O_REACHED},
	{"quiet", no_argument, NULL, O_QUIET},
	{"help", no_argument, NULL, O_HELP},
	{0},
};

static bool is_part(struct suite *suite, const char *text)
{
	char end;

	return sscanf(text, "%d/%d%c", &suite->part, &suite->parts, &end) == 2 &&
	       suite->part >= 1 && suite->part <= suite->parts;
}

static int options_read(struct suite *suite, int argc, char **argv)
{
	bool linux_kernel = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == O_FAKE)
			suite->fake = true;
		else if (c == O_LINUX)
			linux_kernel = true;
		else if (c == O_USER)
			suite->engine.user_namespace = true;
		else if (c == O_PROFILE)
			suite->engine.profile = optarg;
		else if (c == O_FILTER)
			suite->filter = optarg;
		else if (c == O_PART && is_part(suite, optarg))
			continue;
		else if (c == O_SKIP)
			suite->may_skip = optarg;
		else if (c == O_REACHED)
			setenv("SANDTABLE_REACHED", optarg, 1);
		else if (c == O_QUIET)
			suite->quiet = true;
		else
			return usage();
	}
	if (suite->fake == linux_kernel)
		return usage();
	return read_rows(suite, argv + optind);
}

int main(int argc, char **argv)
{
	struct suite suite = {.part = 1, .parts = 1};
	int r = options_read(&suite, argc, argv);

	if (r == 0 && suite.engine.user_namespace && !user_namespaces_work(&suite))
		puts("skipped: this machine lets nobody make user namespaces");
	else if (r == 0)
		r = run(&suite);
	rows_free(&suite.rows);
	return r;
}
