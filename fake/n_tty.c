/* The line discipline: what becomes of bytes between a terminal's two sides. */
#include "fake/tty.h"

#include <ctype.h>
#include <string.h>
#include <termios.h>

#define FLIP_SIZE 65536u /* tty_buffer_space_avail() */
#define N_TTY_BUF_SIZE 4096u

void tty_bytes_add(struct fake *f, struct tty_bytes *bytes, const unsigned char *add, size_t n)
{
	unsigned char *at = bytes->at;

	if (bytes->start + bytes->len + n > bytes->size) {
		size_t size = bytes->len + n < 64 ? 64 : 2 * (bytes->len + n);

		at = heap_alloc(f, size);
		if (bytes->len)
			memcpy(at, bytes->at + bytes->start, bytes->len);
		heap_free(f, bytes->at);
		bytes->at = at;
		bytes->start = 0;
		bytes->size = size;
	}
	memcpy(at + bytes->start + bytes->len, add, n);
	bytes->len += n;
}

static void input_add(struct fake *f, struct tty_input *in, uint16_t item)
{
	if (in->start + in->len == in->size) {
		size_t size = in->len < 32 ? 64 : 2 * in->len;
		uint16_t *at = heap_alloc(f, size * sizeof(*at));

		if (in->len)
			memcpy(at, in->at + in->start, in->len * sizeof(*at));
		heap_free(f, in->at);
		in->at = at;
		in->start = 0;
		in->size = size;
	}
	in->at[in->start + in->len++] = item;
	if (item & (TTY_LINE_END | TTY_EOF))
		in->canon_len = in->len;
}

static uint16_t input_pop(struct tty_input *in)
{
	uint16_t item = in->at[in->start++];

	in->len--;
	if (in->canon_len)
		in->canon_len--;
	if (in->len == 0)
		in->start = 0;
	return item;
}

/* tty_std_termios; a master's has no flags, so that everything passes as it is. */
void tty_termios_init(struct tty *tty)
{
	static const struct kernel_termios std = {
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B38400 | CS8 | CREAD,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = {[VINTR] = 3,
			 [VQUIT] = 28,
			 [VERASE] = 127,
			 [VKILL] = 21,
			 [VEOF] = 4,
			 [VSTART] = 17,
			 [VSTOP] = 19,
			 [VSUSP] = 26,
			 [VREPRINT] = 18,
			 [VDISCARD] = 15,
			 [VWERASE] = 23,
			 [VLNEXT] = 22,
			 [VMIN] = 1},
	};

	tty->termios = std;
	if (tty->is_master)
		tty->termios.c_iflag = tty->termios.c_oflag = tty->termios.c_lflag = 0;
}

static bool has_lflag(const struct tty *tty, unsigned int flag)
{
	return tty->termios.c_lflag & flag;
}

void tty_termios_set(struct fake *f, struct tty *tty, const struct kernel_termios *termios)
{
	struct tty_input *in = &tty->input;
	bool was_canon = has_lflag(tty, ICANON);

	tty->termios = *termios;
	/* pty_set_termios() */
	tty->termios.c_cflag &= ~(unsigned int)(CSIZE | PARENB);
	tty->termios.c_cflag |= CS8 | CREAD;
	if (!(tty->termios.c_iflag & IXON))
		tty->is_stopped = false;
	if (was_canon == has_lflag(tty, ICANON))
		return;
	in->canon_len = 0;
	for (size_t i = 0; i < in->len; i++)
		in->at[in->start + i] &= 0xff;
	if (!was_canon && in->len) {
		in->at[in->start + in->len - 1] |= TTY_LINE_END;
		in->canon_len = in->len;
	}
	tty->is_next_literal = false;
	tty_receive(f, tty);
}

size_t tty_write_room(const struct tty *tty)
{
	if (tty->is_stopped)
		return 0;
	return FLIP_SIZE - tty->link->flip.len;
}

