/* The root of a kernel under test: a tmpfs in place of the initramfs, with the usual mounts. */
#include "tests/vm/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_ROOT "new-root" /* in the initramfs, where pid 1 starts */

struct furniture {
	const char *type, *target, *data;
	unsigned long flags;
};

/* As a Debian host has them, systemd's options included, but for what only systemd needs. */
static const struct furniture furniture[] = {
	{"proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"devtmpfs", "/dev", "mode=755", MS_NOSUID},
	{"devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=000", MS_NOSUID | MS_NOEXEC},
	{"tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV},
	{"cgroup2", "/sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"tmpfs", "/run", "mode=755", MS_NOSUID | MS_NODEV},
	{"tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV},
};

static const char *const folders[] = {"/root", "/mnt", "/srv", "/home", "/var", "/opt"};

static const char *const links[][2] = {
	{"/proc/self/fd", "/dev/fd"},	    {"/proc/self/fd/0", "/dev/stdin"},
	{"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
	{"/proc/kcore", "/dev/core"},
};

static int copy_bytes(int from, int to, off_t size)
{
	while (size > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)size);

		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		size -= n;
	}
	return 0;
}

static int copy_file(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	int from = openat(from_dir, name, O_RDONLY | O_CLOEXEC);
	int to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r = from < 0 || to < 0 ? -errno : copy_bytes(from, to, st->st_size);

	if (r == 0 && fchmod(to, st->st_mode & 07777) < 0)
		r = -errno;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return r;
}

static int copy_link(int from_dir, int to_dir, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from_dir, name, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return symlinkat(target, to_dir, name) < 0 ? -errno : 0;
}

static int copy_tree(int from, int to, const char *without);

static int copy_folder(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	int from = openat(from_dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int to = -1, r;

	if (mkdirat(to_dir, name, 0700) < 0 || from < 0)
		r = -errno;
	else if ((to = openat(to_dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		r = -errno;
	else
		r = copy_tree(from, to, NULL);
	if (r == 0 && fchmod(to, st->st_mode & 07777) < 0)
		r = -errno;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return r;
}

/* The source goes as the copy comes, so that memory is not needed twice. */
static int copy_entry(int from, int to, const char *name)
{
	struct stat st;
	int r;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return copy_folder(from, to, name, &st);
	if (S_ISREG(st.st_mode))
		r = copy_file(from, to, name, &st);
	else if (S_ISLNK(st.st_mode))
		r = copy_link(from, to, name);
	else
		r = mknodat(to, name, st.st_mode, st.st_rdev) < 0 ? -errno : 0;
	if (r == 0 && unlinkat(from, name, 0) < 0)
		r = -errno;
	return r;
}

static int copy_tree(int from, int to, const char *without)
{
	DIR *dir = fdopendir(dup(from));
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (without && (strcmp(name, without) == 0 || strcmp(name, NEW_ROOT) == 0))
			continue;
		r = copy_entry(from, to, name);
	}
	closedir(dir);
	return r;
}

int root_move(const char *without)
{
	int from, to, r;

	if (mkdir(NEW_ROOT, 0755) < 0 || mount("tmpfs", NEW_ROOT, "tmpfs", 0, "mode=755") < 0)
		return -errno;
	from = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	to = open(NEW_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0 || to < 0)
		return -errno;
	r = copy_tree(from, to, without);
	close(from);
	close(to);
	if (r < 0)
		return r;
	/* The rootfs cannot be unmounted or pivoted away: it is covered. pivot_root(2) */
	if (chdir(NEW_ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
	    chroot(".") < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static int ensure_folder(const char *path)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

int root_furnish(void)
{
	int r = ensure_folder("/dev");

	for (size_t i = 0; r == 0 && i < sizeof(folders) / sizeof(*folders); i++)
		r = ensure_folder(folders[i]);
	for (size_t i = 0; r == 0 && i < sizeof(furniture) / sizeof(*furniture); i++) {
		const struct furniture *f = &furniture[i];

		r = ensure_folder(f->target);
		if (r == 0 && mount(f->type, f->target, f->type, f->flags, f->data) < 0)
			r = -errno;
	}
	for (size_t i = 0; r == 0 && i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
			r = -errno;
	return r;
}

int root_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		r = -errno;
	request.ifr_flags |= IFF_UP;
	if (r == 0 && ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		r = -errno;
	close(fd);
	return r;
}
