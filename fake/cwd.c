/* Where a task stands: chdir, fchdir, chroot, getcwd, umask. */
#include "fake/mount.h"
#include "fake/task.h"

#include <limits.h>
#include <string.h>

/* Takes over the references of to. */
static void stand_at(struct fake *f, struct path *place, const struct path *to)
{
	struct path old = *place;

	*place = *to;
	path_put(f, &old);
}

static int lookup_directory(struct fake *f, const char *path, struct path *out)
{
	int r = path_lookup(f, AT_FDCWD, path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, out);

	if (r < 0)
		return r;
	r = inode_permission(f, out->dentry->inode, MAY_EXEC);
	if (r < 0)
		path_put(f, out);
	return r;
}

int do_chdir(struct fake *f, const char *path)
{
	struct path to;
	int r = lookup_directory(f, path, &to);

	if (r == 0)
		stand_at(f, &f->current->cwd, &to);
	return r;
}

int do_fchdir(struct fake *f, int fd)
{
	struct file *file = fd_file(f, fd);
	struct path to;
	int r;

	if (file == NULL)
		return refuse_badf(f);
	if (!S_ISDIR(file->inode->mode))
		return refuse(f, RULE_FCHDIR_NOT_DIRECTORY);
	r = inode_permission(f, file->inode, MAY_EXEC);
	if (r < 0)
		return r;
	to = file->path;
	path_get(&to);
	stand_at(f, &f->current->cwd, &to);
	return 0;
}

int do_chroot(struct fake *f, const char *path)
{
	struct path to;
	int r = lookup_directory(f, path, &to);

	if (r < 0)
		return r;
	if (!ns_capable(f, f->current->cred->user_ns, CAP_SYS_CHROOT)) {
		path_put(f, &to);
		return refuse(f, RULE_CHROOT_CAPABILITY);
	}
	stand_at(f, &f->current->root, &to);
	return 0;
}

int do_getcwd(struct fake *f, char *buf, size_t size)
{
	const struct task *t = f->current;
	char memory[PATH_MAX + 16], place[PATH_MAX + 1];
	struct text whole, at;

	if (t->cwd.dentry->is_unlinked)
		return refuse(f, RULE_GETCWD_REMOVED);
	text_init(&at, place, sizeof(place));
	text_init(&whole, memory, sizeof(memory));
	if (!path_text(f, &t->cwd, &t->root, &at))
		text_add(&whole, "(unreachable)");
	text_add(&whole, place);
	if (whole.len >= PATH_MAX || at.cut)
		return refuse(f, RULE_GETCWD_TOO_LONG);
	if (whole.len + 1 > size)
		return refuse(f, RULE_GETCWD_ROOM);
	if (memory_is_bad(buf))
		return refuse_fault(f);
	memcpy(buf, memory, whole.len + 1);
	return (int)whole.len + 1;
}

int do_umask(struct fake *f, mode_t mask)
{
	mode_t old = f->current->umask;

	f->current->umask = mask & 0777;
	return (int)old;
}
