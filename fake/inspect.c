/* What a test may ask of a task beside its calls: places, what it holds, what it is. */
#include "fake/mount.h"
#include "fake/mount_tree.h"
#include "fake/seccomp.h"
#include "fake/task.h"
#include "fake/tty.h"

#include <limits.h>
#include <string.h>

static bool sb_is_of_host(struct fake *f, const struct super_block *sb)
{
	if (sb->mounts.next == NULL)
		return false;
	list_for_each(node, &sb->mounts)
		if (list_entry(node, struct mount, of_sb)->ns == f->init->ns.mnt)
			return true;
	return false;
}

static void place_tell(struct fake *f, const struct path *path, struct fake_place *out,
		       struct text *within)
{
	const struct inode *inode = path->dentry->inode;

	*out = (struct fake_place){
		.fstype = inode->sb->type->name,
		.mode = inode->mode,
		.rdev = inode->rdev,
		.of_host = sb_is_of_host(f, inode->sb),
		.readonly = (path->mnt && path->mnt->flags & MNT_READONLY) ||
			    inode->sb->flags & MS_RDONLY,
		.reachable = path->mnt &&
			     is_path_reachable(path->mnt, path->dentry, &f->current->root),
	};
	if (within)
		dentry_path(path->dentry, within);
}

/* A walk notes the rules that it meets: those of the task's own calls are put back. */
int fake_place(struct fake *f, int dirfd, const char *path, unsigned int how,
	       struct fake_place *out, struct text *within)
{
	struct task *t = f->current;
	const enum rule rule = t->last_rule;
	const bool has_rule = t->has_rule;
	struct last last;
	struct path at;
	int r;

	if (how & FAKE_PLACE_PARENT)
		r = path_lookup_parent(f, dirfd, path, 0, &at, &last);
	else
		r = path_lookup(f, dirfd, path,
				LOOKUP_EMPTY | (how & FAKE_PLACE_FOLLOW ? LOOKUP_FOLLOW : 0),
				&at);
	t->last_rule = rule;
	t->has_rule = has_rule;
	if (r < 0)
		return r;
	place_tell(f, &at, out, within);
	path_leave(f, &at);
	return 0;
}

static void descriptors_tell(const struct task *t, struct fake_status *out)
{
	for (int fd = 0; fd < t->fds->size; fd++) {
		const struct fd_slot *slot = &t->fds->slots[fd];

		if (!slot->file || slot->is_cloexec)
			continue;
		if (fd > 2)
			out->n_kept++;
		if (S_ISDIR(slot->file->inode->mode))
			out->n_kept_directories++;
	}
}

void fake_status(struct fake *f, struct fake_status *out)
{
	const struct task *t = f->current;
	const struct cred *cred = t->cred;
	char memory[PATH_MAX + 1];
	struct text cwd;

	text_init(&cwd, memory, sizeof(memory));
	*out = (struct fake_status){
		.inheritable = cred->inheritable,
		.permitted = cred->permitted,
		.bounding = cred->bounding,
		.ambient = cred->ambient,
		.is_hosts_userns = cred->user_ns == f->init_user_ns,
		.is_dumpable = t->is_dumpable,
		.no_new_privs = t->no_new_privs,
		.has_hosts_terminal = t->tty && t->tty->dentry &&
				      sb_is_of_host(f, t->tty->dentry->inode->sb),
		.n_filters = seccomp_count(t->seccomp),
		.is_in_hosts_mounts = t->ns.mnt == f->init->ns.mnt,
		.cwd_is_inside = path_text(f, &t->cwd, &t->root, &cwd),
		.hosts_mounts_changed = f->init->ns.mnt->event,
	};
	descriptors_tell(t, out);
}

/* Is a read-only mount on the directory of this name in the root of mnt? */
static bool has_readonly(const struct mount *mnt, const char *name)
{
	list_for_each(node, &mnt->children) {
		const struct mount *child = list_entry(node, struct mount, child);

		if (child->mountpoint->parent == mnt->root &&
		    strcmp(child->mountpoint->name, name) == 0)
			return child->flags & MNT_READONLY;
	}
	return false;
}

static void mount_tell(struct fake *f, struct mount *mnt, struct fake_mount *out)
{
	*out = (struct fake_mount){
		.fstype = mnt->sb->type->name,
		.root_mode = mnt->root->inode->mode,
		.rdev = mnt->root->inode->rdev,
		.is_whole = mnt->root == mnt->sb->root,
		.has_readonly_sys = has_readonly(mnt, "sys"),
		.readonly = mnt->flags & MNT_READONLY || mnt->sb->flags & MS_RDONLY,
		.nosuid = mnt->flags & MNT_NOSUID,
		.is_covered = mount_on(mnt, mnt->root) != NULL,
		.of_host = sb_is_of_host(f, mnt->sb),
		.reachable = is_path_reachable(mnt, mnt->root, &f->current->root),
	};
}

int fake_mounts(struct fake *f, struct fake_mount *out, int max)
{
	int n = 0;

	list_for_each(node, &f->current->ns.mnt->mounts) {
		if (n < max)
			mount_tell(f, list_entry(node, struct mount, in_ns), &out[n]);
		n++;
	}
	return n;
}
