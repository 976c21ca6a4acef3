/* User namespaces: making and entering them, their ids, their limits. */
#include "fake/userns.h"

#include "fake/mount.h"
#include "fake/task.h"

#include <limits.h>
#include <linux/securebits.h>

#define LIMIT_OF_MACHINE 31470 /* half of the threads that a machine of some memory has */

static struct user_ns *user_ns_new(struct fake *f, struct user_ns *parent)
{
	struct user_ns *ns = heap_alloc(f, sizeof(*ns));

	ns_init(f, &ns->ns, CLONE_NEWUSER, parent);
	list_init(&ns->ucounts);
	ns->parent = parent;
	for (int i = 0; i < N_UCOUNTS; i++)
		ns->limits[i] = parent ? INT_MAX : LIMIT_OF_MACHINE;
	return ns;
}

static void id_map_identity(struct fake *f, struct id_map *map)
{
	map->lines = heap_alloc(f, sizeof(*map->lines));
	map->lines[0].count = UINT32_MAX;
	map->n = 1;
}

/* The initial user namespace: its ids are everybody's outside ids. */
void cred_boot(struct fake *f)
{
	struct user_ns *ns = user_ns_new(f, NULL);

	id_map_identity(f, &ns->uid_map);
	id_map_identity(f, &ns->gid_map);
	id_map_identity(f, &ns->projid_map);
	f->init_user_ns = ns;
}

void user_ns_free(struct fake *f, struct user_ns *ns)
{
	while (!list_empty(&ns->ucounts)) {
		struct ucounts *ucounts = list_entry(ns->ucounts.next, struct ucounts, in_ns);

		list_remove(&ucounts->in_ns);
		heap_free(f, ucounts);
	}
	heap_free(f, ns->uid_map.lines);
	heap_free(f, ns->gid_map.lines);
	heap_free(f, ns->projid_map.lines);
}

bool user_ns_is_beneath(const struct user_ns *ns, const struct user_ns *ancestor)
{
	while (ns->level > ancestor->level)
		ns = ns->parent;
	return ns == ancestor;
}

/* Making and entering. */

void cred_set_user_ns(struct fake *f, struct cred *cred, struct user_ns *ns)
{
	struct user_ns *old = cred->user_ns;

	cred->securebits = SECUREBITS_DEFAULT;
	cred->inheritable = cred->ambient = 0;
	cred->permitted = cred->effective = cred->bounding = CAPS_ALL;
	ns_get(&ns->ns);
	cred->user_ns = ns;
	ns_put(f, &old->ns);
}

/* current_chrooted(): its root is not what is on top of the namespace's. */
static bool is_chrooted(struct fake *f)
{
	const struct task *t = f->current;
	struct path root;
	bool is_elsewhere;

	mnt_ns_root(f, t->ns.mnt, &root);
	is_elsewhere = !path_equal(&root, &t->root);
	path_put(f, &root);
	return is_elsewhere;
}

/* May the current task, soon with these credentials, make a namespace?  It is counted. */
static int check_maker(struct fake *f, struct user_ns *ns, const struct cred *cred)
{
	int r = ns_charge(f, &ns->ns);

	if (r < 0)
		return r;
	if (is_chrooted(f))
		return refuse(f, RULE_USERNS_CHROOTED);
	if (uid_inside(ns->parent, cred->euid) == (uid_t)-1 ||
	    gid_inside(ns->parent, cred->egid) == (gid_t)-1)
		return refuse(f, RULE_USERNS_MAKER_UNMAPPED);
	return 0;
}

bool user_ns_is_allowed(struct fake *f)
{
	return f->unprivileged_userns_clone || capable(f, CAP_SYS_ADMIN);
}

int refuse_user_ns(struct fake *f)
{
	return refuse(f, RULE_USERNS_UNPRIVILEGED);
}

int user_ns_create(struct fake *f, struct cred *cred)
{
	struct user_ns *parent = cred->user_ns;
	struct user_ns *ns;
	int r;

	if (parent->level > USER_NS_LEVELS)
		return refuse(f, RULE_USERNS_LEVEL);
	ns = user_ns_new(f, parent);
	r = check_maker(f, ns, cred);
	if (r < 0) {
		ns_put(f, &ns->ns);
		return r;
	}
	ns->level = parent->level + 1;
	ns->owner_uid = cred->euid;
	ns->owner_gid = cred->egid;
	ns->denies_setgroups = parent->denies_setgroups;
	ns->parent_could_setfcap = cred->effective >> CAP_SETFCAP & 1;
	cred_set_user_ns(f, cred, ns);
	ns_put(f, &ns->ns);
	return 0;
}

