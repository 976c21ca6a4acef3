/* What the small files of /proc/PID say: status, stat, comm, cgroup. */
#include "fake/cred.h"
#include "fake/exec.h"
#include "fake/proc.h"
#include "fake/seccomp.h"
#include "fake/tty.h"

#include <string.h>

/* task_state_array of fs/proc/array.c. */
static const char *state_of(struct fake *f, const struct task *t)
{
	if (t->state == TASK_ZOMBIE || t->state == TASK_DEAD)
		return "Z (zombie)";
	if (t->state == TASK_STOPPED)
		return "T (stopped)";
	return t == f->current ? "R (running)" : "S (sleeping)";
}

/* Whose ids they are told in: the user namespace of who opened the file. */
static const struct user_ns *ns_of_reader(struct fake *f, const struct proc_what *what)
{
	const struct cred *cred =
		what->file && what->file->cred ? what->file->cred : f->current->cred;

	return cred->user_ns;
}

static int nr_of(const struct pid *pid, const struct pid_ns *ns)
{
	return pid ? pid_in(pid, ns) : 0;
}

static int ppid_of(const struct task *t, const struct pid_ns *ns)
{
	return t->parent ? nr_of(t->parent->pid, ns) : 0;
}

static void show_ids(const struct user_ns *ns, const struct task *t, struct text *out)
{
	const struct cred *c = t->cred;

	text_addf(out, "Uid:\t%u\t%u\t%u\t%u\n", uid_shown(ns, c->uid), uid_shown(ns, c->euid),
		  uid_shown(ns, c->suid), uid_shown(ns, c->fsuid));
	text_addf(out, "Gid:\t%u\t%u\t%u\t%u\n", gid_shown(ns, c->gid), gid_shown(ns, c->egid),
		  gid_shown(ns, c->sgid), gid_shown(ns, c->fsgid));
	text_addf(out, "FDSize:\t%d\nGroups:\t", t->fds ? t->fds->size : 0);
	for (int i = 0; i < c->n_groups; i++)
		text_addf(out, "%s%u", i ? " " : "", gid_shown(ns, c->groups[i]));
	text_add(out, " \n");
}

/* One number for each namespace from the reader's proc down to the task's own. */
static void show_numbers(const char *name, const struct proc_what *what, const struct pid *pid,
			 struct text *out)
{
	const struct pid *own = what->task->pid;

	text_add(out, name);
	for (int i = what->sb->pid_ns->level; i <= own->level; i++)
		text_addf(out, "\t%d", nr_of(pid, own->numbers[i].ns));
	text_add(out, "\n");
}

static void show_signals(const struct task *t, struct text *out)
{
	text_addf(out, "SigPnd:\t%016x\nShdPnd:\t%016llx\nSigBlk:\t%016llx\n", 0,
		  (unsigned long long)t->pending, (unsigned long long)t->blocked);
	text_addf(out, "SigIgn:\t%016llx\nSigCgt:\t%016x\n",
		  (unsigned long long)signals_ignored(t), 0);
}

static void show_caps(const struct cred *c, struct text *out)
{
	text_addf(out, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\n",
		  (unsigned long long)c->inheritable, (unsigned long long)c->permitted,
		  (unsigned long long)c->effective);
	text_addf(out, "CapBnd:\t%016llx\nCapAmb:\t%016llx\n", (unsigned long long)c->bounding,
		  (unsigned long long)c->ambient);
}

