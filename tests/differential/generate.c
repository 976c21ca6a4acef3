/* Random programs: a table of recipes, and pools of what seems to exist. */
#include "tests/differential/generate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A line to be: P a path that probably exists, N a new one, M a mount point, Q a name,
 * D a descriptor, K a pidfd, $T a pid, and {a,b,c} one of these words.  What it does if it succeeds is told by the effects.
 */
enum effect {
	NOTHING,
	MAKES_PATH = 1,	   /* the first path exists now */
	TAKES_PATH = 2,	   /* the first path is gone */
	MAKES_OTHER = 4,   /* the second one exists now */
	MAKES_MOUNT = 8,   /* the second one, or the only one, is a mount point */
	TAKES_MOUNT = 16,  /* the first one is none any more */
	MAKES_FD = 32,	   /* the answer is a descriptor */
	MAKES_FDS = 64,	   /* two of them stand in [brackets] */
	TAKES_FD = 128,
	MAKES_TASK = 256,
	ENDS_TASK = 512,
	GIVES_UP = 1024,   /* the task's rights */
	ONLY_CHILD = 2048, /* not for task 1 */
	/* Kept apart: all pidfds have one inode, which belongs to the whole machine. */
	MAKES_PIDFD = 4096,
};

struct recipe {
	int weight;
	int effects;
	const char *line;
};

