/* Fibers: one task runs, and gives way where Linux would sleep or might preempt. */
#include "fake/sched.h"

#include "fake/context.h"

#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_SIZE ((size_t)512 << 10) /* its frames are larger */
#else
#define STACK_SIZE ((size_t)128 << 10)
#endif
#if defined(WITH_VALGRIND)
#include <valgrind/valgrind.h>
#endif

#define GUARD_SIZE ((size_t)4096)
/* Calls that one task makes in a row while others could run; so nobody polls for ever. */
#define QUANTUM 4096
#define CHOICES_MAX 256

/*
 * A stack and who runs on it.  It lies at the upper end of its own stack, and is no part of
 * the region: what has run keeps nothing that a snapshot would have to know.
 */
struct fiber {
	struct context context;
	char *stack; /* above the guard page */
	size_t size;
	void *asan_stack; /* of its checker, while it does not run */
	struct fake *f;
	int (*main)(void *arg);
	void *arg;
	struct fiber *all, *free; /* next */
};

/* Outside of the region as well. */
struct fibers {
	struct fiber caller; /* the stack of whoever called sched_run */
	struct fiber *running;
	struct fiber *all, *free;
};

struct sched {
	struct fibers *fibers;
	int quantum; /* calls left */
};

struct sched *sched_new(struct fake *f)
{
	struct sched *sched = heap_alloc(f, sizeof(*sched));
	void *page = mmap(NULL, sizeof(struct fibers), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	sched->fibers = page;
	sched->fibers->running = &sched->fibers->caller;
	return sched;
}

static void fiber_unmap(struct fiber *fiber)
{
#if defined(__SANITIZE_ADDRESS__)
	ASAN_UNPOISON_MEMORY_REGION(fiber->stack, fiber->size);
#endif
	munmap(fiber->stack - GUARD_SIZE, GUARD_SIZE + STACK_SIZE);
}

void sched_free(struct fake *f)
{
	struct fibers *fibers = f->sched->fibers;

	while (fibers->all) {
		struct fiber *fiber = fibers->all;

		fibers->all = fiber->all;
		fiber_unmap(fiber);
	}
	munmap(fibers, sizeof(*fibers));
}

void sched_forget(struct fake *f)
{
	struct fibers *fibers = f->sched->fibers;

	fibers->free = fibers->all;
	for (struct fiber *fiber = fibers->all; fiber; fiber = fiber->all)
		fiber->free = fiber->all;
}

static struct fiber *fiber_map(struct fake *f)
{
	struct fibers *fibers = f->sched->fibers;
	char *memory = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct fiber *fiber;

	if (memory == MAP_FAILED)
		return NULL;
	if (mprotect(memory + GUARD_SIZE, STACK_SIZE, PROT_READ | PROT_WRITE) < 0)
		return NULL;
	fiber = (struct fiber *)(memory + GUARD_SIZE + STACK_SIZE) - 1;
	fiber = (struct fiber *)((uintptr_t)fiber & ~(uintptr_t)63);
	fiber->stack = memory + GUARD_SIZE;
	fiber->size = (size_t)((char *)fiber - fiber->stack);
#if defined(WITH_VALGRIND)
	VALGRIND_STACK_REGISTER(fiber->stack, fiber->stack + fiber->size);
#endif
	fiber->f = f;
	fiber->all = fibers->all;
	fibers->all = fiber;
	return fiber;
}

static struct fiber *fiber_take(struct fake *f)
{
	struct fibers *fibers = f->sched->fibers;
	struct fiber *fiber = fibers->free;

