/* How filters of system calls are read: seccomp(2)'s programs and actions. */
#include <string.h>

#include "tests/lib/parse_parts.h"

#define INSTRUCTIONS_MAX 256

static const struct form action_form = {SHAPE_WORDS, WORDS_seccomp_action};
static const struct form code_form = {SHAPE_WORDS, WORDS_bpf_code};
static const struct form uint_form = {SHAPE_UINT, 0};

bool part_action(struct scan *s, int i)
{
	uint32_t *action = scan_alloc(s, sizeof(*action));
	uint64_t value;

	if (!action || !scan_take(s, "[") || !scan_number(s, &action_form, &value) ||
	    !scan_take(s, "]"))
		return scan_fail(s, "[action] is meant");
	*action = (uint32_t)value;
	s->call->arg[i] = (uintptr_t)action;
	return true;
}

struct instructions {
	struct sock_filter at[INSTRUCTIONS_MAX];
};

/* BPF_STMT(code, k) or BPF_JUMP(code, k, jt, jf). */
static bool one_instruction(struct scan *s, int i, void *into)
{
	const struct form *const forms[] = {&code_form, &action_form, &uint_form, &uint_form};
	struct instructions *instructions = into;
	uint64_t values[4] = {0};
	int n = scan_take(s, "BPF_JUMP") ? 4 : 2;

	if (i == INSTRUCTIONS_MAX)
		return scan_fail(s, "a list as long as this is not read");
	if (n == 2 && !scan_take(s, "BPF_STMT"))
		return scan_fail(s, "BPF_STMT or BPF_JUMP is missing here");
	for (int j = 0; j < n; j++)
		if (!scan_take(s, j ? "," : "(") || !scan_number(s, forms[j], &values[j]))
			return scan_fail(s, "(code, k) or (code, k, jt, jf) is meant");
	instructions->at[i] = (struct sock_filter){(uint16_t)values[0], (uint8_t)values[2],
						   (uint8_t)values[3], (uint32_t)values[1]};
	return scan_take(s, ")") ? true : scan_fail(s, ") is missing here");
}

struct program {
	struct sock_fprog *prog;
	bool has_len;
};

static bool scan_filter(struct scan *s, struct program *program)
{
	struct instructions instructions = {0};
	struct sock_filter *filter;
	int n;

	if (scan_take(s, "NULL"))
		return true;
	n = scan_list(s, one_instruction, &instructions);
	if (n < 0)
		return false;
	/* Whatever len says that the kernel would look at. */
	filter = scan_alloc(s, BPF_MAXINSNS * sizeof(*filter));
	if (!filter)
		return false;
	memcpy(filter, instructions.at, (size_t)n * sizeof(*filter));
	program->prog->filter = filter;
	if (!program->has_len)
		program->prog->len = (unsigned short)n;
	return true;
}

/* Without len they are counted. */
static bool one_member(struct scan *s, const char *name, size_t n, void *into)
{
	struct program *program = into;
	uint64_t value;

	if (name_is(name, n, "filter"))
		return scan_filter(s, program);
	if (!name_is(name, n, "len") || !scan_number(s, &uint_form, &value))
		return false;
	program->prog->len = (unsigned short)value;
	program->has_len = true;
	return true;
}

bool part_prog(struct scan *s, int i)
{
	struct program program = {.prog = scan_alloc(s, sizeof(struct sock_fprog))};

	s->call->arg[i] = (uintptr_t)program.prog;
	return program.prog && scan_members(s, one_member, &program);
}
