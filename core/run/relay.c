/* The caller's terminal and the pty inside, relayed: bytes, sizes, modes, and the end. */
#include <asm/termbits.h>
#include <sys/signalfd.h>

#include "core/run/talk.h"

#define BYTES_SIZE 4096
#define BIT(sig) (UINT64_C(1) << ((sig)-1))
#define ENDING (BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM))

enum { POLL_INPUT, POLL_PTY, POLL_SIGNALS, POLL_END, N_POLLS };

struct relay {
	struct side *side;
	int master;
	int signals;  /* a signalfd */
	int end;      /* readable once the payload has ended */
	bool own_end; /* it is to be closed */
	uint64_t mask; /* the caller's */
	bool is_raw;   /* the terminal on descriptor 0, which had these modes */
	struct kernel_termios modes;
	char bytes[BYTES_SIZE]; /* from the caller, not yet taken by the pty */
	size_t at, n;
	bool no_input; /* all of it was read */
	bool hung_up;  /* the pty gives nothing any more */
	bool ended;
	bool told; /* a signal has asked for the end */
};

/* As cfmakeraw(3): every key is a byte for the pty, whose own modes say what it means. */
static void modes_make_raw(struct kernel_termios *t)
{
	t->c_iflag &= ~(unsigned int)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR |
				      ICRNL | IXON);
	t->c_oflag &= ~(unsigned int)OPOST;
	t->c_lflag &= ~(unsigned int)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cflag &= ~(unsigned int)(CSIZE | PARENB);
	t->c_cflag |= CS8;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

/* The first of the caller's descriptors that is a terminal tells the size; or none does. */
static int size_give(struct side *side, int master)
{
	struct winsize size;

	for (int fd = 0; fd < 3; fd++)
		if (sys_ioctl_tiocgwinsz(side->k, fd, &size) == 0)
			return sys_ioctl_tiocswinsz(side->k, master, &size);
	return 0;
}

/* Before the payload can look: a pty as large as the caller's terminal, with its modes. */
int step_window(struct side *side, const struct step *step)
{
	int master = side->slots[step->slot];
	struct kernel_termios modes;
	int r, number;

	/* What came through the channel is a master, or this is refused. */
	r = sys_ioctl_tiocgptn(side->k, master, &number);
	if (r == 0)
		r = size_give(side, master);
	if (r == 0 && sys_ioctl_tcgets(side->k, 0, &modes) == 0)
		r = sys_ioctl_tcsets(side->k, master, &modes);
	return r;
}

static int modes_raw(struct relay *relay)
{
	struct kernel_termios raw;
	int r = sys_ioctl_tcgets(relay->side->k, 0, &relay->modes);

	/* A pipe, a file, nothing: its bytes are relayed as they are. */
	if (r < 0)
		return 0;
	raw = relay->modes;
	modes_make_raw(&raw);
	r = sys_ioctl_tcsetsw(relay->side->k, 0, &raw);
	relay->is_raw = r == 0;
	return r;
}

/* Where nobody stays to tell of the payload, init is the payload. */
static int end_open(struct relay *relay)
{
	struct side *side = relay->side;
	int fd = side->slots[SLOT_STATUS_HOST];

	if (fd < 0) {
		fd = sys_pidfd_open(side->k, side->child, 0);
		relay->own_end = fd >= 0;
	}
	relay->end = fd;
	return fd;
}

