/* Random programs of calls, each next line chosen by what the lines before answered. */
#ifndef TESTS_DIFFERENTIAL_GENERATE_H
#define TESTS_DIFFERENTIAL_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#define POOL_SIZE 48
#define POOL_TEXT 96
#define GENERATOR_TASKS 6
#define GENERATOR_FDS 24

/* Texts that were met, the oldest given up for new ones. */
struct pool {
	int n;
	char at[POOL_SIZE][POOL_TEXT];
};

/* What the generator knows of a task: enough to aim, not to foretell. */
struct aim {
	bool alive;
	bool asleep;
	bool is_user; /* gave its rights up */
	int pidfd;    /* the last one that was opened */
	int context;  /* of fsopen and fspick: likewise */
	int tree;     /* of open_tree and fsmount: likewise */
	int n_fds;
	int fds[GENERATOR_FDS];
};

struct generator {
	uint64_t state;	    /* of the random numbers */
	bool sorted;	    /* ask for mount tables in an order of our own */
	bool pidfds;	    /* open pidfds, and then ask nothing of inodes by descriptor */
	bool contexts;	    /* open contexts of filesystems, likewise */
	struct pool paths;  /* that exist, of any kind */
	struct pool mounts; /* on which something is mounted */
	int n_tasks, most_tasks;
	struct aim tasks[GENERATOR_TASKS + 1]; /* from 1 */
	char line[512];			       /* the last one that was made */
	char path[POOL_TEXT];		       /* what it would make, or take away */
	char other[POOL_TEXT];
	int task;
	const struct recipe *recipe;
};

/* The same seed makes the same program, as long as the answers are the same. */
void generator_init(struct generator *g, uint64_t seed);
/* The next line, valid until the next one is asked for; NULL when task 1 has ended. */
const char *generator_next(struct generator *g);
/* Tells what the line answered: r as engine_result has it, and the answer as text. */
void generator_told(struct generator *g, int r, const char *answer);

#endif
