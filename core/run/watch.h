/* A layer that knows which calls were refused last, so that leaf code need not say. */
#ifndef CORE_RUN_WATCH_H
#define CORE_RUN_WATCH_H

#include <stdbool.h>

#include "core/kernel/layer.h"

#define WATCH_TEXT_SIZE 192
#define WATCH_REFUSALS_MAX 8

struct refusal {
	enum sysop op;
	int r; /* -errno */
	char text[WATCH_TEXT_SIZE];
};

/* The newest refusal of each errno; where there are too many, the oldest goes. */
struct watch {
	struct layer layer;
	struct refusal refusals[WATCH_REFUSALS_MAX]; /* newest first */
	int n;
	bool show_values; /* of data that is read and written */
};

void watch_init(struct watch *w, struct kernel *lower, bool show_values);
/* The newest call that answered r; NULL: none. */
const struct refusal *watch_find(const struct watch *w, int r);

/* Copies text into size bytes; what does not fit goes from its middle, marked "[...]". */
void text_cut_middle(char *out, size_t size, const char *text);

#endif
