/* Pipes and FIFOs. */
#include "fake/tasks.h"

const struct file_ops fifo_file_ops;

void fifo_init(struct fake *f, struct inode *inode)
{
	(void)f;
	inode->fops = &fifo_file_ops;
}
