/* The payload's environment: the caller's, and what the options make of it, in their order. */
#include <errno.h>
#include <string.h>

#include "core/spec/said.h"

struct environment {
	char **at; /* n of them, with room for one more and its NULL */
	size_t n;
};

/* The next entry of this name from i on; n where there is none. */
static size_t variable_find(const struct environment *e, const char *name, size_t i)
{
	size_t length = strlen(name);

	while (i < e->n && (strncmp(e->at[i], name, length) != 0 || e->at[i][length] != '='))
		i++;
	return i;
}

static void variable_remove(struct environment *e, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->n; i++)
		if (variable_find(e, name, i) != i)
			e->at[kept++] = e->at[i];
	e->n = kept;
}

/* In the place of the first of that name, else behind all. */
static int variable_set(struct environment *e, struct arena *arena, const char *name,
			const char *value)
{
	size_t length = strlen(name), size = strlen(value);
	char *entry = arena_alloc(arena, length + size + 2);
	size_t i = variable_find(e, name, 0);

	if (!entry)
		return -ENOMEM;
	memcpy(entry, name, length);
	entry[length] = '=';
	memcpy(entry + length + 1, value, size);
	e->at[i] = entry;
	e->n += i == e->n;
	return 0;
}

static int environment_change(struct environment *e, struct arena *arena,
			      const struct said *said)
{
	switch (said->option) {
	case OPTION_CLEARENV:
		e->n = 0;
		break;
	case OPTION_UNSETENV:
		variable_remove(e, said->values[0].word);
		break;
	case OPTION_SETENV:
		return variable_set(e, arena, said->values[0].word, said->values[1].word);
	default:
		break;
	}
	return 0;
}

int spec_environment(struct spec *spec, const struct said *first, struct arena *arena,
		     struct text *why)
{
	size_t n_set = said_count(first, OPTION_SETENV), n = 0;
	struct environment e = {0};
	int error = 0;

	if (n_set + said_count(first, OPTION_UNSETENV) + said_count(first, OPTION_CLEARENV) ==
	    0)
		return 0;
	while (spec->envp[n])
		n++;
	e.at = arena_alloc(arena, (n + n_set + 1) * sizeof(*e.at));
	if (!e.at)
		return said_no_memory(why);
	for (; e.n < n; e.n++)
		e.at[e.n] = spec->envp[e.n];
	for (; first && error == 0; first = first->next)
		error = environment_change(&e, arena, first);
	if (error < 0)
		return said_no_memory(why);
	e.at[e.n] = NULL;
	spec->envp = e.at;
	return 0;
}
