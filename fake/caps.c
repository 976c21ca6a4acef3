/* Capabilities: capget, capset, and what exec makes of a task's credentials. */
#include "fake/cred.h"
#include "fake/inode.h"
#include "fake/task.h"

#include <linux/securebits.h>

/* A task's three sets as capget(2) and capset(2) carry them, put together. */
struct cap_sets {
	uint64_t effective, permitted, inheritable;
};

/*
 * cap_validate_magic(): the words of 32 bits that each set takes in this version; for an
 * unknown one the header says which is understood.
 */
static int header_words(struct fake *f, struct __user_cap_header_struct *header)
{
	if (memory_is_bad(header))
		return refuse_fault(f);
	if (header->version == _LINUX_CAPABILITY_VERSION_1)
		return _LINUX_CAPABILITY_U32S_1;
	if (header->version == _LINUX_CAPABILITY_VERSION_2 ||
	    header->version == _LINUX_CAPABILITY_VERSION_3)
		return _LINUX_CAPABILITY_U32S_3;
	header->version = _LINUX_CAPABILITY_VERSION_3;
	return refuse(f, RULE_CAP_VERSION);
}

static bool is_current(struct fake *f, int pid)
{
	const struct pid *own = f->current->pid;

	return pid == 0 || pid == own->numbers[own->level].nr;
}

int do_capget(struct fake *f, struct __user_cap_header_struct *header,
	      struct __user_cap_data_struct *data)
{
	int words = header_words(f, header);
	const struct task *t;
	const struct cred *cred;

	/* Without data the call asks for the version alone. */
	if (data == NULL && (words >= 0 || words == -EINVAL))
		return 0;
	if (words < 0)
		return words;
	if (header->pid < 0)
		return refuse(f, RULE_CAPGET_NEGATIVE);
	t = is_current(f, header->pid) ? f->current : task_find(f, header->pid);
	if (t == NULL)
		return refuse(f, RULE_CAPGET_NO_TASK);
	if (memory_is_bad(data))
		return refuse_fault(f);
	cred = t->cred;
	for (int i = 0; i < words; i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(cred->effective >> 32 * i),
			.permitted = (uint32_t)(cred->permitted >> 32 * i),
			.inheritable = (uint32_t)(cred->inheritable >> 32 * i),
		};
	return 0;
}

static struct cap_sets sets_of(const struct __user_cap_data_struct *data, int words)
{
	struct cap_sets sets = {0};

	for (int i = 0; i < words; i++) {
		sets.effective |= (uint64_t)data[i].effective << 32 * i;
		sets.permitted |= (uint64_t)data[i].permitted << 32 * i;
		sets.inheritable |= (uint64_t)data[i].inheritable << 32 * i;
	}
	sets.effective &= CAPS_ALL;
	sets.permitted &= CAPS_ALL;
	sets.inheritable &= CAPS_ALL;
	return sets;
}

/* cap_capset() of security/commoncap.c. */
static int sets_permission(struct fake *f, const struct cap_sets *sets)
{
	const struct cred *old = f->current->cred;

	if (!ns_capable(f, old->user_ns, CAP_SETPCAP) &&
	    (sets->inheritable & ~(old->inheritable | old->permitted)))
		return refuse(f, RULE_CAPSET_INHERITABLE);
	if (sets->inheritable & ~(old->inheritable | old->bounding))
		return refuse(f, RULE_CAPSET_BOUNDING);
	if (sets->permitted & ~old->permitted)
		return refuse(f, RULE_CAPSET_PERMITTED);
	if (sets->effective & ~sets->permitted)
		return refuse(f, RULE_CAPSET_EFFECTIVE);
	return 0;
}

int do_capset(struct fake *f, struct __user_cap_header_struct *header,
	      const struct __user_cap_data_struct *data)
{
	int r = header_words(f, header);
	struct cap_sets sets;
	struct cred *cred;

	if (r < 0)
		return r;
	if (!is_current(f, header->pid))
		return refuse(f, RULE_CAPSET_OTHER);
	if (memory_is_bad(data))
		return refuse_fault(f);
	sets = sets_of(data, r);
	r = sets_permission(f, &sets);
	if (r < 0)
		return r;
	cred = cred_copy(f, f->current->cred);
	cred->effective = sets.effective;
	cred->permitted = sets.permitted;
	cred->inheritable = sets.inheritable;
	cred->ambient &= sets.permitted & sets.inheritable;
	cred_commit(f, cred);
	return 0;
}

/* bprm_fill_uid(): ids that are not mapped here are as if the bits were not set. */
static void take_file_ids(struct cred *cred, const struct inode *inode)
{
	const mode_t setgid = S_ISGID | S_IXGRP;

	if (uid_inside(cred->user_ns, inode->uid) == (uid_t)-1 ||
	    gid_inside(cred->user_ns, inode->gid) == (gid_t)-1)
		return;
	if (inode->mode & S_ISUID)
		cred->euid = inode->uid;
	if ((inode->mode & setgid) == setgid)
		cred->egid = inode->gid;
}

/* Under no_new_privs nobody gets more than it had. */
static void give_back_gains(struct cred *cred, const struct cred *old)
{
	cred->euid = cred->uid;
	cred->egid = cred->gid;
	cred->permitted &= old->permitted;
}

/*
 * cap_bprm_creds_from_file() of security/commoncap.c.
 * Simplified: files have no capabilities, and nobody is traced or shares its directories.
 */
struct cred *cred_for_exec(struct fake *f, const struct inode *inode, bool may_gain)
{
	const struct cred *old = f->current->cred;
	struct cred *cred = cred_copy(f, old);
	uid_t root = uid_outside(old->user_ns, 0);
	bool is_root_privileged = !(old->securebits & SECBIT_NOROOT);
	bool is_effective, is_setid;

	if (inode && may_gain && !f->current->no_new_privs)
		take_file_ids(cred, inode);
	cred->permitted = 0;
	if (is_root_privileged && (cred->euid == root || cred->uid == root))
		cred->permitted = old->bounding | old->inheritable;
	is_effective = is_root_privileged && cred->euid == root;
	is_setid = cred->euid != old->uid || cred->egid != old->gid;
	if ((is_setid || (cred->permitted & ~old->permitted)) && f->current->no_new_privs)
		give_back_gains(cred, old);
	cred->suid = cred->fsuid = cred->euid;
	cred->sgid = cred->fsgid = cred->egid;
	if (is_setid)
		cred->ambient = 0;
	cred->permitted |= cred->ambient;
	cred->effective = is_effective ? cred->permitted : cred->ambient;
	cred->securebits &= ~(unsigned int)SECBIT_KEEP_CAPS;
	return cred;
}
