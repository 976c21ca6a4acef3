/* Launches commands by turns and compares how long they take: ratios of one run. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8
#define ROUNDS_MAX 10000

extern char **environ;

struct command {
	const char *name;
	char **argv;
	double *seconds;
	double *ratios; /* to the first command of the same round */
	long peak_kib;	/* of its largest task */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int launch(struct command *command, double *seconds)
{
	double start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawn(&pid, command->argv[0], NULL, NULL, command->argv, environ) != 0)
		return -1;
	if (wait4(pid, &status, 0, &usage) != pid || status != 0)
		return -1;
	*seconds = now() - start;
	if (usage.ru_maxrss > command->peak_kib)
		command->peak_kib = usage.ru_maxrss;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, int n, double q)
{
	return sorted[(int)((n - 1) * q)];
}

static int commands_read(struct command *commands, int argc, char **argv, int rounds)
{
	size_t max = (size_t)rounds;
	int n = 0;

	for (int i = 0; i < argc && n < COMMANDS_MAX; i++, n++) {
		commands[n] = (struct command){.name = argv[i],
					       .argv = argv + i + 1,
					       .seconds = calloc(max, sizeof(double)),
					       .ratios = calloc(max, sizeof(double))};
		while (i < argc && strcmp(argv[i], "--next") != 0)
			i++;
		if (i < argc)
			argv[i] = NULL;
	}
	return n;
}

/* Each round begins with another one: none is always the one after the slowest. */
static int round_run(struct command *commands, int n, int round)
{
	for (int i = 0; i < n; i++) {
		struct command *command = &commands[(i + round) % n];

		if (launch(command, &command->seconds[round]) < 0) {
			fprintf(stderr, "bench_launch: %s failed\n", command->name);
			return -1;
		}
	}
	for (int i = 0; i < n; i++)
		commands[i].ratios[round] =
			commands[i].seconds[round] / commands[0].seconds[round];
	return 0;
}

/* name, microseconds: median and at 10 %; ratio: median and quartiles; KiB */
static void command_say(const struct command *command, int rounds)
{
	size_t n = (size_t)rounds;

	qsort(command->seconds, n, sizeof(double), by_size);
	qsort(command->ratios, n, sizeof(double), by_size);
	printf("%-12s %8.0f %8.0f %8.2f %6.2f %6.2f %8ld\n", command->name,
	       quantile(command->seconds, rounds, 0.5) * 1e6,
	       quantile(command->seconds, rounds, 0.1) * 1e6,
	       quantile(command->ratios, rounds, 0.5), quantile(command->ratios, rounds, 0.25),
	       quantile(command->ratios, rounds, 0.75), command->peak_kib);
}

int main(int argc, char **argv)
{
	struct command commands[COMMANDS_MAX];
	int rounds = argc > 1 ? atoi(argv[1]) : 0, n;

	if (argc < 4 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench_launch ROUNDS NAME COMMAND... [--next NAME "
				"COMMAND...]\n");
		return 2;
	}
	n = commands_read(commands, argc - 2, argv + 2, rounds);
	for (int round = 0; round < rounds; round++)
		if (round_run(commands, n, round) < 0)
			return 1;
	for (int i = 0; i < n; i++)
		command_say(&commands[i], rounds);
	return 0;
}