static int relay_begin(struct relay *relay)
{
	const uint64_t mask = BIT(SIGWINCH) | ENDING;
	struct kernel *k = relay->side->k;
	int r = end_open(relay);

	if (r < 0)
		return r;
	r = sys_rt_sigprocmask(k, SIG_BLOCK, &mask, &relay->mask);
	if (r < 0)
		return r;
	relay->signals = sys_signalfd4(k, -1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (relay->signals < 0)
		return relay->signals;
	return modes_raw(relay);
}

/* A terminal that was hung up, or whose reader has gone, is at its end. */
static bool is_end(int r)
{
	return r == 0 || r == -EIO || r == -EPIPE;
}

/* Nothing now, but later; or once more. */
static bool is_later(int r)
{
	return r == -EAGAIN || r == -EINTR;
}

/* What a user at a terminal would type at the end of input (VEOF, termios(3)). */
static void end_type(struct relay *relay)
{
	relay->bytes[0] = '\004';
	relay->at = 0;
	relay->n = 1;
}

static int input_read(struct relay *relay)
{
	int r = sys_read(relay->side->k, 0, relay->bytes, BYTES_SIZE);

	if (is_later(r))
		return 0;
	relay->at = 0;
	relay->n = r > 0 ? (size_t)r : 0;
	if (!is_end(r))
		return r < 0 ? r : 0;
	relay->no_input = true;
	end_type(relay);
	return 0;
}

static int input_write(struct relay *relay)
{
	int r = sys_write(relay->side->k, relay->master, relay->bytes + relay->at,
			  relay->n - relay->at);

	if (is_later(r))
		return 0;
	/* Nobody reads any more. */
	if (r == -EIO)
		relay->at = relay->n;
	else if (r > 0)
		relay->at += (size_t)r;
	return r == -EIO || r > 0 ? 0 : r;
}

/* To the caller's standard output, which may be slow, but not silent for ever. */
static int output_write(struct relay *relay, const char *bytes, size_t n)
{
	struct pollfd out = {.fd = 1, .events = POLLOUT};
	size_t done = 0;

	while (done < n) {
		int r = sys_write(relay->side->k, 1, bytes + done, n - done);

		if (r == -EAGAIN)
			r = sys_ppoll(relay->side->k, &out, 1, NULL);
		else if (r > 0)
			done += (size_t)r;
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

/* 1 when there was something; 0 when there is nothing now, or never again. */
static int output_read(struct relay *relay)
{
	char bytes[BYTES_SIZE];
	int r = sys_read(relay->side->k, relay->master, bytes, sizeof(bytes));

	if (is_later(r))
		return 0;
	relay->hung_up = is_end(r);
	if (r <= 0)
		return relay->hung_up ? 0 : r;
	r = output_write(relay, bytes, (size_t)r);
	return r < 0 ? r : 1;
}

/* As when a terminal's window is closed: those inside get SIGHUP; the second time, SIGKILL. */
static int end_ask(struct relay *relay)
{
	struct side *side = relay->side;

	if (relay->told)
		return sys_kill(side->k, side->child, SIGKILL);
	relay->told = true;
	relay->hung_up = true;
	relay->no_input = true;
	relay->n = relay->at = 0;
	return slot_close_after(side, SLOT_MASTER, 0);
}

static int signals_read(struct relay *relay)
{
	struct signalfd_siginfo info = {.ssi_signo = 0};
	int r = sys_read(relay->side->k, relay->signals, &info, sizeof(info));

	if (is_later(r))
		return 0;
	if (r < 0)
		return r;
	if (info.ssi_signo != SIGWINCH)
		return end_ask(relay);
	return relay->hung_up ? 0 : size_give(relay->side, relay->master);
}

/* What there is to wait for: no more input than the pty takes. */
static void polls_make(const struct relay *relay, struct pollfd polls[N_POLLS])
{
	bool pending = relay->at < relay->n;

	polls[POLL_INPUT] = (struct pollfd){
		.fd = pending || relay->no_input ? -1 : 0, .events = POLLIN};
	polls[POLL_PTY] = (struct pollfd){.fd = relay->hung_up ? -1 : relay->master,
					  .events = (short)(POLLIN | (pending ? POLLOUT : 0))};
	polls[POLL_SIGNALS] = (struct pollfd){.fd = relay->signals, .events = POLLIN};
	polls[POLL_END] = (struct pollfd){.fd = relay->end, .events = POLLIN};
}

static int relay_once(struct relay *relay)
{
	static const struct timespec again = {.tv_nsec = 200 * 1000 * 1000};
	bool is_at_end = relay->no_input && !relay->hung_up && relay->at == relay->n;
	struct pollfd polls[N_POLLS];
	int r;

	polls_make(relay, polls);
	r = sys_ppoll(relay->side->k, polls, N_POLLS, is_at_end ? &again : NULL);
	if (r < 0)
		return is_later(r) ? 0 : r;
	/* Each read is to find the end; one that is typed while nobody reads is lost. */
	if (r == 0 && is_at_end)
		end_type(relay);
	relay->ended = polls[POLL_END].revents;
	r = 0;
	if (polls[POLL_INPUT].revents)
		r = input_read(relay);
	if (r >= 0 && polls[POLL_PTY].revents & ~POLLOUT)
		r = output_read(relay);
	if (r >= 0 && polls[POLL_PTY].revents & POLLOUT && relay->at < relay->n)
		r = input_write(relay);
	if (r >= 0 && polls[POLL_SIGNALS].revents)
		r = signals_read(relay);
	return r;
}

static int relay_run(struct relay *relay)
{
	int r = 0;

	while (r >= 0 && !relay->ended)
		r = relay_once(relay);
	/* The payload's last words. */
	while (r >= 0 && !relay->hung_up) {
		r = output_read(relay);
		relay->hung_up |= r == 0;
	}
	return r < 0 ? r : 0;
}

/* Behind what was written so far; where that cannot be waited for, at once. */
static int modes_restore(struct relay *relay, struct kernel *k)
{
	int r = sys_ioctl_tcsetsw(k, 0, &relay->modes);

	return r < 0 ? sys_ioctl_tcsets(relay->side->below, 0, &relay->modes) : r;
}

/* After r: the caller's terminal and signals as they were, however it went. */
static int relay_end(struct relay *relay, int r)
{
	struct side *side = relay->side;
	struct kernel *k = r < 0 ? side->below : side->k;
	int restored = 0;

	if (relay->is_raw)
		restored = modes_restore(relay, k);
	r = r < 0 ? r : restored;
	if (relay->signals >= 0)
		r = fd_close_after(side, relay->signals, r);
	if (relay->own_end)
		r = fd_close_after(side, relay->end, r);
	if (side->slots[SLOT_MASTER] >= 0)
		r = slot_close_after(side, SLOT_MASTER, r);
	restored = sys_rt_sigprocmask(k, SIG_SETMASK, &relay->mask, NULL);
	return r < 0 ? r : restored;
}

int step_relay(struct side *side, const struct step *step)
{
	struct relay relay = {
		.side = side, .master = side->slots[step->slot], .signals = -EBADF};
	int r = relay_begin(&relay);

	if (r >= 0)
		r = relay_run(&relay);
	return relay_end(&relay, r);
}