size_t tty_send(struct fake *f, struct tty *tty, const unsigned char *bytes, size_t n)
{
	size_t room = tty_write_room(tty);

	if (n > room)
		n = room;
	if (n == 0)
		return 0;
	tty_bytes_add(f, &tty->link->flip, bytes, n);
	tty_receive(f, tty->link);
	return n;
}

static bool send_all(struct fake *f, struct tty *tty, const char *bytes, size_t n)
{
	if (tty_write_room(tty) < n)
		return false;
	tty_send(f, tty, (const unsigned char *)bytes, n);
	return true;
}

/* A tab that is spelled out. */
static bool output_tab(struct fake *f, struct tty *tty)
{
	unsigned int spaces = 8 - (tty->column & 7);

	if ((tty->termios.c_oflag & TABDLY) != XTABS) {
		tty->column += spaces;
		return send_all(f, tty, "\t", 1);
	}
	if (!send_all(f, tty, "        ", spaces))
		return false;
	tty->column += spaces;
	return true;
}

/* do_output_char() */
static bool output_processed(struct fake *f, struct tty *tty, unsigned char c)
{
	unsigned int oflag = tty->termios.c_oflag;
	bool is_at_start = tty->column == 0;

	if (c == '\t')
		return output_tab(f, tty);
	if (c == '\n' && (oflag & ONLCR)) {
		tty->column = 0;
		return send_all(f, tty, "\r\n", 2);
	}
	if (c == '\r' && (oflag & ONOCR) && is_at_start)
		return true;
	if (c == '\n' && (oflag & ONLRET))
		tty->column = 0;
	if (c == '\r' && (!(oflag & OCRNL) || (oflag & ONLRET)))
		tty->column = 0;
	if (c == '\r' && (oflag & OCRNL))
		c = '\n';
	else if (c == '\b' && tty->column > 0)
		tty->column--;
	else if (!iscntrl(c))
		tty->column++;
	if ((oflag & OLCUC) && !iscntrl(c))
		c = (unsigned char)toupper(c);
	return send_all(f, tty, (const char *)&c, 1);
}

bool tty_output_char(struct fake *f, struct tty *tty, unsigned char c)
{
	if (tty_write_room(tty) == 0)
		return false;
	if (tty->termios.c_oflag & OPOST)
		return output_processed(f, tty, c);
	return send_all(f, tty, (const char *)&c, 1);
}

/* Echoes wait until all that was sent is received: a signal character drops them. */
static void echo_raw(struct fake *f, struct tty *tty, unsigned char c)
{
	tty_bytes_add(f, &tty->echo, &c, 1);
}

/* Control characters as ^X. */
static void echo_char(struct fake *f, struct tty *tty, unsigned char c)
{
	if (has_lflag(tty, ECHOCTL) && iscntrl(c) && c != '\t') {
		echo_raw(f, tty, '^');
		c ^= 0100;
	}
	echo_raw(f, tty, c);
}

/*
 * process_echoes().
 * Simplified: echoes for which the other side has no room are dropped, not kept.
 */
static void echo_flush(struct fake *f, struct tty *tty)
{
	struct tty_bytes *echo = &tty->echo;

	for (size_t i = 0; i < echo->len; i++)
		if (!tty_output_char(f, tty, echo->at[echo->start + i]))
			break;
	echo->start = echo->len = 0;
}

/* n_tty_receive_signal_char(): to the foreground group; what was typed before is dropped. */
static void receive_signal(struct fake *f, struct tty *tty, int sig, unsigned char c)
{
	if (tty->pgrp)
		signal_send_group(f, tty->pgrp, sig);
	if (!has_lflag(tty, NOFLSH)) {
		tty->echo.start = tty->echo.len = 0;
		tty->input.start = tty->input.len = tty->input.canon_len = 0;
	}
	if (tty->termios.c_iflag & IXON)
		tty->is_stopped = false;
	if (has_lflag(tty, ECHO))
		echo_char(f, tty, c);
}

