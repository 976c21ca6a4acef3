/* How filters of system calls are printed: seccomp(2)'s programs and actions. */
#include "core/kernel/print_parts.h"

static const struct form action_form = {SHAPE_WORDS, WORDS_seccomp_action};
static const struct form hex_form = {SHAPE_HEX, 0};

void print_action(struct printer *p, int i)
{
	const uint32_t *action = printer_pointer(p, i);

	text_add_char(p->t, '[');
	number_add(p, &action_form, *action, sizeof(*action));
	text_add_char(p->t, ']');
}

/* What a return gives is an action; all else are numbers. */
static void instruction_add(struct printer *p, const struct sock_filter *instruction)
{
	bool is_jump = instruction->jt || instruction->jf;

	text_add(p->t, is_jump ? "BPF_JUMP(" : "BPF_STMT(");
	number_add(p, &hex_form, instruction->code, sizeof(instruction->code));
	text_add(p->t, ", ");
	number_add(p, instruction->code == (BPF_RET | BPF_K) ? &action_form : &hex_form,
		   instruction->k, sizeof(instruction->k));
	if (is_jump)
		text_addf(p->t, ", %u, %u", instruction->jt, instruction->jf);
	text_add_char(p->t, ')');
}

void print_prog(struct printer *p, int i)
{
	const struct sock_fprog *prog = printer_pointer(p, i);

	text_addf(p->t, "{len=%u, filter=", prog->len);
	text_add(p->t, prog->filter ? "[" : "NULL");
	for (size_t n = 0; prog->filter && n < prog->len && list_separate(p, n); n++)
		instruction_add(p, &prog->filter[n]);
	text_add(p->t, prog->filter ? "]}" : "}");
}
