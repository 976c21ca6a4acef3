/* Random programs of calls on the fake and on Linux: every answer must be the same. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "tests/differential/census.h"
#include "tests/differential/generate.h"
#include "tests/differential/program.h"

#define ANSWER_SIZE (256 * 1024)
#define UNKNOWN_MAX 64

struct options {
	struct engine_options engine;
	uint64_t seed;
	double seconds;
	unsigned long programs; /* 0: as many as there is time for */
	int calls;		/* of a program */
	int finds;		/* stop behind so many */
	bool fake_only;
	const char *folder; /* finds are written there */
	char profile[32];
};

struct fuzz {
	struct options o;
	struct census census;
	struct program program;
	unsigned long n_programs, n_lines;
	int n_finds;
	int n_unknown;
	struct {
		char what[128];
		unsigned long count;
	} unknown[UNKNOWN_MAX];
};

static const char help[] =
	"fuzz [OPTION...] [FILE.prog...]\n"
	"\n"
	"Makes random programs of calls, guided by the fake, and runs them on Linux too.\n"
	"\n"
	"  --seed N       the first program's; the next ones count up (default 1)\n"
	"  --seconds S    how long (default 10)\n"
	"  --programs N   how many\n"
	"  --calls N      of a program (default 400)\n"
	"  --finds N      stop behind so many divergences (default 1)\n"
	"  --profile P    of the fake; by default the one nearest to this kernel\n"
	"  --user         Linux in a new user namespace\n"
	"  --fake-only    no Linux\n"
	"  --checks       the fake verifies its invariants after each call\n"
	"  --folder DIR   divergences, made short, are written there\n"
	"\n"
	"With files: runs these on both, without making any.\n";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Each reason once, with how often it ended a program. */
static void note_unknown(struct fuzz *f, const char *answer)
{
	const char *what = strstr(answer, "!fake");
	int i = 0;

	while (i < f->n_unknown &&
	       strncmp(f->unknown[i].what, what, sizeof(f->unknown[i].what) - 1))
		i++;
	if (i == UNKNOWN_MAX)
		return;
	if (i == f->n_unknown)
		snprintf(f->unknown[f->n_unknown++].what, sizeof(f->unknown[i].what), "%s",
			 what);
	f->unknown[i].count++;
}

static void look_at_all(struct fuzz *f, const struct generator *g, struct engine *e)
{
	const char *const looks[] = {g->sorted ? "@mounts" : "@mountinfo", "@tree /", "@fds",
				     "@creds", "@cwd"};
	char line[64];

	for (int task = 1; task <= g->n_tasks; task++)
		for (size_t i = 0; g->tasks[task].alive && i < 5; i++) {
			snprintf(line, sizeof(line), "%d %s", task, looks[i]);
			program_add(&f->program, line);
			engine_add(e, line);
		}
	engine_run(e);
}

/* Makes a program while the fake runs it: its answers say what there is to aim at. */
static int make_program(struct fuzz *f, uint64_t seed)
{
	static char memory[ANSWER_SIZE];
	struct engine *e = engine_fake(&f->o.engine);
	struct program *p = &f->program;
	struct generator g;
	struct text text;
	bool unknown = false;

	text_init(&text, memory, sizeof(memory));
	if (!e || world_make(e, &(struct world_options){0}, &text) < 0) {
		fprintf(stderr, "no world on the fake: %s\n", text.at);
		engine_close(e);
		return -EINVAL;
	}
	generator_init(&g, seed);
	/* Simplified: in which order newer kernels make the copies of a mount is not known. */
	g.sorted = strcmp(f->o.engine.profile, "6.18") == 0;
	g.pidfds = seed % 8 == 0;
	g.contexts = seed % 4 == 1;
	/* Tasks are dear on User Mode Linux: many programs have one or two. */
	g.most_tasks = seed % 3 == 0 ? GENERATOR_TASKS : (int)(seed % 3);
	for (int i = 0; i < f->o.calls && !unknown; i++) {
		const char *line = generator_next(&g);
		int n;

		if (!line)
			break;
		program_add(p, line);
		text_init(&text, memory, sizeof(memory));
		n = engine_line(e, p->lines[p->n - 1], &text);
		generator_told(&g, engine_result(e, n), text.at);
		unknown = answer_is_unknown(text.at);
		if (unknown)
			note_unknown(f, text.at);
	}
	if (!unknown)
		look_at_all(f, &g, e);
	for (int i = 0; i < p->n; i++) {
		text_init(&text, memory, sizeof(memory));
		engine_answer(e, i, &text);
		p->fake[i] = strdup(text.at);
		p->r[i] = engine_result(e, i);
		census_add(&f->census, p->fake[i], p->r[i]);
	}
	f->n_lines += (unsigned long)p->n;
	engine_close(e);
	return 0;
}

static void write_program(const struct fuzz *f, const struct program *p, const char *name)
{
	char path[512];
	FILE *file;

	if (!f->o.folder)
		return;
	snprintf(path, sizeof(path), "%s/%s.prog", f->o.folder, name);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		return;
	}
	for (int i = 0; i < p->n; i++)
		fprintf(file, "%s\n", p->lines[i]);
	fclose(file);
}

static void say_difference(const struct program *p)
{
	int at = program_differs(p);

	for (int i = 0; i < p->n && i < at; i++)
		printf("  %s\n", p->real[i]);
	if (at >= 0)
		printf("  fake:  %s\n  linux: %s\n", p->fake[at], p->real[at]);
	else
		puts("  (and it does not differ when it is run again)");
	fflush(stdout);
}