	if (fiber == NULL)
		return fiber_map(f);
	fibers->free = fiber->free;
#if defined(__SANITIZE_ADDRESS__)
	ASAN_UNPOISON_MEMORY_REGION(fiber->stack, fiber->size);
#endif
	fiber->asan_stack = NULL;
	return fiber;
}

/* May be the running one, which then steps away for good before anybody can take it. */
static void fiber_give(struct fake *f, struct fiber *fiber)
{
	fiber->free = f->sched->fibers->free;
	f->sched->fibers->free = fiber;
}

/* Just stepped here: the checker learns which stack this is, and how large the last one is. */
static void fiber_arrive(struct fiber *self, struct fiber *last)
{
#if defined(__SANITIZE_ADDRESS__)
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(self->asan_stack, &bottom, &size);
	if (last->stack == NULL) {
		memcpy(&last->stack, &bottom, sizeof(bottom));
		last->size = size;
	}
#else
	(void)self;
	(void)last;
#endif
}

/* From the running fiber to another. */
static void fiber_switch(struct fake *f, struct fiber *to, bool is_last)
{
	struct fibers *fibers = f->sched->fibers;
	struct fiber *from = fibers->running;

	fibers->running = to;
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_start_switch_fiber(is_last ? NULL : &from->asan_stack, to->stack, to->size);
#endif
	(void)is_last;
	context_switch(&from->context, &to->context);
	fiber_arrive(from, &fibers->caller);
}

static void fiber_begin(void *arg)
{
	struct fiber *fiber = arg;
	struct fake *f = fiber->f;
	int status;

	fiber_arrive(fiber, &f->sched->fibers->caller);
	signal_deliver(f);
	status = fiber->main(fiber->arg);
	sys_exit_group(&f->kernel, status);
	/* A filter kept it from that; what the C library does then ends it, too. */
	task_exit(f, SIGSEGV);
}

static int fiber_set(struct fake *f, struct task *t, int (*main)(void *arg), void *arg)
{
	struct fiber *fiber = fiber_take(f);

	if (fiber == NULL)
		return fake_stop(f, "fake: no memory for the stack of another task");
	fiber->main = main;
	fiber->arg = arg;
	context_make(&fiber->context, fiber->stack, fiber->size, fiber_begin, fiber);
	t->fiber = fiber;
	return 0;
}

int fiber_make(struct fake *f, struct task *t, int (*main)(void *arg), void *arg)
{
	return fiber_set(f, t, main, arg);
}

void fiber_replace(struct fake *f, int (*main)(void *arg), void *arg)
{
	struct task *t = f->current;
	struct fiber *old = t->fiber;

	fiber_set(f, t, main, arg);
	fiber_give(f, old);
	fiber_switch(f, t->fiber, true);
	__builtin_unreachable();
}

/* Who runs next. */

/* A sleeper wakes for its condition and for signals; a stopped one for its death alone. */
static bool task_can_run(struct fake *f, struct task *t)
{
	switch (t->state) {
	case TASK_READY:
		return t->fiber != NULL;
	case TASK_SLEEPING:
		return t->is_ready(f, t->ready_arg) ||
		       (t->deadline && f->clock >= t->deadline) ||
		       (!t->is_exiting && signal_is_pending(t));
	case TASK_PAUSED:
		return !t->is_paused || signal_is_pending(t);
	case TASK_STOPPED:
		return t->dying_of != 0;
	default:
		return false;
	}
}

/* Round, beginning behind the current task. */
static struct task *next_in_turn(struct fake *f)
{
	struct list *start = f->current ? &f->current->all : &f->tasks;
	struct list *node = start;

	do {
		node = node->next;
		if (node != &f->tasks && task_can_run(f, list_entry(node, struct task, all)))
			return list_entry(node, struct task, all);
	} while (node != start);
	return NULL;
}

static struct task *next_by_choice(struct fake *f)
{
	struct task *tasks[CHOICES_MAX];
	int numbers[CHOICES_MAX];
	int n = 0, i = 0;

	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (!task_can_run(f, t))
			continue;
		if (n == CHOICES_MAX) {
			fake_stop(f, "fake: more than %d tasks that could run", CHOICES_MAX);
			return NULL;
		}
		tasks[n] = t;
		numbers[n++] = t->number;
	}
	if (n > 1)
		i = f->options.choose(f->options.context, numbers, n);
	if (i < 0 || i >= (n ? n : 1)) {
		fake_stop(f, "fake: choose answered %d for %d tasks", i, n);
		return NULL;
	}
	return n ? tasks[i] : NULL;
}

/* The clock goes on to the next time that a sleeper waits for; false: none does. */
static bool clock_advance(struct fake *f)
{
	uint64_t next = 0;

	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (t->state == TASK_SLEEPING && t->deadline &&
		    (next == 0 || t->deadline < next))
			next = t->deadline;
	}
	if (next == 0)
		return false;
	f->clock = next;
	return true;
}

