/* mount_setattr(2): flags, propagation and ids of mounts, one or a tree. */
#include "fake/kernel.h"

int do_mount_setattr(struct fake *f, int dirfd, const char *path, unsigned int flags,
		     const struct mount_attr *attr, size_t size)
{
	(void)dirfd, (void)path, (void)flags, (void)attr, (void)size;
	return not_modelled(f, "mount_setattr(2)");
}
