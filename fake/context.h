/* A function on a stack of its own, and stepping from one such place to another. */
#ifndef FAKE_CONTEXT_H
#define FAKE_CONTEXT_H

#include <stddef.h>

/*
 * swapcontext(3) asks the kernel for the signal mask twice at each step; nothing here changes
 * that mask.  Where the processor has a shadow stack, only the C library knows how to step.
 */
#if defined(__x86_64__) && !(defined(__CET__) && (__CET__ & 2)) && !defined(CONTEXT_PORTABLE)
#define CONTEXT_X86_64
#endif

#ifdef CONTEXT_X86_64
struct context {
	void *sp; /* what is kept of the registers lies on the stack */
};
#else
#include <ucontext.h>
struct context {
	ucontext_t ucontext;
};
#endif

/* The first step to it calls main(arg) on this stack; main must never return. */
void context_make(struct context *context, char *stack, size_t size, void (*main)(void *arg),
		  void *arg);
/* Keeps the place of the caller in from and goes on at to; returns when stepped back to. */
void context_switch(struct context *from, struct context *to);

#endif
