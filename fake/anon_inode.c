/* Descriptors of what has no name anywhere: fs/anon_inodes.c. */
#include "fake/anon_inode.h"

#include "fake/open.h"

int anon_inode_fd(struct fake *f, const char *name, const struct file_ops *ops, void *private,
		  unsigned int flags)
{
	struct path path = {0};
	struct file *file;
	char text[40];
	struct text t;
	int r = fd_check_room(f);

	if (r < 0)
		return r;
	text_init(&t, text, sizeof(text));
	text_addf(&t, "anon_inode:%s", name);
	path.dentry = dentry_new(f, NULL, text, inode_get(f->anon_inode));
	file = file_new(f, &path, O_RDWR | (flags & O_NONBLOCK));
	path_put(f, &path);
	file->ops = ops;
	file->private = private;
	return fd_install(f, file, 0, flags & O_CLOEXEC);
}
