/* Text to calls: the line, its numbers, strings, lists and structures. */
#include "tests/lib/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/parse_parts.h"

#define NO_MEMORY_BELOW 4096

bool scan_fail(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

void *scan_alloc(struct scan *s, size_t size)
{
	/* Also what is empty has an address of its own. */
	void *memory = arena_alloc(s->memory, size > 0 ? size : 1);

	if (!memory) {
		s->no_memory = true;
		scan_fail(s, "no memory for what this points at");
	}
	return memory;
}

static void skip_spaces(struct scan *s)
{
	while (s->at < s->end && isspace((unsigned char)*s->at))
		s->at++;
}

bool scan_take(struct scan *s, const char *token)
{
	size_t n = strlen(token);

	skip_spaces(s);
	if ((size_t)(s->end - s->at) < n || strncmp(s->at, token, n) != 0)
		return false;
	s->at += n;
	return true;
}

static size_t word_length(const struct scan *s)
{
	size_t n = 0;

	while (s->at + n < s->end && (isalnum((unsigned char)s->at[n]) || s->at[n] == '_'))
		n++;
	return n;
}

static bool digits(struct scan *s, uint64_t *value)
{
	char *end;

	if (s->at == s->end || !isdigit((unsigned char)*s->at))
		return scan_fail(s, "a number is missing here");
	errno = 0;
	*value = strtoull(s->at, &end, 0);
	if (errno != 0 || (size_t)(end - s->at) != word_length(s))
		return scan_fail(s, "this is no number");
	s->at = end;
	return true;
}

/* Which words a number of this form may be written in. */
static int words_of(const struct form *form)
{
	switch (form->shape) {
	case SHAPE_FD:
	case SHAPE_AUX:
		return WORDS_at_fd;
	case SHAPE_MODE:
		return WORDS_file_type;
	case SHAPE_WORDS:
		return (int)form->words;
	default:
		return -1;
	}
}

static int64_t widened(uint64_t value)
{
	return (int32_t)(uint32_t)value;
}

/* One word or number; -EBADF where errors are meant. */
static bool term(struct scan *s, const struct form *form, uint64_t *value)
{
	bool negative = scan_take(s, "-");
	int set = negative ? (int)WORDS_error : words_of(form);
	size_t n;

	skip_spaces(s);
	n = word_length(s);
	if (n == 0 || isdigit((unsigned char)*s->at)) {
		if (!digits(s, value))
			return false;
	} else if (set < 0 || words_find((enum word_set)set, s->at, n, value) < 0) {
		return scan_fail(s, "this word is not known here");
	} else {
		/* AT_FDCWD is negative. */
		if (form->shape == SHAPE_FD || form->shape == SHAPE_AUX)
			*value = (uint64_t)widened(*value);
		s->at += n;
	}
	if (negative)
		*value = -*value;
	return true;
}

static bool makedev_number(struct scan *s, uint64_t *value)
{
	uint64_t numbers[2];

	if (!scan_take(s, "("))
		return scan_fail(s, "makedev(major, minor) is meant");
	for (int i = 0; i < 2; i++) {
		skip_spaces(s);
		if (!digits(s, &numbers[i]))
			return false;
		if (!scan_take(s, i == 0 ? "," : ")"))
			return scan_fail(s, "makedev(major, minor) is meant");
	}
	*value = makedev((unsigned int)numbers[0], (unsigned int)numbers[1]);
	return true;
}

bool scan_number(struct scan *s, const struct form *form, uint64_t *value)
{
	uint64_t one;

	*value = 0;
	if (form->shape == SHAPE_DEV && scan_take(s, "makedev"))
		return makedev_number(s, value);
	do {
		if (!term(s, form, &one))
			return false;
		*value |= one;
	} while (scan_take(s, "|"));
	/* 4</srv/data>: what a descriptor means is for people. */
	if (form->shape == SHAPE_FD && s->at < s->end && *s->at == '<') {
		while (s->at < s->end && *s->at != '>')
			s->at++;
		s->at += s->at < s->end;
	}
	return true;
}

int scan_list(struct scan *s, bool (*one)(struct scan *s, int i, void *into), void *into)
{
	int n = 0;

	if (!scan_take(s, "["))
		return scan_fail(s, "[ is missing here") - 1;
	if (scan_take(s, "]"))
		return 0;
	do {
		if (!one(s, n++, into))
			return -1;
	} while (scan_take(s, ","));
	return scan_take(s, "]") ? n : scan_fail(s, "] is missing here") - 1;
}

bool scan_members(struct scan *s,
		  bool (*one)(struct scan *s, const char *name, size_t n, void *into),
		  void *into)
{
	const char *name;
	size_t n;

	if (!scan_take(s, "{"))
		return scan_fail(s, "{ is missing here");
	if (scan_take(s, "}"))
		return true;
	do {
		skip_spaces(s);
		name = s->at;
		n = word_length(s);
		s->at += n;
		if (n == 0 || !scan_take(s, "="))
			return scan_fail(s, "name=value is missing here");
		if (!one(s, name, n, into))
			return scan_fail(s, "this structure has no such member");
	} while (scan_take(s, ","));
	return scan_take(s, "}") ? true : scan_fail(s, "} is missing here");
}

bool name_is(const char *name, size_t n, const char *word)
{
	return strlen(word) == n && strncmp(name, word, n) == 0;
}

struct structure {
	enum kind kind;
	void *base;
};

static bool one_field(struct scan *s, const char *name, size_t n, void *into)
{
	struct structure *structure = into;
	const struct field_list *fields = &kind_fields[structure->kind];
	uint64_t value;
	char *bytes;
	size_t length;

	for (int i = 0; i < fields->n; i++) {
		const struct field *field = &fields->at[i];

		if (!name_is(name, n, field->name))
			continue;
		if (field->form.shape == SHAPE_BYTES || field->form.shape == SHAPE_STRING) {
			if (!scan_string(s, &bytes, &length, field->size))
				return false;
			memcpy((char *)structure->base + field->offset, bytes,
			       field->form.shape == SHAPE_BYTES ? field->size : length);
			return true;
		}
		if (!scan_number(s, &field->form, &value))
			return false;
		field_set(field, structure->base, value);
		return true;
	}
	return false;
}

bool scan_fields(struct scan *s, enum kind kind, void *base)
{
	return scan_members(s, one_field, &(struct structure){kind, base});
}

/* Past one argument: to the comma or parenthesis that ends it. */
static const char *argument_end(const char *at)
{
	int depth = 0;

	for (; *at; at++) {
		if (*at == '"') {
			for (at++; *at && *at != '"'; at++)
				at += *at == '\\' && at[1];
			if (!*at)
				return at;
		} else if (*at == '<' && isdigit((unsigned char)at[-1])) {
			at += strcspn(at, ">");
			if (!*at)
				return at;
		} else if (strchr("([{", *at)) {
			depth++;
		} else if (depth == 0 && (*at == ',' || *at == ')')) {
			return at;
		} else if (strchr(")]}", *at)) {
			depth--;
		}
	}
	return at;
}

struct span {
	const char *at, *end;
};

/* The arguments between the parentheses; answers how many, -1 when they do not end. */
static int split(struct scan *s, struct span *spans)
{
	int n = 0;

	if (scan_take(s, ")"))
		return 0;
	for (;; s->at++) {
		const char *end = argument_end(s->at);

		if (!*end || n == CALL_ARGS_MAX)
			return scan_fail(s, "there is no end to the arguments") - 1;
		spans[n++] = (struct span){s->at, end};
		s->at = end;
		if (*end == ')')
			break;
	}
	s->at++;
	return n;
}

static bool blank(const char *at, const char *end)
{
	while (at < end && isspace((unsigned char)*at))
		at++;
	return at == end;
}

/* 0 in a pointer's place is NULL. */
static bool is_zero(struct scan *s)
{
	const char *at = s->at;

	if (scan_take(s, "0") && blank(s->at, s->end))
		return true;
	s->at = at;
	return false;
}

/* "0x1": below the first page, where no memory is. */
static bool take_address(struct scan *s, uintptr_t *address)
{
	static const struct form plain = {SHAPE_UINT, 0};
	const char *at = s->at;
	uint64_t value;

	if (scan_take(s, "0x")) {
		s->at -= 2;
		if (scan_number(s, &plain, &value) && value < NO_MEMORY_BELOW) {
			*address = value;
			return true;
		}
		s->why = NULL;
	}
	s->at = at;
	return false;
}

/* One argument from its span; out memory is made whatever is written there. */
static bool argument(struct scan *s, int i, const struct span *span)
{
	enum kind kind = sysop_infos[s->call->op].kinds[i];
	bool out = kind_infos[kind].direction == OUT;
	void *memory;
	uint64_t value;

	s->at = span->at;
	s->end = span->end;
	if (!out && blank(s->at, s->end))
		return scan_fail(s, "an argument is missing here");
	if (kind_forms[kind].shape != SHAPE_NONE) {
		if (!scan_number(s, &kind_forms[kind], &value))
			return false;
		s->call->arg[i] = kind_widths[kind] == 4 ? (uintptr_t)widened(value) : value;
	} else if (scan_take(s, "NULL") || (!out && is_zero(s))) {
		s->call->arg[i] = 0;
	} else if (!out && take_address(s, &s->call->arg[i])) {
		;
	} else if (out) {
		memory = scan_alloc(s, argument_room(s->call, i));
		s->call->arg[i] = (uintptr_t)memory;
		s->at = s->end;
	} else if (part_scanners[kind]) {
		part_scanners[kind](s, i);
	} else {
		memory = scan_alloc(s, (size_t)kind_infos[kind].size);
		s->call->arg[i] = (uintptr_t)memory;
		if (memory)
			scan_fields(s, kind, memory);
	}
	if (!s->why && !blank(s->at, s->end))
		scan_fail(s, "this argument goes on where it should end");
	return !s->why;
}

/* Numbers first: some say how large the memory is that others point at. */
static bool arguments(struct scan *s, const struct span *given, int n_given)
{
	const struct sysop_info *info = &sysop_infos[s->call->op];
	static const struct span nothing = {"", ""};
	const struct span *spans[CALL_ARGS_MAX];
	int n_out = 0, next = 0;

	for (int i = 0; i < info->n_args; i++)
		n_out += kind_infos[info->kinds[i]].direction == OUT;
	if (n_given != info->n_args && n_given != info->n_args - n_out)
		return scan_fail(s, "too few or too many arguments");
	for (int i = 0; i < info->n_args; i++)
		spans[i] = n_given < info->n_args && kind_infos[info->kinds[i]].direction == OUT
				   ? &nothing
				   : &given[next++];
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < info->n_args; i++)
			if ((kind_forms[info->kinds[i]].shape == SHAPE_NONE) == pass &&
			    !argument(s, i, spans[i]))
				return false;
	return true;
}

