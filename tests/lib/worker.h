/* What a task of a program does: it waits for its turn and carries out its line. */
#ifndef TESTS_LIB_WORKER_H
#define TESTS_LIB_WORKER_H

#include "core/kernel/sysops.h"
#include "tests/lib/desk.h"

/* Where tasks meet: the kernel under test, the desk, and how the turn is handed on. */
struct bench {
	struct kernel *k;
	struct desk *desk;
	/* On a task: sleeps until it has the turn. */
	void (*await)(struct bench *bench, uint32_t task);
	/* Wakes the task whose turn it is now; 0: the engine. */
	void (*wake)(struct bench *bench, uint32_t task);
	/* On a task, behind each call: notes what else is known of it; may be NULL. */
	void (*after)(struct bench *bench, uint32_t task, struct desk_line *line);
	struct scratch *scratch[DESK_TASKS]; /* made when needed, see bench_free */
};

/* Frees what tasks used; processes of their own have freed theirs by ending. */
void bench_free(struct bench *bench);

/* What a new task is told: the arena of its spawn_args. */
struct place {
	struct bench *bench;
	uint32_t task;
};

/* Carries out lines until the engine ends the task; place is a struct place. */
int worker_main(void *place);

#endif
