/* What a task sees, as text. */
#include "fake/pid.h"
#include "fake/seccomp.h"
#include "fake/tree_walk.h"
#include "fake/userns.h"

#include <limits.h>
#include <string.h>

/* The tree, in the words of a world. */

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	default:
		return "file";
	}
}

/* Bare where a world takes it so, else in quotes. */
static void show_word(struct text *out, const char *s)
{
	bool is_plain = *s != '\0' && *s != '#' && *s != '"';

	for (const char *c = s; *c; c++)
		if (*c <= ' ' || *c == '"' || *c == '\\' || *c == 0x7f)
			is_plain = false;
	if (is_plain) {
		text_add(out, s);
		return;
	}
	text_add_char(out, '"');
	text_add_escaped(out, s, strlen(s));
	text_add_char(out, '"');
}

static void show_file(void *context, const struct path *at, const char *path)
{
	struct text *out = context;
	const struct inode *inode = at->dentry->inode;

	show_word(out, path);
	text_addf(out, " %s", type_name(inode->mode));
	if (S_ISLNK(inode->mode)) {
		text_add(out, " -> ");
		show_word(out, inode->data ? inode->data : "");
		text_addf(out, " %u:%u\n", inode->uid, inode->gid);
		return;
	}
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode))
		text_addf(out, " %u:%u", major(inode->rdev), minor(inode->rdev));
	text_addf(out, " %04o %u:%u", inode->mode & 07777, inode->uid, inode->gid);
	if (S_ISREG(inode->mode))
		text_addf(out, " size=%lld", (long long)inode->size);
	text_add_char(out, '\n');
}

/* Descriptors. */

static void show_flags(struct text *out, unsigned int flags, bool is_cloexec)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = {
		{O_PATH, "O_PATH"},	    {O_APPEND, "O_APPEND"},
		{O_NONBLOCK, "O_NONBLOCK"}, {O_DIRECTORY, "O_DIRECTORY"},
		{O_NOFOLLOW, "O_NOFOLLOW"},
	};
	static const char *const access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};

	text_add(out, access[flags & O_ACCMODE]);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (flags & names[i].flag)
			text_addf(out, "|%s", names[i].name);
	if (is_cloexec)
		text_add(out, "|O_CLOEXEC");
}

/* As /proc/PID/fd shows it, with C's escapes. */
static void show_path(struct fake *f, const struct path *path, const struct path *root,
		      struct text *out)
{
	char memory[PATH_MAX + 16];
	struct text shown;

	text_init(&shown, memory, sizeof(memory));
	if (path->dentry == NULL)
		text_add(&shown, "none");
	else if (path->mnt == NULL)
		text_add(&shown, path->dentry->name);
	else
		path_text(f, path, root, &shown);
	text_add_escaped(out, shown.at, shown.len);
}

static void show_descriptors(struct fake *f, struct task *t, struct text *out)
{
	for (int fd = 0; t->fds && fd < t->fds->size; fd++) {
		const struct fd_slot *slot = &t->fds->slots[fd];

		if (slot->file == NULL)
			continue;
		text_addf(out, "%d ", fd);
		show_flags(out, slot->file->flags, slot->is_cloexec);
		text_add_char(out, ' ');
		show_path(f, &slot->file->path, &t->root, out);
		text_add_char(out, '\n');
	}
}

/* Ids, as the task itself is told of them. */

/* Inside, outside as the initial namespace has it, count; ranges parted by "; ". */
static void show_id_map(const char *name, const struct id_map *map, struct text *out)
{
	text_add(out, name);
	for (int i = 0; i < map->n; i++)
		text_addf(out, "%s %u %u %u", i ? ";" : "", map->lines[i].inside,
			  map->lines[i].outside, map->lines[i].count);
	text_add_char(out, '\n');
}

