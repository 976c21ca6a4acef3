/* devpts: the slaves of pseudoterminals, each mount an instance of its own. */
#include "fake/fs.h"

static int devpts_get_tree(struct fake *f, struct fs_context *fc, struct super_block **out)
{
	(void)fc;
	(void)out;
	return not_modelled(f, "devpts");
}

const struct fs_type devpts_fs_type = {
	.name = "devpts",
	.flags = FS_USERNS_MOUNT,
	.get_tree = devpts_get_tree,
};
