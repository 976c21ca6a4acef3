/* Network devices, as far as the loopback interface goes up. */
#include "fake/kernel.h"

int do_socket(struct fake *f, int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return not_modelled(f, "socket(2)");
}

int do_ioctl_siocsifflags(struct fake *f, int fd, const struct ifreq *in)
{
	(void)fd;
	(void)in;
	return not_modelled(f, "SIOCSIFFLAGS");
}
