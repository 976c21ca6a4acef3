/* /proc/PID/uid_map, gid_map, projid_map and setgroups: kernel/user_namespace.c. */
#include "fake/cred.h"
#include "fake/proc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SORTED_FROM 6 /* lines: above UID_GID_MAP_MAX_BASE_EXTENTS they are kept in order */
#define NO_CAP (-1)   /* of project ids */

/* What is being made of a text. */
struct map_writer {
	struct fake *f;
	const struct cred *opener;
	struct user_ns *ns;
	int cap; /* that the ids need: CAP_SETUID, CAP_SETGID, NO_CAP */
	const struct id_map *parent;
	struct id_map_line lines[ID_MAP_LINES_MAX];
	int n;
};

/* Showing. */

/*
 * uid_m_show() and gid_m_show(): the second column as the opener's namespace has it, or, from
 * inside of it, as its parent has it.
 */
static const struct user_ns *lower_ns(const struct proc_what *what)
{
	const struct user_ns *opener = what->file->cred->user_ns;

	return opener == what->user_ns && opener->parent ? opener->parent : opener;
}

static int show_map(const struct id_map *map, const struct id_map *lower, struct text *out)
{
	for (int i = 0; i < map->n; i++)
		text_addf(out, "%10u %10u %10u\n", map->lines[i].inside,
			  id_map_inside(lower, map->lines[i].outside), map->lines[i].count);
	return 0;
}

int proc_show_uid_map(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	return show_map(&what->user_ns->uid_map, &lower_ns(what)->uid_map, out);
}

int proc_show_gid_map(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	return show_map(&what->user_ns->gid_map, &lower_ns(what)->gid_map, out);
}

int proc_show_projid_map(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	return show_map(&what->user_ns->projid_map, &lower_ns(what)->projid_map, out);
}

/* proc_id_map_open() */
int proc_open_id_map(struct fake *f, const struct proc_what *what)
{
	return what->task ? 0 : refuse(f, RULE_ID_MAP_TASK_GONE);
}

/* Parsing. */

/* simple_strtoul(): what does not fit is cut. */
static uint32_t number_take(const char **at)
{
	unsigned long n = 0;

	for (; isdigit((unsigned char)**at); (*at)++)
		n = 10 * n + (unsigned long)(**at - '0');
	return (uint32_t)n;
}

static void blanks_skip(const char **at)
{
	while (isspace((unsigned char)**at))
		(*at)++;
}

/* Three numbers, blanks between them, and nothing else. */
static bool line_parse(const char *at, struct id_map_line *line)
{
	uint32_t *const numbers[] = {&line->inside, &line->outside, &line->count};

	for (int i = 0; i < 3; i++) {
		blanks_skip(&at);
		*numbers[i] = number_take(&at);
		if (!isspace((unsigned char)*at) && (i < 2 || *at))
			return false;
	}
	blanks_skip(&at);
	return *at == '\0';
}

static bool range_is_good(uint32_t first, uint32_t count)
{
	return first != UINT32_MAX && first + count > first;
}

static bool ranges_overlap(uint32_t a, uint32_t n_a, uint32_t b, uint32_t n_b)
{
	return a <= b + (n_b - 1) && b <= a + (n_a - 1);
}

static bool overlaps(const struct map_writer *w, const struct id_map_line *line)
{
	for (int i = 0; i < w->n; i++) {
		const struct id_map_line *old = &w->lines[i];

		if (ranges_overlap(old->inside, old->count, line->inside, line->count) ||
		    ranges_overlap(old->outside, old->count, line->outside, line->count))
			return true;
	}
	return false;
}

static int line_add(struct map_writer *w, const char *text, bool is_last)
{
	struct id_map_line line;

	if (!line_parse(text, &line))
		return refuse(w->f, RULE_ID_MAP_SYNTAX);
	if (!range_is_good(line.inside, line.count) || !range_is_good(line.outside, line.count))
		return refuse(w->f, RULE_ID_MAP_RANGE);
	if (overlaps(w, &line))
		return refuse(w->f, RULE_ID_MAP_OVERLAP);
	if (w->n + 1 == ID_MAP_LINES_MAX && !is_last)
		return refuse(w->f, RULE_ID_MAP_TOO_MANY);
	w->lines[w->n++] = line;
	return 0;
}

