/* Prints docs/RULES.md from the rules of the fake: each is told where a call may meet it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/kernel/call.h"

static const char head[] =
	"# Why Linux says no\n"
	"\n"
	"Generated from `fake/rules.def` by `ninja docs`; `ninja lint` compares.\n"
	"\n"
	"Each rule is one refusal of the kernel in memory, and stands in brackets behind what "
	"it\n"
	"explains. Ids do not change. A rule that several calls follow is listed with the "
	"first\n"
	"of them, and the others are named.\n";

struct rule_row {
	const char *id, *call, *sentence, *source;
	int error;
};

static const struct rule_row rules[] = {
#define RULE(name, row_id, row_error, row_call, row_sentence, row_source)                      \
	{row_id, row_call, row_sentence, row_source, row_error},
#include "fake/rules.def"
#undef RULE
};

#define N_RULES (sizeof(rules) / sizeof(*rules))

/* Whether the first of "openat, openat2" is this call. */
static bool is_first(const char *calls, const char *call)
{
	size_t n = strcspn(calls, ",");

	return strlen(call) == n && strncmp(calls, call, n) == 0;
}

static void print_rule(const struct rule_row *row)
{
	const char *others = strchr(row->call, ',');

	printf("\n`%s` `%s`: %s", row->id, strerrorname_np(row->error), row->sentence);
	if (others)
		printf(" Also of %s.", others + 2);
	printf(" (%s)\n", row->source);
}

static void print_rules_of(const char *call, const char *title)
{
	bool is_begun = false;

	for (size_t i = 0; i < N_RULES; i++) {
		if (!is_first(rules[i].call, call))
			continue;
		if (!is_begun)
			printf("\n## %s\n", title);
		is_begun = true;
		print_rule(&rules[i]);
	}
}

int main(void)
{
	fputs(head, stdout);
	print_rules_of("*", "Any call");
	for (int op = 0; op < N_SYSOPS; op++)
		print_rules_of(sysop_infos[op].name, sysop_infos[op].name);
	return 0;
}
