/* Rows whose room is not there yet: each stops the run and says so. */
#include "fake/kernel.h"

#define UNUSED_(i, kind, name) (void)name;
#define PENDING(row, args, page)                                                               \
	__attribute__((weak)) int do_##row(struct fake *f ROW_PARAMS(args))                    \
	{                                                                                      \
		ROW_EACH(UNUSED_, args)                                                        \
		return not_modelled(f, page);                                                  \
	}
PENDING(ioctl_tcgets, (fd,fd, out_termios,out),
	"TCGETS(2const)")
PENDING(ioctl_tcsets, (fd,fd, termios,in),
	"TCSETS(2const)")
PENDING(ioctl_tiocgpgrp, (fd,fd, out_int,pgrp),
	"TIOCGPGRP(2const)")
PENDING(ioctl_tiocgptn, (fd,fd, out_int,number),
	"TIOCGPTN(2const)")
PENDING(ioctl_tiocgptpeer, (fd,fd, o_flags,flags),
	"TIOCGPTPEER(2const)")
PENDING(ioctl_tiocgsid, (fd,fd, out_int,sid),
	"TIOCGSID(2const)")
PENDING(ioctl_tiocgwinsz, (fd,fd, out_winsize,out),
	"TIOCGWINSZ(2const)")
PENDING(ioctl_tiocnotty, (fd,fd),
	"TIOCNOTTY(2const)")
PENDING(ioctl_tiocsctty, (fd,fd, int,steal),
	"TIOCSCTTY(2const)")
PENDING(ioctl_tiocspgrp, (fd,fd, in_int,pgrp),
	"TIOCSPGRP(2const)")
PENDING(ioctl_tiocsptlck, (fd,fd, in_int,locked),
	"TIOCSPTLCK(2const)")
PENDING(ioctl_tiocswinsz, (fd,fd, winsize,in),
	"TIOCSWINSZ(2const)")
