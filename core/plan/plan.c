/* From a spec to steps: the only place with choices.  The order of lines is that of events. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/plan/adding.h"

static const struct joined {
	const char *name;
	enum slot slot;
	unsigned long flags;
} joined[] = {
	// clang-format off
	{ "ipc", SLOT_NS_IPC, CLONE_NEWIPC },
	{ "uts", SLOT_NS_UTS, CLONE_NEWUTS },
	{ "pid", SLOT_NS_PID, CLONE_NEWPID },
	{ "mnt", SLOT_NS_MNT, CLONE_NEWNS },
	// clang-format on
};

const char *side_text(enum side_name side)
{
	static const char *const names[] = {"host", "init", "payload"};

	return names[side];
}

void plan_init(struct plan *p, struct step *steps, size_t max)
{
	*p = (struct plan){.steps = steps, .max = max};
}

void plan_add(struct plan *p, struct step step)
{
	if (p->n == p->max) {
		p->full = true;
		return;
	}
	p->steps[p->n++] = step;
}

const char *plan_word(struct plan *p, const char *format, ...)
{
	va_list args, again;
	struct text out;
	char *memory;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	memory = p->arena ? arena_alloc(p->arena, (size_t)n + 1) : NULL;
	if (memory) {
		text_init(&out, memory, (size_t)n + 1);
		text_addv(&out, format, args);
	} else {
		p->full = true;
	}
	va_end(args);
	return memory ? memory : "";
}

/* Enters the task's namespaces; those of the pid kind count for children only. */
static void plan_enter(struct plan *p)
{
	for (size_t i = 0; i < COUNT(joined); i++) {
		struct step step = {.kind = STEP_NS_ENTER,
				    .target = joined[i].name,
				    .slot = joined[i].slot,
				    .flags = joined[i].flags};

		/* The mount namespace is last: it takes the paths of the host away. */
		if (joined[i].slot != SLOT_NS_PID)
			init_add(p, step);
	}
	/*
	 * A mount namespace of its own, from which nothing goes back: the new proc is for
	 * the payload and does not change the table of those who were there first.
	 */
	init_add(p, (struct step){.kind = STEP_UNSHARE, .flags = CLONE_NEWNS});
	init_add(p, (struct step){.kind = STEP_PROPAGATION,
				  .target = "/",
				  .flags = MS_SLAVE | MS_REC});
	plan_remount_proc(p);
	plan_remount_sys(p);
}

/* All are opened before the first is entered: a path may mean another file afterwards. */
static void plan_open_namespaces(struct plan *p)
{
	plan_add(p, (struct step){.kind = STEP_PROC, .target = "/proc"});
	plan_add(p, (struct step){.kind = STEP_TASK, .slot = SLOT_TASK});
	for (size_t i = 0; i < COUNT(joined); i++)
		plan_add(p, (struct step){.kind = STEP_NS_OPEN,
					  .target = joined[i].name,
					  .slot = joined[i].slot});
	/* Init, which those inside can look into, is not to hold a directory of the host. */
	plan_add(p, (struct step){.kind = STEP_CLOSE, .target = "the task", .slot = SLOT_TASK});
	plan_add(p, (struct step){.kind = STEP_NS_ENTER,
				  .target = "pid",
				  .slot = SLOT_NS_PID,
				  .flags = CLONE_NEWPID});
}

static void plan_host_begin(struct plan *p, bool joins)
{
	/* A caller who ignores SIGCHLD would have the kernel reap the payload (wait(2)). */
	plan_add(p, (struct step){.kind = STEP_SIGCHLD});
	plan_add(p, (struct step){.kind = STEP_CHANNEL, .slot = SLOT_CHANNEL_HOST});
	if (joins)
		plan_open_namespaces(p);
	plan_add(p, (struct step){.kind = STEP_SPAWN,
				  .flags = joins ? 0
						 : CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
							   CLONE_NEWPID,
				  .or_on = ENOSYS,
				  .or_kind = STEP_CLONE});
	plan_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_INIT});
	if (joins)
		plan_add(p, (struct step){.kind = STEP_NS_BACK, .target = "pid"});
}

/* From the moment when all is set up: nobody executes anything before both agree. */
static void plan_end(struct plan *p)
{
	init_add(p, (struct step){.kind = STEP_TELL, .word = WORD_READY});
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_READY});
	plan_add(p, (struct step){.kind = STEP_TELL, .word = WORD_GO});
	init_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_GO});
	/* Last, so that no descriptor of ours or of the caller's can be made after it. */
	init_add(p, (struct step){.kind = STEP_CLOSE_RANGE,
				  .or_on = ENOSYS,
				  .or_kind = STEP_CLOSE_EACH});
	init_add(p, (struct step){.kind = STEP_EXEC});
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_END});
	plan_add(p, (struct step){.kind = STEP_REAP});
}

/* Another first word for the program to see. */
static void argv0_replace(struct plan *p, const char *argv0)
{
	size_t n = 1;
	char **words;
	char *first;

	while (p->argv[n - 1])
		n++;
	words = p->arena ? arena_alloc(p->arena, n * sizeof(*words)) : NULL;
	first = words ? arena_alloc(p->arena, strlen(argv0) + 1) : NULL;
	if (!first) {
		p->full = true;
		return;
	}
	memcpy(words, p->argv, n * sizeof(*words));
	words[0] = memcpy(first, argv0, strlen(argv0) + 1);
	p->argv = words;
}

/* The classic sequence, or a task that enters what it made. */
static void plan_classic_run(struct plan *p, const struct spec *spec)
{
	bool joins = spec->join;

	plan_host_begin(p, joins);
	/* First the signal, then the channel: a host that dies in between is noticed. */
	init_add(p, (struct step){.kind = STEP_ARM});
	init_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_HOST});
	if (joins) {
		/* Those who are inside are not to look into it: it holds the host's still. */
		init_add(p, (struct step){.kind = STEP_NO_DUMP});
		plan_enter(p);
	} else {
		plan_classic(p, spec);
	}
	plan_end(p);
}

int plan_build(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	if (spec->classic && (!facts->root || !facts->may_admin))
		return -EPERM;
	p->join = spec->join;
	p->argv = spec->argv;
	p->envp = spec->envp;
	p->program = spec->argv[0];
	if (spec->argv0)
		argv0_replace(p, spec->argv0);
	if (spec->classic)
		plan_classic_run(p, spec);
	else
		plan_box(p, spec, facts);
	return p->full ? -E2BIG : 0;
}
