/* Reading, writing and polling one side of a terminal. */
#include "fake/tty.h"

#include <termios.h>

static bool file_is_nonblock(const struct file *file)
{
	return file->flags & O_NONBLOCK;
}

/* What a sleeping reader waits for. */
static bool can_read(struct fake *f, void *arg)
{
	const struct tty *tty = arg;

	(void)f;
	return tty_has_input(tty, false) || tty->is_other_closed || tty->is_hung_up;
}

static bool can_write(struct fake *f, void *arg)
{
	const struct tty *tty = arg;

	(void)f;
	return tty_write_room(tty) > 0 || tty->is_hung_up || tty->link->count == 0;
}

/* How long a read may wait: VMIN and VTIME of termios(3), where lines do not count. */
struct read_wait {
	size_t least;	     /* bytes that end it */
	uint64_t at_first;   /* nanoseconds to wait for the first byte; 0: for ever */
	uint64_t in_between; /* for each further one; 0: for ever */
	bool is_polling;     /* what is there, at once */
};

static struct read_wait read_wait_of(const struct tty *tty)
{
	const unsigned char *cc = tty->termios.c_cc;
	uint64_t time = cc[VTIME] * 100000000ULL;

	if (tty->termios.c_lflag & ICANON)
		return (struct read_wait){.least = 0};
	if (cc[VMIN])
		return (struct read_wait){.least = cc[VMIN], .in_between = time};
	return (struct read_wait){.least = 1, .at_first = time, .is_polling = time == 0};
}

/*
 * One round of n_tty_read() that finds nothing: 0 where it is to look again, 1 where the read
 * is over, or a refusal.
 */
static int read_sleep(struct fake *f, struct file *file, const struct read_wait *wait,
		      bool is_first)
{
	struct tty *tty = file->private;
	uint64_t time = is_first ? wait->at_first : wait->in_between;
	uint64_t until = time ? f->clock + time : 0;
	int r;

	if (tty->is_other_closed)
		return refuse(f, RULE_TTY_OTHER_CLOSED);
	if (tty->is_hung_up || wait->is_polling)
		return 1;
	if (file_is_nonblock(file))
		return refuse(f, RULE_TTY_READ_AGAIN);
	f->current->deadline = until;
	f->current->waits_on = tty->link;
	f->current->waits_on_mode = O_WRONLY;
	r = task_sleep(f, can_read, tty, "input from the other side of %s %d",
		       tty->is_master ? "pty" : "pts", tty->index);
	if (r < 0)
		return r;
	return until && f->clock >= until && !can_read(f, tty);
}

/* n_tty_read() */
int tty_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	struct tty *tty = file->private;
	struct read_wait wait;
	size_t done = 0;
	int r;

	if (tty->is_hung_up)
		return 0;
	if (tty->is_io_error)
		return refuse(f, RULE_TTY_IO_ERROR);
	r = tty_check_change(f, tty, SIGTTIN);
	if (r < 0)
		return r;
	wait = read_wait_of(tty);
	while (done < n) {
		if (tty_has_input(tty, false)) {
			done += tty_input_take(f, tty, (unsigned char *)buf + done, n - done);
			if (done >= wait.least)
				break;
			continue;
		}
		r = read_sleep(f, file, &wait, done == 0);
		if (r != 0)
			break;
	}
	return done > 0 || r > 0 ? (int)done : r;
}

/* n_tty_write(): what there is room for now. */
static size_t write_some(struct fake *f, struct tty *tty, const unsigned char *buf, size_t n)
{
	size_t done = 0;

	if (!(tty->termios.c_oflag & OPOST))
		return tty_send(f, tty, buf, n);
	while (done < n && tty_output_char(f, tty, buf[done]))
		done++;
	return done;
}

/* A round that found no room: as read_sleep. */
static int write_sleep(struct fake *f, struct file *file)
{
	struct tty *tty = file->private;

	if (file_is_nonblock(file))
		return refuse(f, RULE_TTY_WRITE_AGAIN);
	f->current->waits_on = tty->link;
	f->current->waits_on_mode = O_RDONLY;
	return task_sleep(f, can_write, tty, "room on the other side of %s %d",
			  tty->is_master ? "pty" : "pts", tty->index);
}

int tty_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	struct tty *tty = file->private;
	size_t done = 0;
	int r = 0;

	if (tty->is_io_error && !tty->is_hung_up)
		return refuse(f, RULE_TTY_IO_ERROR);
	if (!tty->is_hung_up && (tty->termios.c_lflag & TOSTOP))
		r = tty_check_change(f, tty, SIGTTOU);
	if (r < 0)
		return r;
	for (;;) {
		if (tty->is_hung_up || tty->link->count == 0) {
			r = refuse(f, RULE_TTY_WRITE_HUNG_UP);
			break;
		}
		done += write_some(f, tty, (const unsigned char *)buf + done, n - done);
		if (done == n)
			break;
		r = write_sleep(f, file);
		if (r < 0)
			break;
	}
	return done > 0 ? (int)done : r;
}

/* n_tty_poll(), and hung_up_tty_poll() */
short tty_poll(struct fake *f, struct file *file)
{
	const struct tty *tty = file->private;
	int mask = 0;

	(void)f;
	if (tty->is_hung_up)
		return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
	if (tty_has_input(tty, true))
		mask |= POLLIN | POLLRDNORM;
	if (tty->is_other_closed)
		mask |= POLLHUP;
	if (tty_write_room(tty) > 0)
		mask |= POLLOUT | POLLWRNORM;
	return (short)mask;
}
