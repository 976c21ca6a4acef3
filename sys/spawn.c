/* New tasks: clone3(2) and clone(2) with a memory of their own, as fork(2) makes them. */
#include "sys/spawn.h"

#include <stdbool.h>
#include <unistd.h>

/*
 * What spawn_args promises to carry.  CLONE_VM and its kin would let the child write in its
 * parent's memory, on its parent's stack.
 */
static const uint64_t spawn_flags = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
				    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
				    CLONE_NEWTIME | CLONE_PARENT | CLONE_PIDFD |
				    CLONE_INTO_CGROUP;

/* The number for a child must be known before it exists; a child that fails gives it back. */
static int task_take(struct linux_kernel *linux_kernel)
{
	return __atomic_add_fetch(linux_kernel->n_tasks, 1, __ATOMIC_SEQ_CST);
}

static void task_give_back(struct linux_kernel *linux_kernel, int task)
{
	int last = task;

	__atomic_compare_exchange_n(linux_kernel->n_tasks, &last, task - 1, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Makes a call that returns twice; Linux stores a pidfd in time for still failing later. */
static int spawn(struct kernel *k, const struct spawn_args *args, long number,
		 const long words[static 6], const int *pidfd)
{
	struct linux_kernel *linux_kernel = (struct linux_kernel *)k;
	int task = task_take(linux_kernel);
	int r = linux_call(number, words);

	if (r == 0) {
		linux_kernel->task = task;
		_exit(args->main(args->arena));
	}
	if (r < 0)
		task_give_back(linux_kernel, task);
	else if (args->flags & CLONE_PIDFD)
		*args->pidfd = *pidfd;
	return r;
}

int linux_clone3(struct kernel *k, const struct spawn_args *args)
{
	int pidfd = -EBADF;
	struct clone_args raw = {
		.flags = args->flags,
		.pidfd = args->pidfd ? (uintptr_t)&pidfd : 0,
		.exit_signal = (unsigned int)args->exit_signal,
		.cgroup = args->flags & CLONE_INTO_CGROUP ? (unsigned int)args->cgroup : 0,
	};

	if (args->flags & ~spawn_flags)
		return -EINVAL;
	return spawn(k, args, SYS_clone3, (const long[6]){(long)&raw, sizeof(raw)}, &pidfd);
}

/* The exit signal lies in the low byte of the flags, so CLONE_NEWTIME cannot be asked for. */
int linux_clone(struct kernel *k, const struct spawn_args *args)
{
	int pidfd = -EBADF;
	const uint64_t carried = spawn_flags & ~(uint64_t)(CLONE_INTO_CGROUP | CLONE_NEWTIME);

	if (args->flags & ~carried || args->exit_signal & ~CSIGNAL)
		return -EINVAL;
	return spawn(k, args, SYS_clone,
		     (const long[6]){(long)(args->flags | (unsigned int)args->exit_signal), 0,
				     args->pidfd ? (long)&pidfd : 0, 0, 0},
		     &pidfd);
}
