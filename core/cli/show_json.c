/* A plan as JSON, for programs: docs/PLAN.md has its format. */
#include "core/cli/show.h"

#include <string.h>

#include "core/base/json.h"
#include "core/cli/message.h"
#include "core/kernel/words.h"
#include "core/plan/say.h"
#include "core/run/hints.h"

#define FORMAT "sandtable-plan"
#define VERSION 1

static const char *const kinds[N_STEP_KINDS] = {
#define STEP(kind, run, line, doing) [STEP_##kind] = #run,
#include "core/plan/steps.def"
#undef STEP
};

static void say_head(struct json *j, const char *outcome)
{
	json_begin(j, NULL, '{');
	json_string(j, "format", FORMAT);
	json_number(j, "version", VERSION);
	json_string(j, "outcome", outcome);
}

static void say_calls(struct json *j, const char *key, const struct calls *calls, size_t step,
		      struct page *page)
{
	if (!calls)
		return;
	json_begin(j, key, '[');
	for (const struct call_line *line = calls->steps[step].first; line; line = line->next) {
		json_string(j, NULL, line->text);
		page_turn(page);
	}
	json_end(j, ']');
}

static void say_or(struct json *j, const struct plan *p, const struct step *step)
{
	struct step other = *step;

	if (!step->or_on)
		return;
	other.kind = step->or_kind;
	other.data = step->or_data ? step->or_data : step->data;
	other.tolerate = 0;
	json_begin(j, "or", '{');
	json_string(j, "on", errno_name(step->or_on));
	json_string(j, "kind", kinds[other.kind]);
	json_text_begin(j, "line");
	step_say(p, &other, j->out);
	json_text_end(j);
	json_end(j, '}');
}

static void say_step(struct json *j, const struct job *job, size_t i, struct page *page)
{
	const struct step *step = &job->p->steps[i];
	struct step plain = *step;

	plain.tolerate = 0;
	json_begin(j, NULL, '{');
	json_number(j, "number", (long long)i + 1);
	json_string(j, "side", side_text(step->side));
	json_string(j, "kind", kinds[step->kind]);
	json_text_begin(j, "line");
	step_say(job->p, &plain, j->out);
	json_text_end(j);
	if (step->tolerate)
		json_string(j, "tolerates", errno_name(step->tolerate));
	say_or(j, job->p, step);
	page_turn(page);
	say_calls(j, "calls", job->calls, i + 1, page);
	json_end(j, '}');
	page_turn(page);
}

static void say_lasting(struct json *j, const struct plan *p, struct page *page)
{

	json_begin(j, "lasting", '[');
	for (size_t i = 0; i < p->n; i++) {
		if (!step_lasts(p, i))
			continue;
		json_text_begin(j, NULL);
		step_say_lasting(p, i, j->out);
		json_text_end(j);
		page_turn(page);
	}
	json_end(j, ']');
}

static void say_blame(struct json *j, const struct outcome *outcome, const struct plan *p)
{
	const struct blame *b = &outcome->blame;
	const struct hint *hint = hint_find(b, p);

	json_begin(j, "blame", '{');
	json_number(j, "status", outcome->status);
	json_text_begin(j, "message");
	outcome_say_first(b, p, j->out);
	json_text_end(j);
	json_string(j, "error", errno_name(b->error));
	if (b->step)
		json_number(j, "step", b->step);
	if (b->op >= 0)
		json_string(j, "row", sysop_infos[b->op].name);
	if (b->text[0]) {
		json_text_begin(j, b->op < 0 ? "what" : "call");
		text_add_visible(j->out, b->text, strlen(b->text));
		json_text_end(j);
	}
	if (hint) {
		json_string(j, "id", hint->id);
		json_string(j, "why", hint->sentence);
		if (hint->advice[0])
			json_string(j, "try", hint->advice);
	}
	if (outcome->left[0])
		json_string(j, "left", outcome->left);
	json_end(j, '}');
}

