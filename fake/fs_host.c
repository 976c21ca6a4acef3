/* Directories of another kernel, read when they are first looked at and kept from then on. */
#include "fake/fs_host.h"

#include "fake/heap.h"
#include "fake/world.h"

#include <stdio.h>
#include <string.h>

/*
 * A grafted directory starts with ops that read it: its names, and of each name what statx(2)
 * says.  Then it is a directory in memory like any other, and what becomes of it here stays
 * here.  The other kernel is asked nothing that writes, waits for a network or opens a device.
 *
 * Simplified: names of one file count as files of their own; of a file no more than its first
 * HOST_BYTES can be read, which is enough for whoever asks what kind of program it is.
 */
#define HOST_BYTES 65536
#define LISTING_BYTES 32768

struct host_place {
	struct kernel *from;
	char path[]; /* there */
};

static const struct inode_ops host_dir_ops, host_file_iops;
static const struct file_ops host_dir_fops, host_file_fops;

static struct host_place *place_new(struct fake *f, struct kernel *from, const char *dir,
				    const char *name)
{
	size_t size = strlen(dir) + 1 + strlen(name) + 1;
	struct host_place *place = heap_alloc(f, sizeof(*place) + size);

	place->from = from;
	snprintf(place->path, size, "%s%s%s", dir, *name ? "/" : "", name);
	return place;
}

/* What cannot be seen from here is not guessed. */
static int unseen(struct fake *f, const struct host_place *place, int r)
{
	return fake_stop(f, "fake: %s cannot be read from here: %s", place->path, strerror(-r));
}

static int place_statx(const struct host_place *place, struct statx *st)
{
	return sys_statx(place->from, AT_FDCWD, place->path,
			 AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, st);
}

/* Takes over what statx told of the place, and the place itself. */
static void inode_fill(struct inode *inode, const struct statx *st, struct host_place *place)
{
	inode->mode = st->stx_mode;
	inode->uid = st->stx_uid;
	inode->gid = st->stx_gid;
	inode->mtime.tv_sec = st->stx_mtime.tv_sec;
	inode->mtime.tv_nsec = st->stx_mtime.tv_nsec;
	if (S_ISDIR(st->stx_mode)) {
		inode->ops = &host_dir_ops;
		inode->fops = &host_dir_fops;
	} else {
		inode->ops = &host_file_iops;
		inode->fops = &host_file_fops;
		inode->size = (off_t)st->stx_size;
	}
	inode->private = place;
}

static int link_text(const struct host_place *place, char *text, size_t size)
{
	int n = sys_readlinkat(place->from, AT_FDCWD, place->path, text, size - 1);

	if (n >= 0)
		text[n] = '\0';
	return n;
}

/* One name of a directory; what has gone meanwhile is left out. */
static int child_make(struct fake *f, struct dentry *dir, const char *name)
{
	struct host_place *parent = dir->inode->private;
	struct host_place *place = place_new(f, parent->from, parent->path, name);
	char target[4096] = "";
	struct dentry *child;
	struct statx st;
	int r = place_statx(place, &st);

	if (r == 0 && S_ISLNK(st.stx_mode))
		r = link_text(place, target, sizeof(target));
	if (r >= 0)
		r = memory_dir_ops.create(f, dir, name, st.stx_mode,
					  makedev(st.stx_rdev_major, st.stx_rdev_minor),
					  *target ? target : NULL, &child);
	if (r < 0) {
		r = r == -ENOENT ? 0 : unseen(f, place, r);
		heap_free(f, place);
		return r;
	}
	child->inode->mode = st.stx_mode;
	child->inode->uid = st.stx_uid;
	child->inode->gid = st.stx_gid;
	if (S_ISDIR(st.stx_mode) || S_ISREG(st.stx_mode))
		inode_fill(child->inode, &st, place);
	else
		heap_free(f, place);
	dentry_put(f, child);
	return 0;
}

static int listing_make(struct fake *f, struct dentry *dir, const char *listing, int n)
{
	int r = 0;

	for (int at = 0; at < n && r == 0;) {
		const struct kernel_dirent *entry = (const void *)(listing + at);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = child_make(f, dir, entry->d_name);
		at += entry->d_reclen;
	}
	return r;
}