static bool answer(struct scan *s, struct parsed *parsed)
{
	static const struct form plain = {SHAPE_INT, 0}, modes = {SHAPE_MODE, 0};
	static const struct form o_flags = {SHAPE_WORDS, WORDS_o_flags};
	static const struct form fd_flags = {SHAPE_WORDS, WORDS_fd_flags};
	const struct form *form = &plain;
	uint64_t value, error;
	size_t n;

	if (!scan_take(s, "=")) {
		skip_spaces(s);
		return s->at == s->end ? true : scan_fail(s, "the line goes on after the call");
	}
	if (scan_take(s, "?"))
		return true;
	if (parsed->call.op == OP_umask)
		form = &modes;
	else if (parsed->call.op == OP_fcntl_getfl)
		form = &o_flags;
	else if (parsed->call.op == OP_fcntl_getfd)
		form = &fd_flags;
	if (!scan_number(s, form, &value))
		return false;
	parsed->answered = true;
	parsed->answer = (int)value;
	skip_spaces(s);
	n = word_length(s);
	if (parsed->answer == -1 && words_find(WORDS_error, s->at, n, &error) == 0)
		parsed->answer = -(int)error;
	return true;
}

static bool line_start(struct scan *s, struct parsed *parsed)
{
	char name[32];
	uint64_t task;
	size_t n;

	if (scan_take(s, "[")) {
		skip_spaces(s);
		if (!digits(s, &task) || !scan_take(s, "]"))
			return scan_fail(s, "[task] is meant");
		parsed->task = (int)task;
	}
	skip_spaces(s);
	n = word_length(s);
	if (n == 0 || n >= sizeof(name))
		return scan_fail(s, "no call has this name");
	memcpy(name, s->at, n);
	name[n] = '\0';
	if (sysop_find(name) < 0)
		return scan_fail(s, "no call has this name");
	parsed->call.op = (enum sysop)sysop_find(name);
	s->at += n;
	return scan_take(s, "(") ? true : scan_fail(s, "( is missing here");
}

int call_parse(struct parsed *parsed, const char *line, struct arena *memory,
	       struct parse_error *error)
{
	const char *end = line + strlen(line);
	struct scan s = {.at = line, .end = end, .memory = memory, .call = &parsed->call};
	struct span spans[CALL_ARGS_MAX];
	const char *after;
	int n;

	*parsed = (struct parsed){0};
	if (line_start(&s, parsed)) {
		n = split(&s, spans);
		after = s.at;
		if (n >= 0 && arguments(&s, spans, n)) {
			s.at = after;
			s.end = end;
			answer(&s, parsed);
		}
	}
	if (!s.why)
		return 0;
	*error = (struct parse_error){s.why, (size_t)(s.at - line)};
	return s.no_memory ? -ENOMEM : -EINVAL;
}
