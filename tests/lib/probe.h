/* A payload that tells what it sees, or ends as it is told. */
#ifndef TESTS_LIB_PROBE_H
#define TESTS_LIB_PROBE_H

#include "core/kernel/sysops.h"

/*
 * probe [look]    writes what it sees to standard output: mounts, /dev, descriptors, umask,
 *                 cwd, number, hostname; and whether the root may be written to
 * probe exit N    exits with N
 * probe kill N    ends by signal N
 */
int probe_main(struct kernel *k, char *const *argv, char *const *envp);

#endif
