/* Our own executable, which those inside could come to see. */
#include "core/cli/exe.h"

/* ST_RDONLY of statvfs(3), which statfs(2) answers too. */
#define FS_READONLY 1

/*
 * The mount is in no namespace, so nobody can make it writable again, and it goes with the
 * last task that runs from it.  Nothing is copied.
 */
static int exe_again(const struct cli *cli, int exe)
{
	const struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
	int mount, r;

	mount = sys_open_tree(cli->k, exe, "",
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (mount < 0)
		return mount;
	r = sys_mount_setattr(cli->k, mount, "", AT_EMPTY_PATH, &attr, sizeof(attr));
	if (r == 0)
		r = sys_execveat(cli->k, mount, "", cli->argv, cli->envp, AT_EMPTY_PATH);
	sys_close(cli->k, mount);
	return r;
}

/*
 * Whoever may look into a task of ours may write to its file by /proc/PID/exe, if it is
 * theirs: root's, of whichever user namespace.  It costs an execve(2), half a millisecond.
 */
int exe_protect(const struct cli *cli)
{
	struct statfs st;
	int exe, r;

	if (!cli->executable || sys_geteuid(cli->k) != 0)
		return 0;
	exe = sys_openat(cli->k, AT_FDCWD, cli->executable, O_PATH | O_CLOEXEC, 0);
	if (exe < 0)
		return exe;
	r = sys_fstatfs(cli->k, exe, &st);
	if (r == 0 && !(st.f_flags & FS_READONLY))
		r = exe_again(cli, exe);
	sys_close(cli->k, exe);
	/* What is executed by a descriptor is named after its number. */
	return r < 0 ? r : sys_prctl_set_name(cli->k, "sandtable");
}

void exe_tell(const struct cli *cli, struct own_file *own)
{
	struct statx st;

	if (!cli->executable ||
	    sys_statx(cli->k, AT_FDCWD, cli->executable, 0, STATX_INO | STATX_MNT_ID, &st) < 0)
		return;
	*own = (struct own_file){.inode = st.stx_ino,
				 .mount = st.stx_mnt_id,
				 .dev_major = st.stx_dev_major,
				 .dev_minor = st.stx_dev_minor};
}
