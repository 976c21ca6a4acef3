/* What a task says of itself: prctl(2), apart from capabilities. */
#include "fake/tasks.h"

#include <string.h>

int do_prctl_set_pdeathsig(struct fake *f, int sig)
{
	if (sig < 0 || sig > 64)
		return refuse(f, RULE_PDEATHSIG);
	f->current->pdeathsig = sig;
	return 0;
}

int do_prctl_get_pdeathsig(struct fake *f, int *sig)
{
	if (memory_is_bad(sig))
		return refuse_fault(f);
	*sig = f->current->pdeathsig;
	return 0;
}

int do_prctl_set_child_subreaper(struct fake *f, int on)
{
	f->current->is_subreaper = on != 0;
	return 0;
}

/* SUID_DUMP_ROOT is for the kernel to set, by fs.suid_dumpable. */
int do_prctl_set_dumpable(struct fake *f, int dumpable)
{
	if (dumpable != 0 && dumpable != 1)
		return refuse(f, RULE_DUMPABLE);
	f->current->is_dumpable = dumpable == 1;
	return 0;
}

int do_prctl_get_dumpable(struct fake *f)
{
	return f->current->is_dumpable;
}

int do_prctl_set_name(struct fake *f, const char *name)
{
	struct task *t = f->current;

	if (memory_is_bad(name))
		return refuse_fault(f);
	memset(t->comm, 0, sizeof(t->comm));
	memcpy(t->comm, name, strnlen(name, sizeof(t->comm) - 1));
	return 0;
}

int do_prctl_set_no_new_privs(struct fake *f, int on)
{
	if (on != 1)
		return refuse(f, RULE_NO_NEW_PRIVS);
	f->current->no_new_privs = true;
	return 0;
}

int do_prctl_get_no_new_privs(struct fake *f)
{
	return f->current->no_new_privs;
}