int user_ns_install(struct fake *f, struct user_ns *ns, struct cred *cred)
{
	if (ns == f->current->cred->user_ns)
		return refuse(f, RULE_SETNS_USER_SAME);
	if (!ns_capable(f, ns, CAP_SYS_ADMIN))
		return refuse(f, RULE_SETNS_USER_ADMIN);
	cred_set_user_ns(f, cred, ns);
	return 0;
}

/* Limits: kernel/ucount.c. */

static enum ucount ucount_of(int type)
{
	static const int types[N_UCOUNTS] = {
		[UCOUNT_USER] = CLONE_NEWUSER,	   [UCOUNT_PID] = CLONE_NEWPID,
		[UCOUNT_UTS] = CLONE_NEWUTS,	   [UCOUNT_IPC] = CLONE_NEWIPC,
		[UCOUNT_NET] = CLONE_NEWNET,	   [UCOUNT_MNT] = CLONE_NEWNS,
		[UCOUNT_CGROUP] = CLONE_NEWCGROUP, [UCOUNT_TIME] = CLONE_NEWTIME,
	};
	int i = 0;

	while (types[i] != type)
		i++;
	return (enum ucount)i;
}

static struct ucounts *ucounts_find(struct fake *f, struct user_ns *ns, uid_t uid)
{
	struct ucounts *ucounts;

	list_for_each(node, &ns->ucounts) {
		ucounts = list_entry(node, struct ucounts, in_ns);
		if (ucounts->uid == uid)
			return ucounts;
	}
	ucounts = heap_alloc(f, sizeof(*ucounts));
	ucounts->ns = ns;
	ucounts->uid = uid;
	list_append(&ucounts->in_ns, &ns->ucounts);
	return ucounts;
}

/* Those of the namespace above, where its maker counts; NULL: there is none. */
static struct ucounts *ucounts_above(const struct ucounts *ucounts)
{
	return ucounts->ns->ns.ucounts;
}

/* inc_ucount(): in the owner and in all above it, by who made each. */
int ns_charge(struct fake *f, struct ns *ns)
{
	enum ucount kind = ucount_of(ns->type);
	struct ucounts *first = ucounts_find(f, ns->owner, f->current->cred->euid);

	for (struct ucounts *u = first; u; u = ucounts_above(u))
		if (u->counts[kind] >= u->ns->limits[kind])
			return refuse(f, RULE_NS_LIMIT);
	for (struct ucounts *u = first; u; u = ucounts_above(u))
		u->counts[kind]++;
	ns->ucounts = first;
	return 0;
}

void ns_uncharge(struct fake *f, struct ns *ns)
{
	(void)f;
	for (struct ucounts *u = ns->ucounts; u; u = ucounts_above(u))
		u->counts[ucount_of(ns->type)]--;
	ns->ucounts = NULL;
}

/* Ids. */

uint32_t id_map_outside(const struct id_map *map, uint32_t inside, uint32_t count)
{
	for (int i = 0; i < map->n; i++) {
		const struct id_map_line *line = &map->lines[i];
		uint32_t offset = inside - line->inside;

		if (inside >= line->inside && offset < line->count &&
		    count <= line->count - offset)
			return line->outside + offset;
	}
	return UINT32_MAX;
}

uint32_t id_map_inside(const struct id_map *map, uint32_t outside)
{
	for (int i = 0; i < map->n; i++) {
		const struct id_map_line *line = &map->lines[i];

		if (outside >= line->outside && outside - line->outside < line->count)
			return line->inside + (outside - line->outside);
	}
	return UINT32_MAX;
}

uid_t uid_outside(const struct user_ns *ns, uid_t inside)
{
	return id_map_outside(&ns->uid_map, inside, 1);
}

uid_t uid_inside(const struct user_ns *ns, uid_t outside)
{
	return id_map_inside(&ns->uid_map, outside);
}

gid_t gid_outside(const struct user_ns *ns, gid_t inside)
{
	return id_map_outside(&ns->gid_map, inside, 1);
}

gid_t gid_inside(const struct user_ns *ns, gid_t outside)
{
	return id_map_inside(&ns->gid_map, outside);
}

uid_t uid_shown(const struct user_ns *ns, uid_t outside)
{
	uid_t uid = uid_inside(ns, outside);

	return uid == (uid_t)-1 ? OVERFLOW_ID : uid;
}

gid_t gid_shown(const struct user_ns *ns, gid_t outside)
{
	gid_t gid = gid_inside(ns, outside);

	return gid == (gid_t)-1 ? OVERFLOW_ID : gid;
}

uid_t uid_of_root(const struct user_ns *ns)
{
	uid_t uid = uid_outside(ns, 0);

	return uid == (uid_t)-1 ? 0 : uid;
}

gid_t gid_of_root(const struct user_ns *ns)
{
	gid_t gid = gid_outside(ns, 0);

	return gid == (gid_t)-1 ? 0 : gid;
}
