/* Character devices by number: null, zero, full, random, terminals. */
#include "fake/file.h"
#include "fake/task.h"

int chrdev_open(struct fake *f, struct file *file)
{
	(void)file;
	return not_modelled(f, "opening a character device");
}
