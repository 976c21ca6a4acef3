/* Capabilities by prctl(2): bounding and ambient sets, securebits.  security/commoncap.c. */
#include "fake/cred.h"
#include "fake/task.h"

#include <linux/securebits.h>

/* Since Linux 6.14: what script interpreters keep themselves to. */
#define SECBITS_OF_EXEC 0x0500u
#define SECBITS_OF_EXEC_AND_LOCKS 0x0f00u

static bool cap_is_valid(int cap)
{
	return cap >= 0 && cap <= CAP_LAST_CAP;
}

static bool has_cap(uint64_t set, int cap)
{
	return set >> cap & 1;
}

int do_prctl_capbset_read(struct fake *f, int cap)
{
	if (!cap_is_valid(cap))
		return refuse(f, RULE_CAPBSET_READ_CAP);
	return has_cap(f->current->cred->bounding, cap);
}

/* cap_prctl_drop() */
int do_prctl_capbset_drop(struct fake *f, int cap)
{
	struct cred *cred;

	if (!ns_capable(f, f->current->cred->user_ns, CAP_SETPCAP))
		return refuse(f, RULE_CAPBSET_DROP_PERM);
	if (!cap_is_valid(cap))
		return refuse(f, RULE_CAPBSET_DROP_CAP);
	cred = cred_copy(f, f->current->cred);
	cred->bounding &= ~(1ULL << cap);
	cred_commit(f, cred);
	return 0;
}

int do_prctl_cap_ambient_is_set(struct fake *f, int cap)
{
	if (!cap_is_valid(cap))
		return refuse(f, RULE_AMBIENT_CAP);
	return has_cap(f->current->cred->ambient, cap);
}

int do_prctl_cap_ambient_raise(struct fake *f, int cap)
{
	const struct cred *old = f->current->cred;
	struct cred *cred;

	if (!cap_is_valid(cap))
		return refuse(f, RULE_AMBIENT_CAP);
	if (!has_cap(old->permitted & old->inheritable, cap))
		return refuse(f, RULE_AMBIENT_MISSING);
	if (old->securebits & SECBIT_NO_CAP_AMBIENT_RAISE)
		return refuse(f, RULE_AMBIENT_SECUREBITS);
	cred = cred_copy(f, old);
	cred->ambient |= 1ULL << cap;
	cred_commit(f, cred);
	return 0;
}

int do_prctl_cap_ambient_lower(struct fake *f, int cap)
{
	struct cred *cred;

	if (!cap_is_valid(cap))
		return refuse(f, RULE_AMBIENT_CAP);
	cred = cred_copy(f, f->current->cred);
	cred->ambient &= ~(1ULL << cap);
	cred_commit(f, cred);
	return 0;
}

int do_prctl_cap_ambient_clear_all(struct fake *f)
{
	struct cred *cred = cred_copy(f, f->current->cred);

	cred->ambient = 0;
	cred_commit(f, cred);
	return 0;
}

static int securebits_put(struct fake *f, unsigned int bits)
{
	struct cred *cred = cred_copy(f, f->current->cred);

	cred->securebits = bits;
	cred_commit(f, cred);
	return 0;
}

int do_prctl_set_keepcaps(struct fake *f, int on)
{
	unsigned int old = f->current->cred->securebits;

	if (on != 0 && on != 1)
		return refuse(f, RULE_KEEPCAPS_VALUE);
	if (old & SECBIT_KEEP_CAPS_LOCKED)
		return refuse(f, RULE_KEEPCAPS_LOCKED);
	return securebits_put(f, on ? old | SECBIT_KEEP_CAPS
				    : old & ~(unsigned int)SECBIT_KEEP_CAPS);
}

int do_prctl_get_keepcaps(struct fake *f)
{
	return (f->current->cred->securebits & SECBIT_KEEP_CAPS) != 0;
}

/* May who has not CAP_SETPCAP make this change? */
static bool securebits_are_free(struct fake *f, unsigned int changed)
{
	return f->profile.securebits_of_exec && changed &&
	       !(changed & ~SECBITS_OF_EXEC_AND_LOCKS);
}

/* cap_task_prctl(): a lock is the bit above the one that it locks. */
int do_prctl_set_securebits(struct fake *f, unsigned int bits)
{
	unsigned int known = SECURE_ALL_BITS | SECURE_ALL_LOCKS;
	unsigned int locks = SECURE_ALL_LOCKS;
	unsigned int old = f->current->cred->securebits;

	if (f->profile.securebits_of_exec) {
		known |= SECBITS_OF_EXEC_AND_LOCKS;
		locks |= SECBITS_OF_EXEC << 1;
	}
	if ((old & locks) >> 1 & (old ^ bits))
		return refuse(f, RULE_SECUREBITS_LOCKED);
	if (old & locks & ~bits)
		return refuse(f, RULE_SECUREBITS_UNLOCK);
	if (bits & ~known)
		return refuse(f, RULE_SECUREBITS_UNKNOWN);
	if (!ns_capable(f, f->current->cred->user_ns, CAP_SETPCAP) &&
	    !securebits_are_free(f, old ^ bits))
		return refuse(f, RULE_SECUREBITS_PERM);
	return securebits_put(f, bits);
}

int do_prctl_get_securebits(struct fake *f)
{
	return (int)f->current->cred->securebits;
}
