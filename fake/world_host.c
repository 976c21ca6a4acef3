/* Lines of a world that say something of the host itself, and of its first task. */
#include "fake/task.h"
#include "fake/world.h"

#include <string.h>

static int set_hostname(struct world *w, const char *value)
{
	struct uts_ns *uts = w->f->init->ns.uts;

	if (strlen(value) >= sizeof(uts->hostname))
		return world_error(w, "a hostname has up to 64 bytes");
	memset(uts->hostname, 0, sizeof(uts->hostname));
	memcpy(uts->hostname, value, strlen(value));
	return 0;
}

static int set_umask(struct world *w, const char *value)
{
	unsigned long mask;

	if (!word_number(value, 8, 0777, &mask))
		return world_error(w, "a umask is octal, up to 0777");
	w->f->init->umask = (mode_t)mask;
	return 0;
}

/* As after setuid(2): who is not root has no capabilities. */
static int set_uid(struct world *w, const char *value)
{
	struct cred *cred;
	unsigned long uid;

	if (!word_number(value, 10, UINT32_MAX - 1, &uid))
		return world_error(w, "%s is no user id", value);
	cred = cred_copy(w->f, w->f->init->cred);
	cred->uid = cred->euid = cred->suid = cred->fsuid = (uid_t)uid;
	if (uid != 0)
		cred->permitted = cred->effective = cred->ambient = 0;
	cred_commit(w->f, cred);
	return 0;
}

static int set_gid(struct world *w, const char *value)
{
	struct cred *cred;
	unsigned long gid;

	if (!word_number(value, 10, UINT32_MAX - 1, &gid))
		return world_error(w, "%s is no group id", value);
	cred = cred_copy(w->f, w->f->init->cred);
	cred->gid = cred->egid = cred->sgid = cred->fsgid = (gid_t)gid;
	cred_set_groups(w->f, cred, NULL, 0);
	cred_commit(w->f, cred);
	return 0;
}

static int set_cwd(struct world *w, const char *value)
{
	struct path path;
	int r = world_place(w, value, S_IFDIR | 0755, &path);

	if (r < 0)
		return r;
	path_put(w->f, &w->f->init->cwd);
	w->f->init->cwd = path;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct world *w, const char *value);
} lines[] = {
	{"hostname", set_hostname}, {"umask", set_umask}, {"uid", set_uid},
	{"gid", set_gid},	    {"cwd", set_cwd},
};

int world_host(struct world *w)
{
	const char *name = w->text.words[0].s;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		if (strcmp(lines[i].name, name) != 0)
			continue;
		if (w->text.n_words != 2)
			return world_error(w, "%s needs one value", name);
		return lines[i].set(w, w->text.words[1].s);
	}
	return world_error(w, "%s is neither a path nor a word that a world knows", name);
}
