/* Steps that give up: privileges, capabilities, being looked into, calls that fake input. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "core/steps/steps.h"

#define FILTER_BYTES_MAX (BPF_MAXINSNS * sizeof(struct sock_filter))
#define TIOCLINUX_NUMBER 0x541c
/* ioctl(2) of 32-bit programs (i386, arm), and of x32. */
#define IOCTL_32 54
#define IOCTL_X32 0x40000202

int step_no_new_privs(struct side *side, const struct step *step)
{
	(void)step;
	return sys_prctl_set_no_new_privs(side->k, 1);
}

/* Also keeps those inside from /proc/PID/exe, fd and the like of this task. */
int step_no_dump(struct side *side, const struct step *step)
{
	(void)step;
	return sys_prctl_set_dumpable(side->k, 0);
}

static bool has(uint64_t bits, int cap)
{
	return bits & (UINT64_C(1) << cap);
}

/* EINVAL: this kernel has no more of them. */
int step_bounding(struct side *side, const struct step *step)
{
	int cap, r = 0;

	for (cap = 0; cap < 64 && r == 0; cap++)
		if (!has(step->bits, cap))
			r = sys_prctl_capbset_drop(side->k, cap);
	/* Every kernel has those up to this one; behind its last there is none. */
	return r == -EINVAL && cap - 1 > CAP_CHECKPOINT_RESTORE ? 0 : r;
}

/* Keeps those of *kept that are permitted, and says which they were. */
static int caps_set(struct side *side, uint64_t *kept, bool inheritable)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	int r;

	r = sys_capget(side->k, &header, data);
	if (r < 0)
		return r;
	*kept &= data[0].permitted | (uint64_t)data[1].permitted << 32;
	for (int i = 0; i < 2; i++) {
		uint32_t bits = (uint32_t)(*kept >> (32 * i));

		data[i].permitted = bits;
		data[i].effective = bits;
		data[i].inheritable = inheritable ? bits : 0;
	}
	return sys_capset(side->k, &header, data);
}

int step_caps(struct side *side, const struct step *step)
{
	uint64_t kept = step->bits;

	return caps_set(side, &kept, false);
}

/* Ambient ones must be inheritable, too. */
int step_ambient(struct side *side, const struct step *step)
{
	uint64_t kept = step->bits;
	int r = caps_set(side, &kept, true);

	for (int cap = 0; cap < 64 && r == 0; cap++)
		if (has(kept, cap))
			r = sys_prctl_cap_ambient_raise(side->k, cap);
	return r;
}

int step_session(struct side *side, const struct step *step)
{
	(void)step;
	return sys_setsid(side->k);
}

static int filter_install(struct side *side, struct sock_filter *filter, size_t n)
{
	const struct sock_fprog prog = {.len = (unsigned short)n, .filter = filter};

	return sys_seccomp_set_mode_filter(side->k, 0, &prog);
}

/* A program as libseccomp's seccomp_export_bpf(3) writes it. */
int step_filter(struct side *side, const struct step *step)
{
	size_t used = side->arena.used;
	char *bytes = side_alloc(side, FILTER_BYTES_MAX + 1);
	size_t n = 0;
	int r;

	if (!bytes)
		return -ENOMEM;
	side->arena.used = used;
	do {
		r = sys_read(side->k, step->fd, bytes + n, FILTER_BYTES_MAX + 1 - n);
		if (r > 0)
			n += (size_t)r;
	} while (r > 0 || r == -EINTR);
	if (r < 0)
		return r;
	if (n == 0 || n % sizeof(struct sock_filter) || n > FILTER_BYTES_MAX)
		return side_refuse(side, REASON_NOT_A_FILTER, "seccomp");
	r = filter_install(side, (struct sock_filter *)bytes, n / sizeof(struct sock_filter));
	return r < 0 ? r : sys_close(side->k, step->fd);
}

/*
 * ioctl(2) with TIOCSTI or TIOCLINUX answers EPERM, by whichever of the machine's tables of
 * calls it is made: what has its number in another table takes no such argument.  Only the
 * lower half of the command counts: the kernel takes it as an unsigned int.
 */
int step_terminal_filter(struct side *side, const struct step *step)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IOCTL_32, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IOCTL_X32, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX_NUMBER, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	(void)step;
	return filter_install(side, filter, sizeof(filter) / sizeof(*filter));
}
