/* Rows that the fake does not know yet: each stops the run. */
#include "fake/kernel.h"

#define UNFINISHED(name, what, ...)                                                            \
	int do_##name(struct fake *f, __VA_ARGS__)                                             \
	{                                                                                      \
		return not_modelled(f, what);                                                  \
	}

#define UNFINISHED_NONE(name, what)                                                            \
	int do_##name(struct fake *f)                                                          \
	{                                                                                      \
		return not_modelled(f, what);                                                  \
	}

#define A __attribute__((unused))

UNFINISHED(fcntl_add_seals, "F_ADD_SEALS", int fd A, int seals A)
UNFINISHED(fcntl_get_seals, "F_GET_SEALS", int fd A)
UNFINISHED(fcntl_setlk, "F_SETLK", int fd A, const struct flock *lock A)
UNFINISHED(fcntl_ofd_setlk, "F_OFD_SETLK", int fd A, const struct flock *lock A)
UNFINISHED(memfd_create, "memfd_create(2)", const char *name A, unsigned int flags A)
UNFINISHED(prctl_get_pdeathsig, "PR_GET_PDEATHSIG", int *sig A)
UNFINISHED(prctl_set_dumpable, "PR_SET_DUMPABLE", int dumpable A)
UNFINISHED_NONE(prctl_get_dumpable, "PR_GET_DUMPABLE")
UNFINISHED(prctl_set_name, "PR_SET_NAME", const char *name A)
UNFINISHED(prctl_set_no_new_privs, "PR_SET_NO_NEW_PRIVS", int on A)
UNFINISHED_NONE(prctl_get_no_new_privs, "PR_GET_NO_NEW_PRIVS")
UNFINISHED(prlimit64, "prlimit(2)", pid_t pid A, int resource A,
	   const struct rlimit64 *new_limit A, struct rlimit64 *old_limit A)
UNFINISHED(seccomp_set_mode_filter, "seccomp(2)", unsigned int flags A,
	   const struct sock_fprog *prog A)
UNFINISHED(seccomp_get_action_avail, "seccomp(2)", unsigned int flags A,
	   const uint32_t *action A)
UNFINISHED(prctl_capbset_drop, "PR_CAPBSET_DROP", int cap A)
UNFINISHED(prctl_capbset_read, "PR_CAPBSET_READ", int cap A)
UNFINISHED(prctl_cap_ambient_raise, "PR_CAP_AMBIENT", int cap A)
UNFINISHED(prctl_cap_ambient_lower, "PR_CAP_AMBIENT", int cap A)
UNFINISHED(prctl_cap_ambient_is_set, "PR_CAP_AMBIENT", int cap A)
UNFINISHED_NONE(prctl_cap_ambient_clear_all, "PR_CAP_AMBIENT")
UNFINISHED(prctl_set_keepcaps, "PR_SET_KEEPCAPS", int on A)
UNFINISHED_NONE(prctl_get_keepcaps, "PR_GET_KEEPCAPS")
UNFINISHED(prctl_set_securebits, "PR_SET_SECUREBITS", unsigned int bits A)
UNFINISHED_NONE(prctl_get_securebits, "PR_GET_SECUREBITS")
UNFINISHED(ioctl_tcsetsw, "TCSETSW", int fd A, const struct kernel_termios *in A)
UNFINISHED(ioctl_tcsetsf, "TCSETSF", int fd A, const struct kernel_termios *in A)
UNFINISHED(ioctl_tiocsti, "TIOCSTI", int fd A, const char *byte A)
