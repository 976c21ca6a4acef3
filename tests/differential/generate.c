/* Random programs: a table of recipes, and pools of what seems to exist. */
#include "tests/differential/generate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a line does if it succeeds, and who may have it. */
enum effect {
	NOTHING,
	MAKES_PATH = 1,	  /* the first path exists now */
	TAKES_PATH = 2,	  /* the first path is gone */
	MAKES_OTHER = 4,  /* the second one exists now */
	MAKES_MOUNT = 8,  /* the second one, or the only one, is a mount point */
	TAKES_MOUNT = 16, /* the first one is none any more */
	MAKES_FD = 32,	  /* the answer is a descriptor */
	MAKES_FDS = 64,	  /* two of them stand in [brackets] */
	TAKES_FD = 128,
	MAKES_TASK = 256,
	ENDS_TASK = 512,
	GIVES_UP = 1024,   /* the task's rights */
	ONLY_CHILD = 2048, /* not for task 1 */
	RECEIVES_FD = 4096,
	MAKES_PIDFD = 8192,
	USES_PIDFD = 16384,
	ASKS_INODE = 32768, /* of a descriptor: all pidfds have one, of the whole machine */
	MAKES_CONTEXT = 65536,
	USES_CONTEXT = 131072, /* they have the inode of the pidfds */
	MAKES_TREE = 262144,
};

struct recipe {
	int weight;
	int effects;
	const char *line;
};

static const struct recipe recipes[] = {
#define RECIPE(recipe_weight, recipe_effects, recipe_line)                                     \
	{.weight = recipe_weight, .effects = recipe_effects, .line = recipe_line},
#include "tests/differential/recipes.def"
#undef RECIPE
};

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
	g->most_tasks = GENERATOR_TASKS;
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

static void put_number(struct writer *w, int n)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", n);
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
		put_number(w, w->g->tasks[w->g->task].pidfd);
	else if (alone && *w->at == 'C')
		put_number(w, w->g->tasks[w->g->task].context);
	else if (alone && *w->at == 'G')
		put_number(w, w->g->tasks[w->g->task].tree);
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

static bool is_wanted(const struct generator *g)
{
	int effects = g->recipe->effects;

	if (!g->task || (effects & USES_PIDFD && !g->pidfds) ||
	    (effects & USES_CONTEXT && !g->contexts) ||
	    (effects & ASKS_INODE && (g->pidfds || g->contexts)))
		return false;
	return !(effects & MAKES_TASK) || g->n_tasks < g->most_tasks;
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
	} while (!is_wanted(g));
	g->path[0] = g->other[0] = g->line[0] = '\0';
	snprintf(task, sizeof(task), "%d ", g->task);
	put(&w, task, strlen(task));
	w.at = g->recipe->line;
	if (g->sorted && strcmp(w.at, "@mountinfo") == 0)
		w.at = "@mounts";
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

	if ((effects & (MAKES_FD | MAKES_TREE | MAKES_CONTEXT)) && r > 2)
		fd_add(aim, r);
	if ((effects & MAKES_PIDFD) && r > 2)
		aim->pidfd = r;
	if ((effects & MAKES_CONTEXT) && r > 2)
		aim->context = r;
	if ((effects & MAKES_TREE) && r > 2)
		aim->tree = r;
	if ((effects & MAKES_FDS) && list && sscanf(list, "[%d, %d]", &a, &b) == 2) {
		fd_add(aim, a);
		fd_add(aim, b);
	}
	list = strstr(answer, "rights=[");
	if (list && (effects & RECEIVES_FD) && sscanf(list, "rights=[%d]", &a) == 1)
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
