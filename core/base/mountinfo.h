/* A line of /proc/PID/mountinfo, taken apart.  See proc_pid_mountinfo(5). */
#ifndef CORE_BASE_MOUNTINFO_H
#define CORE_BASE_MOUNTINFO_H

#include <stdbool.h>

/* The strings lie in the line that was taken apart. */
struct mountinfo {
	const char *root;   /* what of the filesystem is mounted */
	const char *target; /* from the reader's root, escapes undone */
	const char *fstype;
};

/* Takes a line apart, which it changes; false when it is none. */
bool mountinfo_parse(char *line, struct mountinfo *m);

#endif
