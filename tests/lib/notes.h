/* Functions that run as tasks of a fake and note what they were answered, for a test to ask. */
#ifndef TESTS_LIB_NOTES_H
#define TESTS_LIB_NOTES_H

#include "fake/fake.h"

#define NOTES_MAX 64

/* Nothing asserts on a task's stack: what it sees is kept here until the run is over. */
struct notes {
	struct fake *f;
	struct kernel *k;
	int n, r[NOTES_MAX];
	int fds[2];
	siginfo_t info;
};
extern struct notes notes;

/* A fake that checks its invariants after each call, as cmocka's state. */
int notes_setup(void **state);
int notes_teardown(void **state);

/* Begins a fresh list of notes on this fake. */
void notes_begin(struct fake *f);
/* The next answer. */
void note(int r);
/* Runs main as a task; fails the test unless it and all others end, main with 0. */
void notes_run(struct fake *f, int (*main)(void *arg));

/* On a task: a child that runs main; its pid or -errno. */
int spawn(int (*main)(void *arg));
int spawn_with(int (*main)(void *arg), void *arena, size_t size, uint64_t flags);
/* On a task: waits for the end of any child, told in notes.info. */
int wait_any(void);

#endif
