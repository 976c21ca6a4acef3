/* From words to options with their values, and from what --args reads. */
#include "core/spec/said.h"

#include <errno.h>
#include <string.h>

#include "core/kernel/words.h"

#define ARGS_FIRST 4096
#define ARGS_DEPTH 8

struct reading {
	struct spec *spec;
	const struct arguments *from;
	struct text *why;
	const struct said **end; /* where the next one is put */
	struct said *room;	 /* for the options of the words that are read now */
	size_t n_words;		 /* of all --args */
	int depth;
};

enum { READ_ON = 0, READ_ENDS = 1 };

static const char *const verb_names[] = {[VERB_BOX] = "box", [VERB_PLAN] = "plan"};

int said_refuse(struct text *why, const char *name, const char *word, const char *sentence)
{
	text_add_escaped(why, name, strlen(name));
	if (word) {
		text_add(why, ": ");
		text_add_escaped(why, word, strlen(word));
	}
	text_add(why, sentence);
	return -EINVAL;
}

int said_no_memory(struct text *why)
{
	text_add(why, "cannot begin: the memory that was set aside is used up");
	return -ENOMEM;
}

size_t said_count(const struct said *first, int option)
{
	size_t n = 0;

	for (; first; first = first->next)
		n += first->option == option;
	return n;
}

/* --console is two: which one it is depends on what was said before it. */
static int option_choose(int option, bool classic, const char *value)
{
	if (option == OPTION_CONSOLE && (classic || value))
		return OPTION_CONSOLE_PTY;
	return option;
}

/* The row that this word names, with or without "=value"; -ENOENT when there is none. */
static int option_find(const char *word, bool classic, const char **value)
{
	size_t n = strcspn(word, "=");

	*value = word[n] ? word + n + 1 : NULL;
	for (int i = 0; i < N_OPTIONS; i++)
		if (strlen(option_rows[i].name) == n &&
		    strncmp(option_rows[i].name, word, n) == 0)
			return option_choose(i, classic, *value);
	return -ENOENT;
}

static int option_refuse_unknown(const char *word, struct text *why)
{
	size_t n = strcspn(word, "=");

	for (const struct option_absent *absent = options_absent; absent->name; absent++)
		if (strlen(absent->name) == n && strncmp(absent->name, word, n) == 0) {
			text_addf(why, "%s is not there yet: %s", absent->name, absent->why);
			return -EINVAL;
		}
	return said_refuse(why, word, NULL, ": there is no such option (see --help)");
}

/* What does not begin with / begins there all the same. */
static int target_make(struct reading *r, struct value *value)
{
	size_t n = strlen(value->word);
	char *path;

	if (value->word[0] == '/')
		return 0;
	path = arena_alloc(r->from->arena, n + 2);
	if (!path)
		return said_no_memory(r->why);
	path[0] = '/';
	memcpy(path + 1, value->word, n);
	value->word = path;
	return 0;
}

static int arguments_refuse(struct reading *r, const struct option_row *row)
{
	text_addf(r->why, "%s needs %s behind it", row->name, row->arguments);
	return -EINVAL;
}

static int value_take(struct reading *r, const struct option_row *row, struct value *value,
		      const char *name, const char *word)
{
	const char *wrong = value_read(value, name, strcspn(name, " ]"), word);

	if (!wrong)
		return value->kind == VALUE_TARGET ? target_make(r, value) : 0;
	return said_refuse(r->why, row->name, word[0] ? word : "the value is empty",
			   word[0] ? wrong : "");
}

/* Takes what belongs to the option; *words then stands on the last of it. */
static int values_take(struct reading *r, struct said *said, const char *glued,
		       char *const **words)
{
	const struct option_row *row = &option_rows[said->option];
	const char *name = row->arguments;
	int error = 0;

	if (name[0] == '[')
		return glued ? value_take(r, row, &said->values[0], name + 2, glued) : 0;
	if (glued && !name[0])
		return said_refuse(r->why, row->name, NULL, " takes no value");
	if (glued && strchr(name, ' '))
		return said_refuse(r->why, row->name, NULL,
				   " takes its values behind it, without =");
	if (glued)
		return value_take(r, row, &said->values[0], name, glued);
	for (int i = 0; *name && error == 0; i++) {
		if (!(*words)[1])
			return arguments_refuse(r, row);
		(*words)++;
		error = value_take(r, row, &said->values[i], name, **words);
		name += strcspn(name, " ");
		name += strspn(name, " ");
	}
	return error;
}

static int words_read(struct reading *r, char *const *words);

/* Grows to twice its size when it is full. */
static int args_grow(struct reading *r, char **bytes, size_t *size)
{
	char *more;

	if (*size >= ARGS_BYTES_MAX)
		return said_refuse(r->why, "--args", NULL, " gives more than 1048576 bytes");
	more = arena_alloc(r->from->arena, *size * 2);
	if (!more)
		return said_no_memory(r->why);
	memcpy(more, *bytes, *size);
	*bytes = more;
	*size *= 2;
	return 0;
}