/* A newline at the end begins no line; the text is taken to pieces. */
static int lines_parse(struct map_writer *w, char *text)
{
	int r = 0;

	while (r == 0 && text) {
		char *end = strchr(text, '\n');
		char *next = end && end[1] ? end + 1 : NULL;

		if (end)
			*end = '\0';
		r = line_add(w, text, next == NULL);
		text = next;
	}
	return r;
}

/* Who may map what. */

/* verify_root_map(): file capabilities would gain by it, so that one is asked for. */
static int check_root_map(const struct map_writer *w)
{
	bool maps_root = false, may;

	for (int i = 0; i < w->n; i++)
		maps_root = maps_root || w->lines[i].outside == 0;
	may = w->opener->user_ns == w->ns
		      ? w->ns->parent_could_setfcap
		      : cred_has_cap(w->opener, w->ns->parent, CAP_SETFCAP);
	return !maps_root || may ? 0 : refuse(w->f, RULE_ID_MAP_ROOT);
}

/* One's own id, alone: 1, or 0 for all else, or a refusal. */
static int is_own_id(const struct map_writer *w)
{
	const struct id_map_line *line = &w->lines[0];
	uint32_t own = w->cap == CAP_SETUID ? w->opener->euid : w->opener->egid;

	if (w->n != 1 || line->count != 1 || w->ns->owner_uid != w->opener->euid ||
	    w->cap == NO_CAP || id_map_outside(w->parent, line->outside, 1) != own)
		return 0;
	return 1;
}

/* new_idmap_permitted() */
static int check_permitted(const struct map_writer *w)
{
	bool is_own = is_own_id(w);
	int r = w->cap == CAP_SETUID ? check_root_map(w) : 0;

	if (r < 0 || w->cap == NO_CAP)
		return r;
	if (is_own && (w->cap == CAP_SETUID || w->ns->denies_setgroups))
		return 0;
	if (ns_capable(w->f, w->ns->parent, w->cap) &&
	    cred_has_cap(w->opener, w->ns->parent, w->cap))
		return 0;
	return refuse(w->f, is_own ? RULE_ID_MAP_SETGROUPS : RULE_ID_MAP_CAPABILITY);
}

static int line_compare(const void *a, const void *b)
{
	const struct id_map_line *x = a, *y = b;

	return (x->inside > y->inside) - (x->inside < y->inside);
}

/* The lower ids become those of the initial namespace; then the map is there, for good. */
static int map_install(struct map_writer *w, struct id_map *map)
{
	size_t size = (size_t)w->n * sizeof(*w->lines);

	for (int i = 0; i < w->n; i++) {
		struct id_map_line *line = &w->lines[i];

		line->outside = id_map_outside(w->parent, line->outside, line->count);
		if (line->outside == UINT32_MAX)
			return refuse(w->f, RULE_ID_MAP_NOT_IN_PARENT);
	}
	if (w->n >= SORTED_FROM)
		qsort(w->lines, (size_t)w->n, sizeof(*w->lines), line_compare);
	map->lines = heap_alloc(w->f, size);
	memcpy(map->lines, w->lines, size);
	map->n = w->n;
	return 0;
}

/* map_write() */
static int map_write(struct map_writer *w, struct id_map *map, char *text)
{
	int r;

	if (map->n != 0)
		return refuse(w->f, RULE_ID_MAP_ONCE);
	if (w->cap != NO_CAP && !cred_has_cap(w->opener, w->ns, CAP_SYS_ADMIN))
		return refuse(w->f, RULE_ID_MAP_OPENER);
	r = lines_parse(w, text);
	if (r == 0)
		r = check_permitted(w);
	return r < 0 ? r : map_install(w, map);
}

