/* Classic BPF, as far as seccomp(2) lets it: net/core/filter.c, kernel/seccomp.c. */
#include "fake/seccomp.h"

#include <string.h>

/* The instructions that seccomp_check_filter() lets through. */
static bool code_is_allowed(uint16_t code)
{
	static const uint16_t plain[] = {
		BPF_LD | BPF_W | BPF_ABS,  BPF_LD | BPF_W | BPF_LEN, BPF_LDX | BPF_W | BPF_LEN,
		BPF_LD | BPF_IMM,	   BPF_LDX | BPF_IMM,	     BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,	   BPF_ST,		     BPF_STX,
		BPF_MISC | BPF_TAX,	   BPF_MISC | BPF_TXA,	     BPF_RET | BPF_K,
		BPF_RET | BPF_A,	   BPF_JMP | BPF_JA,	     BPF_ALU | BPF_NEG,
	};
	static const uint16_t with_operand[] = {
		BPF_ALU | BPF_ADD, BPF_ALU | BPF_SUB,  BPF_ALU | BPF_MUL, BPF_ALU | BPF_DIV,
		BPF_ALU | BPF_AND, BPF_ALU | BPF_OR,   BPF_ALU | BPF_XOR, BPF_ALU | BPF_LSH,
		BPF_ALU | BPF_RSH, BPF_JMP | BPF_JEQ,  BPF_JMP | BPF_JGE, BPF_JMP | BPF_JGT,
		BPF_JMP | BPF_JSET,
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (code == plain[i])
			return true;
	for (size_t i = 0; i < sizeof(with_operand) / sizeof(*with_operand); i++)
		if (code == (with_operand[i] | BPF_K) || code == (with_operand[i] | BPF_X))
			return true;
	return false;
}

static bool is_conditional(uint16_t code)
{
	return BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA;
}

/* Its number, and where it may lead: always on, never behind the end. */
static bool instruction_is_sound(const struct sock_filter *at, unsigned int left)
{
	if (!code_is_allowed(at->code))
		return false;
	if (is_conditional(at->code))
		return at->jt < left && at->jf < left;
	switch (at->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return at->k < sizeof(struct seccomp_data) && at->k % 4 == 0;
	case BPF_ALU | BPF_DIV | BPF_K:
		return at->k != 0;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return at->k < 32;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return at->k < BPF_MEMWORDS;
	case BPF_JMP | BPF_JA:
		return at->k < left;
	default:
		return true;
	}
}

/* check_load_and_stores(): whichever way leads there, a cell was written before it is read. */
static bool loads_are_sound(const struct sock_filter *filter, unsigned int len)
{
	uint16_t masks[BPF_MAXINSNS];
	uint16_t valid = 0;

	memset(masks, 0xff, sizeof(masks));
	for (unsigned int i = 0; i < len; i++) {
		const struct sock_filter *at = &filter[i];

		valid &= masks[i];
		if (at->code == BPF_ST || at->code == BPF_STX)
			valid |= (uint16_t)(1u << at->k);
		else if ((at->code == (BPF_LD | BPF_MEM) || at->code == (BPF_LDX | BPF_MEM)) &&
			 !(valid >> at->k & 1))
			return false;
		if (BPF_CLASS(at->code) != BPF_JMP)
			continue;
		masks[i + 1 + (is_conditional(at->code) ? at->jt : at->k)] &= valid;
		if (is_conditional(at->code))
			masks[i + 1 + at->jf] &= valid;
		valid = 0xffff;
	}
	return true;
}

bool filter_is_sound(const struct sock_filter *filter, unsigned int len)
{
	uint16_t last = filter[len - 1].code;

	for (unsigned int i = 0; i < len; i++)
		if (!instruction_is_sound(&filter[i], len - i - 1))
			return false;
	return (last == (BPF_RET | BPF_K) || last == (BPF_RET | BPF_A)) &&
	       loads_are_sound(filter, len);
}

struct machine {
	uint32_t a, x, cells[BPF_MEMWORDS];
};

static uint32_t arithmetic(uint32_t a, uint16_t op, uint32_t by)
{
	switch (op) {
	case BPF_ADD:
		return a + by;
	case BPF_SUB:
		return a - by;
	case BPF_MUL:
		return a * by;
	case BPF_DIV:
		return a / by;
	case BPF_AND:
		return a & by;
	case BPF_OR:
		return a | by;
	case BPF_XOR:
		return a ^ by;
	case BPF_LSH:
		return a << (by & 31);
	case BPF_RSH:
		return a >> (by & 31);
	default:
		return -a; /* BPF_NEG */
	}
}

static bool condition(uint32_t a, uint16_t op, uint32_t with)
{
	switch (op) {
	case BPF_JEQ:
		return a == with;
	case BPF_JGT:
		return a > with;
	case BPF_JGE:
		return a >= with;
	default:
		return a & with; /* BPF_JSET */
	}
}

static uint32_t load(const struct machine *m, const struct sock_filter *at,
		     const struct seccomp_data *data)
{
	uint32_t word;

	switch (BPF_MODE(at->code)) {
	case BPF_ABS:
		memcpy(&word, (const char *)data + at->k, sizeof(word));
		return word;
	case BPF_LEN:
		return sizeof(*data);
	case BPF_MEM:
		return m->cells[at->k];
	default:
		return at->k; /* BPF_IMM */
	}
}

uint32_t filter_run(const struct sock_filter *at, const struct seccomp_data *data)
{
	struct machine m = {0};

	for (;; at++) {
		uint32_t operand = BPF_SRC(at->code) == BPF_X ? m.x : at->k;

		switch (BPF_CLASS(at->code)) {
		case BPF_LD:
			m.a = load(&m, at, data);
			break;
		case BPF_LDX:
			m.x = load(&m, at, data);
			break;
		case BPF_ST:
			m.cells[at->k] = m.a;
			break;
		case BPF_STX:
			m.cells[at->k] = m.x;
			break;
		case BPF_ALU:
			/* bpf_convert_filter(): such a division ends the program with 0. */
			if (BPF_OP(at->code) == BPF_DIV && operand == 0)
				return 0;
			m.a = arithmetic(m.a, BPF_OP(at->code), operand);
			break;
		case BPF_JMP:
			if (BPF_OP(at->code) == BPF_JA)
				at += at->k;
			else
				at += condition(m.a, BPF_OP(at->code), operand) ? at->jt
										 : at->jf;
			break;
		case BPF_MISC:
			if (BPF_MISCOP(at->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		default:
			return BPF_RVAL(at->code) == BPF_A ? m.a : at->k;
		}
	}
}
