/* Steps that make a task and wait for it. */
#include <string.h>

#include "core/run/talk.h"

/* Init has the descriptors that the host has now. */
static struct spawn_args spawn_args(const struct side *side, const struct step *step)
{
	memcpy(side->init_slots, side->slots, sizeof(side->slots));
	return (struct spawn_args){.flags = step->flags,
				   .exit_signal = SIGCHLD,
				   .main = side->init_main,
				   .arena = side->init_memory,
				   .arena_size = side->init_memory_size};
}

static int spawned(struct side *side, int r)
{
	if (r > 0)
		side->init = r;
	return r;
}

int step_spawn(struct side *side, const struct step *step)
{
	const struct spawn_args args = spawn_args(side, step);

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
 * A host that died before this call is noticed by the end of the channel.  The signal stays
 * armed in the payload, as far as exec keeps it (PR_SET_PDEATHSIG(2const)).
 */
int step_arm(struct side *side, const struct step *step)
{
	(void)step;
	return sys_prctl_set_pdeathsig(side->k, SIGKILL);
}

int step_reap(struct side *side, const struct step *step)
{
	siginfo_t info = {0};
	int r;

	(void)step;
	do
		r = sys_waitid(side->k, P_PID, side->init, &info, WEXITED);
	while (r == -EINTR);
	if (r < 0)
		return r;
	side->init = 0;
	side->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
	return 0;
}