/* All that the descriptor gives, with a zero byte behind it; how much it is. */
static int args_bytes(struct reading *r, int fd, char **bytes)
{
	size_t size = ARGS_FIRST, n = 0;
	int got, error = 0;

	*bytes = arena_alloc(r->from->arena, size);
	if (!*bytes)
		return said_no_memory(r->why);
	while ((got = sys_read(r->from->k, fd, *bytes + n, size - n - 1)) > 0 ||
	       got == -EINTR) {
		n += got > 0 ? (size_t)got : 0;
		if (n == size - 1)
			error = args_grow(r, bytes, &size);
		if (error < 0)
			return error;
	}
	if (got == 0)
		return (int)n;
	text_addf(r->why, "--args: cannot read from descriptor %d: %s", fd,
		  errno_name(got) ? errno_name(got) : "an unknown error");
	return got;
}

/* The words in those bytes, the last of them with or without its zero byte. */
static int args_words(struct reading *r, char *bytes, size_t n, char ***words)
{
	size_t n_words = 0;

	for (size_t at = 0; at < n; at += strlen(bytes + at) + 1)
		n_words++;
	r->n_words += n_words;
	if (r->n_words > ARGS_WORDS_MAX)
		return said_refuse(r->why, "--args", NULL, " gives more than 9000 words");
	*words = arena_alloc(r->from->arena, (n_words + 1) * sizeof(**words));
	if (!*words)
		return said_no_memory(r->why);
	n_words = 0;
	for (size_t at = 0; at < n; at += strlen(bytes + at) + 1)
		(*words)[n_words++] = bytes + at;
	return 0;
}

/* Reads options from the descriptor as if they stood here. */
static int args_read(struct reading *r, const struct value *fd)
{
	struct said *room = r->room;
	char *bytes, **words = NULL;
	int error;

	if (r->depth == ARGS_DEPTH)
		return said_refuse(r->why, "--args", NULL, " is in more than 8 others");
	error = args_bytes(r, (int)fd->number, &bytes);
	if (error >= 0)
		error = args_words(r, bytes, (size_t)error, &words);
	if (error < 0)
		return error;
	r->depth++;
	error = words_read(r, words);
	r->depth--;
	r->room = room;
	if (error == READ_ENDS && !r->spec->help && !r->spec->version)
		return READ_ON; /* at its own -- */
	return error;
}

static int option_take(struct reading *r, struct said *said)
{
	switch (said->option) {
	case OPTION_ARGS:
		return args_read(r, &said->values[0]);
	case OPTION_HELP:
		r->spec->help = true;
		return READ_ENDS;
	case OPTION_VERSION:
		r->spec->version = true;
		return READ_ENDS;
	case OPTION_CLASSIC:
		r->spec->classic = true;
		break;
	default:
		break;
	}
	*r->end = said;
	r->end = &said->next;
	r->room++;
	return READ_ON;
}

/* Reads the option at **words and what belongs to it. */
static int option_read(struct reading *r, char *const **words)
{
	const char *word = **words;
	const char *glued;
	int option = option_find(word, r->spec->classic, &glued);
	int error;

	/* No terminal's name: whoever wrote this meant the other one. */
	if (option == OPTION_CONSOLE_PTY && !glued && (*words)[1] && (*words)[1][0] == '-')
		option = OPTION_CONSOLE;

	if (option < 0)
		return option_refuse_unknown(word, r->why);
	if (!(option_rows[option].goes & OPTION_BIT(r->spec->verb)))
		return said_refuse(r->why, option_rows[option].name, NULL,
				   r->spec->verb ? " does not go with this verb"
						 : " needs a verb before it: box or plan");
	*r->room = (struct said){.option = option};
	error = values_take(r, r->room, glued, words);
	return error < 0 ? error : option_take(r, r->room);
}

static int verb_read(struct spec *spec, const char *word, struct text *why)
{
	for (enum verb verb = VERB_BOX; verb <= VERB_PLAN; verb++)
		if (strcmp(word, verb_names[verb]) == 0) {
			spec->verb = verb;
			return READ_ON;
		}
	return said_refuse(why, word, NULL, ": there is no such verb (box and plan are there)");
}

/* A word that is no option: the verb, the command, or nothing that --args may give. */
static int word_read(struct reading *r, char *const *words)
{
	bool ends = strcmp(*words, "--") == 0;

	if (!ends && !r->spec->verb)
		return verb_read(r->spec, *words, r->why);
	if (r->depth > 0 && (!ends || words[1]))
		return said_refuse(r->why, "--args", words[ends],
				   " is no option, and the command cannot come from there");
	if (r->depth == 0)
		r->spec->argv = words + ends;
	return READ_ENDS;
}

/* As many as there can be options among the words. */
static struct said *room_make(struct arena *arena, char *const *words)
{
	size_t n = 1;

	for (; *words; words++)
		n += (*words)[0] == '-';
	return arena_alloc(arena, n * sizeof(struct said));
}

static int words_read(struct reading *r, char *const *words)
{
	int error = READ_ON;

	r->room = room_make(r->from->arena, words);
	if (!r->room)
		return said_no_memory(r->why);
	for (; *words && error == READ_ON; words++)
		if ((*words)[0] == '-' && strcmp(*words, "--") != 0)
			error = option_read(r, &words);
		else
			error = word_read(r, words);
	return error;
}

int said_read(const struct said **first, struct spec *spec, const struct arguments *from,
	      struct text *why)
{
	struct reading r = {.spec = spec, .from = from, .why = why, .end = first};
	int error;

	*first = NULL;
	error = words_read(&r, from->argv + (from->argv[0] != NULL));
	return error < 0 ? error : 0;
}
