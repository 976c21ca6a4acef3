/* A function on a stack of its own, and stepping from one such place to another. */
#include "fake/context.h"

#include <stdint.h>

#ifdef CONTEXT_X86_64

/* The registers that a function of the System V ABI must keep; order as in context_make. */
__asm__(".text\n"
	".type context_switch, @function\n"
	".globl context_switch\n"
	"context_switch:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq (%rsi), %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size context_switch, . - context_switch\n"
	".type context_begin, @function\n"
	"context_begin:\n" /* arg is in rbx, main in rbp; there is no way back */
	"	movq %rbx, %rdi\n"
	"	callq *%rbp\n"
	"	ud2\n"
	".size context_begin, . - context_begin\n");

/* Not to be called: where the first context_switch to a new context returns to. */
void context_begin(void);

void context_make(struct context *context, char *stack, size_t size, void (*main)(void *arg),
		  void *arg)
{
	uintptr_t *sp = (uintptr_t *)(stack + size);

	*--sp = 0; /* the stack is aligned to 16 bytes where main is called */
	*--sp = 0;
	*--sp = (uintptr_t)context_begin;
	*--sp = (uintptr_t)main; /* rbp */
	*--sp = (uintptr_t)arg;	 /* rbx */
	sp -= 4;		 /* r12 to r15: whatever is there */
	context->sp = sp;
}

#else

static void context_begin(unsigned int main_high, unsigned int main_low, unsigned int arg_high,
			  unsigned int arg_low)
{
	void (*main)(void *arg) = (void (*)(void *))((uintptr_t)main_high << 32 | main_low);

	main((void *)((uintptr_t)arg_high << 32 | arg_low));
}

void context_make(struct context *context, char *stack, size_t size, void (*main)(void *arg),
		  void *arg)
{
	uintptr_t m = (uintptr_t)main, a = (uintptr_t)arg;

	getcontext(&context->ucontext);
	context->ucontext.uc_stack.ss_sp = stack;
	context->ucontext.uc_stack.ss_size = size;
	context->ucontext.uc_link = NULL;
	makecontext(&context->ucontext, (void (*)(void))context_begin, 4,
		    (unsigned int)(m >> 32), (unsigned int)m, (unsigned int)(a >> 32),
		    (unsigned int)a);
}

void context_switch(struct context *from, struct context *to)
{
	swapcontext(&from->ucontext, &to->ucontext);
}

#endif
