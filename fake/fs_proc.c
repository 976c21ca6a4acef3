/* proc: tasks and settings as files, seen from one pid namespace. */
#include "fake/fs.h"

static int proc_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	(void)fc;
	(void)out;
	return not_modelled(f, "proc");
}

const struct fs_type proc_fs_type = {
	.name = "proc",
	.flags = FS_USERNS_MOUNT | FS_USERNS_VISIBLE,
	.get_tree = proc_get_tree,
};
