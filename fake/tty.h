/* Terminals: pairs of a master and a slave, what passes between them, and whom they control. */
#ifndef FAKE_TTY_H
#define FAKE_TTY_H

#include "fake/file.h"
#include "fake/task.h"

/* Bytes in a row: added behind, taken in front. */
struct tty_bytes {
	unsigned char *at;
	size_t start, len, size;
};

/* What the line discipline has received and nobody has read: a byte each, or TTY_EOF. */
struct tty_input {
	uint16_t *at;
	size_t start, len, size;
	size_t canon_len; /* of those, how many belong to whole lines */
};
#define TTY_LINE_END 0x100u /* beside a byte: a line ends with it */
#define TTY_EOF 0x200u	    /* ^D: ends a line and is not read */

/*
 * One side of a pair (struct tty_struct).  Job control, size and termios that calls speak of
 * are the slave's, whichever side they come through.
 */
struct tty {
	struct tty *link; /* the other side */
	bool is_master;
	int index;
	int count;	      /* files open; the slave's has one more for its master */
	bool is_locked;	      /* TTY_PTY_LOCK, of a master: its slave cannot be opened */
	bool is_other_closed; /* TTY_OTHER_CLOSED */
	bool is_io_error;     /* TTY_IO_ERROR */
	bool is_hung_up;      /* TTY_HUPPED: all its files are dead */
	bool is_stopped;      /* by ^S, until ^Q */
	bool is_next_literal; /* after ^V */
	struct pid *pgrp;     /* in the foreground, with a reference; NULL */
	struct pid *session;  /* that it controls, with a reference; NULL */
	struct winsize winsize;
	struct kernel_termios termios;
	struct tty_bytes flip; /* sent to it, not yet received */
	struct tty_bytes echo; /* collected while it receives */
	struct tty_input input;
	unsigned int column;	/* of its output, for tabs and backspaces */
	struct super_block *sb; /* of a master: its devpts, held */
	struct list of_devpts;	/* of a master */
	struct dentry *dentry;	/* of a slave: its node, held; NULL once the master is closed */
};

extern const struct file_ops tty_file_ops;

/* The tty of an open file, or NULL. */
static inline struct tty *file_tty(const struct file *file)
{
	return file->ops == &tty_file_ops ? file->private : NULL;
}
/* The slave, where size, termios and job control live. */
static inline struct tty *tty_real(struct tty *tty)
{
	return tty->is_master ? tty->link : tty;
}

/* A pair for this number of a devpts; the slave is locked.  The master is answered. */
struct tty *tty_pair_new(struct fake *f, struct super_block *sb, int index);
/* The first file of a master, or one more of a slave: EIO where it cannot be.  noctty: never
 * becomes the controlling terminal. */
int tty_open(struct fake *f, struct file *file, struct tty *tty, bool noctty);
/* /dev/ptmx, /dev/pts/N and /dev/tty. */
int ptmx_open(struct fake *f, struct file *file);
int pts_open(struct fake *f, struct file *file);
int current_tty_open(struct fake *f, struct file *file);

/* n_tty.c: the line discipline. */
void tty_termios_init(struct tty *tty);
/* n_tty_set_termios(): what was typed so far becomes a line where lines begin to count. */
void tty_termios_set(struct fake *f, struct tty *tty, const struct kernel_termios *termios);
/* Takes what was sent to this side, as far as there is room. */
void tty_receive(struct fake *f, struct tty *tty);
/* Bytes to the other side, as they are; how many there was room for. */
size_t tty_send(struct fake *f, struct tty *tty, const unsigned char *bytes, size_t n);
size_t tty_write_room(const struct tty *tty);
/* A byte of output, its newline and tab made what OPOST says; false: no room. */
bool tty_output_char(struct fake *f, struct tty *tty, unsigned char c);
bool tty_has_input(const struct tty *tty, bool poll);
/* Moves what one read takes, at most n bytes. */
size_t tty_input_take(struct fake *f, struct tty *tty, unsigned char *buf, size_t n);
/* What was received and not read goes, and what waits to be received comes. */
void tty_input_drop(struct fake *f, struct tty *tty);
void tty_input_flush(struct fake *f, struct tty *tty);
void tty_bytes_add(struct fake *f, struct tty_bytes *bytes, const unsigned char *add, size_t n);

/* tty_io.c: read, write and poll of a side. */
int tty_read(struct fake *f, struct file *file, void *buf, size_t n);
int tty_write(struct fake *f, struct file *file, const void *buf, size_t n);
short tty_poll(struct fake *f, struct file *file);
/* tty_ioctl.c */
int tty_ioctl(struct fake *f, struct file *file, enum sysop op, uintptr_t arg);

/* tty_jobctrl.c: sessions and their terminal. */
/*
 * __tty_check_change(): a task in the background that reads (SIGTTIN) or changes (SIGTTOU)
 * its controlling terminal is stopped with its group until it is in the foreground.  0, a
 * refusal (EIO), or -EINTR where the task is to end.
 */
int tty_check_change(struct fake *f, struct tty *tty, int sig);
/* A session leader without one takes it for its controlling terminal (open). */
void tty_open_set_controlling(struct fake *f, struct file *file, struct tty *tty);
int tty_jobctrl_ioctl(struct fake *f, struct file *file, enum sysop op, uintptr_t arg);
/* It is nobody's controlling terminal any more. */
void tty_forget_session(struct fake *f, struct tty *tty);
/* __tty_hangup(): its files are dead, its session's leader hears of it. */
void tty_hangup(struct fake *f, struct tty *tty);

/* fs_devpts.c */
/* The devpts that a ptmx belongs to, with a reference: ENOENT, ENODEV, ENOSPC are refusals. */
int devpts_acquire(struct fake *f, const struct file *file, struct super_block **out);
/* The lowest free number there, or a refusal. */
int devpts_index_new(struct fake *f, struct super_block *sb);
void devpts_index_kill(struct fake *f, struct super_block *sb, int index);
/* The node of a slave, with a reference. */
struct dentry *devpts_pty_new(struct fake *f, struct super_block *sb, struct tty *slave);
void devpts_pty_kill(struct fake *f, struct dentry *d);
/* What a node of it stands for; NULL: no slave, or its master is gone. */
struct tty *devpts_tty(const struct dentry *d);
/* Where the slave's node is seen from its master's file, with references; a refusal. */
int devpts_slave_path(struct fake *f, const struct file *master, struct path *out);

#endif