/* proc_pid_status().  Simplified: nothing of memory, processors and speculation. */
int proc_show_status(struct fake *f, const struct proc_what *what, struct text *out)
{
	const struct task *t = what->task;
	const struct pid_ns *ns = what->sb->pid_ns;

	text_addf(out, "Name:\t%s\n", t->comm);
	if (t->root.dentry)
		text_addf(out, "Umask:\t%#04o\n", t->umask);
	text_addf(out, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		  state_of(f, t), nr_of(t->pid, ns), nr_of(t->pid, ns), ppid_of(t, ns));
	show_ids(ns_of_reader(f, what), t, out);
	show_numbers("NStgid:", what, t->pid, out);
	show_numbers("NSpid:", what, t->pid, out);
	show_numbers("NSpgid:", what, t->pgrp, out);
	show_numbers("NSsid:", what, t->session, out);
	text_add(out, "Threads:\t1\nSigQ:\t0/0\n");
	show_signals(t, out);
	show_caps(t->cred, out);
	text_addf(out, "NoNewPrivs:\t%d\nSeccomp:\t%d\nSeccomp_filters:\t%d\n", t->no_new_privs,
		  t->seccomp ? SECCOMP_MODE_FILTER : SECCOMP_MODE_DISABLED,
		  seccomp_count(t->seccomp));
	return 0;
}

/* do_task_stat().  Simplified: times, sizes and addresses are 0. */
int proc_show_stat(struct fake *f, const struct proc_what *what, struct text *out)
{
	const struct task *t = what->task;
	const struct pid_ns *ns = what->sb->pid_ns;
	const struct tty *tty = t->tty;
	int tty_nr = tty ? (136 << 8) | (tty->index & 0xff) | (tty->index & ~0xff) << 12 : 0;

	text_addf(out, "%d (%s) %c %d %d %d %d %d 0", nr_of(t->pid, ns), t->comm,
		  state_of(f, t)[0], ppid_of(t, ns), nr_of(t->pgrp, ns), nr_of(t->session, ns),
		  tty_nr, tty ? nr_of(tty->pgrp, ns) : -1);
	text_add(out, " 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0 18446744073709551615");
	text_addf(out, " 0 0 0 0 0 %llu %llu 0 0 0 0 0 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		  (unsigned long long)t->pending & 0x7fffffff,
		  (unsigned long long)t->blocked & 0x7fffffff, t->exit_signal);
	return 0;
}

/*
 * Each with its zero byte behind it.
 * Simplified: a task that has executed nothing shows none, not those of its parent.
 */
static void show_strings(char *const *strings, struct text *out)
{
	for (; *strings; strings++)
		text_add_bytes(out, *strings, strlen(*strings) + 1);
}

static const struct exec_start *start_of(const struct task *t)
{
	return t->has_execed && t->state != TASK_ZOMBIE ? t->memory : NULL;
}

int proc_show_cmdline(struct fake *f, const struct proc_what *what, struct text *out)
{
	const struct exec_start *start = start_of(what->task);

	(void)f;
	if (start)
		show_strings(start->argv, out);
	return 0;
}

int proc_show_environ(struct fake *f, const struct proc_what *what, struct text *out)
{
	const struct exec_start *start = start_of(what->task);

	(void)f;
	if (start)
		show_strings(start->envp, out);
	return 0;
}

/* environ_open() */
int proc_open_environ(struct fake *f, const struct proc_what *what)
{
	if (what->task == NULL)
		return refuse(f, RULE_PROC_ENVIRON_GONE);
	if (!ptrace_may_read(f, what->task))
		return refuse(f, RULE_PROC_ENVIRON_PERM);
	return 0;
}

int proc_show_comm(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	text_addf(out, "%s\n", what->task->comm);
	return 0;
}

/* comm_write(): what does not fit is cut. */
int proc_write_comm(struct fake *f, const struct proc_what *what, const char *text, size_t n)
{
	size_t taken = n < sizeof(what->task->comm) - 1 ? n : sizeof(what->task->comm) - 1;

	if (what->task != f->current)
		return refuse(f, RULE_PROC_COMM_OTHER);
	memset(what->task->comm, 0, sizeof(what->task->comm));
	memcpy(what->task->comm, text, taken);
	return (int)n;
}

/* proc_cgroup_show().  Simplified: one hierarchy, everybody in its root. */
int proc_show_cgroup(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	(void)what;
	text_add(out, "0::/\n");
	return 0;
}
