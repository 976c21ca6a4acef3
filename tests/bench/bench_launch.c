/* Launches commands by turns and compares how long they take: ratios of one run. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int launch(char **argv, double *seconds)
{
	double start = now();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return -1;
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return -1;
	*seconds = now() - start;
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

/* NAME ARG... -- NAME ARG... : the first is what the others are compared with. */
static int commands_read(struct command *commands, int argc, char **argv, int rounds)
{
	int n = 0;

	for (int i = 0; i < argc && n < COMMANDS_MAX; i++, n++) {
		commands[n] = (struct command){argv[i], argv + i + 1,
					       calloc((size_t)rounds, sizeof(double))};
		while (i < argc && strcmp(argv[i], "--next") != 0)
			i++;
		if (i < argc)
			argv[i] = NULL;
	}
	return n;
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
		for (int i = 0; i < n; i++)
			if (launch(commands[i].argv, &commands[i].seconds[round]) < 0) {
				fprintf(stderr, "bench_launch: %s failed\n", commands[i].name);
				return 1;
			}
	for (int i = 0; i < n; i++)
		qsort(commands[i].seconds, (size_t)rounds, sizeof(double), by_size);
	for (int i = 0; i < n; i++)
		printf("launch: %-12s %8.0f us median, %8.0f us at 10 %%, ratio %.2f\n",
		       commands[i].name, quantile(commands[i].seconds, rounds, 0.5) * 1e6,
		       quantile(commands[i].seconds, rounds, 0.1) * 1e6,
		       quantile(commands[i].seconds, rounds, 0.5) /
			       quantile(commands[0].seconds, rounds, 0.5));
	return 0;
}