/* clang-format off */
static const struct recipe recipes[] = {
	/* Directories and their entries. */
	{ 50, MAKES_PATH, "mkdir(N, {0755,0755,0755,0700,0711,01777,0,02755})" },
	{ 14, TAKES_PATH, "rmdir(P)" },
	{ 18, TAKES_PATH, "unlink(P)" },
	{ 20, MAKES_PATH, "mknod(N, {S_IFREG,S_IFREG,S_IFIFO,S_IFSOCK}|{0644,0600,0666,0}, 0)" },
	{ 20, MAKES_OTHER, "symlink(P, N)" },
	{ 6,  MAKES_OTHER, "symlink(\"{x,..,../x,.,y/z}\", N)" },
	{ 14, MAKES_OTHER, "link(P, N)" },
	{ 4,  MAKES_OTHER, "linkat(AT_FDCWD, P, AT_FDCWD, N, {AT_SYMLINK_FOLLOW,AT_SYMLINK_FOLLOW,1})" },
	{ 20, TAKES_PATH|MAKES_OTHER, "rename(P, N)" },
	{ 8,  TAKES_PATH, "rename(P, P)" },
	{ 8,  NOTHING, "renameat2(AT_FDCWD, P, AT_FDCWD, P, {RENAME_EXCHANGE,RENAME_NOREPLACE,RENAME_EXCHANGE|RENAME_NOREPLACE,8})" },
	{ 12, NOTHING, "readlinkat(AT_FDCWD, P, {100,100,1,0})" },
	{ 12, NOTHING, "chmod(P, {0755,0644,0,0700,04755,02711,01777,0666})" },
	{ 10, NOTHING, "chown(P, {0,1000,-1}, {0,1000,-1})" },
	{ 4,  NOTHING, "lchown(P, {0,1000,-1}, {0,1000,-1})" },
	{ 12, NOTHING, "access(P, {F_OK,R_OK,W_OK,X_OK,R_OK|W_OK,R_OK|X_OK})" },
	{ 16, NOTHING, "statx(AT_FDCWD, P, {0,AT_SYMLINK_NOFOLLOW}, STATX_TYPE|STATX_MODE|STATX_NLINK|STATX_UID|STATX_GID)" },
	{ 6,  NOTHING, "statx(D, \"\", AT_EMPTY_PATH, STATX_TYPE|STATX_MODE|STATX_NLINK|STATX_UID|STATX_GID)" },

	/* Descriptors. */
	{ 24, MAKES_FD, "open(P, {O_RDONLY,O_RDONLY,O_WRONLY,O_RDWR,O_PATH,O_RDONLY|O_DIRECTORY,O_RDONLY|O_NOFOLLOW,O_PATH|O_NOFOLLOW,O_PATH|O_DIRECTORY}|O_NONBLOCK, 0)" },
	{ 16, MAKES_FD|MAKES_PATH, "open(N, {O_CREAT|O_RDWR,O_CREAT|O_WRONLY,O_CREAT|O_EXCL|O_RDWR,O_CREAT|O_RDONLY,O_CREAT|O_RDWR|O_APPEND}|O_NONBLOCK, {0644,0600,0})" },
	{ 4,  MAKES_FD, "open(P, {O_RDWR|O_TRUNC,O_WRONLY|O_TRUNC,O_RDONLY|O_TRUNC,O_RDONLY|O_CREAT}|O_NONBLOCK, 0644)" },
	{ 8,  MAKES_FD, "openat2({AT_FDCWD,D}, {P,Q}, {flags={O_PATH,O_RDONLY|O_NONBLOCK,O_PATH|O_NOFOLLOW}, resolve={0,RESOLVE_BENEATH,RESOLVE_IN_ROOT,RESOLVE_NO_SYMLINKS,RESOLVE_NO_XDEV,RESOLVE_BENEATH|RESOLVE_NO_XDEV}}, 24)" },
	{ 6,  MAKES_FD, "openat(D, Q, {O_RDONLY,O_PATH,O_RDONLY|O_DIRECTORY}|O_NONBLOCK, 0)" },
	{ 3,  NOTHING, "mkdirat(D, Q, 0755)" },
	{ 3,  NOTHING, "unlinkat(D, Q, {0,AT_REMOVEDIR})" },
	{ 20, TAKES_FD, "close(D)" },
	{ 8,  NOTHING, "read(D, {0,1,10,100})" },
	{ 10, NOTHING, "write(D, \"{a,bc,defgh}\", 1)" },
	{ 4,  NOTHING, "lseek(D, {0,1,5,-1}, {SEEK_SET,SEEK_CUR,SEEK_END})" },
	{ 4,  NOTHING, "ftruncate(D, {0,1,100,-1})" },
	{ 4,  NOTHING, "fchmod(D, {0755,0644,0})" },
	{ 3,  NOTHING, "fchown(D, {0,1000}, {0,1000})" },
	{ 4,  MAKES_FD, "dup(D)" },
	{ 3,  MAKES_FD, "dup3(D, {20,21,D}, {0,O_CLOEXEC})" },
	{ 2,  MAKES_FD, "fcntl_dupfd_cloexec(D, {0,10,20})" },
	{ 2,  NOTHING, "fcntl_setfd(D, {0,FD_CLOEXEC})" },
	{ 2,  NOTHING, "fcntl_getfd(D)" },
	{ 2,  NOTHING, "fcntl_getfl(D)" },
	{ 6,  MAKES_FDS, "pipe2({O_NONBLOCK,O_NONBLOCK|O_CLOEXEC})" },
	{ 3,  MAKES_FDS, "socketpair(AF_UNIX, {SOCK_STREAM,SOCK_SEQPACKET,SOCK_DGRAM}|SOCK_NONBLOCK, 0)" },
	{ 4,  NOTHING, "sendmsg(D, {iov=[\"x\"], rights=[D]}, MSG_NOSIGNAL)" },
	{ 4,  MAKES_FD, "recvmsg(D, {iov=[10], control=24}, 0)" },
	{ 3,  NOTHING, "ppoll([{fd=D, events=POLLIN|POLLOUT}], 1, {tv_sec=0, tv_nsec=0})" },

	/* Where a task stands. */
	{ 12, NOTHING, "chdir(P)" },
	{ 6,  NOTHING, "chdir(\"{/,/,..,.,x,y}\")" },
	{ 4,  NOTHING, "fchdir(D)" },
	{ 5,  NOTHING, "getcwd(100)" },
	{ 2,  ONLY_CHILD, "chroot(P)" },
	{ 3,  NOTHING, "umask({022,0,077})" },

	/* Mounts. */
	{ 44, MAKES_MOUNT, "mount(\"t\", P, \"tmpfs\", {0,0,0,MS_RDONLY,MS_NOSUID|MS_NODEV,MS_NOATIME,MS_NOSYMFOLLOW,MS_NOEXEC}, {NULL,NULL,\"mode=755\",\"mode=700\"})" },
	{ 40, MAKES_MOUNT, "bind(P, P)" },
	{ 20, MAKES_MOUNT, "rbind(P, P)" },
	{ 20, MAKES_MOUNT|TAKES_MOUNT, "move(M, P)" },
	{ 12, NOTHING, "mount(NULL, M, NULL, MS_REMOUNT|MS_BIND|{MS_RDONLY,MS_NOSUID,MS_NOATIME,MS_STRICTATIME,0,0}, NULL)" },
	{ 6,  NOTHING, "mount(NULL, M, NULL, MS_REMOUNT|{MS_RDONLY,MS_NOSUID,0,0}, NULL)" },
	{ 30, NOTHING, "{make_shared,make_shared,make_slave,make_private,make_unbindable}(M)" },
	{ 10, NOTHING, "{make_rshared,make_rslave,make_rprivate}({M,M,\"/\"})" },
	{ 30, TAKES_MOUNT, "umount2(M, {0,0,0,MNT_DETACH,MNT_DETACH,MNT_EXPIRE,UMOUNT_NOFOLLOW,MNT_FORCE})" },
	{ 2,  NOTHING, "umount2(P, 0)" },
	{ 2,  ONLY_CHILD, "pivot_root({M,M,\".\"}, {P,\".\"})" },

	/* Tasks and namespaces. */
	{ 5,  MAKES_TASK, "clone3({flags={0,CLONE_NEWNS,CLONE_NEWNS,CLONE_NEWUTS}, exit_signal=SIGCHLD})" },
	{ 3,  NOTHING, "unshare({CLONE_NEWNS,CLONE_NEWNS,CLONE_NEWUTS,CLONE_FS})" },
	{ 2,  ENDS_TASK|ONLY_CHILD, "exit_group({0,3})" },
	{ 3,  NOTHING, "waitid(P_ALL, 0, WEXITED|WNOHANG)" },
	{ 2,  MAKES_PIDFD, "pidfd_open($T, 0)" },
	{ 3,  NOTHING, "setns({K,K,D}, {CLONE_NEWNS,CLONE_NEWUTS})" },
	{ 1,  NOTHING, "sethostname(\"{a,bc,def}\", 1)" },
	{ 1,  NOTHING, "{getpid,getppid,geteuid,getegid}()" },

	/* Ids. */
	{ 2,  GIVES_UP|ONLY_CHILD, "setresuid({1000,-1}, 1000, {1000,0})" },
	{ 2,  ONLY_CHILD, "setresgid({1000,-1}, 1000, 1000)" },
	{ 1,  ONLY_CHILD, "setresuid(-1, 0, -1)" },
	{ 1,  ONLY_CHILD, "setgroups({0,1}, [1000])" },
	{ 1,  NOTHING, "getgroups({0,10})" },

	/* Looks. */
	{ 5,  NOTHING, "@mountinfo" },
	{ 3,  NOTHING, "@tree /" },
	{ 1,  NOTHING, "@fds" },
	{ 1,  NOTHING, "@creds" },
	{ 2,  NOTHING, "@cwd" },
};
/* clang-format on */

