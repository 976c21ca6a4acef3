/* The mount set-up of early container runtimes, for programs that have a task for it. */
#ifndef CORE_RUN_CLASSIC_H
#define CORE_RUN_CLASSIC_H

#include <stdbool.h>

#include "core/kernel/sysops.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes the directory rootfs the root of the calling task, which must be in a mount
 * namespace of its own (unshare(2), CLONE_NEWNS) and have CAP_SYS_ADMIN: /proc, /sys, /dev
 * with its nodes and links, /dev/shm, /dev/pts and /run are mounted, the umask becomes 022.
 * console is the host's path of a pty's slave, which is given to root and appears as
 * /dev/console, or NULL.  readonly: the rootfs cannot be written to; the directories to
 * mount on must be there.
 *
 * 0, or -errno of the step that failed: then umask and descriptors are the caller's again,
 * and the mount namespace, which is half made, is to be left.  For trusted images.
 */
int classic_setup(struct kernel *k, const char *rootfs, const char *console, bool readonly);

/*
 * Replaces /proc by a new proc of the calling task's pid namespace, after setns(2) and
 * unshare(2) of the mount namespace.  0 or -errno: every failure counts.
 */
int classic_remount_proc(struct kernel *k);

/* Likewise /sys; where it is not a mount it is left alone, which is a success. */
int classic_remount_sys(struct kernel *k);

#ifdef __cplusplus
}
#endif

#endif