/* The text of a view, which has its escapes; control bytes that are left get theirs. */
static void say_span(struct json *j, const char *key, struct span span)
{
	json_text_begin(j, key);
	text_add_visible(j->out, span.at, span.n);
	json_text_end(j);
}

static void say_number(struct json *j, const char *key, struct span span, int base)
{
	json_number(j, key, (long long)span_number(span, base));
}

/* proc_pid_mountinfo(5) has the columns. */
static void say_mount(struct json *j, struct span line)
{
	json_begin(j, NULL, '{');
	say_number(j, "id", span_word(&line), 10);
	say_number(j, "parent", span_word(&line), 10);
	say_span(j, "device", span_word(&line));
	say_span(j, "root", span_word(&line));
	say_span(j, "target", span_word(&line));
	say_span(j, "options", span_word(&line));
	json_begin(j, "propagation", '[');
	for (struct span tag = span_word(&line); tag.n && tag.at[0] != '-';
	     tag = span_word(&line))
		say_span(j, NULL, tag);
	json_end(j, ']');
	say_span(j, "fstype", span_word(&line));
	say_span(j, "source", span_word(&line));
	say_span(j, "superblock", span_word(&line));
	json_end(j, '}');
}

static void say_descriptor(struct json *j, struct span line)
{
	json_begin(j, NULL, '{');
	say_number(j, "fd", span_word(&line), 10);
	say_span(j, "flags", span_word(&line));
	say_span(j, "what", line);
	json_end(j, '}');
}

static void say_lines(struct json *j, const char *key, const struct text *lines,
		      void (*say)(struct json *j, struct span line), struct page *page)
{
	struct span left = {lines->at, lines->len};

	json_begin(j, key, '[');
	while (left.n) {
		say(j, span_line(&left));
		page_turn(page);
	}
	json_end(j, ']');
}

static void say_numbers(struct json *j, const char *key, struct span left)
{
	json_begin(j, key, '[');
	while (left.n)
		say_number(j, NULL, span_word(&left), 10);
	json_end(j, ']');
}

static void say_capabilities(struct json *j, const char *key, uint64_t bits)
{
	char memory[64];
	struct text name;

	json_begin(j, key, '[');
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (!(bits & UINT64_C(1) << cap))
			continue;
		text_init(&name, memory, sizeof(memory));
		words_add(&name, WORDS_caps, UINT64_C(1) << cap);
		json_string(j, NULL, name.at);
	}
	json_end(j, ']');
}

static void say_namespace(struct json *j, const struct view *view, const struct id_row *row,
			  struct span found)
{
	json_begin(j, row->key, '{');
	say_span(j, "is", found);
	json_raw(j, "new", id_is_new(view, row) ? "true" : "false");
	json_end(j, '}');
}

static void say_id(struct json *j, const struct view *view, const struct id_row *row)
{
	struct span found = id_find(&view->ids, row);

	if (!found.at)
		return;
	if (row->form == ID_NUMBERS)
		say_numbers(j, row->key, found);
	else if (row->form == ID_CAPABILITIES)
		say_capabilities(j, row->key, span_number(found, 16));
	else if (row->form == ID_NAMESPACE)
		say_namespace(j, view, row, found);
	else if (row->form == ID_NUMBER)
		say_number(j, row->key, found, 10);
	else
		say_span(j, row->key, found);
}

/* Capabilities and namespaces in objects of their own, what else there is beside them. */
static void say_ids(struct json *j, const struct view *view)
{
	static const struct {
		enum id_form form;
		const char *key;
	} groups[] = {{ID_CAPABILITIES, "capabilities"}, {ID_NAMESPACE, "namespaces"}};

	for (const struct id_row *row = id_rows; row->name; row++)
		if (row->form != ID_CAPABILITIES && row->form != ID_NAMESPACE)
			say_id(j, view, row);
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		json_begin(j, groups[i].key, '{');
		for (const struct id_row *row = id_rows; row->name; row++)
			if (row->form == groups[i].form)
				say_id(j, view, row);
		json_end(j, '}');
	}
}

