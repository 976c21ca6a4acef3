/* Directories, files and links from text, made through the seam, and listed again. */
#include "tests/lib/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 64

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

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *type_word(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "dir";
	case S_IFCHR:
		return "char";
	case S_IFLNK:
		return "link";
	case S_IFREG:
		return "file";
	default:
		return "other";
	}
}

static void entry_list(struct kernel *k, int fd, const char *name, struct text *out)
{
	char target[256];
	struct statx st;
	int r;

	r = sys_statx(k, fd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &st);
	if (r < 0) {
		text_addf(out, "%s: %s\n", name, strerrorname_np(-r));
		return;
	}
	text_addf(out, "%s %s", name, type_word(st.stx_mode));
	if (S_ISLNK(st.stx_mode)) {
		r = sys_readlinkat(k, fd, name, target, sizeof(target));
		text_addf(out, " %.*s\n", r < 0 ? 0 : r, target);
		return;
	}
	if (S_ISCHR(st.stx_mode))
		text_addf(out, " %u:%u", st.stx_rdev_major, st.stx_rdev_minor);
	text_addf(out, " %04o", st.stx_mode & 07777);
	if (st.stx_uid || st.stx_gid)
		text_addf(out, " %u:%u", st.stx_uid, st.stx_gid);
	text_add_char(out, '\n');
}

int image_list(struct kernel *k, const char *dir, struct text *out)
{
	char buffer[4096], names[ENTRIES_MAX][64];
	size_t n_names = 0;
	int fd, n;

	fd = sys_openat(k, AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	while ((n = sys_getdents64(k, fd, buffer, sizeof(buffer))) > 0) {
		const struct kernel_dirent *d;

		for (int at = 0; at < n; at += d->d_reclen) {
			d = (const void *)(buffer + at);
			if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..") &&
			    n_names < ENTRIES_MAX)
				snprintf(names[n_names++], sizeof(names[0]), "%s", d->d_name);
		}
	}
	qsort(names, n_names, sizeof(names[0]), compare);
	for (size_t i = 0; i < n_names; i++)
		entry_list(k, fd, names[i], out);
	sys_close(k, fd);
	return n;
}
