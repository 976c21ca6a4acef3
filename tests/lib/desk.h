/* The desk on which a program of calls lies while its tasks carry it out, line by line. */
#ifndef TESTS_LIB_DESK_H
#define TESTS_LIB_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DESK_TASKS 48	       /* task numbers are 1 .. DESK_TASKS - 1 */
#define DESK_LINES 2048	       /* of one program */
#define DESK_MEMORY (8u << 20) /* bytes for the text of lines and answers */

enum line_state {
	LINE_WAITING,
	LINE_RUNNING,  /* its task is carrying it out */
	LINE_ASLEEP,   /* its task sleeps in the call */
	LINE_LATE,     /* was asleep; the call has come back since */
	LINE_LOST,     /* its task did not come back from it */
	LINE_ANSWERED, /* the call came back at once */
};

/* One line of the program. */
struct desk_line {
	uint32_t task;
	uint32_t state;	 /* enum line_state; changed by desk_change */
	uint32_t text;	 /* where the line stands, without its task number */
	uint32_t result; /* where the answer stands, in LINE_LATE and LINE_ANSWERED */
	int32_t r;	 /* what the call answered; -errno */
	uint32_t rule;	 /* the fake's rule that refused, from 1; 0: none */
	uint32_t waits;	 /* the call has a timeout of its own: it is waited for */
};

enum seat_state { SEAT_FREE, SEAT_TAKEN, SEAT_DEAD };

/* What is known of a task. */
struct seat {
	uint32_t go; /* counted up when the task has the turn; it waits for that */
	uint32_t state;
	uint32_t line;	    /* the line that it sleeps in, from 1; 0: none */
	uint32_t slept;	    /* the last line that it has slept in, from 1 */
	uint32_t leaving;   /* it is about to end, or to become another program */
	uint32_t depth;	    /* of its pid namespace below the world's */
	uint32_t pid_depth; /* of the one that its pid is told in: its parent's */
	uint32_t unshared;  /* its children are one deeper */
	pid_t pid;	    /* as its parent sees it */
	pid_t outside_pid;  /* as the engine sees it; 0: not yet known */
};

/*
 * Where tasks are processes the desk lies in memory that they share, so that the tasks need
 * no descriptor to be told their lines.  Only the task whose turn it is touches it, and one
 * that comes back from a call that it had slept in.
 */
struct desk {
	uint32_t turn;	 /* the task that may go on; 0: the engine */
	uint32_t engine; /* counted up when the engine has the turn */
	uint32_t next;	 /* the line to be carried out next */
	uint32_t n_lines;
	uint32_t n_tasks; /* so far; the numbers are 1 .. n_tasks */
	uint32_t careful; /* the turn goes back to the engine after each line */
	uint32_t used;	  /* of memory; offset 0 is never given out */
	uint32_t full;	  /* more was said than there is room for */
	struct seat seats[DESK_TASKS];
	struct desk_line lines[DESK_LINES];
	char memory[DESK_MEMORY];
};

/* Empties the desk: no lines, no tasks. */
void desk_clear(struct desk *desk);
/* Takes the lines off and leaves the tasks; none may sleep in one of them. */
void desk_clear_lines(struct desk *desk);
/* Puts a line at the end; answers its number, from 0, or -ENOSPC. */
int desk_add(struct desk *desk, uint32_t task, const char *text);
/* Keeps a copy of the text on the desk; answers where, 0 when the desk is full. */
uint32_t desk_keep(struct desk *desk, const char *text, size_t n);
/* The text that was kept there; "" for 0. */
const char *desk_text(const struct desk *desk, uint32_t at);
/* Whether the task exists, has not died and does not sleep in a call. */
bool desk_may_run(const struct desk *desk, uint32_t task);
/* Changes the line's state if it still is what it was; answers whether it was. */
bool desk_change(struct desk_line *line, enum line_state from, enum line_state to);

#endif