static bool is_cc(const struct tty *tty, int index, unsigned char c)
{
	return c != _POSIX_VDISABLE && c == tty->termios.c_cc[index];
}

/* ^Q and ^S */
static bool receive_flow(struct tty *tty, unsigned char c)
{
	if (!(tty->termios.c_iflag & IXON))
		return false;
	if (is_cc(tty, VSTART, c))
		tty->is_stopped = false;
	else if (is_cc(tty, VSTOP, c))
		tty->is_stopped = true;
	else
		return false;
	return true;
}

static bool receive_isig(struct fake *f, struct tty *tty, unsigned char c)
{
	if (!has_lflag(tty, ISIG))
		return false;
	if (is_cc(tty, VINTR, c))
		receive_signal(f, tty, SIGINT, c);
	else if (is_cc(tty, VQUIT, c))
		receive_signal(f, tty, SIGQUIT, c);
	else if (is_cc(tty, VSUSP, c))
		receive_signal(f, tty, SIGTSTP, c);
	else
		return false;
	return true;
}

static void echo_erased(struct fake *f, struct tty *tty, unsigned char c)
{
	bool is_control = iscntrl(c);

	if (!has_lflag(tty, ECHO))
		return;
	for (int i = 0; i < (is_control ? 2 : 1); i++)
		if (!is_control || has_lflag(tty, ECHOCTL))
			for (const char *s = "\b \b"; *s; s++)
				echo_raw(f, tty, (unsigned char)*s);
}

/*
 * eraser(): the last character, word or line that is not whole yet.
 * Simplified: always as with ECHOE and ECHOKE, tabs as one character, and no ECHOPRT.
 */
static void erase(struct fake *f, struct tty *tty, unsigned char c)
{
	struct tty_input *in = &tty->input;
	bool seen_word = false;

	while (in->len > in->canon_len) {
		unsigned char last = (unsigned char)in->at[in->start + in->len - 1];

		if (is_cc(tty, VWERASE, c)) {
			if (isalnum(last) || last == '_')
				seen_word = true;
			else if (seen_word)
				break;
		}
		in->len--;
		echo_erased(f, tty, last);
		if (is_cc(tty, VERASE, c))
			break;
	}
}

static void reprint(struct fake *f, struct tty *tty, unsigned char c)
{
	const struct tty_input *in = &tty->input;

	echo_char(f, tty, c);
	echo_raw(f, tty, '\n');
	for (size_t i = in->canon_len; i < in->len; i++)
		echo_char(f, tty, (unsigned char)in->at[in->start + i]);
}

/* Characters with a meaning while lines are edited; false: it has none. */
static bool receive_canon(struct fake *f, struct tty *tty, unsigned char c)
{
	bool is_extended = has_lflag(tty, IEXTEN);

	if (is_cc(tty, VERASE, c) || is_cc(tty, VKILL, c) ||
	    (is_cc(tty, VWERASE, c) && is_extended)) {
		erase(f, tty, c);
	} else if (is_cc(tty, VLNEXT, c) && is_extended) {
		tty->is_next_literal = true;
		if (has_lflag(tty, ECHO) && has_lflag(tty, ECHOCTL)) {
			echo_raw(f, tty, '^');
			echo_raw(f, tty, '\b');
		}
	} else if (is_cc(tty, VREPRINT, c) && has_lflag(tty, ECHO) && is_extended) {
		reprint(f, tty, c);
	} else if (c == '\n') {
		if (has_lflag(tty, ECHO) || has_lflag(tty, ECHONL))
			echo_raw(f, tty, c);
		input_add(f, &tty->input, c | TTY_LINE_END);
	} else if (is_cc(tty, VEOF, c)) {
		input_add(f, &tty->input, TTY_EOF);
	} else if (is_cc(tty, VEOL, c) || (is_cc(tty, VEOL2, c) && is_extended)) {
		if (has_lflag(tty, ECHO))
			echo_char(f, tty, c);
		input_add(f, &tty->input, c | TTY_LINE_END);
	} else {
		return false;
	}
	return true;
}

