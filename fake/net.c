/* Network interfaces, as far as the loopback goes up and down. */
#include <string.h>

#include "fake/cred.h"
#include "fake/socket.h"
#include "fake/task.h"

/* devinet_ioctl() and dev_ioctl(), which answer the same. */
int do_ioctl_siocsifflags(struct fake *f, int fd, const struct ifreq *in)
{
	struct file *file = fd_file_io(f, fd);
	struct sock *sock = file ? sock_of(file) : NULL;

	if (!file)
		return refuse_badf(f);
	if (!sock)
		return refuse(f, RULE_NOTTY);
	if (!in)
		return refuse_fault(f);
	if (memchr(in->ifr_name, ':', IFNAMSIZ))
		return not_modelled(f, "SIOCSIFFLAGS of an alias");
	if (!ns_capable(f, sock->net->ns.owner, CAP_NET_ADMIN))
		return refuse(f, RULE_NET_ADMIN);
	/* Simplified: the loopback is the only interface that there is. */
	if (strncmp(in->ifr_name, "lo", IFNAMSIZ) != 0)
		return refuse(f, RULE_NO_INTERFACE);
	sock->net->lo_is_up = in->ifr_flags & IFF_UP;
	return 0;
}
