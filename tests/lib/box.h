/* The whole program on a ground: an image and arguments in, what was seen and said out. */
#ifndef TESTS_LIB_BOX_H
#define TESTS_LIB_BOX_H

#include "core/cli/cli.h"
#include "core/plan/plan.h"
#include "tests/lib/ground.h"

#define BOX_TEXT_SIZE 65536

/* A descriptor that the program is started with: these bytes, or a file of the ground. */
struct given_fd {
	int fd;
	const char *path; /* read and written, made where it is not there; NULL: bytes */
	const char *bytes;
	size_t n;
};

struct given {
	const char *image; /* lines of image.h beneath the rootfs; NULL: four directories */
	/* Behind "box --classic": @ is the ground, % a new pty, & a sandbox to be joined. */
	const char *options;
	bool bare_proc, bare_sys; /* of that sandbox */
	const struct given_fd *fds; /* the last has fd 0; NULL: none */
	const char *line; /* all arguments instead, "sandtable --help"; NULL: as above */
	bool terminal; /* its standard output is a new pty; what comes out of it is "inside" */
	/* Typed at that pty before the program begins, which reads it as its input, too. */
	const char *typed;
	int pending; /* this signal is blocked, and on its way, when it begins; 0: none */
	bool secure;
	const char *executable; /* that it takes for its own; NULL: none */
	bool no_path; /* its environment has no PATH */
	const struct rehearsal *rehearsal;
	const char *command; /* NULL: "/probe" */
	const char *setup;   /* lines of image.h, for paths of the ground; NULL: none */
	/* Puts something between program and kernel, for this run; NULL: nothing. */
	struct kernel *(*between)(void *context, struct kernel *k);
	void *context;
	unsigned long refuse_at; /* this allocation of the program fails */
	mode_t umask;
	/*
	 * What a careless caller does: bits of standard streams that it closes, a directory
	 * that it leaves open as this descriptor, capabilities that exec would hand on.
	 */
	unsigned int closed;
	const char *leaks;
	int leaks_as;
	bool inheritable;
	/* Writes the sides' calls to /calls.host and /calls.init. */
	bool golden;
};

struct seen {
	int status; /* the program's wait status */
	char inside[BOX_TEXT_SIZE];
	char said[BOX_TEXT_SIZE];  /* on standard error */
	char after[BOX_TEXT_SIZE]; /* the rootfs as it is now, and the pty behind it */
};

/* The directories that a read-only rootfs needs. */
extern const char box_image[];

/*
 * What a run answers where the program left something behind in its own task, instead of
 * its status.
 */
enum {
	BOX_BROKEN = 90,      /* the test's own preparation failed */
	BOX_DESCRIPTORS = 93, /* not the same ones are open as before */
	BOX_UMASK = 94,
	BOX_MODES = 96,  /* of its terminal */
	BOX_HOLDER = 95, /* the joined sandbox is not as it was */
};

/* Makes the image, once per ground. */
void box_prepare(struct ground *g, const struct given *given);
/* Runs the program; fails the test where that cannot be done. */
void box_run(struct ground *g, const struct given *given, struct seen *seen);
/* Only the run, without looking at what was written: its wait status. */
int box_run_only(struct ground *g, const struct given *given);

/* The plan that the program makes of this, as root: which kinds its steps have. */
void box_plan(struct plan *p, const struct given *given);

/* Exit with this status, and a first line and an id in what was said. */
void want_refusal(const struct seen *seen, int status, const char *first, const char *id);

#endif
