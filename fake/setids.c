/* A task's ids, asked and changed: setresuid, setresgid, setgroups and their kin. */
#include "fake/cred.h"
#include "fake/rlimit.h"

#include <linux/securebits.h>
#include <stdlib.h>

#define NGROUPS_LIMIT 65536u /* NGROUPS_MAX of the kernel */

static const struct cred *current_cred(struct fake *f)
{
	return f->current->cred;
}

int do_getuid(struct fake *f)
{
	return (int)uid_shown(current_cred(f)->user_ns, current_cred(f)->uid);
}

int do_geteuid(struct fake *f)
{
	return (int)uid_shown(current_cred(f)->user_ns, current_cred(f)->euid);
}

int do_getgid(struct fake *f)
{
	return (int)gid_shown(current_cred(f)->user_ns, current_cred(f)->gid);
}

int do_getegid(struct fake *f)
{
	return (int)gid_shown(current_cred(f)->user_ns, current_cred(f)->egid);
}

int do_getresuid(struct fake *f, uid_t *ruid, uid_t *euid, uid_t *suid)
{
	const struct cred *cred = current_cred(f);

	if (memory_is_bad(ruid) || memory_is_bad(euid) || memory_is_bad(suid))
		return refuse_fault(f);
	*ruid = uid_shown(cred->user_ns, cred->uid);
	*euid = uid_shown(cred->user_ns, cred->euid);
	*suid = uid_shown(cred->user_ns, cred->suid);
	return 0;
}

int do_getresgid(struct fake *f, gid_t *rgid, gid_t *egid, gid_t *sgid)
{
	const struct cred *cred = current_cred(f);

	if (memory_is_bad(rgid) || memory_is_bad(egid) || memory_is_bad(sgid))
		return refuse_fault(f);
	*rgid = gid_shown(cred->user_ns, cred->gid);
	*egid = gid_shown(cred->user_ns, cred->egid);
	*sgid = gid_shown(cred->user_ns, cred->sgid);
	return 0;
}

/* Three ids that a task has or asks for, as the initial user namespace has them. */
struct id_triple {
	uint32_t real, effective, saved;
};

static bool triple_has(const struct id_triple *have, uint32_t id)
{
	return id == have->real || id == have->effective || id == have->saved;
}

/* May be taken without a capability: -1 (stays) and what is one of the three already. */
static bool triple_is_free(const struct id_triple *have, const struct id_triple *want)
{
	return (want->real == UINT32_MAX || triple_has(have, want->real)) &&
	       (want->effective == UINT32_MAX || triple_has(have, want->effective)) &&
	       (want->saved == UINT32_MAX || triple_has(have, want->saved));
}

static bool triple_is_unchanged(const struct id_triple *have, const struct id_triple *want,
				uint32_t fs)
{
	return (want->real == UINT32_MAX || want->real == have->real) &&
	       (want->effective == UINT32_MAX ||
		(want->effective == have->effective && want->effective == fs)) &&
	       (want->saved == UINT32_MAX || want->saved == have->saved);
}

static void id_take(uint32_t *have, uint32_t want)
{
	if (want != UINT32_MAX)
		*have = want;
}

static bool has_root(const struct cred *cred, uid_t root)
{
	return cred->uid == root || cred->euid == root || cred->suid == root;
}

