/* The program: from arguments to an exit status, on kernels that it is given. */
#ifndef CORE_CLI_CLI_H
#define CORE_CLI_CLI_H

#include <stdbool.h>

#include "core/cli/view.h"
#include "core/kernel/sysops.h"

#define SANDTABLE_VERSION "0.1.0"

/* What is run on a rehearsed host, and what looks around at its exec, as the payload. */
struct rehearsed {
	const char *const *paths; /* of the real host, to be found there too */
	size_t n_paths;
	const char *console; /* likewise; NULL: none */
	/* Descriptors that are open there on nothing, and those that give a filter. */
	const int *fds, *filters;
	size_t n_fds, n_filters;
	bool as_root; /* or as the caller: ids, groups, capabilities, no_new_privs */
	int (*main)(struct kernel *k, void *arg);
	void (*look)(struct kernel *k, char *const *envp, void *arg);
	void *arg;
};

/*
 * A host to rehearse on.  run makes one, runs main as a task of it, as root or as the caller,
 * in the caller's directory, calls look at its exec, with the environment of the payload, and
 * adds to view what else is to be told of it.  0, or -errno with a sentence in why where the
 * rehearsal itself could not be held.
 */
struct rehearsal {
	void *context;
	const char *host; /* "a standard host, rehearsed on the fake (profile 6.1)" */
	int (*run)(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
		   struct view *view, struct text *why);
};

struct cli {
	struct kernel *k;
	char *const *argv;
	char *const *envp;
	const char *executable;	 /* its own, "/proc/self/exe"; NULL: needs no protection */
	bool secure;		 /* AT_SECURE: started with rights not the caller's */
	void *memory;		 /* of cli_memory_size() bytes, aligned for anything */
	size_t memory_size;	 /* bytes */
	unsigned long refuse_at; /* for tests: see core/base/arena.h */
	const struct rehearsal *rehearsal; /* NULL: plan says that there is none */
};

/* What every run takes, and how much one with these arguments may. */
#define CLI_MEMORY_SIZE 393216
size_t cli_memory_size(char *const *argv, char *const *envp);

/* Does what argv asks for; the exit status of the program. */
int cli_main(const struct cli *cli);

#endif
