/* Trees of mounts that are nowhere yet: open_tree(2), fsmount(2); fs/namespace.c. */
#include "fake/fsopen.h"
#include "fake/mount_attr.h"
#include "fake/mount_tree.h"
#include "fake/open.h"
#include "fake/task.h"

#define OPEN_TREE_FLAGS                                                                        \
	(AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW |                \
	 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)

/* Detached trees. */

/* alloc_mnt_ns() for an anonymous one: it has no number and no age. */
void mnt_ns_anonymous(struct fake *f, struct mount *root, uint64_t origin)
{
	struct mnt_ns *ns = heap_alloc(f, sizeof(*ns));

	ns->ns = (struct ns){
		.refs = 1, .type = CLONE_NEWNS, .owner = f->current->ns.mnt->ns.owner};
	ns_get(&ns->ns.owner->ns);
	list_init(&ns->mounts);
	ns->is_anon = true;
	ns->is_mute = !f->profile.detached_are_sources;
	ns->origin = origin;
	ns->root = root;
	mount_ring_to_ns(f, root, ns);
}

void mnt_ns_forget_anonymous(struct fake *f, struct mnt_ns *ns)
{
	ns->root = NULL;
	ns->n_mounts = 0;
	list_init(&ns->mounts);
	ns_put(f, &ns->ns);
}

void dissolve_on_fput(struct fake *f, struct mount *mnt)
{
	struct mnt_ns *ns = mnt->ns;
	LIST(unmounted);

	if (!is_anon_root(mnt))
		return;
	umount_tree(f, mnt, UMOUNT_CONNECTED, &unmounted);
	put_unmounted(f, &unmounted);
	mnt_ns_forget_anonymous(f, ns);
}

int fd_install_detached(struct fake *f, struct mount *mnt, bool is_cloexec)
{
	const struct path path = {mnt, mnt->root};
	struct file *file = file_new(f, &path, O_PATH);
	int fd;

	file->needs_unmount = true;
	fd = fd_install(f, file, 0, is_cloexec);
	if (fd < 0)
		file_put(f, file);
	return fd;
}

/* open_tree(2) */

/* open_detached_copy() */
static int open_detached_copy(struct fake *f, const struct path *path, unsigned int flags)
{
	const struct mnt_ns *from = path->mnt ? path->mnt->ns : NULL;
	uint64_t origin = from && from->is_anon ? from->origin : f->current->ns.mnt->seq;
	struct mount *copy;
	int r = copy_bind_source(f, path, flags & AT_RECURSIVE, &copy);

	if (r < 0)
		return r;
	mnt_ns_anonymous(f, copy, origin);
	return fd_install_detached(f, copy, flags & OPEN_TREE_CLOEXEC);
}

static int open_path(struct fake *f, const struct path *path, unsigned int flags)
{
	return fd_install(f, file_new(f, path, O_PATH), 0, flags & OPEN_TREE_CLOEXEC);
}

int do_open_tree(struct fake *f, int dirfd, const char *filename, unsigned int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	bool is_clone = flags & OPEN_TREE_CLONE;
	struct path path;
	int r;

	if (flags & ~(unsigned int)OPEN_TREE_FLAGS)
		return refuse(f, RULE_OPEN_TREE_FLAGS);
	if (flags & AT_RECURSIVE && !is_clone)
		return refuse(f, RULE_OPEN_TREE_RECURSIVE);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = is_clone ? may_mount(f) : 0;
	if (r == 0)
		r = fd_check_room(f);
	if (r == 0)
		r = path_lookup(f, dirfd, filename, lookup, &path);
	if (r < 0)
		return r;
	r = is_clone ? open_detached_copy(f, &path, flags) : open_path(f, &path, flags);
	path_put(f, &path);
	return r;
}

/* fsmount(2) */

/* A mount of what the context has made, which is then as fspick(2) would make it. */
static int mount_config(struct fake *f, struct fs_config *config, unsigned int mnt_flags,
			bool is_cloexec)
{
	const char *source = config->fc.source;
	struct mount *mnt;
	int r;

	if (config->sb == NULL)
		return refuse(f, RULE_FSMOUNT_NO_SUPERBLOCK);
	r = check_revealing(f, config->sb, &mnt_flags);
	if (r < 0)
		return r;
	if (config->phase != FC_AWAITING_MOUNT)
		return refuse(f, RULE_FSMOUNT_PHASE);
	/* Kernels of the 6.1 line do not agree. */
	if (config->sb->flags & (unsigned long)MS_NOUSER)
		return not_modelled(f, "fsmount(2) of a filesystem of the kernel's own");
	mnt = mnt_create(f, config->sb, config->root, source ? source : "none");
	mnt->flags = mnt_flags;
	fs_config_clean(f, config);
	mnt_ns_anonymous(f, mnt, 0);
	return fd_install_detached(f, mnt, is_cloexec);
}

int do_fsmount(struct fake *f, int fs_fd, unsigned int flags, unsigned int attr_flags)
{
	struct fs_config *config = NULL;
	unsigned int mnt_flags;
	struct file *file;
	int r = may_mount(f);

	if (r < 0)
		return r;
	if (flags & ~FSMOUNT_CLOEXEC)
		return refuse(f, RULE_FSMOUNT_FLAGS);
	if (attr_flags & ~MOUNT_ATTR_FOR_NEW)
		return refuse(f, RULE_FSMOUNT_ATTR);
	if (!mount_attr_atime(attr_flags, &mnt_flags))
		return refuse(f, RULE_FSMOUNT_ATIME);
	mnt_flags |= mount_attr_flags(attr_flags);
	file = fd_file_io(f, fs_fd);
	if (file == NULL)
		return refuse_badf(f);
	config = fs_config_of(file);
	if (config == NULL)
		return refuse(f, RULE_FSMOUNT_NOT_CONTEXT);
	return mount_config(f, config, mnt_flags, flags & FSMOUNT_CLOEXEC);
}
