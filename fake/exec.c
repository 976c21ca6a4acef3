/* Executing programs: execveat(2), in the order of fs/exec.c. */
#include "fake/exec.h"

#include "fake/open.h"
#include "fake/payload.h"
#include "fake/rlimit.h"
#include "fake/sched.h"
#include "fake/tasks.h"

#include <string.h>

/* alloc_bprm(): what the program will be told it is. */
static int exec_name(struct fake *f, struct exec *exec, int dirfd, const char *path)
{
	struct text text;

	text_init(&text, exec->filename, sizeof(exec->filename));
	if (dirfd == AT_FDCWD || path[0] == '/')
		text_add(&text, path);
	else if (path[0] == '\0')
		text_addf(&text, "/dev/fd/%d", dirfd);
	else
		text_addf(&text, "/dev/fd/%d/%s", dirfd, path);
	exec->interp = exec->filename;
	exec->is_unnamed = path[0] == '\0';
	return text.cut ? not_modelled(f, "execveat(2) of a name of 4096 bytes") : 0;
}

/* A name beneath a descriptor that exec closes leads nowhere afterwards. */
static bool is_inaccessible(const struct task *t, int dirfd, const char *path)
{
	return dirfd != AT_FDCWD && path[0] != '/' && t->fds->slots[dirfd].is_cloexec;
}

/* As the task will see it from its root; false: it does not. */
static bool path_from_root(struct fake *f, const struct path *path, char *out, size_t size)
{
	struct text text;

	text_init(&text, out, size);
	return path_text(f, path, &f->current->root, &text) && !text.cut;
}

/*
 * The payload that stands for what is executed now: found by where the file lies, or by the
 * name that was given.  The bytes of such a file are not looked at.
 */
static struct payload *exec_payload(struct fake *f, const struct exec *exec)
{
	char path[PATH_MAX];
	struct payload *payload = NULL;

	if (list_empty(&f->payloads))
		return NULL;
	if (path_from_root(f, &exec->file->path, path, sizeof(path)))
		payload = payload_find(f, path);
	return payload ? payload : payload_find(f, exec->interp);
}

/* exec_binprm(): through scripts down to a program. */
static int exec_find(struct fake *f, struct exec *exec, struct payload **payload)
{
	int r = 1;

	*payload = NULL;
	while (r > 0) {
		*payload = exec_payload(f, exec);
		if (*payload)
			return 0;
		r = exec_format(f, exec);
	}
	return r;
}

/* mnt_may_suid() */
static bool file_may_gain(const struct task *t, const struct file *file)
{
	const struct user_ns *ns = t->cred->user_ns;

	while (ns && ns != file->path.dentry->sb->user_ns)
		ns = ns->parent;
	return ns && file->path.mnt && file->path.mnt->ns == t->ns.mnt &&
	       !(file->path.mnt->flags & MNT_NOSUID);
}

/* The new program's memory. */

static const char *arg_at(const struct exec *exec, int i)
{
	if (i < exec->n_words)
		return exec->words[exec->n_words - 1 - i];
	i += exec->n_dropped - exec->n_words;
	return i < exec->argc ? exec->argv[i] : "";
}

static int arg_count(const struct exec *exec)
{
	int n = exec->n_words + exec->argc - exec->n_dropped;

	return n > 0 ? n : 1; /* an empty argv gets one empty string */
}

static char *string_put(char **at, const char *s)
{
	char *put = *at;
	size_t size = strlen(s) + 1;

	memcpy(put, s, size);
	*at += size;
	return put;
}

static size_t exec_size(const struct exec *exec, const char *path)
{
	size_t size = sizeof(struct exec_start) + strlen(path) + 1;

	size += (size_t)(arg_count(exec) + exec->envc + 2) * sizeof(char *);
	for (int i = 0; i < arg_count(exec); i++)
		size += strlen(arg_at(exec, i)) + 1;
	for (int i = 0; i < exec->envc; i++)
		size += strlen(exec->envp[i]) + 1;
	return size;
}

/* One piece: where to begin, both lists, and their strings. */
static struct exec_start *exec_start_new(struct fake *f, const struct exec *exec,
					 const struct payload *payload)
{
	char path[PATH_MAX];
	struct exec_start *start;
	char *at;

	if (!path_from_root(f, &exec->file->path, path, sizeof(path)))
		memcpy(path, exec->filename, sizeof(path));
	start = heap_alloc(f, exec_size(exec, path));
	start->f = f;
	start->main = payload ? payload->main : NULL;
	start->argv = (char **)(start + 1);
	start->envp = start->argv + arg_count(exec) + 1;
	at = (char *)(start->envp + exec->envc + 1);
	start->path = string_put(&at, path);
	for (int i = 0; i < arg_count(exec); i++)
		start->argv[i] = string_put(&at, arg_at(exec, i));
	for (int i = 0; i < exec->envc; i++)
		start->envp[i] = string_put(&at, exec->envp[i]);
	return start;
}

