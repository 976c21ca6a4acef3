/* What a spec cannot mean: each refusal is one sentence. */
#include <string.h>

#include "core/spec/said.h"

static int refuse(struct text *why, const char *name, const char *sentence)
{
	return said_refuse(why, name, NULL, sentence);
}

static int check_command(const struct spec *spec, struct text *why)
{
	if (!spec->argv || !spec->argv[0])
		return refuse(why, "COMMAND", " is missing: add -- COMMAND");
	if (!spec->argv[0][0])
		return refuse(why, "COMMAND", " is empty");
	return 0;
}

static int check_classic(const struct spec *spec, struct text *why)
{
	if (!spec->rootfs && !spec->join)
		return refuse(why, "--rootfs DIR or --join PID", ": one of them must be said");
	if (spec->rootfs && spec->join)
		return refuse(why, "--join",
			      " takes its root from the task: leave --rootfs out");
	if (spec->join && spec->readonly)
		return refuse(why, "--readonly", " with --join is not there yet");
	if (spec->join && spec->console)
		return refuse(why, "--console", " with --join is not there yet");
	return 0;
}

static int check_namespaces(const struct spec *spec, bool root, struct text *why)
{
	bool entered = spec->userns >= 0;
	bool user = spec->user != UNSHARE_NO || entered || !root;

	if (entered && spec->user != UNSHARE_NO)
		return refuse(why, "--userns",
			      " enters a user namespace: leave out what makes one "
			      "(--unshare-user, --unshare-all)");
	if (spec->uid != (uid_t)-1 && !user)
		return refuse(why, "--uid", " needs --unshare-user or --userns");
	if (spec->gid != (gid_t)-1 && !user)
		return refuse(why, "--gid", " needs --unshare-user or --userns");
	if (spec->userns_block_fd >= 0 && (!user || entered))
		return refuse(why, "--userns-block-fd", " needs --unshare-user");
	if (spec->userns_block_fd >= 0 && spec->info_fd < 0)
		return refuse(why, "--userns-block-fd",
			      " needs --info-fd, which tells whose ids are to be mapped");
	if (spec->hostname && spec->uts == UNSHARE_NO)
		return refuse(why, "--hostname", " needs --unshare-uts");
	return 0;
}

static int check_life(const struct spec *spec, struct text *why)
{
	if (spec->readonly && !spec->rootfs)
		return refuse(why, "--readonly", " needs --rootfs; else say --remount-ro /");
	if (spec->as_pid_1 && spec->pid == UNSHARE_NO)
		return refuse(why, "--as-pid-1", " needs --unshare-pid");
	if (spec->as_pid_1 && spec->n_lock_files)
		return refuse(why, "--as-pid-1",
			      " does not go with --lock-file: nobody inside would hold it");
	return 0;
}

int spec_check(const struct spec *spec, bool root, struct text *why)
{
	int error;

	if (!spec->verb)
		return refuse(why, "box or plan", ": one of them must be said (see --help)");
	error = check_command(spec, why);
	if (error < 0)
		return error;
	if (spec->classic)
		return check_classic(spec, why);
	error = check_namespaces(spec, root, why);
	return error < 0 ? error : check_life(spec, why);
}