#define N_RECIPES (sizeof(recipes) / sizeof(*recipes))

/* xorshift64*: small, and the same everywhere. */
static uint32_t next_random(struct generator *g)
{
	g->state ^= g->state >> 12;
	g->state ^= g->state << 25;
	g->state ^= g->state >> 27;
	return (uint32_t)((g->state * 0x2545F4914F6CDD1DULL) >> 32);
}

static uint32_t below(struct generator *g, uint32_t n)
{
	return n ? next_random(g) % n : 0;
}

/* A pool. */

static int pool_find(const struct pool *pool, const char *text)
{
	for (int i = 0; i < pool->n; i++)
		if (strcmp(pool->at[i], text) == 0)
			return i;
	return -1;
}

static void pool_drop(struct pool *pool, int i)
{
	if (i >= 0)
		memmove(pool->at[i], pool->at[i + 1],
			(size_t)(--pool->n - i) * sizeof(*pool->at));
}

static void pool_add(struct generator *g, struct pool *pool, const char *text)
{
	if (!*text || strlen(text) >= POOL_TEXT || pool_find(pool, text) >= 0)
		return;
	if (pool->n == POOL_SIZE)
		pool_drop(pool, (int)below(g, POOL_SIZE));
	snprintf(pool->at[pool->n++], POOL_TEXT, "%s", text);
}

void generator_init(struct generator *g, uint64_t seed)
{
	static const char *const first[] = {"/a", "/b", "/c", "/d", "/f", "/tmp"};

	*g = (struct generator){.state = seed * 0x9E3779B97F4A7C15ULL + 1};
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		pool_add(g, &g->paths, first[i]);
	for (int i = 0; i < 8; i++)
		next_random(g);
	g->n_tasks = 1;
	g->tasks[1].alive = true;
}

/* Words of a line. */

struct writer {
	struct generator *g;
	const char *at; /* of the recipe */
	size_t n;	/* of the line */
	int n_paths;	/* that were written */
};

