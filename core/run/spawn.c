/* Steps that make a task and wait for it. */
#include <string.h>

#include "core/run/start.h"
#include "core/run/talk.h"

/* The next side has the descriptors that this one has now. */
static struct spawn_args spawn_args(const struct side *side, const struct step *step)
{
	struct start *next = side->next;

	memcpy(next->slots, side->slots, sizeof(next->slots));
	next->umask = side->umask;
	next->cwd = side->cwd;
	return (struct spawn_args){.flags = step->flags,
				   .exit_signal = SIGCHLD,
				   .main = next->main,
				   .arena = next,
				   .arena_size = next->size};
}

static int spawned(struct side *side, int r)
{
	if (r > 0)
		side->child = r;
	return r;
}

int step_spawn(struct side *side, const struct step *step)
{
	struct spawn_args args;

	if (!side->next)
		return side_refuse(side, REASON_NO_MEMORY, side_text(side->name));
	args = spawn_args(side, step);
	return spawned(side, sys_clone3(side->k, &args));
}

int step_clone(struct side *side, const struct step *step)
{
	const struct spawn_args args = spawn_args(side, step);

	return spawned(side, sys_clone(side->k, &args));
}

/* Ignored, the kernel would reap children itself and waitid(2) find none. */
int step_sigchld(struct side *side, const struct step *step)
{
	const struct kernel_sigaction action = {.handler = SIG_DFL};

	(void)step;
	return sys_rt_sigaction(side->k, SIGCHLD, &action, NULL);
}

/*
 * A parent that died before this call is noticed by the end of the channel.  The signal stays
 * armed in the payload, as far as exec keeps it (PR_SET_PDEATHSIG(2const)).
 */
int step_arm(struct side *side, const struct step *step)
{
	(void)step;
	return sys_prctl_set_pdeathsig(side->k, SIGKILL);
}

int step_disarm(struct side *side, const struct step *step)
{
	(void)step;
	return sys_prctl_set_pdeathsig(side->k, 0);
}

static int wait_for(struct side *side, int kind, pid_t pid, siginfo_t *info, int options)
{
	int r;

	do
		r = sys_waitid(side->k, kind, pid, info, WEXITED | options);
	while (r == -EINTR);
	return r;
}

static int exit_status(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : 128 + info->si_status;
}

int step_reap(struct side *side, const struct step *step)
{
	siginfo_t info = {0};
	int r;

	(void)step;
	r = wait_for(side, P_PID, side->child, &info, 0);
	if (r < 0)
		return r;
	side->child = 0;
	side->status = exit_status(&info);
	return 0;
}

/* The payload has ended.  Where it left others behind the host is told, and they are served. */
static int payload_ended(struct side *side, const siginfo_t *last)
{
	siginfo_t info = {0};
	int r;

	side->child = 0;
	side->status = exit_status(last);
	r = wait_for(side, P_ALL, 0, &info, WNOHANG | WNOWAIT);
	if (r == -ECHILD)
		return 0;
	return status_send(side);
}

/*
 * What the first task of a pid namespace is for: it reaps whoever is left to it, until there
 * is nobody.  Its end is everybody's (pid_namespaces(7)).
 */
int step_serve(struct side *side, const struct step *step)
{
	int r;

	(void)step;
	for (;;) {
		siginfo_t info = {0};

		r = wait_for(side, P_ALL, 0, &info, 0);
		if (r < 0)
			return r == -ECHILD && !side->child ? 0 : r;
		if (info.si_pid == side->child)
			payload_ended(side, &info);
	}
}
