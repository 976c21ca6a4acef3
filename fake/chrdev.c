/* Character devices by number: null, zero, full, random, and the way to terminals. */
#include "fake/file.h"
#include "fake/tty.h"

#include <string.h>

static int null_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	(void)f;
	(void)file;
	(void)buf;
	(void)n;
	return 0;
}

/* Takes all of it. */
static int null_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	(void)f;
	(void)file;
	(void)buf;
	return (int)n;
}

static int zero_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	(void)f;
	(void)file;
	memset(buf, 0, n);
	return (int)n;
}

static int full_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	(void)file;
	(void)buf;
	(void)n;
	return refuse(f, RULE_DEV_FULL);
}

/*
 * Simplified: the bytes are the same in each run: splitmix64 of the clock, which moves on with
 * every call.
 */
static int random_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	uint64_t state = f->clock, word;

	(void)file;
	for (size_t i = 0; i < n; i++) {
		state += 0x9e3779b97f4a7c15ULL;
		word = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
		((unsigned char *)buf)[i] = (unsigned char)(word >> 56);
	}
	return (int)n;
}

static const struct file_ops null_ops = {.read = null_read, .write = null_write};
static const struct file_ops zero_ops = {.read = zero_read, .write = null_write};
static const struct file_ops full_ops = {.read = zero_read, .write = full_write};
static const struct file_ops random_ops = {.read = random_read, .write = null_write};

/* memory_open() of drivers/char/mem.c. */
static int memory_open(struct fake *f, struct file *file, unsigned int number)
{
	static const struct file_ops *const ops[] = {
		[3] = &null_ops,   [5] = &zero_ops,   [7] = &full_ops,
		[8] = &random_ops, [9] = &random_ops,
	};

	/* /dev/mem, /dev/port and /dev/kmsg */
	if (number == 1 || number == 4 || number == 11)
		return not_modelled(f, "opening /dev/mem, /dev/port or /dev/kmsg");
	if (number >= sizeof(ops) / sizeof(*ops) || ops[number] == NULL)
		return refuse(f, RULE_DEV_NO_MEMORY);
	file->ops = ops[number];
	return 0;
}

/* Major number 5: what stands for the caller's own terminal, for the console, for new pairs. */
static int ttyaux_open(struct fake *f, struct file *file, unsigned int number)
{
	if (number == 0)
		return current_tty_open(f, file);
	if (number == 2)
		return ptmx_open(f, file);
	return not_modelled(f, "opening the system's console");
}

int chrdev_open(struct fake *f, struct file *file)
{
	dev_t rdev = file->inode->rdev;

	switch (major(rdev)) {
	case 1:
		return memory_open(f, file, minor(rdev));
	case 5:
		return ttyaux_open(f, file, minor(rdev));
	case 4:
	case 10:
		return not_modelled(f, "opening a virtual terminal or a device of major 10");
	case 136:
		return pts_open(f, file);
	default:
		return refuse(f, RULE_DEV_NO_DRIVER);
	}
}
