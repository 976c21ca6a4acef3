/* Who started the program: ids, groups, capabilities, no_new_privs, the working directory. */
#include "sys/caller.h"

#include <stdlib.h>
#include <string.h>

#define N_CAPS (CAP_LAST_CAP + 1)

static struct __user_cap_header_struct itself(void)
{
	return (struct __user_cap_header_struct){.version = _LINUX_CAPABILITY_VERSION_3};
}

static int ask_groups(struct kernel *k, struct caller *caller)
{
	int n = sys_getgroups(k, 0, NULL);

	if (n <= 0)
		return n;
	caller->groups = calloc((size_t)n, sizeof(*caller->groups));
	if (!caller->groups)
		return -ENOMEM;
	caller->n_groups = sys_getgroups(k, n, caller->groups);
	return caller->n_groups < 0 ? caller->n_groups : 0;
}

static int ask_capabilities(struct kernel *k, struct caller *caller)
{
	struct __user_cap_header_struct header = itself();

	for (int cap = 0; cap < N_CAPS; cap++) {
		if (sys_prctl_capbset_read(k, cap) == 1)
			caller->bounding |= UINT64_C(1) << cap;
		if (sys_prctl_cap_ambient_is_set(k, cap) == 1)
			caller->ambient |= UINT64_C(1) << cap;
	}
	return sys_capget(k, &header, caller->caps);
}

int caller_ask(struct kernel *k, struct caller *caller, struct text *why)
{
	int r;

	*caller = (struct caller){.cwd = "/"};
	r = sys_getresuid(k, &caller->uid, &caller->euid, &caller->suid);
	if (r >= 0)
		r = sys_getresgid(k, &caller->gid, &caller->egid, &caller->sgid);
	if (r >= 0)
		r = ask_groups(k, caller);
	if (r >= 0)
		r = ask_capabilities(k, caller);
	if (r < 0) {
		text_addf(why, "the caller's ids cannot be read: %s", strerror(-r));
		return r;
	}
	/* What these change of the rules for root is not made again there. */
	if (sys_prctl_get_securebits(k) != 0) {
		text_add(why, "the caller's securebits are not rehearsed");
		return -ENOSYS;
	}
	caller->no_new_privs = sys_prctl_get_no_new_privs(k) == 1;
	/* What lies outside of the root begins with "(unreachable)" (getcwd(2)). */
	if (sys_getcwd(k, caller->cwd, sizeof(caller->cwd)) < 0 || caller->cwd[0] != '/')
		memcpy(caller->cwd, "/", 2);
	return 0;
}

void caller_free(struct caller *caller)
{
	free(caller->groups);
}

/* The bounding set first: taking from it needs CAP_SETPCAP, which goes with the ids. */
static int become_bounded(struct kernel *k, const struct caller *caller)
{
	int r = 0;

	for (int cap = 0; cap < N_CAPS && r >= 0; cap++)
		if (!(caller->bounding >> cap & 1))
			r = sys_prctl_capbset_drop(k, cap);
	return r;
}

static int become_able(struct kernel *k, const struct caller *caller)
{
	struct __user_cap_header_struct header = itself();
	int r = sys_capset(k, &header, caller->caps);

	for (int cap = 0; cap < N_CAPS && r >= 0; cap++)
		if (caller->ambient >> cap & 1)
			r = sys_prctl_cap_ambient_raise(k, cap);
	return r;
}

int caller_become(struct kernel *k, const struct caller *caller)
{
	int r = become_bounded(k, caller);

	if (r >= 0)
		r = sys_setgroups(k, (size_t)caller->n_groups, caller->groups);
	if (r >= 0)
		r = sys_setresgid(k, caller->gid, caller->egid, caller->sgid);
	if (r >= 0)
		r = sys_prctl_set_keepcaps(k, 1);
	if (r >= 0)
		r = sys_setresuid(k, caller->uid, caller->euid, caller->suid);
	if (r >= 0)
		r = sys_prctl_set_keepcaps(k, 0);
	if (r >= 0)
		r = become_able(k, caller);
	if (r >= 0 && caller->no_new_privs)
		r = sys_prctl_set_no_new_privs(k, 1);
	/* As after the exec that started the program: its /proc/self is its own (proc(5)). */
	return r < 0 ? r : sys_prctl_set_dumpable(k, 1);
}
