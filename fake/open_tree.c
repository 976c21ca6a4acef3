/* Trees of mounts as descriptors: open_tree(2), move_mount(2). */
#include "fake/kernel.h"

int do_open_tree(struct fake *f, int dirfd, const char *path, unsigned int flags)
{
	(void)dirfd, (void)path, (void)flags;
	return not_modelled(f, "open_tree(2)");
}

int do_move_mount(struct fake *f, int from_dirfd, const char *from_path, int to_dirfd,
		  const char *to_path, unsigned int flags)
{
	(void)from_dirfd, (void)from_path, (void)to_dirfd, (void)to_path, (void)flags;
	return not_modelled(f, "move_mount(2)");
}