static void put(struct writer *w, const char *text, size_t n)
{
	size_t room = sizeof(w->g->line) - 1 - w->n;

	n = n < room ? n : room;
	memcpy(w->g->line + w->n, text, n);
	w->n += n;
	w->g->line[w->n] = '\0';
}

static void put_path(struct writer *w, const char *path)
{
	char *to = w->n_paths++ == 0 ? w->g->path : w->g->other;

	snprintf(to, POOL_TEXT, "%s", path);
	put(w, "\"", 1);
	put(w, path, strlen(path));
	put(w, "\"", 1);
}

static const char *any_path(struct generator *g)
{
	return g->paths.n ? g->paths.at[below(g, (uint32_t)g->paths.n)] : "/";
}

static const char *name(struct generator *g)
{
	static const char *const names[] = {"x", "y", "z"};

	return names[below(g, 3)];
}

/* Below something that is there, as a rule. */
static void put_new_path(struct writer *w)
{
	char path[POOL_TEXT * 2];

	snprintf(path, sizeof(path), "%s/%s", any_path(w->g), name(w->g));
	if (strlen(path) > 24)
		snprintf(path, sizeof(path), "/%s", name(w->g));
	put_path(w, path);
}

static void put_old_path(struct writer *w)
{
	char path[POOL_TEXT * 2];

	switch (below(w->g, 16)) {
	case 0:
		put_new_path(w);
		break;
	case 1:
		snprintf(path, sizeof(path), "%s/..", any_path(w->g));
		put_path(w, path);
		break;
	case 2:
		put_path(w, name(w->g));
		break;
	default:
		put_path(w, any_path(w->g));
	}
}

static void put_mount(struct writer *w)
{
	struct generator *g = w->g;

	if (g->mounts.n == 0 || below(g, 12) == 0)
		put_old_path(w);
	else
		put_path(w, g->mounts.at[below(g, (uint32_t)g->mounts.n)]);
}

static void put_fd(struct writer *w)
{
	struct aim *aim = &w->g->tasks[w->g->task];
	char number[16];
	int fd = (int)below(w->g, 12);

	if (aim->n_fds > 0 && below(w->g, 10) > 0)
		fd = aim->fds[below(w->g, (uint32_t)aim->n_fds)];
	snprintf(number, sizeof(number), "%d", fd);
	put(w, number, strlen(number));
}

static void put_pidfd(struct writer *w)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", w->g->tasks[w->g->task].pidfd);
	put(w, number, strlen(number));
}

static void put_task(struct writer *w)
{
	char number[16];

	snprintf(number, sizeof(number), "$%u", 1 + below(w->g, (uint32_t)w->g->n_tasks));
	put(w, number, strlen(number));
}

static void put_word(struct writer *w, const char *end);

/* {a,b,c}: one of them, which may hold letters of its own. */
static void put_choice(struct writer *w, const char *end)
{
	const char *start = w->at + 1;
	uint32_t n = 1, chosen;

	for (const char *at = start; at < end; at++)
		n += *at == ',';
	chosen = below(w->g, n);
	for (; chosen > 0; start++)
		chosen -= *start == ',';
	w->at = start;
	while (w->at < end && *w->at != ',')
		put_word(w, end);
	w->at = end + 1;
}

/* A brace that chooses has no "=" in it, and no brace: those are structures. */
static const char *choice_end(const char *at)
{
	size_t n = strcspn(at + 1, "={}");

	return *at == '{' && at[1 + n] == '}' ? at + 1 + n : NULL;
}

static bool is_letter_alone(const char *at, const char *start)
{
	bool before = at > start && (at[-1] == '_' || (at[-1] >= 'A' && at[-1] <= 'Z'));
	bool behind = at[1] == '_' || (at[1] >= 'A' && at[1] <= 'Z');

	return !before && !behind;
}

static void put_word(struct writer *w, const char *end)
{
	const char *choice = choice_end(w->at);
	bool alone = is_letter_alone(w->at, w->g->recipe->line);

	(void)end;
	if (choice) {
		put_choice(w, choice);
		return;
	}
	if (strncmp(w->at, "$T", 2) == 0) {
		put_task(w);
		w->at += 2;
		return;
	}
	if (alone && *w->at == 'P')
		put_old_path(w);
	else if (alone && *w->at == 'N')
		put_new_path(w);
	else if (alone && *w->at == 'M')
		put_mount(w);
	else if (alone && *w->at == 'D')
		put_fd(w);
	else if (alone && *w->at == 'K')
		put_pidfd(w);
	else if (alone && *w->at == 'Q')
		put_path(w, name(w->g));
	else
		put(w, w->at, 1);
	w->at++;
}

