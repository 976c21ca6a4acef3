/* The filesystem types that are more than memory. */
#ifndef FAKE_FS_H
#define FAKE_FS_H

#include "fake/inode.h"

extern const struct fs_type proc_fs_type, devpts_fs_type;

#endif
