/* MOUNT_ATTR_*, as fsmount(2) and mount_setattr(2) take them, and MNT_*. */
#ifndef FAKE_MOUNT_ATTR_H
#define FAKE_MOUNT_ATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/kernel/abi.h"

#define MOUNT_ATTR_FOR_NEW                                                                     \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |        \
	 MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW)

/* attr_flags_to_mnt_flags(): all but access times. */
unsigned int mount_attr_flags(uint64_t attr);
/* The one of the field of access times; false: none of its values. */
bool mount_attr_atime(uint64_t attr, unsigned int *out);

#endif
