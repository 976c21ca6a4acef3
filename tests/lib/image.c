/* Directories, files and links from text, made through the seam */
#include "tests/lib/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int file_make(struct kernel *k, const char *path, mode_t mode, const char *content)
{
	int fd = sys_openat(k, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	int r;

	if (fd < 0)
		return fd;
	r = sys_write(k, fd, content, strlen(content));
	sys_close(k, fd);
	return r < 0 ? r : sys_fchmodat(k, AT_FDCWD, path, mode);
}

static int line_make(struct kernel *k, const char *dir, char *line)
{
	char path[512];
	char *rest = line;
	const char *name = strsep(&rest, " ");
	const char *type = strsep(&rest, " ");
	int r;

	if (!type)
		return -EINVAL;
	snprintf(path, sizeof(path), "%s%s", dir, name);
	if (strcmp(type, "link") == 0)
		return sys_symlinkat(k, rest, AT_FDCWD, path);
	if (strcmp(type, "file") == 0) {
		const char *mode = strsep(&rest, " ");

		return file_make(k, path, (mode_t)strtoul(mode, NULL, 8), rest ? rest : "");
	}
	if (strcmp(type, "dir") != 0)
		return -EINVAL;
	r = sys_mkdirat(k, AT_FDCWD, path, 0755);
	if (r < 0 && r != -EEXIST)
		return r;
	return rest ? sys_fchmodat(k, AT_FDCWD, path, (mode_t)strtoul(rest, NULL, 8)) : 0;
}

int image_make(struct kernel *k, const char *dir, const char *lines)
{
	int r = 0;

	while (*lines && r >= 0) {
		size_t n = strcspn(lines, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)n, lines);
		r = line_make(k, dir, line);
		lines += n + (lines[n] == '\n');
	}
	return r;
}
