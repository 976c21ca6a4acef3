/* What a task sees of its root, asked through the seam. */
#include "core/cli/inside.h"

#include <string.h>

#define ENTRIES_MAX 64
#define NAME_SIZE 64
#define DIRENTS_SIZE 4096
#define LINK_SIZE 256

struct names {
	char at[ENTRIES_MAX][NAME_SIZE]; /* in order */
	size_t n;
};

/* Puts a name in its place; what is too long is cut, what is too much is left out. */
static void names_add(struct names *names, const char *name)
{
	size_t i = names->n;
	struct text cut;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || i == ENTRIES_MAX)
		return;
	for (names->n++; i > 0 && strcmp(names->at[i - 1], name) > 0; i--)
		memcpy(names->at[i], names->at[i - 1], NAME_SIZE);
	text_init(&cut, names->at[i], NAME_SIZE);
	text_add(&cut, name);
}

static int names_read(struct kernel *k, int fd, struct names *names)
{
	char buffer[DIRENTS_SIZE];
	int n;

	while ((n = sys_getdents64(k, fd, buffer, sizeof(buffer))) > 0) {
		const struct kernel_dirent *entry;

		for (int at = 0; at < n; at += entry->d_reclen) {
			entry = (const void *)(buffer + at);
			names_add(names, entry->d_name);
		}
	}
	return n;
}

static const char *type_word(mode_t mode)
{
	static const char *const words[16] = {
		[S_IFDIR >> 12] = "dir",     [S_IFCHR >> 12] = "char",
		[S_IFBLK >> 12] = "block",   [S_IFREG >> 12] = "file",
		[S_IFLNK >> 12] = "link",    [S_IFIFO >> 12] = "fifo",
		[S_IFSOCK >> 12] = "socket",
	};

	return words[mode >> 12];
}

static void entry_look(struct kernel *k, int fd, const char *name,
		       void (*tell)(void *context, const struct dir_entry *entry),
		       void *context)
{
	struct dir_entry entry = {.name = name};
	char target[LINK_SIZE];
	int n;

	entry.r = sys_statx(k, fd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &entry.st);
	if (entry.r == 0) {
		entry.type = type_word(entry.st.stx_mode);
		n = S_ISLNK(entry.st.stx_mode)
			    ? sys_readlinkat(k, fd, name, target, sizeof(target))
			    : 0;
		entry.link = (struct span){target, n > 0 ? (size_t)n : 0};
	}
	tell(context, &entry);
}

void dir_entry_say(const struct dir_entry *entry, struct text *out)
{
	const struct statx *st = &entry->st;

	text_add_escaped(out, entry->name, strlen(entry->name));
	if (entry->r < 0) {
		text_addf(out, " %s\n", strerrorname_np(-entry->r));
		return;
	}
	text_addf(out, " %s", entry->type);
	if (S_ISLNK(st->stx_mode)) {
		text_add_char(out, ' ');
		text_add_escaped(out, entry->link.at, entry->link.n);
	} else {
		if (S_ISCHR(st->stx_mode) || S_ISBLK(st->stx_mode))
			text_addf(out, " %u:%u", st->stx_rdev_major, st->stx_rdev_minor);
		text_addf(out, " %04o", st->stx_mode & 07777);
		if (st->stx_uid || st->stx_gid)
			text_addf(out, " %u:%u", st->stx_uid, st->stx_gid);
	}
	text_add_char(out, '\n');
}

int dir_each(struct kernel *k, const char *path,
	     void (*tell)(void *context, const struct dir_entry *entry), void *context)
{
	struct names names = {.n = 0};
	int fd, r;

	fd = sys_openat(k, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = names_read(k, fd, &names);
	for (size_t i = 0; i < names.n; i++)
		entry_look(k, fd, names.at[i], tell, context);
	sys_close(k, fd);
	return r;
}

static void entry_say(void *out, const struct dir_entry *entry)
{
	dir_entry_say(entry, out);
}

int dir_say(struct kernel *k, const char *path, struct text *out)
{
	return dir_each(k, path, entry_say, out);
}
