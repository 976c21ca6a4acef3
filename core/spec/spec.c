/* From options to a spec: each finds its place there. */
#include <errno.h>
#include <string.h>

#include "core/spec/said.h"

/* What one word of the arguments may take: its option, an op, and the steps of that. */
#define WORD_MEMORY 1024

/* What must be had is not made less by what may be. */
static void unshare_set(enum unshare *kind, enum unshare how)
{
	if (*kind != UNSHARE_YES)
		*kind = how;
}

static void unshare_all(struct spec *spec)
{
	unshare_set(&spec->user, UNSHARE_TRY);
	unshare_set(&spec->ipc, UNSHARE_YES);
	unshare_set(&spec->pid, UNSHARE_YES);
	unshare_set(&spec->net, UNSHARE_YES);
	unshare_set(&spec->uts, UNSHARE_YES);
	unshare_set(&spec->cgroup, UNSHARE_TRY);
}

static void namespace_set(struct spec *spec, const struct said *said)
{
	switch (said->option) {
	case OPTION_UNSHARE_USER:
		unshare_set(&spec->user, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_USER_TRY:
		unshare_set(&spec->user, UNSHARE_TRY);
		break;
	case OPTION_UNSHARE_IPC:
		unshare_set(&spec->ipc, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_PID:
		unshare_set(&spec->pid, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_NET:
		unshare_set(&spec->net, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_UTS:
		unshare_set(&spec->uts, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_CGROUP:
		unshare_set(&spec->cgroup, UNSHARE_YES);
		break;
	case OPTION_UNSHARE_CGROUP_TRY:
		unshare_set(&spec->cgroup, UNSHARE_TRY);
		break;
	case OPTION_UNSHARE_ALL:
		unshare_all(spec);
		break;
	case OPTION_SHARE_NET:
		spec->net = UNSHARE_NO;
		break;
	default:
		break;
	}
}

static void flag_set(struct spec *spec, const struct said *said)
{
	switch (said->option) {
	case OPTION_READONLY:
		spec->readonly = true;
		break;
	case OPTION_CONSOLE:
		spec->terminal = true;
		break;
	case OPTION_NEW_SESSION:
		spec->new_session = true;
		break;
	case OPTION_DIE_WITH_PARENT:
		spec->die_with_parent = true;
		break;
	case OPTION_AS_PID_1:
		spec->as_pid_1 = true;
		break;
	case OPTION_AS_ROOT:
		spec->as_root = true;
		break;
	case OPTION_CALLS:
		spec->calls = true;
		break;
	case OPTION_JSON:
		spec->json = true;
		break;
	case OPTION_SHOW_VALUES:
		spec->show_values = true;
		break;
	default:
		break;
	}
}

static void word_set(struct spec *spec, const struct said *said)
{
	const char *word = said->values[0].word;

	switch (said->option) {
	case OPTION_ROOTFS:
		spec->rootfs = word;
		break;
	case OPTION_CONSOLE_PTY:
		spec->console = word;
		break;
	case OPTION_HOSTNAME:
		spec->hostname = word;
		break;
	case OPTION_CHDIR:
		spec->chdir = word;
		break;
	case OPTION_ARGV0:
		spec->argv0 = word;
		break;
	case OPTION_TRACE:
		spec->trace = true;
		spec->traced = word;
		break;
	default:
		break;
	}
}

/* In their order: the later one of two that disagree counts. */
static void who_set(struct spec *spec, const struct said *said)
{
	uint64_t number = said->values[0].number;

	switch (said->option) {
	case OPTION_JOIN:
		spec->join = (pid_t)number;
		break;
	case OPTION_UID:
		spec->uid = (uid_t)number;
		break;
	case OPTION_GID:
		spec->gid = (gid_t)number;
		break;
	case OPTION_CAP_ADD:
		spec->cap_add |= number;
		spec->cap_drop &= ~number;
		break;
	case OPTION_CAP_DROP:
		spec->cap_drop |= number;
		spec->cap_add &= ~number;
		break;
	default:
		break;
	}
}

static void descriptor_set(struct spec *spec, const struct said *said)
{
	int fd = (int)said->values[0].number;

	switch (said->option) {
	case OPTION_USERNS:
		spec->userns = fd;
		break;
	case OPTION_SYNC_FD:
		spec->sync_fd = fd;
		break;
	case OPTION_BLOCK_FD:
		spec->block_fd = fd;
		break;
	case OPTION_USERNS_BLOCK_FD:
		spec->userns_block_fd = fd;
		break;
	case OPTION_INFO_FD:
		spec->info_fd = fd;
		break;
	case OPTION_JSON_STATUS_FD:
		spec->json_status_fd = fd;
		break;
	default:
		break;
	}
}

/* The filters: the last --seccomp alone, or all --add-seccomp-fd. */
static int spec_seccomp(struct spec *spec, const struct said *first, struct arena *arena,
			struct text *why)
{
	size_t n_one = said_count(first, OPTION_SECCOMP);
	size_t n_more = said_count(first, OPTION_ADD_SECCOMP_FD), n = 0;
	int *fds;

	if (n_one + n_more == 0)
		return 0;
	if (n_one && n_more)
		return said_refuse(
			why, "--seccomp", NULL,
			" does not go with --add-seccomp-fd: say the latter for all");
	fds = arena_alloc(arena, (n_one + n_more) * sizeof(*fds));
	if (!fds)
		return said_no_memory(why);
	for (; first; first = first->next)
		if (first->option == OPTION_SECCOMP)
			fds[0] = (int)first->values[0].number;
		else if (first->option == OPTION_ADD_SECCOMP_FD)
			fds[n++] = (int)first->values[0].number;
	spec->seccomp_fds = fds;
	spec->n_seccomp_fds = n_one ? 1 : n;
	return 0;
}

static int spec_locks(struct spec *spec, const struct said *first, struct arena *arena,
		      struct text *why)
{
	size_t n = said_count(first, OPTION_LOCK_FILE);
	const char **files;

	if (n == 0)
		return 0;
	files = arena_alloc(arena, n * sizeof(*files));
	if (!files)
		return said_no_memory(why);
	for (; first; first = first->next)
		if (first->option == OPTION_LOCK_FILE)
			files[spec->n_lock_files++] = first->values[0].word;
	spec->lock_files = files;
	return 0;
}

/* With --classic a few options go, and without it all but those that are its own. */
static int modes_check(const struct spec *spec, const struct said *first, struct text *why)
{
	unsigned int mode = spec->classic ? OPTION_CLASSICAL : OPTION_MODERN;

	for (; first; first = first->next) {
		const struct option_row *row = &option_rows[first->option];

		if (first->option == OPTION_CONSOLE && spec->classic)
			return said_refuse(why, row->name, NULL,
					   " takes a PTY with --classic, which goes before it");
		if (first->option == OPTION_CONSOLE_PTY && !spec->classic)
			return said_refuse(why, row->name, NULL,
					   " takes no value without --classic");
		if (row->goes & mode)
			continue;
		return said_refuse(why, row->name, NULL,
				   spec->classic ? " does not go with --classic"
						 : " needs --classic");
	}
	return 0;
}

static int spec_fill(struct spec *spec, const struct said *first, struct arena *arena,
		     struct text *why)
{
	int error;

	for (const struct said *said = first; said; said = said->next) {
		namespace_set(spec, said);
		flag_set(spec, said);
		word_set(spec, said);
		who_set(spec, said);
		descriptor_set(spec, said);
	}
	/* An image is a host of its own. */
	if (spec->rootfs && !spec->classic)
		spec->ipc = spec->pid = spec->uts = UNSHARE_YES;
	error = modes_check(spec, first, why);
	if (error == 0)
		error = spec_tree(spec, first, arena, why);
	if (error == 0)
		error = spec_environment(spec, first, arena, why);
	if (error == 0)
		error = spec_seccomp(spec, first, arena, why);
	if (error == 0)
		error = spec_locks(spec, first, arena, why);
	return error;
}

int spec_from_arguments(struct spec *spec, const struct arguments *from, struct text *why)
{
	const struct said *first;
	int error;

	*spec = (struct spec){
		.envp = from->envp,
		.userns = -EBADF,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.sync_fd = -EBADF,
		.block_fd = -EBADF,
		.userns_block_fd = -EBADF,
		.info_fd = -EBADF,
		.json_status_fd = -EBADF,
	};
	error = said_read(&first, spec, from, why);
	if (error < 0 || spec->help || spec->version)
		return error;
	return spec_fill(spec, first, from->arena, why);
}

size_t spec_memory(char *const *argv, char *const *envp)
{
	size_t size = WORD_MEMORY;
	bool more = false;

	for (; *envp; envp++)
		size += sizeof(*envp);
	for (; *argv; argv++) {
		size += WORD_MEMORY + 2 * strlen(*argv);
		more |= strncmp(*argv, "--args", 6) == 0;
	}
	/* Doubled as it grows: once more for the bytes, and once for copies of them. */
	if (more)
		size += ARGS_WORDS_MAX * WORD_MEMORY + 4 * ARGS_BYTES_MAX;
	return size;
}
