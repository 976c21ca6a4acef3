/* Names of the system: uname(2), sethostname(2). */
#include "fake/task.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#if defined(__aarch64__)
#define MACHINE "aarch64"
#else
#define MACHINE "x86_64"
#endif

int do_uname(struct fake *f, struct utsname *out)
{
	const struct uts_ns *uts = f->current->ns.uts;

	if (memory_is_bad(out))
		return refuse_fault(f);
	memset(out, 0, sizeof(*out));
	snprintf(out->sysname, sizeof(out->sysname), "Linux");
	snprintf(out->nodename, sizeof(out->nodename), "%s", uts->hostname);
	snprintf(out->release, sizeof(out->release), "%s", f->profile.release);
	snprintf(out->version, sizeof(out->version), "#1 SMP fake");
	snprintf(out->machine, sizeof(out->machine), MACHINE);
	snprintf(out->domainname, sizeof(out->domainname), "%s", uts->domainname);
	return 0;
}

int do_sethostname(struct fake *f, const void *name, size_t len)
{
	struct uts_ns *uts = f->current->ns.uts;

	if (!ns_capable(f, uts->ns.owner, CAP_SYS_ADMIN))
		return refuse(f, RULE_HOSTNAME_ADMIN);
	/* An int to the kernel: what is longer is negative or as long. */
	if ((int)len < 0 || (int)len > 64)
		return refuse(f, RULE_HOSTNAME_LENGTH);
	if ((int)len && memory_is_bad(name))
		return refuse_fault(f);
	memset(uts->hostname, 0, sizeof(uts->hostname));
	memcpy(uts->hostname, name, (size_t)(int)len);
	return 0;
}
