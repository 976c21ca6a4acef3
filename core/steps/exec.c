/* The last steps: descriptors, and into the payload. */
#include "core/steps/own.h"
#include "core/steps/steps.h"

#include <string.h>

#define FIRST_OF_OURS 3
#define DIRENTS_SIZE 4096
#define PATH_SIZE 4096
/* ST_NOEXEC of statvfs(3), which statfs(2) answers too. */
#define FS_NOEXEC 8

int step_close_range(struct side *side, const struct step *step)
{
	(void)step;
	return sys_close_range(side->k, FIRST_OF_OURS, ~0U, CLOSE_RANGE_CLOEXEC);
}

static void kept_add(struct side *side, int fd)
{
	if (fd >= FIRST_OF_OURS && side->n_kept < KEPT_MAX)
		side->kept[side->n_kept++] = fd;
}

/* The lowest that is kept, from first on; -1 when there is none. */
static int kept_after(const struct side *side, int first)
{
	int lowest = -1;

	for (int i = 0; i < side->n_kept; i++)
		if (side->kept[i] >= first && (lowest < 0 || side->kept[i] < lowest))
			lowest = side->kept[i];
	return lowest;
}

static int close_entry(struct side *side, const char *name)
{
	int fd = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		fd = fd * 10 + (*name - '0');
	return fd < FIRST_OF_OURS ? 0 : sys_fcntl_setfd(side->k, fd, FD_CLOEXEC);
}

static int close_entries(struct side *side, int dir, char *buffer)
{
	int n;

	while ((n = sys_getdents64(side->k, dir, buffer, DIRENTS_SIZE)) > 0) {
		const struct kernel_dirent *entry;

		for (int at = 0; at < n; at += entry->d_reclen) {
			int r;

			entry = (const void *)(buffer + at);
			r = close_entry(side, entry->d_name);
			if (r < 0)
				return r;
		}
	}
	return n;
}

/* What later steps of this side use. */
static void later_keep(struct side *side)
{
	for (size_t i = 0; i < side->plan->n; i++) {
		const struct step *step = &side->plan->steps[i];

		if (step->side != side->name)
			continue;
		if (step->kind == STEP_FILTER)
			kept_add(side, step->fd);
		if (step->kind == STEP_TERMINAL)
			kept_add(side, side->slots[step->slot]);
	}
}

/* All but what the side keeps, for good: nobody is to find the host's in this task. */
int step_hold(struct side *side, const struct step *step)
{
	int first = FIRST_OF_OURS, r = 0;

	kept_add(side, side->slots[step->slot]);
	kept_add(side, step->fd);
	kept_add(side, side->plan->trace_fd);
	later_keep(side);
	while (first >= 0 && r == 0) {
		int next = kept_after(side, first);

		if (next != first)
			r = sys_close_range(side->k, (unsigned int)first,
					    next < 0 ? ~0U : (unsigned int)next - 1, 0);
		first = next < 0 ? next : next + 1;
	}
	return r;
}

int step_close_each(struct side *side, const struct step *step)
{
	char *buffer = side_alloc(side, DIRENTS_SIZE);
	int dir;

	(void)step;
	if (!buffer)
		return -ENOMEM;
	dir = sys_openat(side->k, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC,
			 0);
	if (dir < 0)
		return dir;
	return fd_close_after(side, dir, close_entries(side, dir, buffer));
}

/* ENOENT and EACCES of execve(2) mean more than one thing; what is there tells them apart. */
static int exec_explain(struct side *side, const char *path, int r)
{
	struct statfs st = {0};
	int fd;

	if (r != -ENOENT && r != -EACCES)
		return r;
	fd = sys_openat(side->below, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return r;
	sys_fstatfs(side->below, fd, &st);
	sys_close(side->below, fd);
	if (r == -ENOENT)
		return side_explain(side, REASON_LOADER, path, r);
	if (st.f_flags & FS_NOEXEC)
		return side_explain(side, REASON_NOEXEC, path, r);
	return r;
}

static int exec_path(struct side *side, const char *path)
{
	const struct plan *p = side->plan;
	int r = own_refuse(side, path);

	if (r < 0)
		return r;
	r = sys_execveat(side->k, AT_FDCWD, path, p->argv, side->envp, 0);
	return exec_explain(side, path, r);
}

static const char *search_path(char *const *envp)
{
	for (; *envp; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* Not there, or not to be executed: another directory may do better (execvp(3)). */
static bool goes_on(const struct side *side, int r)
{
	return (r == -ENOENT && side->reason != REASON_LOADER) || r == -ENOTDIR || r == -EACCES;
}

/* PWD is where the payload starts: a shell takes it for true as long as it leads there. */
static int environment_make(struct side *side)
{
	char *const *envp = side->plan->envp;
	size_t n = 0, size = 0;
	char **made;
	char *pwd;

	while (envp[n])
		n++;
	size = strlen(side->cwd) + sizeof("PWD=");
	made = side_alloc(side, (n + 2) * sizeof(*made));
	pwd = made ? side_alloc(side, size) : NULL;
	if (!pwd)
		return -ENOMEM;
	memcpy(pwd, "PWD=", 4);
	memcpy(pwd + 4, side->cwd, size - 4);
	n = 0;
	for (; *envp; envp++)
		if (strncmp(*envp, "PWD=", 4) != 0)
			made[n++] = *envp;
	made[n] = pwd;
	side->envp = made;
	return 0;
}

int step_exec(struct side *side, const struct step *step)
{
	const char *name = side->plan->program;
	const char *dirs = search_path(side->plan->envp);
	int r, answer = -ENOENT;
	struct text path;
	char *memory;

	(void)step;
	if (side->cwd && environment_make(side) < 0)
		return -ENOMEM;
	if (strchr(name, '/'))
		return exec_path(side, name);
	memory = side_alloc(side, PATH_SIZE);
	if (!memory)
		return -ENOMEM;
	do {
		size_t n = strcspn(dirs, ":");

		text_init(&path, memory, PATH_SIZE);
		text_add_bytes(&path, dirs, n);
		text_addf(&path, "%s%s", n ? "/" : "", name);
		r = exec_path(side, path.at);
		if (!goes_on(side, r))
			return r;
		/* Found but not to be executed is the better answer, whatever comes behind. */
		if (r == -EACCES)
			answer = r;
		dirs += n;
	} while (*dirs++);
	return answer;
}
