/* The table of options, and what --help shows of it. */
#include "core/spec/options.h"

#include <string.h>

#define NONE OPTION_BIT(VERB_NONE)
#define BOX OPTION_BIT(VERB_BOX)
#define PLAN OPTION_BIT(VERB_PLAN)
#define CLASSIC OPTION_CLASSICAL
#define MODERN OPTION_MODERN
#define ANY (CLASSIC | MODERN)

/* How wide options and their arguments are in --help. */
#define HELP_COLUMN 30

const struct option_row option_rows[N_OPTIONS] = {
#define OPTION(row, row_name, row_arguments, row_goes, row_help)                               \
	[OPTION_##row] = {                                                                     \
		.name = row_name,                                                              \
		.arguments = row_arguments,                                                    \
		.goes = row_goes,                                                              \
		.help = row_help,                                                              \
	},
#include "core/spec/options.def"
};

const struct option_absent options_absent[] = {
#define ABSENT(absent_name, absent_why) {.name = absent_name, .why = absent_why},
#include "core/spec/options.def"
	{.name = NULL},
};

static void option_help(const struct option_row *row, struct text *out)
{
	bool apart = row->arguments[0] && row->arguments[0] != '[';
	size_t start = out->len;

	text_addf(out, "  %s%s%s", row->name, apart ? " " : "", row->arguments);
	text_addf(out, "%*s%s\n", HELP_COLUMN + 2 - (int)(out->len - start), " ", row->help);
}

void options_help(struct text *out)
{
#define GROUP(title) text_add(out, "\n" title ":\n");
#define OPTION(row, name, arguments, goes, help) option_help(&option_rows[OPTION_##row], out);
#include "core/spec/options.def"
}
