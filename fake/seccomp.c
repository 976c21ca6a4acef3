/* Filters of system calls: seccomp(2), in the order of kernel/seccomp.c. */
#include "fake/seccomp.h"

#include <linux/audit.h>
#include <string.h>

#if defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH AUDIT_ARCH_X86_64
#endif

#define FLAGS_KNOWN 0x3fu /* SECCOMP_FILTER_FLAG_MASK */
#define ERRNO_MAX 4095u

/*
 * References: one from each task that has it newest, one from each filter put upon it.
 */
struct seccomp_filter {
	int refs;
	struct seccomp_filter *prev; /* put in place before it */
	unsigned int len;
	struct sock_filter at[];
};

struct seccomp_filter *seccomp_get(struct seccomp_filter *filter)
{
	if (filter)
		filter->refs++;
	return filter;
}

void seccomp_put(struct fake *f, struct seccomp_filter *filter)
{
	while (filter && --filter->refs == 0) {
		struct seccomp_filter *prev = filter->prev;

		heap_free(f, filter);
		filter = prev;
	}
}

int seccomp_count(const struct seccomp_filter *filter)
{
	int n = 0;

	for (; filter; filter = filter->prev)
		n++;
	return n;
}

/* The lower, as a signed number, the stricter: SECCOMP_RET_KILL_PROCESS is the lowest. */
static int32_t strictness(uint32_t answer)
{
	return (int32_t)(answer & SECCOMP_RET_ACTION_FULL);
}

/* seccomp_run_filters(): among equals the newest decides, with its data. */
static uint32_t run_all(const struct seccomp_filter *filter, const struct raw_call *call)
{
	struct seccomp_data data = {.nr = call->number, .arch = ARCH};
	uint32_t answer = SECCOMP_RET_ALLOW;

	for (int i = 0; i < 6; i++)
		data.args[i] = (uint64_t)call->words[i];
	for (; filter; filter = filter->prev) {
		uint32_t one = filter_run(filter->at, &data);

		if (strictness(one) < strictness(answer))
			answer = one;
	}
	return answer;
}

/* SECCOMP_RET_ERRNO: its data is the errno; 0 looks like success. */
static int answer_errno(struct fake *f, uint32_t answer)
{
	uint32_t number = answer & SECCOMP_RET_DATA;

	if (number == 0)
		return 0;
	refuse(f, RULE_SECCOMP_ERRNO);
	return -(int)(number < ERRNO_MAX ? number : ERRNO_MAX);
}

/*
 * Simplified: there are no handlers, so a trap's SIGSYS ends the task as a kill does; no one
 * is traced, and no filter has a listener.
 */
bool seccomp_answers(struct fake *f, const struct raw_call *call, int *r)
{
	uint32_t answer = run_all(f->current->seccomp, call);

	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return false;
	case SECCOMP_RET_ERRNO:
		*r = answer_errno(f, answer);
		return true;
	case SECCOMP_RET_TRACE:
		*r = refuse(f, RULE_SECCOMP_TRACE);
		return true;
	case SECCOMP_RET_USER_NOTIF:
		*r = refuse(f, RULE_SECCOMP_NOTIF);
		return true;
	default:
		task_exit(f, SIGSYS); /* kill, trap and what no action is */
	}
}

static int flags_check(struct fake *f, unsigned int flags)
{
	if (flags & ~FLAGS_KNOWN)
		return refuse(f, RULE_SECCOMP_FLAGS);
	if (flags & SECCOMP_FILTER_FLAG_TSYNC && flags & SECCOMP_FILTER_FLAG_NEW_LISTENER &&
	    !(flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH))
		return refuse(f, RULE_SECCOMP_TSYNC_LISTENER);
	if (flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV &&
	    !(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
		return refuse(f, RULE_SECCOMP_KILLABLE);
	return 0;
}

/* seccomp_prepare_filter(): the length is asked before the right to it. */
static int prog_check(struct fake *f, const struct sock_fprog *prog)
{
	const struct task *t = f->current;

	if (memory_is_bad(prog))
		return refuse_fault(f);
	if (prog->len == 0 || prog->len > BPF_MAXINSNS)
		return refuse(f, RULE_SECCOMP_LENGTH);
	if (!t->no_new_privs && !ns_capable(f, t->cred->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_SECCOMP_PERM);
	if (prog->filter == NULL)
		return refuse(f, RULE_SECCOMP_NO_PROGRAM);
	if (memory_is_bad(prog->filter))
		return refuse_fault(f);
	if (!filter_is_sound(prog->filter, prog->len))
		return refuse(f, RULE_SECCOMP_PROGRAM);
	return 0;
}

/* MAX_INSNS_PER_PATH counts what the kernel translates them to: some four for one at most. */
static bool may_be_too_many(const struct task *t, unsigned int len)
{
	unsigned int n = len;

	for (const struct seccomp_filter *filter = t->seccomp; filter; filter = filter->prev)
		n += filter->len + 1;
	return 4 * n > 32768;
}

int do_seccomp_set_mode_filter(struct fake *f, unsigned int flags,
			       const struct sock_fprog *prog)
{
	struct task *t = f->current;
	struct seccomp_filter *filter;
	int r = flags_check(f, flags);

	if (r == 0)
		r = prog_check(f, prog);
	if (r < 0)
		return r;
	if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		return not_modelled(f, "seccomp(2) with SECCOMP_FILTER_FLAG_NEW_LISTENER");
	if (may_be_too_many(t, prog->len))
		return not_modelled(f, "seccomp(2) with more than 8192 instructions");
	filter = heap_alloc(f, sizeof(*filter) + prog->len * sizeof(*prog->filter));
	filter->refs = 1;
	filter->prev = t->seccomp;
	filter->len = prog->len;
	memcpy(filter->at, prog->filter, prog->len * sizeof(*prog->filter));
	t->seccomp = filter;
	return 0;
}

int do_seccomp_get_action_avail(struct fake *f, unsigned int flags, const uint32_t *action)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
		SECCOMP_RET_ERRNO,	  SECCOMP_RET_USER_NOTIF,  SECCOMP_RET_TRACE,
		SECCOMP_RET_LOG,	  SECCOMP_RET_ALLOW,
	};

	if (flags)
		return refuse(f, RULE_SECCOMP_ACTION_FLAGS);
	if (memory_is_bad(action))
		return refuse_fault(f);
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (*action == actions[i])
			return 0;
	return refuse(f, RULE_SECCOMP_ACTION);
}