static const struct recipe *choose_recipe(struct generator *g)
{
	uint32_t sum = 0, left;

	for (size_t i = 0; i < N_RECIPES; i++)
		sum += (uint32_t)recipes[i].weight;
	left = below(g, sum);
	for (size_t i = 0; i < N_RECIPES; i++) {
		if (left < (uint32_t)recipes[i].weight)
			return &recipes[i];
		left -= (uint32_t)recipes[i].weight;
	}
	return &recipes[0];
}

/* Task 1 has two turns of three, for it keeps its rights and its root. */
static int choose_task(struct generator *g, const struct recipe *recipe)
{
	int task = 1 + (int)below(g, (uint32_t)g->n_tasks);

	if (!(recipe->effects & ONLY_CHILD) && below(g, 3) > 0)
		task = 1;
	if ((recipe->effects & ONLY_CHILD) && task == 1)
		return 0;
	return g->tasks[task].alive ? task : 0;
}

const char *generator_next(struct generator *g)
{
	struct writer w = {.g = g};
	char task[16];

	if (!g->tasks[1].alive)
		return NULL;
	do {
		g->recipe = choose_recipe(g);
		g->task = choose_task(g, g->recipe);
	} while (!g->task || ((g->recipe->effects & MAKES_TASK) && g->n_tasks == GENERATOR_TASKS));
	g->path[0] = g->other[0] = g->line[0] = '\0';
	snprintf(task, sizeof(task), "%d ", g->task);
	put(&w, task, strlen(task));
	w.at = g->recipe->line;
	while (*w.at)
		put_word(&w, NULL);
	return g->line;
}

/* What an answer tells. */

static void fd_add(struct aim *aim, int fd)
{
	for (int i = 0; i < aim->n_fds; i++)
		if (aim->fds[i] == fd)
			return;
	if (aim->n_fds < GENERATOR_FDS)
		aim->fds[aim->n_fds++] = fd;
}

static void fd_drop(struct aim *aim, int fd)
{
	for (int i = 0; i < aim->n_fds; i++)
		if (aim->fds[i] == fd)
			aim->fds[i] = aim->fds[--aim->n_fds];
}

static void learn_fds(struct generator *g, int r, const char *answer)
{
	struct aim *aim = &g->tasks[g->task];
	int effects = g->recipe->effects, a, b;
	const char *list = strchr(answer, '[');

	if ((effects & MAKES_FD) && r > 2)
		fd_add(aim, r);
	if ((effects & MAKES_PIDFD) && r > 2)
		aim->pidfd = r;
	if ((effects & MAKES_FDS) && list && sscanf(list, "[%d, %d]", &a, &b) == 2) {
		fd_add(aim, a);
		fd_add(aim, b);
	}
	list = strstr(answer, "rights=[");
	if (list && strstr(answer, "recvmsg") && sscanf(list, "rights=[%d]", &a) == 1)
		fd_add(aim, a);
	if ((effects & TAKES_FD) && sscanf(strchr(g->line, '('), "(%d", &a) == 1)
		fd_drop(aim, a);
}

static void learn_paths(struct generator *g)
{
	int effects = g->recipe->effects;
	const char *last = *g->other ? g->other : g->path;

	if (effects & TAKES_PATH)
		pool_drop(&g->paths, pool_find(&g->paths, g->path));
	if (effects & MAKES_PATH)
		pool_add(g, &g->paths, g->path);
	if (effects & MAKES_OTHER)
		pool_add(g, &g->paths, last);
	if (effects & TAKES_MOUNT)
		pool_drop(&g->mounts, pool_find(&g->mounts, g->path));
	if (effects & MAKES_MOUNT)
		pool_add(g, &g->mounts, last);
}

static void learn_tasks(struct generator *g)
{
	int effects = g->recipe->effects;

	if (effects & MAKES_TASK) {
		g->n_tasks++;
		g->tasks[g->n_tasks] = g->tasks[g->task];
	}
	if (effects & GIVES_UP)
		g->tasks[g->task].is_user = true;
}

void generator_told(struct generator *g, int r, const char *answer)
{
	if (g->recipe->effects & ENDS_TASK)
		g->tasks[g->task].alive = false;
	if (strstr(answer, " = ?"))
		g->tasks[g->task].alive = false;
	if (r < 0)
		return;
	learn_fds(g, r, answer);
	learn_paths(g);
	learn_tasks(g);
}
