/* A preload for User Mode Linux on CPUs with more extended state than it was built for. */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <linux/ptrace.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * User Mode Linux 6.1 keeps 2696 bytes of a task's XSAVE area (HOST_FP_SIZE). Where the CPU has
 * more (AMX: 11008), the host's xstateregs_set() refuses so short an area with EFAULT, and the
 * first program inside dies: "ptrace set fp regs failed, errno = 14". What is missing belongs
 * to features that no program inside has been permitted; so the task's own area is read whole,
 * its beginning is replaced, and all of it is written back. See ptrace(2), PTRACE_SETREGSET.
 */
#define MOST_STATE 65536

long ptrace(int request, pid_t pid, void *addr, void *data);

static long call_next(int request, pid_t pid, void *addr, void *data)
{
	static long (*next)(int, pid_t, void *, void *);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ptrace");
	return next(request, pid, addr, data);
}

long ptrace(int request, pid_t pid, void *addr, void *data)
{
	static unsigned char state[MOST_STATE] __attribute__((aligned(64)));
	struct iovec whole = {state, sizeof(state)};
	const struct iovec *part = data;
	long r = call_next(request, pid, addr, data);

	if (r == 0 || request != PTRACE_SETREGSET || addr != (void *)NT_X86_XSTATE ||
	    (errno != EFAULT && errno != EINVAL))
		return r;
	if (call_next(PTRACE_GETREGSET, pid, addr, &whole) < 0 ||
	    whole.iov_len <= part->iov_len)
		return r;
	memcpy(state, part->iov_base, part->iov_len);
	return call_next(PTRACE_SETREGSET, pid, addr, &whole);
}
