/* drive: reads one call a line, makes it on Linux or on the fake, answers it on a line. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/spell.h"
#include "tests/lib/world.h"

#define ANSWER_SIZE (512 * 1024)
#define PIDS_MAX 256

static const char help[] =
	"drive --fake|--linux [OPTION...] <CALLS >ANSWERS\n"
	"\n"
	"Reads one call a line, makes it, and answers it at once on a line of its own:\n"
	"  1 mkdirat(AT_FDCWD, \"/a/x\", 0755)      ->  1 mkdirat(AT_FDCWD, \"/a/x\", 0755) = "
	"0\n"
	"\n"
	"  --fake           on the kernel in memory, in the standard world\n"
	"  --linux          on this machine's kernel, in what this process has\n"
	"  --world FILE     in the standard world, and FILE's lines carried out in it; \"-\" "
	"for\n"
	"                   nothing more.  On Linux: in namespaces of its own, as root\n"
	"  --user           the world on Linux in a new user namespace, as anybody\n"
	"  --proc           the world has proc on /proc\n"
	"  --profile P      the fake answers as Linux 6.1, 6.12 or 6.18\n"
	"  --check          lines carry an answer; exit 1 when one is another\n"
	"\n"
	"docs/DRIVE.md has the grammar of lines and answers.\n";

struct drive {
	struct engine *engine;
	bool check;
	int n_pids;
	long pids[PIDS_MAX]; /* of a trace, in the order in which they came: tasks 1, 2, … */
	unsigned int differing;
};

struct options {
	bool fake, linux_kernel, check, make_world;
	const char *world;
	struct world_options world_options;
	struct engine_options engine;
};

enum {
	OPT_FAKE = 1,
	OPT_LINUX,
	OPT_WORLD,
	OPT_USER,
	OPT_PROC,
	OPT_PROFILE,
	OPT_CHECK,
	OPT_HELP
};

static const struct option long_options[] = {
	{"fake", no_argument, NULL, OPT_FAKE},
	{"linux", no_argument, NULL, OPT_LINUX},
	{"world", required_argument, NULL, OPT_WORLD},
	{"user", no_argument, NULL, OPT_USER},
	{"proc", no_argument, NULL, OPT_PROC},
	{"profile", required_argument, NULL, OPT_PROFILE},
	{"check", no_argument, NULL, OPT_CHECK},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

static int usage(void)
{
	fputs("drive: see --help\n", stderr);
	return 2;
}

/* 0 to go on, 1 for what ends well at once, 2 for what was not understood. */
static int options_read(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == OPT_FAKE)
			o->fake = true;
		else if (c == OPT_LINUX)
			o->linux_kernel = true;
		else if (c == OPT_WORLD)
			o->world = optarg;
		else if (c == OPT_USER)
			o->engine.user_namespace = true;
		else if (c == OPT_PROC)
			o->world_options.proc = true;
		else if (c == OPT_PROFILE)
			o->engine.profile = optarg;
		else if (c == OPT_CHECK)
			o->check = true;
		else if (c == OPT_HELP)
			return fputs(help, stdout) < 0 ? 2 : 1;
		else
			return usage();
	}
	if (optind != argc || o->fake == o->linux_kernel)
		return usage();
	o->make_world = o->fake || o->world || o->engine.user_namespace;
	o->engine.as_is = !o->make_world;
	return 0;
}

static char *file_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		fprintf(stderr, "drive: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	fclose(file);
	return text;
}

static int make_world(struct drive *drive, const struct options *o)
{
	struct world_options world = o->world_options;
	char memory[4096], *text = NULL;
	struct text error;
	int r;

	if (!o->make_world)
		return 0;
	if (o->world && strcmp(o->world, "-") != 0)
		text = file_read(o->world);
	world.text = text;
	text_init(&error, memory, sizeof(memory));
	r = world_make(drive->engine, &world, &error);
	free(text);
	if (r < 0)
		fprintf(stderr, "drive: the world cannot be made: %s\n", error.at);
	return r;
}

/* strace's "[pid 4711] " becomes the number of a task: the nth pid to appear is task n. */
static uint32_t task_of_pid(struct drive *drive, long pid)
{
	for (int i = 0; i < drive->n_pids; i++)
		if (drive->pids[i] == pid)
			return (uint32_t)i + 1;
	if (drive->n_pids < PIDS_MAX)
		drive->pids[drive->n_pids++] = pid;
	return (uint32_t)drive->n_pids;
}

static const char *rewrite_pid(struct drive *drive, const char *line, struct text *out)
{
	long pid;
	int n = 0;

	if (sscanf(line, "[pid %ld]%n", &pid, &n) == 1 && n > 0)
		text_addf(out, "%u ", task_of_pid(drive, pid));
	else if (sscanf(line, "[%ld]%n", &pid, &n) == 1 && n > 0)
		text_addf(out, "%ld ", pid);
	else
		return line;
	return line + n + strspn(line + n, " ");
}

/* Cuts " = answer" off; answers where it stood, NULL when there was none. */
static char *cut_answer(char *line)
{
	const char *call = line + strspn(line, "0123456789 \t");
	const char *end = *call == '@' ? NULL : spell_end(call);
	char *equals = end ? strstr(line + (end - line), "=") : NULL;

	if (!end)
		return NULL;
	line[end - line] = '\0';
	return equals ? equals + 1 + strspn(equals + 1, " ") : NULL;
}

/* The answer that a line carries, in our words: "-1 EPERM (text)" is -EPERM. */
static bool answer_is(const char *answered, const char *wanted)
{
	const char *is = strrchr(answered, '=');
	char name[32];

	is = is ? is + 1 + strspn(is + 1, " ") : answered;
	if (sscanf(wanted, "-1 %30[A-Z0-9]", name) == 1)
		return *is == '-' && strcmp(is + 1, name) == 0;
	return strlen(is) == strcspn(wanted, " \t") && strncmp(is, wanted, strlen(is)) == 0;
}

static void drive_line(struct drive *drive, char *line)
{
	static char memory[ANSWER_SIZE], given[ANSWER_SIZE];
	struct text text, call;
	const char *rest;
	char *wanted;
	int r;

	line[strcspn(line, "\n")] = '\0';
	text_init(&call, given, sizeof(given));
	text_init(&text, memory, sizeof(memory));
	rest = rewrite_pid(drive, line, &call);
	rest += strspn(rest, " \t");
	if (*rest == '\0' || *rest == '#')
		return;
	text_add(&call, rest);
	wanted = cut_answer(given);
	r = engine_line(drive->engine, given, &text);
	if (r == -ENOSPC) {
		engine_forget(drive->engine);
		r = engine_line(drive->engine, given, &text);
	}
	if (r < 0)
		text_addf(&text, "%s = !not understood", line);
	puts(text.at);
	if (drive->check && wanted && !answer_is(text.at, wanted)) {
		printf("# wanted %s\n", wanted);
		drive->differing++;
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct drive drive = {0};
	struct options o = {0};
	int r = options_read(&o, argc, argv);
	char *line = NULL;
	size_t size = 0;

	if (r != 0)
		return r == 1 ? 0 : r;
	drive.check = o.check;
	drive.engine = o.fake ? engine_fake(&o.engine) : engine_linux(&o.engine);
	if (!drive.engine)
		return 2;
	r = make_world(&drive, &o);
	while (r == 0 && getline(&line, &size, stdin) >= 0)
		drive_line(&drive, line);
	free(line);
	engine_close(drive.engine);
	return r < 0 ? 2 : drive.differing > 0;
}
