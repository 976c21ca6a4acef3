/* What /proc tells of the processes of a world: their states, and which is which. */
#ifndef TESTS_LIB_PROCESSES_H
#define TESTS_LIB_PROCESSES_H

#include <sys/types.h>

/*
 * The state of a process as proc_pid_stat(5) has it: 'R', 'S', 'D', 'T', 'Z' …; '-' when there
 * is none.
 */
char process_state(pid_t pid);

/*
 * The process that is a descendant of top (or top itself) and whose pid in the pid namespace
 * that lies depth below top's is pid; 0 when there is none.
 */
pid_t process_find(pid_t top, pid_t pid, int depth);

/* Reads a file of /proc/PID into memory, as text; its length or -errno. */
int process_read(pid_t pid, const char *name, char *memory, size_t size);

#endif