static int check_writer(struct fake *f, const struct proc_what *what, size_t n)
{
	const struct user_ns *opener = what->file->cred->user_ns;

	if (what->user_ns->parent == NULL)
		return refuse(f, RULE_IDMAP_INITIAL);
	if (opener != what->user_ns && opener != what->user_ns->parent)
		return refuse(f, RULE_ID_MAP_WRITER);
	if (what->file->pos != 0)
		return refuse(f, RULE_ID_MAP_OFFSET);
	if (n >= PAGE_BYTES)
		return refuse(f, RULE_ID_MAP_SIZE);
	return 0;
}

static int map_write_text(struct fake *f, const struct proc_what *what, const char *text,
			  size_t n, struct map_writer *w, struct id_map *map)
{
	char copy[PAGE_BYTES];
	int r = check_writer(f, what, n);

	if (r < 0)
		return r;
	w->f = f;
	w->opener = what->file->cred;
	w->ns = what->user_ns;
	memcpy(copy, text, n);
	copy[n] = '\0';
	r = map_write(w, map, copy);
	return r < 0 ? r : (int)n;
}

/* The three alike: a writer for one kind of ids, whose parent's map there is. */
#define PARENT_MAP(what, map) ((what)->user_ns->parent ? &(what)->user_ns->parent->map : NULL)

int proc_write_uid_map(struct fake *f, const struct proc_what *what, const char *text, size_t n)
{
	struct map_writer w = {.cap = CAP_SETUID, .parent = PARENT_MAP(what, uid_map)};

	return map_write_text(f, what, text, n, &w, &what->user_ns->uid_map);
}

int proc_write_gid_map(struct fake *f, const struct proc_what *what, const char *text, size_t n)
{
	struct map_writer w = {.cap = CAP_SETGID, .parent = PARENT_MAP(what, gid_map)};

	return map_write_text(f, what, text, n, &w, &what->user_ns->gid_map);
}

int proc_write_projid_map(struct fake *f, const struct proc_what *what, const char *text,
			  size_t n)
{
	struct map_writer w = {.cap = NO_CAP, .parent = PARENT_MAP(what, projid_map)};

	return map_write_text(f, what, text, n, &w, &what->user_ns->projid_map);
}

/* setgroups */

int proc_show_setgroups(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	text_add(out, what->user_ns->denies_setgroups ? "deny\n" : "allow\n");
	return 0;
}

/* proc_setgroups_open() */
int proc_open_setgroups(struct fake *f, const struct proc_what *what)
{
	bool writes = what->file && (what->file->flags & O_ACCMODE) != O_RDONLY;

	if (what->task == NULL)
		return refuse(f, RULE_SETGROUPS_FILE_GONE);
	if (writes && !ns_capable(f, what->task->cred->user_ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETGROUPS_FILE_PERM);
	return 0;
}

/* "allow" or "deny", white space behind it; NULL: neither. */
static const char *setgroups_word(const char *text, size_t n)
{
	static const char *const words[] = {"allow", "deny"};

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(words[i]);
		size_t end = len;

		if (n < len || memcmp(text, words[i], len) != 0)
			continue;
		while (end < n && isspace((unsigned char)text[end]))
			end++;
		return end == n ? words[i] : NULL;
	}
	return NULL;
}

/* proc_setgroups_write() */
int proc_write_setgroups(struct fake *f, const struct proc_what *what, const char *text,
			 size_t n)
{
	struct user_ns *ns = what->user_ns;
	const char *word = n < 8 && what->file->pos == 0 ? setgroups_word(text, n) : NULL;

	if (word == NULL)
		return refuse(f, RULE_SETGROUPS_FILE_WORD);
	if (*word == 'a' && ns->denies_setgroups)
		return refuse(f, RULE_SETGROUPS_FILE_ALLOW);
	if (*word == 'd' && ns->gid_map.n)
		return refuse(f, RULE_SETGROUPS_FILE_DENY);
	if (*word == 'd')
		ns->denies_setgroups = true;
	return (int)n;
}
