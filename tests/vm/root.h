/* The root of a kernel under test: a tmpfs in place of the initramfs, with the usual mounts. */
#ifndef TESTS_VM_ROOT_H
#define TESTS_VM_ROOT_H

/*
 * Copies all but the folder `without` from the initramfs to a fresh tmpfs and makes that the
 * root of this task, mounted on the rootfs. Nothing may be mounted yet. 0 or -errno.
 */
int root_move(const char *without);

/* Mounts proc, sysfs, devtmpfs, devpts, cgroup2, tmpfs where Debian has them. 0 or -errno. */
int root_furnish(void);

/* Brings the loopback interface up. Answers 0 or -errno. */
int root_loopback(void);

#endif
