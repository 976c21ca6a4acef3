/* Runs programs of calls, with several tasks, on any kernel: a line in, an answer out. */
#ifndef TESTS_LIB_ENGINE_H
#define TESTS_LIB_ENGINE_H

#include "core/base/text.h"
#include "tests/lib/worker.h"

struct engine;

/* What differs between processes of Linux and tasks of the fake. */
struct engine_ops {
	/* Lets the task whose turn it is go on; comes back when all tasks rest again. */
	void (*turn)(struct engine *e);
	/* A task's mountinfo, as text that lives until the next look; NULL: no such task. */
	const char *(*mountinfo)(struct engine *e, uint32_t task);
	/* The id of the fake's rule of this number; NULL on Linux. */
	const char *(*rule)(struct engine *e, uint32_t rule);
	void (*close)(struct engine *e);
};

/*
 * Task 1 is the first; each task that a line makes gets the next number and waits for lines.
 * Its pid is its number and one more, where the engine made the world: pid 1 is a parent of
 * task 1 that only reaps.
 */
struct engine {
	struct bench bench; /* first: tasks reach the engine through it */
	const struct engine_ops *ops;
	const char *stopped; /* why no further line can be carried out; NULL: it can */
};

struct engine_options {
	bool as_is;	     /* Linux: no namespaces of our own, the process as it is */
	bool user_namespace; /* Linux: the world is made in a new user namespace */
	const char *profile; /* fake: "6.1", …; NULL: the default */
	bool checks;	     /* fake: verify the invariants after each call */
	bool protections;    /* fake: fs.protected_* are as on this machine, else off */
	bool brisk; /* Linux: a task found asleep twice is so; else what a terminal or a socket
		     * does later, on a thread of the kernel's, is waited for */
};

/* A kernel with task 1 and no lines; NULL with the reason on stderr.  Close what is opened. */
struct engine *engine_linux(const struct engine_options *options);
struct engine *engine_fake(const struct engine_options *options);
void engine_close(struct engine *e);

/*
 * Puts a line on the desk: "[TASK] name(arguments)" or "[TASK] @look", task 1 where none is
 * named.  Answers its number, or -EINVAL, -ENOSPC.
 */
int engine_add(struct engine *e, const char *line);
/* Carries out all lines that are on the desk and were not yet. */
void engine_run(struct engine *e);
/*
 * Adds the answer of a line: "TASK name(arguments) = ANSWER", a look "TASK @look = WHAT".
 * ANSWER begins with "?" where the call did not come back (yet), and with "!" where the line
 * could not be carried out at all.
 */
void engine_answer(struct engine *e, int line, struct text *out);
/*
 * What the call answered, and why: of "@done" the call that had slept.  r is -errno, and
 * -ENOMSG where there is no answer.
 */
int engine_result(const struct engine *e, int line);
const char *engine_rule(struct engine *e, int line);
/* The three at once, for one line; answers its number or the errors of engine_add. */
int engine_line(struct engine *e, const char *line, struct text *out);
/* Forgets all lines, where no task sleeps in one of them. */
void engine_forget(struct engine *e);

/* For the two kinds: settles what became of a line that did not come back. */
void engine_task_sleeps(struct engine *e, uint32_t task);
void engine_task_died(struct engine *e, uint32_t task);
void engine_task_stopped(struct engine *e);

#endif
