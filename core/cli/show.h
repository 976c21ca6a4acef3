/* A plan as it is shown: for people, and for programs. */
#ifndef CORE_CLI_SHOW_H
#define CORE_CLI_SHOW_H

#include "core/cli/inside.h"
#include "core/cli/job.h"
#include "core/cli/page.h"
#include "core/cli/view.h"

struct shown {
	const struct job *job;
	const char *as; /* "root" */
	const struct view *view;
	/* Said while the payload was there: its /dev and its environment. */
	struct text dev, environment;
};

/* How a plan is said; docs/PLAN.md has the format of the one for programs. */
struct showing {
	/* An entry of the payload's /dev, a word of its environment: each adds to its text. */
	void (*entry)(struct shown *shown, const struct dir_entry *entry);
	void (*variable)(struct shown *shown, const char *word);
	/* All of it, at the end. */
	void (*all)(const struct shown *shown, struct page *page);
	/* That the rehearsal could not be held. */
	void (*none)(const char *why, struct page *page);
};

extern const struct showing showing_text;
extern const struct showing showing_json;

/* "CAP_CHOWN|CAP_KILL", "all" or "none". */
void capabilities_say(uint64_t bits, struct text *out);

#endif