/* Reads a directory; from now on it is one in memory. */
static int dir_load(struct fake *f, struct dentry *dir)
{
	struct inode *inode = dir->inode;
	struct host_place *place = inode->private;
	char *listing;
	struct statx st;
	int fd, n, r = place_statx(place, &st);

	/* Opening it would mount something there. */
	if (r == 0 && (st.stx_attributes & STATX_ATTR_AUTOMOUNT))
		r = -EREMOTE;
	if (r < 0)
		return unseen(f, place, r);
	inode->ops = &memory_dir_ops;
	inode->fops = &dir_file_ops;
	listing = heap_alloc(f, LISTING_BYTES);
	fd = sys_openat(place->from, AT_FDCWD, place->path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	n = fd < 0 ? fd : 1;
	while (r == 0 && n > 0) {
		n = sys_getdents64(place->from, fd, listing, LISTING_BYTES);
		if (n > 0)
			r = listing_make(f, dir, listing, n);
	}
	if (fd >= 0)
		sys_close(place->from, fd);
	if (n < 0)
		r = unseen(f, place, n);
	inode->private = NULL;
	heap_free(f, place);
	heap_free(f, listing);
	return r;
}

static int host_lookup(struct fake *f, struct dentry *dir, const char *name,
		       struct dentry **out)
{
	int r = dir_load(f, dir);

	return r < 0 ? r : lookup_one(f, dir, name, out);
}

static int host_dir_open(struct fake *f, struct file *file)
{
	int r = dir_load(f, file->path.dentry);

	file->ops = file->inode->fops;
	return r;
}

/* Nothing but a regular file is read, whatever has taken its place since it was looked at. */
static int still_regular(const struct host_place *place, int fd)
{
	struct statx st;
	int r = sys_statx(place->from, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);

	return r < 0 || S_ISREG(st.stx_mode) ? r : -EINVAL;
}

/* Reads the first bytes of a file; writes and reads within them are memory's. */
static int host_file_open(struct fake *f, struct file *file)
{
	struct inode *inode = file->inode;
	struct host_place *place = inode->private;
	off_t size = inode->size;
	char *bytes;
	int fd, n;

	if (inode->data || size == 0)
		return 0;
	fd = sys_openat(place->from, AT_FDCWD, place->path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		return unseen(f, place, fd);
	bytes = heap_alloc(f, HOST_BYTES);
	n = still_regular(place, fd);
	if (n == 0)
		n = sys_read(place->from, fd, bytes, HOST_BYTES);
	sys_close(place->from, fd);
	if (n < 0)
		n = unseen(f, place, n);
	else
		n = memory_file_set(f, inode, bytes, (size_t)n);
	inode->size = size;
	heap_free(f, bytes);
	return n;
}

static int host_file_read(struct fake *f, struct file *file, void *buf, size_t n)
{
	if (file->inode->size > HOST_BYTES && file->pos + (off_t)n > HOST_BYTES)
		return not_modelled(f, "what lies behind the first bytes of a grafted file");
	return memory_file_ops.read(f, file, buf, n);
}

static int host_file_write(struct fake *f, struct file *file, const void *buf, size_t n)
{
	if (file->inode->size > HOST_BYTES)
		return not_modelled(f, "writing to a grafted file of this size");
	return memory_file_ops.write(f, file, buf, n);
}

static void host_evict(struct fake *f, struct inode *inode)
{
	heap_free(f, inode->private);
	inode->private = NULL;
	memory_file_iops.evict(f, inode);
}

static const struct inode_ops host_dir_ops = {.lookup = host_lookup, .evict = host_evict};
static const struct inode_ops host_file_iops = {.evict = host_evict};
static const struct file_ops host_dir_fops = {.open = host_dir_open};
static const struct file_ops host_file_fops = {
	.open = host_file_open,
	.read = host_file_read,
	.write = host_file_write,
};

bool inode_is_grafted(const struct inode *inode)
{
	return inode->ops == &host_dir_ops || inode->ops == &host_file_iops;
}

int fake_graft(struct fake *f, const char *at, struct kernel *from, const char *path)
{
	char memory[256];
	struct text error;
	struct world w = {.f = f, .error = &error};
	struct host_place *place = place_new(f, from, path, "");
	struct path here;
	struct statx st;
	int r = place_statx(place, &st);

	text_init(&error, memory, sizeof(memory));
	if (r == 0 && !S_ISDIR(st.stx_mode))
		r = -ENOTDIR;
	if (r == 0)
		r = world_place(&w, at, S_IFDIR | 0755, &here);
	if (r < 0) {
		heap_free(f, place);
		return r;
	}
	inode_fill(here.dentry->inode, &st, place);
	path_put(f, &here);
	return 0;
}
