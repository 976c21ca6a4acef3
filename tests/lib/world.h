/* The world that programs start in: a small tree of its own, the same on each kernel. */
#ifndef TESTS_LIB_WORLD_H
#define TESTS_LIB_WORLD_H

#include "tests/lib/engine.h"

struct world_options {
	const char *text; /* lines to carry out in it at last; NULL: none */
	bool proc;	  /* proc on /proc */
	bool devpts;	  /* devpts on /dev/pts, with /dev/ptmx a link to its ptmx */
};

/*
 * Task 1 leaves what it came from behind: new mount, uts and ipc namespaces, "/" a private
 * tmpfs (mode 755), in it the directories /a, /b, /c, /d, /proc and /tmp (1777) and the file
 * /f ("hello\n"); umask 022; descriptors 0, 1 and 2 the read end of a pipe that nobody writes
 * to; so the first one that the program opens is 3.  Answers 0, or -EINVAL with the line that
 * failed and its answer in error.  The desk is empty afterwards.
 */
int world_make(struct engine *e, const struct world_options *options, struct text *error);

/* Carries out lines that must succeed, as world_make does with its own. */
int world_lines(struct engine *e, const char *lines, struct text *error);

#endif
