/* A layer in which calls do not exist. */
#include "core/kernel/absent.h"

#include <string.h>

/* After the manual pages' HISTORY. */
/* clang-format off */
const struct young young_rows[] = {
	{OP_renameat2, 3, 15, -ENOSYS},
	{OP_fcntl_ofd_setlk, 3, 15, -EINVAL},
	{OP_memfd_create, 3, 17, -ENOSYS},
	{OP_fcntl_add_seals, 3, 17, -EINVAL},
	{OP_fcntl_get_seals, 3, 17, -EINVAL},
	{OP_seccomp_set_mode_filter, 3, 17, -ENOSYS},
	{OP_execveat, 3, 19, -ENOSYS},
	{OP_prctl_cap_ambient_raise, 4, 3, -EINVAL},
	{OP_prctl_cap_ambient_lower, 4, 3, -EINVAL},
	{OP_prctl_cap_ambient_is_set, 4, 3, -EINVAL},
	{OP_prctl_cap_ambient_clear_all, 4, 3, -EINVAL},
	{OP_statx, 4, 11, -ENOSYS},
	{OP_ioctl_tiocgptpeer, 4, 13, -ENOTTY},
	{OP_seccomp_get_action_avail, 4, 14, -EINVAL},
	{OP_pidfd_send_signal, 5, 1, -ENOSYS},
	{OP_open_tree, 5, 2, -ENOSYS},
	{OP_move_mount, 5, 2, -ENOSYS},
	{OP_fsopen, 5, 2, -ENOSYS},
	{OP_fsconfig, 5, 2, -ENOSYS},
	{OP_fsmount, 5, 2, -ENOSYS},
	{OP_fspick, 5, 2, -ENOSYS},
	{OP_clone3, 5, 3, -ENOSYS},
	{OP_pidfd_open, 5, 3, -ENOSYS},
	{OP_openat2, 5, 6, -ENOSYS},
	{OP_faccessat2, 5, 8, -ENOSYS},
	{OP_close_range, 5, 9, -ENOSYS},
	{OP_mount_setattr, 5, 12, -ENOSYS},
};
/* clang-format on */
const int n_young_rows = sizeof(young_rows) / sizeof(*young_rows);

static int absent_call(struct layer *layer, const struct call *call)
{
	const struct absent *absent = (struct absent *)layer;

	if (!absent->rows[call->op])
		return layer_pass(layer, call);
	for (int i = 0; i < n_young_rows; i++)
		if (young_rows[i].op == call->op)
			return young_rows[i].answer;
	return -ENOSYS;
}

void absent_init(struct absent *absent, struct kernel *lower)
{
	*absent = (struct absent){0};
	layer_init(&absent->layer, lower, absent_call);
}

/* A number of at most three digits; -1 when there is none. */
static int number(const char **at)
{
	int n = -1;

	for (int i = 0; i < 3 && **at >= '0' && **at <= '9'; i++, ++*at)
		n = (n < 0 ? 0 : n) * 10 + **at - '0';
	return n;
}

static int version_add(struct absent *absent, const char *at)
{
	int major = number(&at);
	int minor = *at == '.' ? (at++, number(&at)) : -1;

	if (major < 0 || minor < 0 || *at || major < 3 || (major == 3 && minor < 10))
		return -ENOENT;
	for (int i = 0; i < n_young_rows; i++) {
		const struct young *young = &young_rows[i];

		if (young->major > major || (young->major == major && young->minor > minor))
			absent->rows[young->op] = true;
	}
	return 0;
}

int absent_add(struct absent *absent, const char *name)
{
	int op = sysop_find(name);

	if (strncmp(name, "linux-", 6) == 0)
		return version_add(absent, name + 6);
	if (op < 0)
		return op;
	absent->rows[op] = true;
	return 0;
}
