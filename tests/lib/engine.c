/* Programs of calls: lines go to their tasks in order, answers come back as text. */
#include "tests/lib/engine.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/look.h"

#define LOOK_MAX (256 * 1024)

/* "[TASK] rest": where the rest begins, and the task, 1 by default. */
static const char *line_rest(const char *line, uint32_t *task)
{
	char *end;
	unsigned long number;

	while (*line == ' ' || *line == '\t')
		line++;
	number = strtoul(line, &end, 10);
	if (end == line || *end != ' ')
		number = 1;
	else
		line = end + strspn(end, " \t");
	*task = (uint32_t)number;
	return line;
}

int engine_add(struct engine *e, const char *line)
{
	uint32_t task;
	const char *rest = line_rest(line, &task);

	return *rest ? desk_add(e->bench.desk, task, rest) : -EINVAL;
}

static void line_answer(struct desk *desk, struct desk_line *line, const char *text)
{
	line->r = -ENOMSG;
	line->result = desk_keep(desk, text, strlen(text));
	line->state = LINE_ANSWERED;
	desk->next++;
}

/* "@done": the answer of the call that the task had slept in, or still sleeps in. */
static void answer_done(struct desk *desk, struct desk_line *line)
{
	struct seat *seat = &desk->seats[line->task % DESK_TASKS];
	const struct desk_line *slept;

	if (!seat->slept) {
		line_answer(desk, line, "!has not slept");
		return;
	}
	slept = &desk->lines[seat->slept - 1];
	line_answer(desk, line,
		    slept->state == LINE_LATE ? desk_text(desk, slept->result) : "?");
	line->r = slept->state == LINE_LATE ? slept->r : -ENOMSG;
}

static void answer_mounts(struct engine *e, struct desk_line *line)
{
	const char *words = desk_text(e->bench.desk, line->text);
	const char *mountinfo = e->ops->mountinfo(e, line->task);
	const char *under = strchr(words, ' ');
	char *memory = malloc(LOOK_MAX);
	struct text text;

	text_init(&text, memory, LOOK_MAX);
	under = under ? under + strspn(under, " ") : NULL;
	if (!mountinfo)
		text_add(&text, "!cannot be seen");
	else if (strncmp(words, "@mounts", 7) == 0)
		mounts_table(mountinfo, under, &text);
	else
		mounts_info(mountinfo, under, &text);
	line_answer(e->bench.desk, line, text.at);
	free(memory);
}

static void answer_beside(struct engine *e, struct desk_line *line)
{
	struct desk *desk = e->bench.desk;
	const char *words = desk_text(desk, line->text);

	if (strcmp(words, "@done") == 0)
		answer_done(desk, line);
	else if (strcmp(words, "@alive") == 0)
		line_answer(desk, line,
			    desk->seats[line->task % DESK_TASKS].state == SEAT_TAKEN ? "yes"
										     : "no");
	else
		answer_mounts(e, line);
}

static void answer_absent(struct desk *desk, struct desk_line *line)
{
	if (line->task < 1 || line->task > desk->n_tasks)
		line_answer(desk, line, "!no such task");
	else if (desk->seats[line->task].state == SEAT_DEAD)
		line_answer(desk, line, "!the task has ended");
	else
		line_answer(desk, line, "!the task sleeps");
}

void engine_run(struct engine *e)
{
	struct desk *desk = e->bench.desk;

	while (desk->next < desk->n_lines) {
		struct desk_line *line = &desk->lines[desk->next];

		if (e->stopped) {
			line_answer(desk, line, e->stopped);
		} else if (look_is_beside(desk_text(desk, line->text))) {
			answer_beside(e, line);
		} else if (!desk_may_run(desk, line->task)) {
			answer_absent(desk, line);
		} else {
			desk->turn = line->task;
			e->ops->turn(e);
		}
	}
}

/* The turn came back with the line still open: its task sleeps, and the next line may go. */
void engine_task_sleeps(struct engine *e, uint32_t task)
{
	struct desk *desk = e->bench.desk;
	struct seat *seat = &desk->seats[task];

	seat->line = desk->next + 1;
	seat->slept = seat->line;
	desk->careful = 1;
	desk->next++;
	desk->turn = 0;
}

/* A signal holds it, so that it does not come to its line. */
void engine_task_stopped(struct engine *e)
{
	struct desk *desk = e->bench.desk;

	desk->turn = 0;
	line_answer(desk, &desk->lines[desk->next], "!the task is stopped");
}

void engine_task_died(struct engine *e, uint32_t task)
{
	struct desk *desk = e->bench.desk;
	struct seat *seat = &desk->seats[task];
	struct desk_line *line = &desk->lines[desk->next];

	seat->state = SEAT_DEAD;
	if (seat->line)
		desk_change(&desk->lines[seat->line - 1], LINE_ASLEEP, LINE_LOST);
	if (desk->next < desk->n_lines && line->task == task && desk->turn == task) {
		line->state = LINE_LOST;
		desk->next++;
		desk->turn = 0;
	}
}

void engine_answer(struct engine *e, int number, struct text *out)
{
	struct desk *desk = e->bench.desk;
	const struct desk_line *line = &desk->lines[number];
	const char *text = desk_text(desk, line->text);

	text_addf(out, "%u ", line->task);
	if (line->state != LINE_ANSWERED)
		text_addf(out, "%s = ?", text);
	else if (line->r == -ENOMSG)
		text_addf(out, "%s = %s", text, desk_text(desk, line->result));
	else
		text_add(out, desk_text(desk, line->result));
}

int engine_result(const struct engine *e, int line)
{
	const struct desk_line *l = &e->bench.desk->lines[line];

	return l->state == LINE_ANSWERED ? l->r : -ENOMSG;
}

const char *engine_rule(struct engine *e, int line)
{
	const struct desk *desk = e->bench.desk;
	const struct desk_line *of = &desk->lines[line];
	uint32_t slept = desk->seats[of->task % DESK_TASKS].slept, rule = of->rule;

	if (slept && strcmp(desk_text(desk, of->text), "@done") == 0)
		rule = desk->lines[slept - 1].rule;
	return rule ? e->ops->rule(e, rule) : NULL;
}

int engine_line(struct engine *e, const char *line, struct text *out)
{
	int number = engine_add(e, line);

	if (number < 0)
		return number;
	engine_run(e);
	engine_answer(e, number, out);
	return number;
}

void engine_forget(struct engine *e)
{
	struct desk *desk = e->bench.desk;

	for (uint32_t i = 1; i <= desk->n_tasks; i++)
		if (desk->seats[i].state == SEAT_TAKEN && desk->seats[i].line)
			return;
	desk->careful = 0;
	desk_clear_lines(desk);
}

void engine_close(struct engine *e)
{
	if (e)
		e->ops->close(e);
}