static void found(struct fuzz *f, uint64_t seed)
{
	char name[64];

	f->n_finds++;
	snprintf(name, sizeof(name), "seed-%lu", (unsigned long)seed);
	printf("divergence: seed %lu, line %d of %d\n", (unsigned long)seed,
	       program_differs(&f->program), f->program.n);
	program_shrink(&f->program, &f->o.engine);
	say_difference(&f->program);
	write_program(f, &f->program, name);
}

static int try_seed(struct fuzz *f, uint64_t seed)
{
	int r = make_program(f, seed);

	f->n_programs++;
	if (r == 0 && !f->o.fake_only)
		r = program_run_linux(&f->program, &f->o.engine);
	if (r == 0 && program_differs(&f->program) >= 0)
		found(f, seed);
	program_clear(&f->program);
	return r;
}

static int fuzz(struct fuzz *f)
{
	double start = now(), spent = 0;
	uint64_t seed = f->o.seed;
	int r = 0;

	while (r == 0 && f->n_finds < f->o.finds && spent < f->o.seconds &&
	       (!f->o.programs || f->n_programs < f->o.programs)) {
		r = try_seed(f, seed++);
		spent = now() - start;
	}
	census_print(&f->census);
	for (int i = 0; i < f->n_unknown; i++)
		printf("%6lu %s\n", f->unknown[i].count, f->unknown[i].what);
	printf("%lu programs from seed %lu, %lu lines in %.1f s: %.0f calls a second\n",
	       f->n_programs, (unsigned long)f->o.seed, f->n_lines, spent,
	       (double)f->census.calls / spent);
	printf("%lu passed, %d failed\n", f->n_programs - (unsigned long)f->n_finds,
	       f->n_finds);
	return r < 0 || f->n_finds > 0;
}

static int read_program(struct program *p, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		perror(path);
		return -EINVAL;
	}
	while (getline(&line, &size, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			program_add(p, line);
	}
	free(line);
	fclose(file);
	return 0;
}

static int replay(struct fuzz *f, char **paths)
{
	struct program *p = &f->program;
	int n = 0;

	for (; *paths; paths++, n++) {
		int r = read_program(p, *paths);

		if (r == 0)
			r = program_run_fake(p, &f->o.engine);
		if (r == 0)
			r = program_run_linux(p, &f->o.engine);
		if (r < 0 || program_differs(p) >= 0) {
			f->n_finds++;
			printf("%s differs\n", *paths);
			say_difference(p);
		}
		program_clear(p);
	}
	printf("%d passed, %d failed\n", n - f->n_finds, f->n_finds);
	return f->n_finds > 0;
}

/* Of those that the fake can answer as, the last that is not newer than this kernel. */
static void choose_profile(struct options *o)
{
	static const char *const profiles[] = {"6.1", "6.12", "6.18"};
	struct utsname name;
	int major = 0, minor = 0;

	if (o->engine.profile || uname(&name) < 0)
		return;
	sscanf(name.release, "%d.%d", &major, &minor);
	o->engine.profile = profiles[0];
	for (size_t i = 0; i < 3; i++)
		if (major * 100 + minor >= 600 + atoi(profiles[i] + 2))
			o->engine.profile = profiles[i];
}

enum {
	SEED = 1,
	SECONDS,
	PROGRAMS,
	CALLS,
	FINDS,
	PROFILE,
	USER,
	FAKE_ONLY,
	CHECKS,
	FOLDER,
	HELP
};

static const struct option long_options[] = {
	{"seed", required_argument, NULL, SEED},
	{"seconds", required_argument, NULL, SECONDS},
	{"programs", required_argument, NULL, PROGRAMS},
	{"calls", required_argument, NULL, CALLS},
	{"finds", required_argument, NULL, FINDS},
	{"profile", required_argument, NULL, PROFILE},
	{"user", no_argument, NULL, USER},
	{"fake-only", no_argument, NULL, FAKE_ONLY},
	{"checks", no_argument, NULL, CHECKS},
	{"folder", required_argument, NULL, FOLDER},
	{"help", no_argument, NULL, HELP},
	{0},
};

static int options_read(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == SEED)
			o->seed = strtoull(optarg, NULL, 10);
		else if (c == SECONDS)
			o->seconds = strtod(optarg, NULL);
		else if (c == PROGRAMS)
			o->programs = strtoul(optarg, NULL, 10);
		else if (c == CALLS)
			o->calls = (int)strtol(optarg, NULL, 10);
		else if (c == FINDS)
			o->finds = (int)strtol(optarg, NULL, 10);
		else if (c == PROFILE)
			o->engine.profile = optarg;
		else if (c == USER)
			o->engine.user_namespace = true;
		else if (c == FAKE_ONLY)
			o->fake_only = true;
		else if (c == CHECKS)
			o->engine.checks = true;
		else if (c == FOLDER)
			o->folder = optarg;
		else
			return fputs(help, stderr), 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct fuzz f = {.o = {.seed = 1,
				      .seconds = 10,
				      .calls = 400,
				      .finds = 1,
				      .engine.protections = true,
				      .engine.brisk = true}};
	int r = options_read(&f.o, argc, argv);

	if (r != 0)
		return r;
	choose_profile(&f.o);
	if (f.o.engine.user_namespace) {
		struct engine *e = engine_linux(&f.o.engine);

		if (!e) {
			puts("skipped: this machine lets nobody make user namespaces");
			return 0;
		}
		engine_close(e);
	}
	return optind < argc ? replay(&f, argv + optind) : fuzz(&f);
}