/* cap_emulate_setxuid(): root's capabilities come and go with the uid 0. */
static void caps_follow_uids(struct cred *cred, const struct cred *old)
{
	uid_t root = uid_outside(old->user_ns, 0);

	if (old->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (has_root(old, root) && !has_root(cred, root)) {
		if (!(old->securebits & SECBIT_KEEP_CAPS))
			cred->permitted = cred->effective = 0;
		cred->ambient = 0;
	}
	if (old->euid == root && cred->euid != root)
		cred->effective = 0;
	if (old->euid != root && cred->euid == root)
		cred->effective = cred->permitted;
}

/* __sys_setresuid(): the filesystem's id follows the effective one, always. */
int do_setresuid(struct fake *f, uid_t ruid, uid_t euid, uid_t suid)
{
	const struct cred *old = current_cred(f);
	struct id_triple have = {old->uid, old->euid, old->suid};
	struct id_triple want = {uid_outside(old->user_ns, ruid),
				 uid_outside(old->user_ns, euid),
				 uid_outside(old->user_ns, suid)};
	struct cred *cred;

	if ((ruid != (uid_t)-1 && want.real == UINT32_MAX) ||
	    (euid != (uid_t)-1 && want.effective == UINT32_MAX) ||
	    (suid != (uid_t)-1 && want.saved == UINT32_MAX))
		return refuse(f, RULE_SETRESUID_UNMAPPED);
	if (triple_is_unchanged(&have, &want, old->fsuid))
		return 0;
	if (!triple_is_free(&have, &want) && !ns_capable(f, old->user_ns, CAP_SETUID))
		return refuse(f, RULE_SETRESUID_PERM);
	cred = cred_copy(f, old);
	id_take(&cred->uid, want.real);
	id_take(&cred->euid, want.effective);
	id_take(&cred->suid, want.saved);
	cred->fsuid = cred->euid;
	caps_follow_uids(cred, old);
	nproc_note(f, cred);
	cred_commit(f, cred);
	return 0;
}

int do_setresgid(struct fake *f, gid_t rgid, gid_t egid, gid_t sgid)
{
	const struct cred *old = current_cred(f);
	struct id_triple have = {old->gid, old->egid, old->sgid};
	struct id_triple want = {gid_outside(old->user_ns, rgid),
				 gid_outside(old->user_ns, egid),
				 gid_outside(old->user_ns, sgid)};
	struct cred *cred;

	if ((rgid != (gid_t)-1 && want.real == UINT32_MAX) ||
	    (egid != (gid_t)-1 && want.effective == UINT32_MAX) ||
	    (sgid != (gid_t)-1 && want.saved == UINT32_MAX))
		return refuse(f, RULE_SETRESGID_UNMAPPED);
	if (triple_is_unchanged(&have, &want, old->fsgid))
		return 0;
	if (!triple_is_free(&have, &want) && !ns_capable(f, old->user_ns, CAP_SETGID))
		return refuse(f, RULE_SETRESGID_PERM);
	cred = cred_copy(f, old);
	id_take(&cred->gid, want.real);
	id_take(&cred->egid, want.effective);
	id_take(&cred->sgid, want.saved);
	cred->fsgid = cred->egid;
	cred_commit(f, cred);
	return 0;
}

int do_getgroups(struct fake *f, int size, gid_t *list)
{
	const struct cred *cred = current_cred(f);

	if (size < 0)
		return refuse(f, RULE_GETGROUPS_NEGATIVE);
	if (size == 0)
		return cred->n_groups;
	if (size < cred->n_groups)
		return refuse(f, RULE_GETGROUPS_ROOM);
	if (cred->n_groups > 0 && memory_is_bad(list))
		return refuse_fault(f);
	for (int i = 0; i < cred->n_groups; i++)
		list[i] = gid_shown(cred->user_ns, cred->groups[i]);
	return cred->n_groups;
}

static int gid_compare(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}

/* setgroups(2) of kernel/groups.c; groups are kept in ascending order. */
int do_setgroups(struct fake *f, size_t size, const gid_t *list)
{
	const struct cred *old = current_cred(f);
	unsigned int n = (unsigned int)size;
	struct cred *cred;

	if (!ns_capable(f, old->user_ns, CAP_SETGID))
		return refuse(f, RULE_SETGROUPS_PERM);
	if (old->user_ns->gid_map.n == 0 || old->user_ns->denies_setgroups)
		return refuse(f, RULE_SETGROUPS_DENIED);
	if (n > NGROUPS_LIMIT)
		return refuse(f, RULE_SETGROUPS_TOO_MANY);
	if (n > 0 && memory_is_bad(list))
		return refuse_fault(f);
	for (unsigned int i = 0; i < n; i++)
		if (gid_outside(old->user_ns, list[i]) == (gid_t)-1)
			return refuse(f, RULE_SETGROUPS_UNMAPPED);
	cred = cred_copy(f, old);
	cred_set_groups(f, cred, list, (int)n);
	for (int i = 0; i < cred->n_groups; i++)
		cred->groups[i] = gid_outside(old->user_ns, cred->groups[i]);
	if (n > 1)
		qsort(cred->groups, n, sizeof(gid_t), gid_compare);
	cred_commit(f, cred);
	return 0;
}
