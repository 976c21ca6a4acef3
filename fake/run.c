/* Running functions as tasks, from outside: starting, stepping, pausing, killing. */
#include "fake/payload.h"
#include "fake/sched.h"
#include "fake/tasks.h"

#include <string.h>

int fake_start(struct fake *f, int (*main)(void *arg), void *arg)
{
	return task_start(f, main, arg);
}

enum fake_state fake_step(struct fake *f)
{
	return sched_run(f);
}

int fake_run(struct fake *f, int (*main)(void *arg), void *arg)
{
	int number = task_start(f, main, arg);

	if (number < 0)
		return number;
	f->watched = number;
	switch (sched_run(f)) {
	case FAKE_DONE:
		return f->watched_status;
	case FAKE_STOPPED:
		return -ENOSYS;
	default:
		return -EDEADLK;
	}
}

/* A task that does nothing of its own is stopped and ended by signals all the same. */
void fake_pause(struct fake *f)
{
	struct task *t = f->current;

	if (t == NULL) {
		fake_stop(f, "fake_pause outside of a task");
		return;
	}
	t->is_paused = true;
	while (t->is_paused) {
		t->state = TASK_PAUSED;
		sched_leave(f);
		signal_deliver(f);
	}
}

void fake_resume(struct fake *f, int task)
{
	struct task *t = task_by_number(f, task);

	if (t)
		t->is_paused = false;
}

void fake_kill(struct fake *f, int task)
{
	struct task *t = task_by_number(f, task);

	if (t == NULL || t == f->init)
		return;
	signal_force(f, t, SIGKILL);
	if (t == f->current)
		signal_deliver(f);
}

/* Payloads. */

int fake_payload(struct fake *f, const char *path,
		 int (*main)(struct kernel *k, char *const *argv, char *const *envp))
{
	struct payload *payload = payload_find(f, path);

	if (path[0] != '/')
		return -EINVAL;
	if (payload == NULL) {
		payload = heap_alloc(f, sizeof(*payload));
		payload->path = heap_strdup(f, path);
		list_append(&payload->all, &f->payloads);
	}
	payload->main = main;
	return 0;
}

struct payload *payload_find(struct fake *f, const char *path)
{
	list_for_each(node, &f->payloads) {
		struct payload *payload = list_entry(node, struct payload, all);

		if (strcmp(payload->path, path) == 0)
			return payload;
	}
	return NULL;
}
