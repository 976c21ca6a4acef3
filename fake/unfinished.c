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
UNFINISHED(ioctl_tcsetsw, "TCSETSW", int fd A, const struct kernel_termios *in A)
UNFINISHED(ioctl_tcsetsf, "TCSETSF", int fd A, const struct kernel_termios *in A)
UNFINISHED(ioctl_tiocsti, "TIOCSTI", int fd A, const char *byte A)
