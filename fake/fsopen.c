/* Contexts of filesystems as files: fsopen, fspick, fsconfig, fsmount; fs/fsopen.c. */
#include "fake/kernel.h"

int do_fsopen(struct fake *f, const char *fsname, unsigned int flags)
{
	(void)fsname, (void)flags;
	return not_modelled(f, "fsopen(2)");
}

int do_fspick(struct fake *f, int dirfd, const char *path, unsigned int flags)
{
	(void)dirfd, (void)path, (void)flags;
	return not_modelled(f, "fspick(2)");
}

int do_fsconfig(struct fake *f, int fd, unsigned int cmd, const char *key, const void *value,
		int aux)
{
	(void)fd, (void)cmd, (void)key, (void)value, (void)aux;
	return not_modelled(f, "fsconfig(2)");
}

int do_fsmount(struct fake *f, int fs_fd, unsigned int flags, unsigned int attr_flags)
{
	(void)fs_fd, (void)flags, (void)attr_flags;
	return not_modelled(f, "fsmount(2)");
}
