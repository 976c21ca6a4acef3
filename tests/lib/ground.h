/* Where a scenario takes place: a fake of the standard host, or this machine as root. */
#ifndef TESTS_LIB_GROUND_H
#define TESTS_LIB_GROUND_H

#include <stdbool.h>

#include "core/base/text.h"
#include "fake/fake.h"
#include "sys/linux.h"

#define GROUND_PATH_SIZE 256

struct ground {
	bool is_linux;
	struct fake *fake;
	struct linux_kernel linux_kernel;
	char base[GROUND_PATH_SIZE]; /* what stands before every path: "" on the fake */
	int init;		     /* on Linux: holds a mount namespace for all that is run */
};

/* A task's function, and what it is given. */
typedef int ground_main(struct kernel *k, void *arg);

/*
 * May a scenario take place on this machine?  NULL, or why not.
 */
const char *ground_refusal(void);

/* The standard host with an empty /img and the program /img/probe. */
void ground_make_fake(struct ground *g, const struct fake_options *options);
/* A new folder of this machine with the same two; probe is the program's file. */
void ground_make_linux(struct ground *g, const char *probe);
void ground_free(struct ground *g);

/* The kernel to stand on from within a task of ground_run. */
struct kernel *ground_kernel(struct ground *g);
/*
 * Runs main(k, arg) as a task of its own and answers its wait status; what it writes to
 * memory is seen afterwards on the fake only.
 */
int ground_run(struct ground *g, ground_main *main, void *arg);
/* A path of this ground: "/img" is GROUND/img. */
const char *ground_path(const struct ground *g, const char *path, char out[GROUND_PATH_SIZE]);

/* Reads a file of the ground, all of it that fits. */
void ground_read(struct ground *g, const char *path, struct text *out);

#endif