static struct task *sched_next(struct fake *f)
{
	struct task *t;

	do
		t = f->options.choose ? next_by_choice(f) : next_in_turn(f);
	while (t == NULL && f->stopped[0] == '\0' && clock_advance(f));
	f->sched->quantum = QUANTUM;
	return t;
}

/* To a task, or (NULL) to the caller's own stack. */
static void sched_switch(struct fake *f, struct task *t, bool is_last)
{
	struct fibers *fibers = f->sched->fibers;
	struct fiber *to = t ? t->fiber : &fibers->caller;

	f->current = t;
	if (t)
		t->state = TASK_READY;
	if (to != fibers->running)
		fiber_switch(f, to, is_last);
}

void sched_point(struct fake *f)
{
	if (f->options.choose == NULL && --f->sched->quantum > 0)
		return;
	sched_switch(f, sched_next(f), false);
}

void sched_leave(struct fake *f)
{
	sched_switch(f, sched_next(f), false);
}

void fiber_end(struct fake *f)
{
	struct task *next = NULL;

	if (f->stopped[0] == '\0') {
		fiber_give(f, f->sched->fibers->running);
		next = sched_next(f);
	}
	sched_switch(f, next, true);
	__builtin_unreachable();
}

/* Sleeping. */

/* Between these the task is known to be in the middle of a call. */
static void sleep_begin(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg)
{
	f->current->is_ready = ready;
	f->current->ready_arg = arg;
}

static void sleep_end(struct fake *f)
{
	struct task *t = f->current;

	t->is_ready = NULL;
	t->ready_arg = NULL;
	t->waits_for[0] = '\0';
	t->waits_on = NULL;
	t->deadline = 0;
}

static void task_fall_asleep(struct fake *f)
{
	f->current->state = TASK_SLEEPING;
	sched_leave(f);
}

__attribute__((format(printf, 4, 0))) static int
task_sleep_v(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg,
	     const char *waits_for, va_list args)
{
	struct task *t = f->current;
	struct text text;
	int r = 0;

	text_init(&text, t->waits_for, sizeof(t->waits_for));
	text_addv(&text, waits_for, args);
	sleep_begin(f, ready, arg);
	while (!ready(f, arg) && !(t->deadline && f->clock >= t->deadline)) {
		if (signal_is_fatal(t)) {
			r = -EINTR;
			break;
		}
		if (signal_is_pending(t))
			signal_stop(f);
		else
			task_fall_asleep(f);
	}
	sleep_end(f);
	return r;
}

int task_sleep(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg,
	       const char *waits_for, ...)
{
	va_list args;
	int r;

	va_start(args, waits_for);
	r = task_sleep_v(f, ready, arg, waits_for, args);
	va_end(args);
	return r;
}

void sched_wait(struct fake *f, bool (*ready)(struct fake *f, void *arg), void *arg,
		const char *waits_for)
{
	struct task *t = f->current;
	struct text text;

	text_init(&text, t->waits_for, sizeof(t->waits_for));
	text_add(&text, waits_for);
	sleep_begin(f, ready, arg);
	while (!ready(f, arg))
		task_fall_asleep(f);
	sleep_end(f);
}

/* From outside. */

static bool any_task_is_paused(const struct fake *f)
{
	list_for_each(node, &f->tasks)
		if (list_entry(node, struct task, all)->is_paused)
			return true;
	return false;
}

enum fake_state sched_run(struct fake *f)
{
	struct task *next;
	struct text text;

	if (f->is_deadlocked)
		f->stopped[0] = '\0';
	f->is_deadlocked = false;
	if (f->stopped[0])
		return FAKE_STOPPED;
	next = sched_next(f);
	if (next)
		sched_switch(f, next, false);
	f->current = NULL;
	if (f->stopped[0])
		return FAKE_STOPPED;
	if (fake_n_tasks(f) == 0)
		return FAKE_DONE;
	if (any_task_is_paused(f))
		return FAKE_PAUSED;
	f->is_deadlocked = true;
	text_init(&text, f->stopped, sizeof(f->stopped));
	deadlock_tell(f, &text);
	return FAKE_DEADLOCK;
}
