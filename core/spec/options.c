/* From arguments to a spec: a loop over a table. */
#include "core/spec/options.h"

#include <errno.h>
#include <string.h>

#define NONE (1U << VERB_NONE)
#define BOX (1U << VERB_BOX)
#define PLAN (1U << VERB_PLAN)

const struct option_row option_rows[N_OPTIONS] = {
#define OPTION(row, row_name, row_argument, row_verbs, row_help)                               \
	[OPTION_##row] = {                                                                     \
		.name = row_name,                                                              \
		.argument = row_argument,                                                      \
		.verbs = row_verbs,                                                            \
		.help = row_help,                                                              \
	},
#include "core/spec/options.def"
#undef OPTION
};

static const char *const verb_names[] = {[VERB_BOX] = "box", [VERB_PLAN] = "plan"};

/* Adds a sentence with the user's word in it, and is -EINVAL. */
static int refuse(struct text *why, const char *word, const char *sentence)
{
	text_add_escaped(why, word, strlen(word));
	text_add(why, sentence);
	return -EINVAL;
}

/* A task's number in decimal, up to 2147483639; 0 for what is none. */
static pid_t pid_parse(const char *word)
{
	long n = 0;

	for (; *word; word++) {
		if (*word < '0' || *word > '9' || n > 214748363)
			return 0;
		n = n * 10 + (*word - '0');
	}
	return (pid_t)n;
}

static void option_set(struct spec *spec, int option, const char *value)
{
	switch (option) {
	case OPTION_CLASSIC:
		spec->classic = true;
		break;
	case OPTION_ROOTFS:
		spec->rootfs = value;
		break;
	case OPTION_READONLY:
		spec->readonly = true;
		break;
	case OPTION_CONSOLE:
		spec->console = value;
		break;
	case OPTION_JOIN:
		spec->join = pid_parse(value);
		break;
	case OPTION_TRACE:
		spec->trace = true;
		spec->traced = value;
		break;
	case OPTION_SHOW_VALUES:
		spec->show_values = true;
		break;
	case OPTION_AS_ROOT:
		spec->as_root = true;
		break;
	case OPTION_HELP:
		spec->help = true;
		break;
	default: /* OPTION_VERSION */
		spec->version = true;
		break;
	}
}

/* The row that this word names, with or without "=value"; -ENOENT when there is none. */
static int option_find(const char *word, const char **value)
{
	size_t n = strcspn(word, "=");

	*value = word[n] ? word + n + 1 : NULL;
	for (int i = 0; i < N_OPTIONS; i++)
		if (strlen(option_rows[i].name) == n &&
		    strncmp(option_rows[i].name, word, n) == 0)
			return i;
	return -ENOENT;
}

/* Reads the option at *argv and what belongs to it; *argv then stands on its last word. */
static int option_read(struct spec *spec, char *const **argv, struct text *why)
{
	const char *word = **argv;
	const char *value;
	int option = option_find(word, &value);
	const struct option_row *row;

	if (option < 0)
		return refuse(why, word, ": there is no such option (see --help)");
	row = &option_rows[option];
	if (!(row->verbs & (1U << spec->verb)))
		return refuse(why, row->name,
			      spec->verb ? " does not go with this verb"
					 : " needs a verb before it: box or plan");
	if (!row->argument[0] && value)
		return refuse(why, row->name, " takes no value");
	if (row->argument[0] && row->argument[0] != '[' && !value) {
		value = (*argv)[1];
		if (!value)
			return refuse(why, row->name, " needs a value");
		(*argv)++;
	}
	if (value && !value[0])
		return refuse(why, row->name, ": the value is empty");
	option_set(spec, option, value);
	if (option == OPTION_JOIN && !spec->join)
		return refuse(why, value, " is no task's number");
	return 0;
}

static int verb_read(struct spec *spec, const char *word, struct text *why)
{
	for (enum verb verb = VERB_BOX; verb <= VERB_PLAN; verb++)
		if (strcmp(word, verb_names[verb]) == 0) {
			spec->verb = verb;
			return 0;
		}
	return refuse(why, word, ": there is no such verb (box and plan are there)");
}

int spec_from_arguments(struct spec *spec, char *const *argv, char *const *envp,
			struct text *why)
{
	int r = 0;

	*spec = (struct spec){.envp = envp};
	for (argv++; *argv && r == 0; argv++) {
		if (strcmp(*argv, "--") == 0) {
			spec->argv = argv + 1;
			break;
		}
		if ((*argv)[0] == '-')
			r = option_read(spec, &argv, why);
		else if (!spec->verb)
			r = verb_read(spec, *argv, why);
		else
			r = refuse(why, *argv, ": the command comes behind --");
	}
	return r;
}

int spec_check(const struct spec *spec, struct text *why)
{
	if (!spec->verb)
		return refuse(why, "box or plan", ": one of them must be said (see --help)");
	if (!spec->classic)
		return refuse(why, verb_names[spec->verb],
			      " is not there yet but for the classic sequence: add --classic");
	if (!spec->argv || !spec->argv[0])
		return refuse(why, "COMMAND", " is missing: add -- COMMAND");
	if (!spec->argv[0][0])
		return refuse(why, "COMMAND", " is empty");
	if (!spec->rootfs && !spec->join)
		return refuse(why, "--rootfs DIR or --join PID", ": one of them must be said");
	if (spec->rootfs && spec->join)
		return refuse(why, "--join",
			      " takes its root from the task: leave --rootfs out");
	if (spec->join && spec->readonly)
		return refuse(why, "--readonly", " with --join is not there yet");
	if (spec->join && spec->console)
		return refuse(why, "--console", " with --join is not there yet");
	return 0;
}

void options_help(struct text *out)
{
	for (int i = 0; i < N_OPTIONS; i++) {
		const struct option_row *row = &option_rows[i];
		int n = (int)(strlen(row->name) + strlen(row->argument));

		text_addf(out, "  %s%s%s%*s%s\n", row->name,
			  row->argument[0] && row->argument[0] != '[' ? " " : "", row->argument,
			  row->argument[0] && row->argument[0] != '[' ? 20 - n : 21 - n, "",
			  row->help);
	}
}
