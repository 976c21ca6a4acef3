/* Prints docs/ERRORS.md from the tables of hints and of reasons. */
#include <stdio.h>
#include <string.h>

#include "core/kernel/call.h"
#include "core/plan/plan.h"
#include "core/run/hints.h"
#include "core/steps/side.h"

static const char head[] =
	"# Why sandtable says no\n"
	"\n"
	"Generated from `core/run/hints.def` and `core/steps/reasons.def` by `ninja docs`;\n"
	"`ninja lint` compares. Each id stands in brackets behind `why` in a message, does "
	"not\n"
	"change, and is reached by a test (`tests/scenario/test_hints.c` and its neighbours).\n"
	"\n"
	"The exit status is 125 where sandtable failed, 126 where the command cannot be "
	"executed,\n"
	"127 where it was not found.\n";

static const char *const steps[N_STEP_KINDS] = {
#define STEP(kind, run, line, doing) [STEP_##kind] = doing,
#include "core/plan/steps.def"
#undef STEP
};

struct row {
	const char *id, *sentence, *advice;
	int error;
};

static const struct row reasons[] = {
#define REASON(name, row_id, row_error, row_sentence, row_advice)                              \
	{row_id, row_sentence, row_advice, row_error},
#include "core/steps/reasons.def"
#undef REASON
};

/* Names stand for themselves: "mount {fstype} on {target}". */
static void print_doing(const char *doing)
{
	for (; *doing; doing++)
		putchar(strchr("{}", *doing) ? '*' : *doing);
}

static void print_advice(const char *advice)
{
	if (advice[0])
		printf("\nTry: %s.\n", advice);
}

/* Rows of one id stand together. */
static void print_hint(const struct hint_row *row)
{
	bool again = row > hint_rows && strcmp(row->hint.id, row[-1].hint.id) == 0;

	if (!again)
		printf("\n### %s\n", row->hint.id);
	putchar('\n');
	printf("`%s`", strerrorname_np(row->error));
	if (row->op >= 0)
		printf(" of `%s`", sysop_infos[row->op].name);
	if (row->step >= 0) {
		printf(", cannot ");
		print_doing(steps[row->step]);
	}
	printf(": %s.\n", row->hint.sentence);
	print_advice(row->hint.advice);
}

static void print_reason(const struct row *row)
{
	printf("\n### %s\n\n", row->id);
	if (row->error)
		printf("`%s`: ", strerrorname_np(row->error));
	printf("%s.\n", row->sentence);
	print_advice(row->advice);
}

int main(void)
{
	fputs(head, stdout);
	printf("\n## What an answer of the kernel means\n");
	for (int i = 0; i < n_hint_rows; i++)
		print_hint(&hint_rows[i]);
	printf("\n## What sandtable itself refuses\n");
	for (size_t i = 1; i < sizeof(reasons) / sizeof(*reasons); i++)
		print_reason(&reasons[i]);
	return 0;
}
