/*
 * Places inside: found, or made, beneath the new root.  Links are followed as the payload
 * would follow them, with the new root as their root; none leads out of it.
 */
#include "core/steps/target.h"

#include <string.h>

/* As many links as the kernel follows in one path (path_resolution(7)). */
#define LINKS_MAX 40
#define PATH_SIZE 4096

static int root_of(const struct side *side)
{
	return side->slots[SLOT_ROOTFS];
}

/* Without leading slashes; "." for the root itself. */
static const char *path_inside(const char *path)
{
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

int target_find(struct side *side, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return open_scoped(side, root_of(side), path_inside(path), &how);
}

/* What is to be made where nothing is. */
struct making {
	mode_t type; /* S_IFDIR or S_IFREG */
	mode_t mode;
	int links; /* followed so far */
};

static int target_ensure(struct side *side, char *path, struct making *making);

/* Who may do nothing with what is made may do nothing with what is made for it (bwrap(1)). */
static mode_t parent_mode(mode_t mode)
{
	mode_t kept = 0700;

	kept |= mode & 070 ? 050 : 0;
	return kept | (mode & 07 ? 05 : 0);
}

/* The directory that holds the last component of path, which name receives. */
static int parent_make(struct side *side, char *path, struct making *making, const char **name)
{
	struct making parent = {
		.type = S_IFDIR, .mode = parent_mode(making->mode), .links = making->links};
	char *slash = strrchr(path, '/');
	char above[] = "/";
	int dir;

	*name = slash ? slash + 1 : path;
	if (!slash)
		return target_ensure(side, above, &parent);
	*slash = '\0';
	dir = target_ensure(side, path, &parent);
	*slash = '/';
	making->links = parent.links;
	return dir;
}

/* Where the link at path leads, in memory of the side: there may be many on one way. */
static int link_read(struct side *side, int dir, const char *name, const char *path,
		     char **leads)
{
	char said[PATH_SIZE];
	struct text whole;
	size_t before;
	int n;

	n = sys_readlinkat(side->k, dir, name, said, sizeof(said));
	if (n < 0)
		return n;
	before = said[0] == '/' ? 0 : (size_t)(name - path);
	*leads = side_alloc(side, before + (size_t)n + 1);
	if (!*leads)
		return -ENOMEM;
	text_init(&whole, *leads, before + (size_t)n + 1);
	text_add_bytes(&whole, path, before);
	text_add_bytes(&whole, said, (size_t)n);
	return 0;
}

/*
 * Nothing is behind the path, but its last component is there: a link, which is followed as
 * open(2) with O_CREAT would follow it.
 */
static int link_follow(struct side *side, int dir, const char *name, const char *path,
		       struct making *making)
{
	char *leads;
	int r;

	if (making->links++ == LINKS_MAX)
		return side_refuse(side, REASON_MANY_LINKS, path);
	r = link_read(side, dir, name, path, &leads);
	return r < 0 ? r : target_ensure(side, leads, making);
}

static int entry_make(struct side *side, int dir, const char *name, const struct making *making)
{
	if (making->type == S_IFDIR)
		return sys_mkdirat(side->k, dir, name, making->mode);
	return sys_mknodat(side->k, dir, name, S_IFREG | making->mode, 0);
}

/* Makes the last component, or follows it; answers what it leads to. */
static int last_make(struct side *side, int dir, const char *name, const char *path,
		     struct making *making)
{
	int r = entry_make(side, dir, name, making);

	if (r == -EEXIST) {
		r = link_follow(side, dir, name, path, making);
		/* No link: "..", or what was not there when it was looked for. */
		return r == -EINVAL ? target_find(side, path, 0) : r;
	}
	if (r < 0)
		return r;
	/* What someone else put there meanwhile is not what was made. */
	return open_beneath(side, dir, name, making->type == S_IFDIR ? O_DIRECTORY : 0);
}

/* What target_find did not find. */
static int target_make(struct side *side, char *path, struct making *making)
{
	const char *name;
	size_t used = side->arena.used;
	int fd, dir;

	dir = parent_make(side, path, making, &name);
	if (dir < 0)
		return dir;
	fd = last_make(side, dir, name, path, making);
	side->arena.used = used;
	return fd_keep_after(side, dir, fd);
}

static int target_ensure(struct side *side, char *path, struct making *making)
{
	int fd = target_find(side, path, 0);

	return fd == -ENOENT ? target_make(side, path, making) : fd;
}

/* A copy that can be cut, without slashes at its end or double ones in it. */
static char *path_copy(struct side *side, const char *path)
{
	char *copy = side_alloc(side, strlen(path) + 1);
	size_t n = 0;

	if (!copy)
		return NULL;
	for (path = path_inside(path); *path; path++)
		if (*path != '/' || (path[1] && path[1] != '/'))
			copy[n++] = *path;
	copy[n] = '\0';
	return copy;
}

int target_open(struct side *side, const char *path, mode_t type, mode_t mode)
{
	struct making making = {.type = type, .mode = mode};
	size_t used = side->arena.used;
	char *copy;
	int fd;

	/* The common case: it is there. */
	fd = target_find(side, path, 0);
	if (fd != -ENOENT)
		return fd;
	copy = path_copy(side, path);
	fd = copy ? target_make(side, copy, &making) : -ENOMEM;
	side->arena.used = used;
	return fd;
}

/* Of an image: to where a directory of the system belongs, no link is followed. */
static int plain_open(struct side *side, const char *path, mode_t type, mode_t mode)
{
	const struct making making = {.type = type, .mode = mode};
	const char *name;
	int dir, r;

	dir = parent_open(side, path, &name);
	if (dir < 0)
		return dir;
	r = entry_make(side, dir, name, &making);
	if (r == 0 || r == -EEXIST)
		r = open_beneath(side, dir, name, type == S_IFDIR ? O_DIRECTORY : 0);
	return fd_keep_after(side, dir, r);
}

int place_open(struct side *side, const struct step *step, mode_t type)
{
	if (step->target[0] == '/')
		return target_open(side, step->target, type, step->mode);
	return plain_open(side, step->target, type, step->mode);
}

int target_parent(struct side *side, const char *path, mode_t mode, const char **name)
{
	struct making making = {.type = S_IFDIR, .mode = mode};
	char *copy = path_copy(side, path);
	const char *slash;
	const char *last;

	if (!copy)
		return -ENOMEM;
	slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	return parent_make(side, copy, &making, &last);
}
