/* Pseudoterminals: the life of a pair, from /dev/ptmx to the last close of both sides. */
#include "fake/tty.h"

static struct tty *tty_new(struct fake *f, bool is_master, int index)
{
	struct tty *tty = heap_alloc(f, sizeof(*tty));

	tty->is_master = is_master;
	tty->index = index;
	tty_termios_init(tty);
	return tty;
}

struct tty *tty_pair_new(struct fake *f, struct super_block *sb, int index)
{
	struct tty *master = tty_new(f, true, index), *slave = tty_new(f, false, index);

	master->link = slave;
	slave->link = master;
	master->is_locked = true;
	master->sb = sb_get(sb);
	slave->count = 1;
	slave->dentry = devpts_pty_new(f, sb, slave);
	return master;
}

static void tty_free(struct fake *f, struct tty *tty)
{
	tty_forget_session(f, tty);
	tty_input_flush(f, tty);
	heap_free(f, tty);
}

/* pty_unix98_remove(): neither side is open any more. */
static void tty_pair_free(struct fake *f, struct tty *master)
{
	struct super_block *sb = master->sb;

	list_remove(&master->of_devpts);
	devpts_index_kill(f, sb, master->index);
	tty_free(f, master->link);
	tty_free(f, master);
	sb_put(f, sb);
}

/* pty_open(): of a slave, not while it is locked or its master is closed. */
static bool pty_may_open(const struct tty *tty)
{
	if (tty->is_master)
		return true;
	return !tty->is_other_closed && !tty->link->is_locked && tty->link->count == 1;
}

/* pty_close() of the slave: the master reads EIO while no other is open. */
static void slave_close(struct tty *slave)
{
	if (slave->is_io_error || slave->count > 2)
		return;
	slave->is_io_error = true;
	slave->link->is_other_closed = true;
}

/* pty_close() of the master: its slave's node goes, and who has it open is hung up. */
static void master_close(struct fake *f, struct tty *master)
{
	struct dentry *d = master->link->dentry;

	master->is_io_error = true;
	master->is_other_closed = true;
	master->link->is_other_closed = true;
	master->link->dentry = NULL;
	if (d)
		devpts_pty_kill(f, d);
	tty_hangup(f, master->link);
}

static void tty_close(struct fake *f, struct tty *tty)
{
	struct tty *master = tty->is_master ? tty : tty->link;

	if (tty->is_master)
		master_close(f, tty);
	else
		slave_close(tty);
	tty->count--;
	if (tty->is_master)
		tty->link->count--;
	if (tty->count == 0)
		tty_forget_session(f, tty);
	if (master->count == 0 && master->link->count == 0)
		tty_pair_free(f, master);
}

static void tty_release(struct fake *f, struct file *file)
{
	tty_close(f, file->private);
}

const struct file_ops tty_file_ops = {
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.release = tty_release,
};

int tty_open(struct fake *f, struct file *file, struct tty *tty, bool noctty)
{
	tty->count++;
	if (!pty_may_open(tty)) {
		tty->is_io_error = true;
		tty_close(f, tty);
		return refuse(f, RULE_PTS_LOCKED);
	}
	tty->is_io_error = false;
	tty->link->is_other_closed = false;
	file->ops = &tty_file_ops;
	file->private = tty;
	if (!noctty && !tty->is_master)
		tty_open_set_controlling(f, file, tty);
	return 0;
}

int ptmx_open(struct fake *f, struct file *file)
{
	struct super_block *sb;
	int index, r;

	r = devpts_acquire(f, file, &sb);
	if (r < 0)
		return r;
	index = devpts_index_new(f, sb);
	if (index >= 0)
		r = tty_open(f, file, tty_pair_new(f, sb, index), true);
	else
		r = index;
	sb_put(f, sb);
	return r;
}

int pts_open(struct fake *f, struct file *file)
{
	struct tty *tty = devpts_tty(file->path.dentry);

	if (tty == NULL)
		return refuse(f, RULE_PTS_NO_MASTER);
	return tty_open(f, file, tty, file->flags & O_NOCTTY);
}

/* /dev/tty */
int current_tty_open(struct fake *f, struct file *file)
{
	struct tty *tty = f->current->tty;

	if (tty == NULL)
		return refuse(f, RULE_TTY_NONE);
	return tty_open(f, file, tty, file->flags & O_NOCTTY);
}
