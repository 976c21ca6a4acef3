/* Arguments read as the program reads them, and the spec that comes of them as text. */
#ifndef TESTS_LIB_READING_H
#define TESTS_LIB_READING_H

#include "core/spec/options.h"

#define READING_WORDS_MAX 64
#define READING_FDS_MAX 8

/* What the next read of a descriptor gives: some bytes, then their end, or an error. */
struct reading_fd {
	int fd;
	const char *bytes;
	size_t n;
	size_t n_read;
	size_t at_once; /* no read gives more; 0: as much as there is room for */
	bool again;	/* the same bytes once more after their end */
	int error;	/* -errno instead of the end; 0: none */
};

/* Memory for one reading; zeroed, but for what the test chooses. */
struct reading {
	struct kernel kernel; /* on which only read(2) is there */
	struct reading_fd fds[READING_FDS_MAX];
	char line[1024];
	char *words[READING_WORDS_MAX];
	char why_memory[512];
	struct text why;
	struct arena arena;
	void *memory;
	size_t memory_size;
	unsigned long refuse_at;
	bool root; /* the caller is */
	struct spec spec;
};

void reading_init(struct reading *r);
void reading_free(struct reading *r);

/*
 * Reads "box --classic -- sh", where '' is an empty word, in an environment of A=1 and B=2,
 * and checks it unless it asks for help or the version; 0 or -errno, and why says why not.
 */
int reading_line(struct reading *r, const char *line);
/* The same of words that end in NULL. */
int reading_words(struct reading *r, char *const *words);

/* What is not as it is in a spec without options: a line each, "uid 7". */
void spec_say(const struct spec *spec, struct text *out);

#endif
