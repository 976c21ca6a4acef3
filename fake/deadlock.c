/* The report of a deadlock: who waits for what, and who holds what could wake him. */
#include "fake/sched.h"

/* Could a task that has this file open wake one that waits so? */
static bool file_wakes(const struct file *file, const struct task *waiter)
{
	unsigned int mode;

	if (file == NULL || file->private != waiter->waits_on)
		return false;
	mode = file->flags & O_ACCMODE;
	return waiter->waits_on_mode == O_RDWR || mode == O_RDWR ||
	       mode == (unsigned int)waiter->waits_on_mode;
}

/* " (fd 4)" for each, in one task. */
static bool holders_in_task(const struct task *t, const struct task *waiter, struct text *out)
{
	bool is_held = false;

	for (int fd = 0; t->fds && fd < t->fds->size; fd++) {
		if (!file_wakes(t->fds->slots[fd].file, waiter))
			continue;
		if (!is_held)
			text_addf(out, " task %d", t->number);
		text_addf(out, " (fd %d)", fd);
		is_held = true;
	}
	return is_held;
}

static void holders_tell(struct fake *f, const struct task *waiter, struct text *out)
{
	bool is_held = false;

	if (waiter->waits_on == NULL)
		return;
	text_add(out, ", whose other end is held by");
	list_for_each(node, &f->tasks)
		if (holders_in_task(list_entry(node, struct task, all), waiter, out))
			is_held = true;
	if (!is_held)
		text_add(out, " nobody's descriptor");
}

static const char *separator(int *n)
{
	return (*n)++ ? ";" : "deadlock:";
}

void deadlock_tell(struct fake *f, struct text *out)
{
	int n = 0;

	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		if (t->state == TASK_STOPPED)
			text_addf(out, "%s task %d is stopped by a signal", separator(&n),
				  t->number);
		if (t->state != TASK_SLEEPING)
			continue;
		text_addf(out, "%s task %d in %s waits for %s", separator(&n), t->number,
			  t->is_exiting ? "its exit" : sysop_infos[t->op].page, t->waits_for);
		holders_tell(f, t, out);
	}
}