/* n_tty_receive_char(): Simplified: PARMRK, INPCK and IUCLC do nothing. */
static void receive_char(struct fake *f, struct tty *tty, unsigned char c)
{
	unsigned int iflag = tty->termios.c_iflag;
	bool is_literal = tty->is_next_literal;

	tty->is_next_literal = false;
	if (iflag & ISTRIP)
		c &= 0x7f;
	if (!is_literal) {
		if (receive_flow(tty, c) || receive_isig(f, tty, c))
			return;
		if (c == '\r' && (iflag & IGNCR))
			return;
		if (c == '\r' && (iflag & ICRNL))
			c = '\n';
		else if (c == '\n' && (iflag & INLCR))
			c = '\r';
		if (has_lflag(tty, ICANON) && receive_canon(f, tty, c))
			return;
	}
	if (has_lflag(tty, ECHO)) {
		if (c == '\n' && !is_literal)
			echo_raw(f, tty, c);
		else
			echo_char(f, tty, c);
	}
	input_add(f, &tty->input, c);
}

/*
 * n_tty_receive_buf_common(): is there room for one more?  A line that is too long goes on
 * being edited: its last place is taken again and again.
 */
static bool make_room(struct tty *tty)
{
	struct tty_input *in = &tty->input;

	if (in->len < N_TTY_BUF_SIZE - 1)
		return true;
	if (!has_lflag(tty, ICANON) || in->canon_len)
		return false;
	if (in->len == N_TTY_BUF_SIZE)
		in->len--;
	return true;
}

void tty_receive(struct fake *f, struct tty *tty)
{
	struct tty_bytes *flip = &tty->flip;

	while (flip->len && make_room(tty)) {
		unsigned char c = flip->at[flip->start++];

		flip->len--;
		receive_char(f, tty, c);
	}
	if (flip->len == 0)
		flip->start = 0;
	echo_flush(f, tty);
}

/* input_available_p() */
bool tty_has_input(const struct tty *tty, bool poll)
{
	const unsigned char *cc = tty->termios.c_cc;
	size_t least = poll && cc[VTIME] == 0 && cc[VMIN] ? cc[VMIN] : 1;

	if (has_lflag(tty, ICANON))
		return tty->input.canon_len > 0;
	return tty->input.len >= least;
}

/* canon_copy_from_read_buf(): to the end of the line; an EOF that ends it is eaten. */
static size_t take_line(struct tty_input *in, unsigned char *buf, size_t n)
{
	size_t taken = 0;

	while (taken < n && in->canon_len) {
		uint16_t item = input_pop(in);

		if (item & TTY_EOF)
			return taken;
		buf[taken++] = (unsigned char)item;
		if (item & TTY_LINE_END)
			return taken;
	}
	if (in->canon_len && (in->at[in->start] & TTY_EOF))
		input_pop(in);
	return taken;
}

size_t tty_input_take(struct fake *f, struct tty *tty, unsigned char *buf, size_t n)
{
	struct tty_input *in = &tty->input;
	size_t taken = 0;

	if (has_lflag(tty, ICANON)) {
		taken = take_line(in, buf, n);
	} else {
		while (taken < n && in->len)
			buf[taken++] = (unsigned char)input_pop(in);
	}
	tty_receive(f, tty);
	return taken;
}

void tty_input_drop(struct fake *f, struct tty *tty)
{
	tty->echo.start = tty->echo.len = 0;
	tty->input.start = tty->input.len = tty->input.canon_len = 0;
	tty_receive(f, tty);
}

void tty_input_flush(struct fake *f, struct tty *tty)
{
	heap_free(f, tty->flip.at);
	heap_free(f, tty->echo.at);
	heap_free(f, tty->input.at);
	tty->flip = tty->echo = (struct tty_bytes){0};
	tty->input = (struct tty_input){0};
}
