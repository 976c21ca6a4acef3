/* What cannot change under us: own ids and capabilities. */
#include "core/plan/facts.h"

int facts_ask(struct kernel *k, struct facts *facts)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	int r;

	r = sys_capget(k, &header, data);
	if (r < 0)
		return r;
	facts->root = sys_geteuid(k) == 0;
	facts->may_admin =
		data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
	return 0;
}
