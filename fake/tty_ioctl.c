/* The commands of ioctl(2) that there are rows for: all of them are terminals'. */
#include "fake/open.h"
#include "fake/tty.h"

#include <string.h>

static int tcgets(struct fake *f, struct tty *tty, struct kernel_termios *out)
{
	if (memory_is_bad(out))
		return refuse_fault(f);
	*out = tty->termios;
	return 0;
}

static int tcsets(struct fake *f, struct tty *tty, const struct kernel_termios *in)
{
	int r = tty_check_change(f, tty, SIGTTOU);

	if (r < 0)
		return r;
	if (memory_is_bad(in))
		return refuse_fault(f);
	tty_termios_set(f, tty, in);
	return 0;
}

/* Nothing ever waits to be sent; n_tty_flush_buffer() drops what nobody has read. */
static int tcsetsf(struct fake *f, struct tty *tty, const struct kernel_termios *in)
{
	int r = tty_check_change(f, tty, SIGTTOU);

	if (r < 0)
		return r;
	if (memory_is_bad(in))
		return refuse_fault(f);
	tty_input_drop(f, tty);
	tty_termios_set(f, tty, in);
	return 0;
}

/* As if it had been typed on this side. */
static int tiocsti(struct fake *f, struct tty *tty, const char *byte)
{
	unsigned char c;

	if (f->profile.tiocsti_is_restricted && !capable(f, CAP_SYS_ADMIN))
		return refuse(f, RULE_TIOCSTI_LEGACY);
	if (f->current->tty != tty && !capable(f, CAP_SYS_ADMIN))
		return refuse(f, RULE_TIOCSTI_OTHER);
	if (memory_is_bad(byte))
		return refuse_fault(f);
	c = (unsigned char)*byte;
	tty_bytes_add(f, &tty->flip, &c, 1);
	tty_receive(f, tty);
	return 0;
}

static int tiocgwinsz(struct fake *f, struct tty *tty, struct winsize *out)
{
	if (memory_is_bad(out))
		return refuse_fault(f);
	*out = tty->winsize;
	return 0;
}

/* tty_do_resize(): the foreground group hears of a size that is new. */
static int tiocswinsz(struct fake *f, struct tty *tty, const struct winsize *in)
{
	if (memory_is_bad(in))
		return refuse_fault(f);
	if (memcmp(in, &tty->winsize, sizeof(*in)) == 0)
		return 0;
	if (tty->pgrp)
		signal_send_group(f, tty->pgrp, SIGWINCH);
	tty->winsize = *in;
	return 0;
}

static int tiocgptn(struct fake *f, struct tty *tty, int *out)
{
	if (!tty->is_master)
		return refuse(f, RULE_TIOCGPTN_SLAVE);
	if (memory_is_bad(out))
		return refuse_fault(f);
	*out = tty->index;
	return 0;
}

static int tiocsptlck(struct fake *f, struct tty *tty, const int *in)
{
	if (!tty->is_master)
		return refuse(f, RULE_TIOCSPTLCK_SLAVE);
	if (memory_is_bad(in))
		return refuse_fault(f);
	tty->is_locked = *in != 0;
	return 0;
}

/* ptm_open_peer(): by the master's file, wherever the node is; its mode is not asked. */
static int peer_open(struct fake *f, struct file *master, int flags, struct file **out)
{
	struct tty *slave = ((struct tty *)master->private)->link;
	struct file *file;
	struct path path;
	int r = devpts_slave_path(f, master, &path);

	if (r < 0)
		return r;
	file = file_new(f, &path, (unsigned int)flags & ~(unsigned int)O_CLOEXEC);
	path_put(f, &path);
	r = tty_open(f, file, slave, flags & O_NOCTTY);
	if (r < 0) {
		file_put(f, file);
		return r;
	}
	file->flags &= ~(unsigned int)O_NOCTTY;
	*out = file;
	return 0;
}

static int tiocgptpeer(struct fake *f, struct file *file, int flags)
{
	struct tty *tty = file->private;
	struct file *peer = NULL;
	int r;

	if (!tty->is_master)
		return refuse(f, RULE_TIOCGPTPEER_SLAVE);
	r = fd_check_room(f);
	if (r == 0)
		r = peer_open(f, file, flags, &peer);
	if (r < 0)
		return r;
	return fd_install(f, peer, 0, flags & O_CLOEXEC);
}

/* tty_ioctl() of drivers/tty/tty_io.c, and hung_up_tty_ioctl(). */
int tty_ioctl(struct fake *f, struct file *file, enum sysop op, uintptr_t arg)
{
	struct tty *tty = file->private;

	if (tty->is_hung_up)
		return refuse(f, op == OP_ioctl_tiocspgrp ? RULE_TIOCSPGRP_HUNG_UP
							  : RULE_TTY_HUNG_UP);
	switch (op) {
	case OP_ioctl_tcgets:
		return tcgets(f, tty_real(tty), (struct kernel_termios *)arg);
	case OP_ioctl_tcsetsf:
		return tcsetsf(f, tty_real(tty), (const struct kernel_termios *)arg);
	case OP_ioctl_tiocsti:
		return tiocsti(f, tty, (const char *)arg);
	case OP_ioctl_tcsetsw:
	case OP_ioctl_tcsets:
		return tcsets(f, tty_real(tty), (const struct kernel_termios *)arg);
	case OP_ioctl_tiocgwinsz:
		return tiocgwinsz(f, tty_real(tty), (struct winsize *)arg);
	case OP_ioctl_tiocswinsz:
		return tiocswinsz(f, tty_real(tty), (const struct winsize *)arg);
	case OP_ioctl_tiocgptn:
		return tiocgptn(f, tty, (int *)arg);
	case OP_ioctl_tiocsptlck:
		return tiocsptlck(f, tty, (const int *)arg);
	case OP_ioctl_tiocgptpeer:
		return tiocgptpeer(f, file, (int)arg);
	default:
		return tty_jobctrl_ioctl(f, file, op, arg);
	}
}

static int ioctl_call(struct fake *f, int fd, uintptr_t arg)
{
	struct file *file = fd_file_io(f, fd);

	if (file == NULL)
		return refuse_badf(f);
	if (file->ops->ioctl == NULL)
		return refuse(f, RULE_NOTTY);
	return file->ops->ioctl(f, file, f->current->op, arg);
}

#define IOCTL(row, type)                                                                       \
	int do_ioctl_##row(struct fake *f, int fd, type arg)                                   \
	{                                                                                      \
		return ioctl_call(f, fd, (uintptr_t)arg);                                      \
	}

IOCTL(tcgets, struct kernel_termios *)
IOCTL(tcsets, const struct kernel_termios *)
IOCTL(tcsetsw, const struct kernel_termios *)
IOCTL(tcsetsf, const struct kernel_termios *)
IOCTL(tiocsti, const char *)
IOCTL(tiocgwinsz, struct winsize *)
IOCTL(tiocswinsz, const struct winsize *)
IOCTL(tiocsctty, int)
IOCTL(tiocgpgrp, int *)
IOCTL(tiocspgrp, const int *)
IOCTL(tiocgsid, int *)
IOCTL(tiocgptn, int *)
IOCTL(tiocsptlck, const int *)
IOCTL(tiocgptpeer, int)

int do_ioctl_tiocnotty(struct fake *f, int fd)
{
	return ioctl_call(f, fd, 0);
}
