/* The desk: lines, answers, and which task is where. */
#include "tests/lib/desk.h"

#include <errno.h>
#include <string.h>

void desk_clear(struct desk *desk)
{
	memset(desk, 0, offsetof(struct desk, lines));
	desk->used = 1;
}

void desk_clear_lines(struct desk *desk)
{
	for (int i = 0; i < DESK_TASKS; i++)
		desk->seats[i].slept = 0;
	desk->next = 0;
	desk->n_lines = 0;
	desk->used = 1;
}

/* A call may come back late while another task's line is carried out: hence the atomic. */
uint32_t desk_keep(struct desk *desk, const char *text, size_t n)
{
	uint32_t at = __atomic_fetch_add(&desk->used, (uint32_t)n + 1, __ATOMIC_SEQ_CST);

	if (at > DESK_MEMORY || n + 1 > DESK_MEMORY - at) {
		desk->full = 1;
		return 0;
	}
	memcpy(desk->memory + at, text, n);
	desk->memory[at + n] = '\0';
	return at;
}

const char *desk_text(const struct desk *desk, uint32_t at)
{
	return at ? desk->memory + at : "";
}

int desk_add(struct desk *desk, uint32_t task, const char *text)
{
	uint32_t at = desk->n_lines < DESK_LINES ? desk_keep(desk, text, strlen(text)) : 0;

	if (!at)
		return -ENOSPC;
	desk->lines[desk->n_lines] = (struct desk_line){.task = task, .text = at};
	return (int)desk->n_lines++;
}

bool desk_may_run(const struct desk *desk, uint32_t task)
{
	return task >= 1 && task < DESK_TASKS && desk->seats[task].state == SEAT_TAKEN &&
	       desk->seats[task].line == 0;
}

bool desk_change(struct desk_line *line, enum line_state from, enum line_state to)
{
	uint32_t was = from;

	return __atomic_compare_exchange_n(&line->state, &was, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}