/*
 * would_dump(): a program that may not be read is for root of a namespace that knows whose it
 * is, and only for that one.
 */
static void exec_guard_memory(struct fake *f, const struct exec *exec)
{
	const struct inode *inode = exec->file->inode;
	const struct cred *cred = f->current->cred;
	struct user_ns *ns = cred->user_ns;
	bool is_readable = inode_permission(f, exec->file->inode, MAY_READ) == 0;

	f->current->has_rule = false;
	while (!is_readable && ns->parent &&
	       (uid_inside(ns, inode->uid) == (uid_t)-1 ||
		gid_inside(ns, inode->gid) == (gid_t)-1))
		ns = ns->parent;
	task_set_mm_user_ns(f, f->current, ns);
	f->current->is_dumpable =
		is_readable && cred->euid == cred->uid && cred->egid == cred->gid;
}

/* kbasename(); a program that was given by descriptor alone has the name of its file. */
static void comm_set(struct task *t, const struct exec *exec)
{
	const char *slash = strrchr(exec->filename, '/');
	const char *name = slash ? slash + 1 : exec->filename;

	if (exec->is_unnamed)
		name = exec->file->path.dentry->name;
	memset(t->comm, 0, sizeof(t->comm));
	memcpy(t->comm, name, strnlen(name, sizeof(t->comm) - 1));
}

/* begin_new_exec(): nothing fails any more. */
static void exec_commit(struct fake *f, struct exec *exec, const struct payload *payload)
{
	struct task *t = f->current;
	struct exec_start *start = exec_start_new(f, exec, payload);
	struct cred *cred = cred_for_exec(f, exec->file->inode, file_may_gain(t, exec->file));
	bool is_setid = cred->euid != t->cred->uid || cred->egid != t->cred->gid;

	comm_set(t, exec);
	fd_table_close_on_exec(f, t->fds);
	exe_put(f, t);
	exe_set(t, &exec->file->path);
	t->has_execed = true;
	t->exec_id++;
	t->exit_signal = SIGCHLD;
	if (is_setid)
		t->pdeathsig = 0;
	exec_guard_memory(f, exec);
	actions_clear(t);
	cred_commit(f, cred);
	heap_free(f, t->memory);
	t->memory = start;
	t->exec = start;
}

/* do_open_execat() */
static int exec_file_open(struct fake *f, struct exec *exec, int dirfd, const char *path,
			  int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	int r;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return refuse(f, RULE_EXEC_FLAGS);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	r = exec_open(f, dirfd, path, lookup, &exec->file);
	if (r == 0)
		exec->is_inaccessible = is_inaccessible(f->current, dirfd, path);
	return r;
}

/* do_execveat_common(), once there is a name. */
static int exec_common(struct fake *f, struct exec *exec, int dirfd, const char *path,
		       char *const *const lists[2], int flags)
{
	const bool opens_first = f->profile.exec_opens_first;
	struct payload *payload;
	int r = exec_name(f, exec, dirfd, path);

	if (r == 0 && opens_first)
		r = exec_file_open(f, exec, dirfd, path, flags);
	if (r == 0)
		r = exec_args_check(f, exec, lists[0], lists[1]);
	if (r == 0 && !opens_first)
		r = exec_file_open(f, exec, dirfd, path, flags);
	if (r == 0)
		r = exec_find(f, exec, &payload);
	if (r == 0)
		exec_commit(f, exec, payload);
	exec_close(f, exec->file);
	return r;
}

int do_execveat(struct fake *f, int dirfd, const char *path, char *const *argv,
		char *const *envp, int flags)
{
	char *const *const lists[] = {argv, envp};
	struct exec *exec;
	int r = path_name_check(f, path, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);

	if (r < 0)
		return r;
	if (f->current->is_over_nproc && nproc_is_over(f, f->current->cred, 0))
		return refuse(f, RULE_EXEC_NPROC);
	f->current->is_over_nproc = false;
	exec = heap_alloc(f, sizeof(*exec));
	r = exec_common(f, exec, dirfd, path, lists, flags);
	heap_free(f, exec);
	return r;
}

/* On a stack of its own, outside of any call. */
static int exec_main(void *arg)
{
	const struct exec_start *start = arg;
	struct fake *f = start->f;

	if (f->options.on_exec)
		f->options.on_exec(f->options.context, f, start->path, start->argv,
				   start->envp);
	return start->main ? start->main(&f->kernel, start->argv, start->envp) : 0;
}

void exec_begin(struct fake *f)
{
	struct exec_start *start = f->current->exec;

	f->current->exec = NULL;
	fiber_replace(f, exec_main, start);
}
