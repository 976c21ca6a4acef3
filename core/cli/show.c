/* A plan as text, for people. */
#include "core/cli/show.h"

#include <string.h>

#include "core/kernel/words.h"
#include "core/plan/say.h"

#define KNOWN_CAPABILITIES ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

void capabilities_say(uint64_t bits, struct text *out)
{
	bits &= KNOWN_CAPABILITIES;
	if (bits == KNOWN_CAPABILITIES)
		text_add(out, "all");
	else if (bits)
		words_add(out, WORDS_caps, bits);
	else
		text_add(out, "none");
}

static void say_calls(const struct calls *calls, size_t step, struct page *page)
{
	for (const struct call_line *line = calls->steps[step].first; line; line = line->next) {
		text_addf(&page->text, "             %s\n", line->text);
		page_turn(page);
	}
}

static void say_steps(const struct job *job, struct page *page)
{
	const struct plan *p = job->p;
	struct text *out = &page->text;

	if (job->calls) {
		text_add(out, "  0  host  # ask what the plan hangs on\n");
		say_calls(job->calls, 0, page);
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct step *step = &p->steps[i];

		text_addf(out, "%3zu  %s  ", i + 1, side_text(step->side));
		step_say(p, step, out);
		text_add_char(out, '\n');
		if (step->or_on) {
			text_add(out, "           ");
			step_say_or(p, step, out);
			text_add_char(out, '\n');
		}
		page_turn(page);
		if (job->calls)
			say_calls(job->calls, i + 1, page);
	}
	if (job->calls && job->calls->lost)
		text_add(out, "             # more calls than there was memory for\n");
}

/* Each line of a text, set in. */
static void say_set_in(const char *indent, const struct text *lines, struct page *page)
{
	struct span left = {lines->at, lines->len};

	while (left.n) {
		struct span line = span_line(&left);

		text_add(&page->text, indent);
		text_add_visible(&page->text, line.at, line.n);
		text_add_char(&page->text, '\n');
		page_turn(page);
	}
}

static void say_lasting(const struct plan *p, struct page *page)
{
	struct text *out = &page->text;
	bool lasts = false;

	text_add(out, "\nwhat stays on the host:\n");
	for (size_t i = 0; i < p->n; i++) {
		if (!step_lasts(p, i))
			continue;
		lasts = true;
		text_add(out, "  ");
		step_say_lasting(p, i, out);
		text_add_char(out, '\n');
		page_turn(page);
	}
	if (!lasts)
		text_add(out, "  nothing\n");
}

/* "  effective: CAP_KILL", "  net: the host's", "  cwd: /" */
static void say_id(const struct view *view, const struct id_row *row, struct text *out)
{
	struct span found = id_find(&view->ids, row);

	if (!found.at)
		return;
	text_addf(out, "  %s%s: ", row->name, row->form == ID_NAMESPACE ? " namespace" : "");
	if (row->form == ID_CAPABILITIES)
		capabilities_say(span_number(found, 16), out);
	else if (row->form == ID_NAMESPACE)
		text_add(out, id_is_new(view, row) ? "new" : "the host's");
	else if (found.n)
		text_add_visible(out, found.at, found.n);
	else
		text_add(out, "none");
	text_add_char(out, '\n');
}

static void say_inside(const struct shown *shown, struct page *page)
{
	const struct view *view = shown->view;
	struct text *out = &page->text;

	text_add(out, "\ninside, at exec:\n  mounts:\n");
	say_set_in("    ", &view->mounts, page);
	text_add(out, "  /dev:\n");
	say_set_in("    ", &shown->dev, page);
	for (const struct id_row *row = id_rows; row->name; row++)
		say_id(view, row, out);
	text_add(out, "  descriptors:\n");
	say_set_in("    ", &view->descriptors, page);
	text_add(out, "  environment:\n");
	say_set_in("    ", &shown->environment, page);
}

static void all(const struct shown *shown, struct page *page)
{
	const struct job *job = shown->job;

	text_addf(&page->text, "as %s on %s\n\n", shown->as, job->cli->rehearsal->host);
	say_steps(job, page);
	say_lasting(job->p, page);
	if (!job->outcome.blame.error)
		say_inside(shown, page);
}

static void entry(struct shown *shown, const struct dir_entry *entry)
{
	dir_entry_say(entry, &shown->dev);
}

/* Values only when asked for: an environment is where secrets are. */
static void variable(struct shown *shown, const char *word)
{
	size_t size = strlen(word), n = strcspn(word, "=");
	struct text *out = &shown->environment;

	text_add_escaped(out, word, shown->job->spec->show_values ? size : n);
	if (!shown->job->spec->show_values && size > n)
		text_addf(out, "=...(%zu)", size - n - 1);
	text_add_char(out, '\n');
}

static void none(const char *why, struct page *page)
{
	(void)why;
	(void)page;
}

const struct showing showing_text = {entry, variable, all, none};
