/* Limits of resources: prlimit(2), and what of them is enforced.  kernel/sys.c. */
#include "fake/rlimit.h"

#define NONE RLIM64_INFINITY

uint64_t rlimit(const struct fake *f, int resource)
{
	return f->current ? f->current->limits[resource].rlim_cur : NONE;
}

int refuse_file_size(struct fake *f)
{
	signal_send(f, f->current, SIGXFSZ);
	return refuse(f, RULE_FILE_SIZE);
}

void rlimits_boot(struct task *t)
{
	static const struct rlimit64 limits[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = {NONE, NONE},
		[RLIMIT_FSIZE] = {NONE, NONE},
		[RLIMIT_DATA] = {NONE, NONE},
		[RLIMIT_STACK] = {8 << 20, NONE},
		[RLIMIT_CORE] = {0, NONE},
		[RLIMIT_RSS] = {NONE, NONE},
		[RLIMIT_NPROC] = {31723, 31723},
		[RLIMIT_NOFILE] = {FDS_MAX, 524288},
		[RLIMIT_MEMLOCK] = {8 << 20, 8 << 20},
		[RLIMIT_AS] = {NONE, NONE},
		[RLIMIT_LOCKS] = {NONE, NONE},
		[RLIMIT_SIGPENDING] = {31723, 31723},
		[RLIMIT_MSGQUEUE] = {819200, 819200},
		[RLIMIT_NICE] = {0, 0},
		[RLIMIT_RTPRIO] = {0, 0},
		[RLIMIT_RTTIME] = {NONE, NONE},
	};

	for (int i = 0; i < RLIM_NLIMITS; i++)
		t->limits[i] = limits[i];
}

/* Simplified: processes of a user namespace do not count for who made it. */
bool nproc_is_over(struct fake *f, const struct cred *cred, int more)
{
	uint64_t n = (uint64_t)more;

	if (rlimit(f, RLIMIT_NPROC) == NONE)
		return false;
	list_for_each(node, &f->tasks) {
		const struct cred *other = list_entry(node, struct task, all)->cred;

		n += other->uid == cred->uid && other->user_ns == cred->user_ns;
	}
	return n > rlimit(f, RLIMIT_NPROC);
}

void nproc_note(struct fake *f, const struct cred *cred)
{
	if (cred->uid != f->current->cred->uid)
		f->current->is_over_nproc = cred->uid != 0 && nproc_is_over(f, cred, 0);
}

/* check_prlimit_permission() */
static bool may_prlimit(struct fake *f, const struct task *t)
{
	const struct cred *mine = f->current->cred, *theirs = t->cred;

	if (t == f->current)
		return true;
	if (mine->uid == theirs->euid && mine->uid == theirs->suid &&
	    mine->uid == theirs->uid && mine->gid == theirs->egid &&
	    mine->gid == theirs->sgid && mine->gid == theirs->gid)
		return true;
	return ns_capable(f, theirs->user_ns, CAP_SYS_RESOURCE);
}

/* do_prlimit(): the capability counts in the initial user namespace alone. */
static int limit_change(struct fake *f, struct task *t, int resource,
			const struct rlimit64 *new)
{
	struct rlimit64 *limit = &t->limits[resource];

	if (new->rlim_cur > new->rlim_max)
		return refuse(f, RULE_PRLIMIT_ORDER);
	if (resource == RLIMIT_NOFILE && new->rlim_max > NR_OPEN)
		return refuse(f, RULE_PRLIMIT_NR_OPEN);
	if (new->rlim_max > limit->rlim_max && !capable(f, CAP_SYS_RESOURCE))
		return refuse(f, RULE_PRLIMIT_RAISE);
	*limit = *new;
	return 0;
}

int do_prlimit64(struct fake *f, pid_t pid, int resource, const struct rlimit64 *new_limit,
		 struct rlimit64 *old_limit)
{
	struct task *t = pid ? task_find(f, pid) : f->current;
	struct rlimit64 was;
	int r = 0;

	if (new_limit && memory_is_bad(new_limit))
		return refuse_fault(f);
	if (t == NULL)
		return refuse(f, RULE_PRLIMIT_NO_TASK);
	if (!may_prlimit(f, t))
		return refuse(f, RULE_PRLIMIT_OTHER);
	if (resource < 0 || resource >= RLIM_NLIMITS)
		return refuse(f, RULE_PRLIMIT_RESOURCE);
	was = t->limits[resource];
	if (new_limit)
		r = limit_change(f, t, resource, new_limit);
	if (r < 0)
		return r;
	if (old_limit && memory_is_bad(old_limit))
		return refuse_fault(f);
	if (old_limit)
		*old_limit = was;
	return 0;
}
