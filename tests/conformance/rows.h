/* Conformance rows: a sentence on Linux, and the calls that show it, as text. */
#ifndef TESTS_CONFORMANCE_ROWS_H
#define TESTS_CONFORMANCE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#define ROW_LINES 192

/* What a row asks of the kernel and of who runs it; each may be missing somewhere. */
enum need {
	NEED_IDS = 1,	      /* more ids than root's own */
	NEED_INIT_USERNS = 2, /* to be root of the machine */
	NEED_PROC = 4,	      /* proc on /proc */
	NEED_DEVPTS = 8,      /* devpts on /dev/pts */
	NEED_KERNEL = 16,     /* a version in a range */
	NEED_UNCHECKED = 32,  /* too much for checks of the fake after each call */
};

struct row_line {
	const char *text;
	const char *wanted; /* NULL: a preparation, which must succeed */
	const char *seen;   /* items that a look must see, "; " between them; NULL: not asked */
	const char *holds;  /* text that must stand in the answer; NULL: not asked */
};

struct row {
	const char *file;    /* without its folder and ending */
	const char *section; /* the heading above it, as a rule with its source */
	const char *sentence;
	int number; /* of its line in the file */
	unsigned int needs;
	int from, before; /* kernels: major * 1000 + minor; 0: no bound */
	int n_lines;
	struct row_line lines[ROW_LINES];
};

struct rows {
	struct row *at;
	int n;
	char *memory; /* what the rows point into */
	size_t used;
};

/* The files that are part of the program; the last one has no name. */
struct rows_file {
	const char *name;
	const char *text;
};

extern const struct rows_file rows_files[];

/*
 * Adds the rows of a file's text.  0, or -EINVAL with what is wrong on stderr: a line that is
 * no part of the format, two rows with one sentence, a row that asks nothing.
 */
int rows_read(struct rows *rows, const char *name, const char *text);
void rows_free(struct rows *rows);

/*
 * What is wanted of this kernel (major * 1000 + minor): of "-EINVAL; from 6.12: -ENOENT" the
 * last part that applies.  The answer is cut to one word in memory.
 */
void row_wanted(const char *wanted, int kernel, char *memory, size_t size);

#endif