static void show_cred(const struct cred *cred, struct text *out)
{
	const struct user_ns *ns = cred->user_ns;

	text_addf(out, "uid %u %u %u %u\n", uid_shown(ns, cred->uid), uid_shown(ns, cred->euid),
		  uid_shown(ns, cred->suid), uid_shown(ns, cred->fsuid));
	text_addf(out, "gid %u %u %u %u\n", gid_shown(ns, cred->gid), gid_shown(ns, cred->egid),
		  gid_shown(ns, cred->sgid), gid_shown(ns, cred->fsgid));
	text_add(out, "groups");
	for (int i = 0; i < cred->n_groups; i++)
		text_addf(out, " %u", gid_shown(ns, cred->groups[i]));
	text_add_char(out, '\n');
	show_id_map("uid_map", &ns->uid_map, out);
	show_id_map("gid_map", &ns->gid_map, out);
	text_addf(out, "setgroups %s\n", ns->denies_setgroups ? "deny" : "allow");
	text_addf(out, "inheritable %016llx\n", (unsigned long long)cred->inheritable);
	text_addf(out, "permitted %016llx\n", (unsigned long long)cred->permitted);
	text_addf(out, "effective %016llx\n", (unsigned long long)cred->effective);
	text_addf(out, "bounding %016llx\n", (unsigned long long)cred->bounding);
	text_addf(out, "ambient %016llx\n", (unsigned long long)cred->ambient);
	text_addf(out, "securebits %x\n", cred->securebits);
	text_addf(out, "user user:[%u]\n", cred->user_ns->ns.inum);
}

static void show_ns(const struct ns *ns, struct text *out)
{
	text_addf(out, "%s %s:[%u]\n", ns_name(ns->type), ns_name(ns->type), ns->inum);
}

static void show_namespaces(const struct task *t, struct text *out)
{
	if (t->ns.mnt == NULL)
		return;
	show_ns(&t->ns.mnt->ns, out);
	show_ns(&t->ns.uts->ns, out);
	show_ns(&t->ns.ipc->ns, out);
	show_ns(&t->ns.net->ns, out);
	show_ns(&t->ns.cgroup->ns, out);
	show_ns(&task_pid_ns(t)->ns, out);
	text_add(out, "hostname ");
	text_add_escaped(out, t->ns.uts->hostname, strlen(t->ns.uts->hostname));
	text_add_char(out, '\n');
}

static void show_ids(struct fake *f, struct task *t, struct text *out)
{
	const struct pid_ns *ns = task_pid_ns(t);

	show_cred(t->cred, out);
	show_namespaces(t, out);
	text_addf(out, "pid %d\nparent %d\n", pid_in(t->pid, ns),
		  t->parent ? pid_in(t->parent->pid, ns) : 0);
	text_addf(out, "group %d\nsession %d\n", pid_in(t->pgrp, ns), pid_in(t->session, ns));
	text_addf(out, "terminal %s\n", t->tty ? "yes" : "none");
	text_add(out, "root ");
	show_path(f, &t->root, &f->init->root, out);
	text_add(out, "\ncwd ");
	show_path(f, &t->cwd, &t->root, out);
	text_addf(out, "\numask %04o\nno_new_privs %d\n", t->umask, t->no_new_privs);
	text_addf(out, "seccomp filters %d\ndumpable %d\npdeathsig %d\n",
		  seccomp_count(t->seccomp), t->is_dumpable, t->pdeathsig);
	text_addf(out, "blocked %016llx\nignored %016llx\n", (unsigned long long)t->blocked,
		  (unsigned long long)signals_ignored(t));
}

/* Tasks. */

static const char *const state_names[] = {
	[TASK_READY] = "ready",	    [TASK_SLEEPING] = "sleeping", [TASK_PAUSED] = "paused",
	[TASK_STOPPED] = "stopped", [TASK_ZOMBIE] = "zombie",	  [TASK_DEAD] = "dead",
};

static void show_tasks(struct fake *f, struct text *out)
{
	list_for_each(node, &f->tasks) {
		const struct task *t = list_entry(node, struct task, all);

		text_addf(out, "%d %d %s %s", t->number, t->parent ? t->parent->number : 0,
			  state_names[t->state], t->comm);
		if (t->waits_for[0])
			text_addf(out, " waits for %s", t->waits_for);
		text_add_char(out, '\n');
	}
}

static void show(struct fake *f, struct task *t, enum fake_view what, struct text *out)
{
	switch (what) {
	case VIEW_MOUNTS:
		if (t->ns.mnt && t->root.mnt)
			mountinfo_show(f, t->ns.mnt, &t->root, out);
		break;
	case VIEW_TREE:
		if (t->root.mnt)
			tree_walk(f, &t->root, show_file, out);
		break;
	case VIEW_DESCRIPTORS:
		show_descriptors(f, t, out);
		break;
	case VIEW_IDS:
		show_ids(f, t, out);
		break;
	case VIEW_TASKS:
		show_tasks(f, out);
		break;
	}
}

int fake_view(struct fake *f, int task, enum fake_view what, struct text *out)
{
	struct task *t = task_by_number(f, task), *was = f->current;

	if (t == NULL)
		return -ESRCH;
	if (was == NULL)
		f->current = f->init; /* some ask for whom */
	show(f, t, what, out);
	f->current = was;
	return 0;
}
