/* Process ids: one object with a number in each pid namespace that sees it. */
#include "fake/pid.h"

#include <stddef.h>

#define PID_MAX 32768	  /* kernel.pid_max as it is by default */
#define RESERVED_PIDS 300 /* where numbers begin again after PID_MAX */

static bool pid_is_numbered(const struct pid *pid, const struct pid_ns *ns, int nr)
{
	return pid && pid_in(pid, ns) == nr;
}

struct pid *pid_find(struct fake *f, const struct pid_ns *ns, int nr)
{
	if (nr <= 0)
		return NULL;
	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (pid_is_numbered(t->pid, ns, nr))
			return t->pid;
		if (pid_is_numbered(t->pgrp, ns, nr))
			return t->pgrp;
		if (pid_is_numbered(t->session, ns, nr))
			return t->session;
	}
	return NULL;
}

/* idr_alloc_cyclic(): the next free number; each number given moves the cursor on. */
static int pid_number_take(struct fake *f, struct pid_ns *ns)
{
	int least = ns->last_pid >= RESERVED_PIDS ? RESERVED_PIDS : 1;
	int nr = ns->last_pid;

	for (int i = 0; i < PID_MAX; i++) {
		nr = nr + 1 < PID_MAX ? nr + 1 : least;
		if (pid_find(f, ns, nr) == NULL) {
			ns->last_pid = nr;
			return nr;
		}
	}
	return not_modelled(f, "a pid namespace with all of its pids in use");
}

int pid_new(struct fake *f, struct pid_ns *ns, struct pid **out)
{
	size_t n_numbers = (size_t)ns->level + 1;
	struct pid *pid = heap_alloc(f, offsetof(struct pid, numbers) +
						n_numbers * sizeof(struct pid_number));
	int r;

	pid->refs = 1;
	pid->level = ns->level;
	for (struct pid_ns *at = ns; at; at = at->parent) {
		r = pid_number_take(f, at);
		if (r < 0) {
			heap_free(f, pid);
			return r;
		}
		pid->numbers[at->level].nr = r;
		pid->numbers[at->level].ns = at;
	}
	if (ns->is_dead) {
		heap_free(f, pid);
		return refuse(f, RULE_PIDNS_DEAD);
	}
	ns_get(&ns->ns);
	*out = pid;
	return 0;
}

void pid_forget(struct fake *f, struct pid *pid)
{
	struct pid_ns *ns = pid->numbers[pid->level].ns;

	/* free_pid(): nobody can become its init any more. */
	if (ns->init == NULL)
		ns->is_dead = true;
	pid_put(f, pid);
}

struct pid *pid_get(struct pid *pid)
{
	pid->refs++;
	return pid;
}

void pid_put(struct fake *f, struct pid *pid)
{
	struct pid_ns *ns;

	if (--pid->refs > 0)
		return;
	ns = pid->numbers[pid->level].ns;
	heap_free(f, pid);
	ns_put(f, &ns->ns);
}

int pid_in(const struct pid *pid, const struct pid_ns *ns)
{
	if (ns->level > pid->level || pid->numbers[ns->level].ns != ns)
		return 0;
	return pid->numbers[ns->level].nr;
}

bool pid_has_group(struct fake *f, const struct pid *pgrp)
{
	list_for_each(node, &f->tasks)
		if (list_entry(node, struct task, all)->pgrp == pgrp)
			return true;
	return false;
}

bool task_is_in_ns(const struct task *t, const struct pid_ns *ns)
{
	return pid_in(t->pid, ns) != 0;
}

struct task *task_find(struct fake *f, int pid)
{
	struct pid *found = pid_find(f, task_pid_ns(f->current), pid);

	return found ? found->task : NULL;
}

struct task *task_by_number(struct fake *f, int number)
{
	list_for_each(node, &f->tasks) {
		struct task *t = list_entry(node, struct task, all);

		if (t->number == number)
			return t;
	}
	return NULL;
}
