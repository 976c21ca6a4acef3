/* What the first tasks have for standard input, output and error. */
#include "fake/tasks.h"

static int null_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	(void)f;
	(void)file;
	(void)buf;
	(void)n;
	return 0;
}

static int null_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	(void)f;
	(void)file;
	(void)buf;
	return (int)n;
}

static const struct file_ops null_file_ops = {.read = null_read, .write = null_write};

/* As a daemon has them: /dev/null of a place outside of this host's tree. */
void stdio_boot(struct fake *f)
{
	struct inode *inode = inode_new(f, f->pipefs, S_IFCHR | 0666);
	struct path path = {.dentry = dentry_new(f, NULL, "/dev/null", inode)};
	struct file *file;

	inode->rdev = makedev(1, 3);
	file = file_new(f, &path, O_RDWR);
	path_put(f, &path);
	file->ops = &null_file_ops;
	fd_install(f, file, 0, false);
	fd_install(f, file_get(file), 1, false);
	fd_install(f, file_get(file), 2, false);
}
