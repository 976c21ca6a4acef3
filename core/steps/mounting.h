/* What the steps that mount by descriptors share. */
#ifndef CORE_STEPS_MOUNTING_H
#define CORE_STEPS_MOUNTING_H

#include "core/steps/target.h"

/* MS_* as MOUNT_ATTR_*. */
unsigned int mount_attributes(unsigned long flags);
/* A new superblock of the step's fstype, mounted nowhere yet; its descriptor or -errno. */
int fs_mount(struct side *side, const struct step *step);
/* Puts a mount that is nowhere yet on an open place; 0 or -errno of move_mount(2). */
int mount_put(struct side *side, int mount, int place);
/* Puts a mount on /, and keeps it in the step's slot. */
int root_put(struct side *side, const struct step *step, int mount);
/* After r: closes the mount; or keeps it as the root, if the step's target is that. */
int root_close_after(struct side *side, const struct step *step, int mount, int r);

/* Binds what fd is open on, a file of a mount of our own namespace, as the step says. */
int fd_bind(struct side *side, const struct step *step, int fd);

/* Makes this mount alone MS_PRIVATE, MS_UNBINDABLE and so on. */
int propagation_set(struct side *side, int mount, uint64_t propagation);

#endif
