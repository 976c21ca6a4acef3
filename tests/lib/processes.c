/* Looking at processes from outside, through /proc. */
#include "tests/lib/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int process_read(pid_t pid, const char *name, char *memory, size_t size)
{
	char path[64];
	size_t len = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (len + 1 < size && (n = read(fd, memory + len, size - 1 - len)) > 0)
		len += (size_t)n;
	n = n < 0 ? -errno : (ssize_t)len;
	memory[len] = '\0';
	close(fd);
	return (int)n;
}

char process_state(pid_t pid)
{
	char stat[512], *end;

	if (process_read(pid, "stat", stat, sizeof(stat)) <= 0)
		return '-';
	end = strrchr(stat, ')');
	return end && end[1] ? end[2] : '-';
}

static const char *status_line(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? at + strlen(name) : "";
}

static pid_t parent_of(pid_t pid)
{
	char status[2048];

	if (process_read(pid, "status", status, sizeof(status)) <= 0)
		return 0;
	return atoi(status_line(status, "\nPPid:"));
}

static int is_descendant(pid_t pid, pid_t top)
{
	for (int i = 0; i < 64 && pid > 1; i++) {
		if (pid == top)
			return 1;
		pid = parent_of(pid);
	}
	return 0;
}

/* How many pid namespaces lie between ours and that of the process. */
static int depth_of(const char *pids)
{
	int depth = -1;

	for (; *pids && *pids != '\n'; pids++)
		depth += isdigit((unsigned char)pids[0]) && !isdigit((unsigned char)pids[1]);
	return depth;
}

/* The pid in the namespace at that depth; 0 when it has none there. */
static pid_t pid_at(const char *pids, int depth)
{
	for (int i = 0; *pids && *pids != '\n'; i++) {
		char *end;
		long pid = strtol(pids, &end, 10);

		if (end == pids)
			return 0;
		if (i == depth)
			return (pid_t)pid;
		pids = end;
	}
	return 0;
}

static bool is_it(pid_t one, pid_t top, pid_t pid, int depth)
{
	char status[2048];

	if (one <= 0 || process_read(one, "status", status, sizeof(status)) <= 0)
		return false;
	return pid_at(status_line(status, "\nNSpid:"), depth) == pid && is_descendant(one, top);
}

pid_t process_find(pid_t top, pid_t pid, int depth)
{
	/* Where nobody else makes processes the numbers run on side by side. */
	pid_t found = top + pid - 1;
	char status[2048];
	struct dirent *entry;
	bool is_nested = depth > 0;
	DIR *proc;

	if (process_read(top, "status", status, sizeof(status)) <= 0)
		return 0;
	depth += depth_of(status_line(status, "\nNSpid:"));
	if (!is_nested && is_it(found, top, pid, depth))
		return found;
	found = 0;
	proc = opendir("/proc");
	while (proc && !found && (entry = readdir(proc)))
		if (is_it(atoi(entry->d_name), top, pid, depth))
			found = atoi(entry->d_name);
	if (proc)
		closedir(proc);
	return found;
}