static void say_inside(struct json *j, const struct shown *shown, struct page *page)
{
	json_begin(j, "inside", '{');
	say_lines(j, "mounts", &shown->view->mounts, say_mount, page);
	json_begin(j, "dev", '[');
	text_add(j->out, shown->dev.at);
	j->more = shown->dev.len;
	json_end(j, ']');
	page_turn(page);
	say_ids(j, shown->view);
	page_turn(page);
	say_lines(j, "descriptors", &shown->view->descriptors, say_descriptor, page);
	json_begin(j, "environment", '[');
	text_add(j->out, shown->environment.at);
	j->more = shown->environment.len;
	json_end(j, ']');
	json_end(j, '}');
}

static void all(const struct shown *shown, struct page *page)
{
	const struct job *job = shown->job;
	bool failed = job->outcome.blame.error;
	struct json j = {.out = &page->text};

	say_head(&j, failed ? "refused" : "reached");
	json_string(&j, "as", shown->as);
	json_string(&j, "host", job->cli->rehearsal->host);
	say_calls(&j, "calls", job->calls, 0, page);
	json_begin(&j, "steps", '[');
	for (size_t i = 0; i < job->p->n; i++)
		say_step(&j, job, i, page);
	json_end(&j, ']');
	if (job->calls)
		json_raw(&j, "calls_lost", job->calls->lost ? "true" : "false");
	say_lasting(&j, job->p, page);
	if (failed)
		say_blame(&j, &job->outcome, job->p);
	else
		say_inside(&j, shown, page);
	json_end(&j, '}');
	text_add_char(&page->text, '\n');
}

/* Where in the document these are, once they are put there. */
static struct json within(struct text *out)
{
	return (struct json){.out = out, .depth = 3, .more = out->len};
}

static void entry(struct shown *shown, const struct dir_entry *entry)
{
	struct json j = within(&shown->dev);
	const struct statx *st = &entry->st;
	char memory[32];
	struct text device;

	json_begin(&j, NULL, '{');
	json_name(&j, "name", entry->name, strlen(entry->name));
	if (entry->r < 0) {
		json_string(&j, "error", errno_name(entry->r));
		json_end(&j, '}');
		return;
	}
	text_init(&device, memory, sizeof(memory));
	json_string(&j, "type", entry->type);
	if (S_ISLNK(st->stx_mode))
		json_name(&j, "link", entry->link.at, entry->link.n);
	text_addf(&device, "%u:%u", st->stx_rdev_major, st->stx_rdev_minor);
	if (S_ISCHR(st->stx_mode) || S_ISBLK(st->stx_mode))
		json_string(&j, "device", device.at);
	text_clear(&device);
	text_addf(&device, "%04o", st->stx_mode & 07777);
	json_string(&j, "mode", device.at);
	json_number(&j, "uid", st->stx_uid);
	json_number(&j, "gid", st->stx_gid);
	json_end(&j, '}');
}

static void variable(struct shown *shown, const char *word)
{
	struct json j = within(&shown->environment);
	size_t size = strlen(word), n = strcspn(word, "=");

	json_begin(&j, NULL, '{');
	json_name(&j, "name", word, n);
	if (size > n)
		json_number(&j, "length", (long long)(size - n - 1));
	if (size > n && shown->job->spec->show_values)
		json_name(&j, "value", word + n + 1, size - n - 1);
	json_end(&j, '}');
}

static void none(const char *why, struct page *page)
{
	struct json j = {.out = &page->text};

	say_head(&j, "not rehearsed");
	json_string(&j, "why", why);
	json_end(&j, '}');
	text_add_char(&page->text, '\n');
}

const struct showing showing_json = {entry, variable, all, none};
