/* Invariants after each call and at exec. */
#include "tests/lib/invariants.h"

#include <stdio.h>
#include <string.h>

#include "core/run/talk.h"

#define MOUNTS_MAX 128
#define STATUS 96
#define CAP(cap) (UINT64_C(1) << CAP_##cap)

/* What root has in an image without having asked: written here once more, on purpose. */
static const uint64_t image_caps = CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) |
				   CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) | CAP(SETFCAP) |
				   CAP(SETPCAP) | CAP(NET_BIND_SERVICE) | CAP(SYS_CHROOT) |
				   CAP(KILL) | CAP(AUDIT_WRITE);

static void broken(struct invariants *inv, const char *what, const char *about)
{
	if (inv->broken[0])
		return;
	snprintf(inv->broken, sizeof(inv->broken), "%s (%s)", what, about);
	if (inv->fake)
		return;
	sys_write(inv->base, 2, "invariant ", 10);
	sys_write(inv->base, 2, inv->broken, strlen(inv->broken));
	sys_exit_group(inv->base, STATUS);
}

static bool is_given(const struct invariants *inv, const char *within)
{
	for (int i = 0; i < inv->n_given; i++) {
		size_t n = strlen(inv->given[i]);

		if (strncmp(within, inv->given[i], n) == 0 &&
		    (within[n] == '\0' || within[n] == '/' || n == 1))
			return true;
	}
	return false;
}

/* Files of /proc that a plan may write: id maps of the task itself. */
static bool is_map(const char *within)
{
	static const char *const names[] = {"/uid_map", "/gid_map", "/setgroups"};
	const char *name = strrchr(within, '/');

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (name && strcmp(name, names[i]) == 0 &&
		    strspn(within + 1, "0123456789") == (size_t)(name - within - 1))
			return true;
	return false;
}

/* I1, I2, I4: what is changed is the sandbox's own, or was given away. */
static void want_own(struct invariants *inv, const struct call *call, int dirfd,
		     const char *path, unsigned int how)
{
	char memory[512];
	struct text within;
	struct fake_place place;

	if (!inv->fake || !inv->has_begun)
		return;
	text_init(&within, memory, sizeof(memory));
	if (fake_place(inv->fake, dirfd, path, how, &place, &within) < 0 || !place.of_host)
		return;
	if (strcmp(place.fstype, "proc") == 0 && call->op == OP_openat2) {
		if (!is_map(within.at))
			broken(inv, "I4: a file of /proc is written", within.at);
		return;
	}
	/* The classic sequence gives its console to root. */
	if (inv->classic && strcmp(place.fstype, "devpts") == 0)
		return;
	/* It stands on a proc of the old root to cover it. */
	if (inv->classic && call->op == OP_mount &&
	    (strcmp(place.fstype, "proc") == 0 || strcmp(place.fstype, "sysfs") == 0))
		return;
	/* Without a pid namespace of its own it has the host's, in mounts of its own. */
	if (inv->has_proc && call->op == OP_move_mount && strcmp(place.fstype, "proc") == 0)
		return;
	if (!is_given(inv, within.at))
		broken(inv,
		       call->op == OP_mount || call->op == OP_move_mount
			       ? "I2: a mount lies outside"
			       : "I1: the host is changed",
		       within.at);
}

/* I10: a mount is nobody's but the sandbox's. */
static void want_own_mounts(struct invariants *inv, const struct call *call)
{
	struct fake_status status;

	if (!inv->fake)
		return;
	fake_status(inv->fake, &status);
	if (status.is_in_hosts_mounts)
		broken(inv, "I10: mounts of the host are changed", sysop_infos[call->op].name);
	if (status.hosts_mounts_changed != inv->hosts_mounts)
		broken(inv, "I10: the host sees a change", sysop_infos[call->op].name);
}

static bool is_harmless(dev_t dev)
{
	static const unsigned int minors[] = {3, 5, 7, 8, 9};

	for (size_t i = 0; i < sizeof(minors) / sizeof(*minors); i++)
		if (dev == makedev(1, minors[i]))
			return true;
	return dev == makedev(5, 0) || (major(dev) >= 136 && major(dev) <= 143);
}

/* I3: what masks a file is the null device; what masks a directory is an empty one. */
static void want_mask(struct invariants *inv, int mount)
{
	struct fake_place place;

	if (!inv->fake || !inv->masks || fake_place(inv->fake, mount, "", 0, &place, NULL) < 0)
		return;
	if (!S_ISDIR(place.mode) && !(S_ISCHR(place.mode) && place.rdev == makedev(1, 3)))
		broken(inv, "I3: something else than null masks a file", place.fstype);
}

static void mounted(struct invariants *inv, const struct call *call)
{
	const char *target = (const char *)call->arg[1];
	const unsigned long changes = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;

	want_own_mounts(inv, call);
	if (inv->joins || call->arg[3] & (changes | MS_MOVE))
		return;
	/* By a descriptor or from where the task stands the place is what lies beneath. */
	if (strncmp(target, "/proc/self/fd/", 14) == 0 || strcmp(target, ".") == 0)
		want_own(inv, call, AT_FDCWD, target, FAKE_PLACE_FOLLOW);
	else
		want_own(inv, call, AT_FDCWD, target, FAKE_PLACE_PARENT);
}

static void moved(struct invariants *inv, const struct call *call)
{
	const char *target = (const char *)call->arg[3];

	want_own_mounts(inv, call);
	want_mask(inv, (int)call->arg[0]);
	/* The new root lies on the old one until it takes its place. */
	if (strcmp(target, "/") != 0)
		want_own(inv, call, (int)call->arg[2], target, 0);
}

/* I9: from the time on that others inside could look, they may not. */
static void entered(struct invariants *inv, const struct call *call)
{
	struct fake_status status;

	if (!inv->joins || call->arg[1] == CLONE_NEWPID)
		return;
	if (inv->fake)
		fake_status(inv->fake, &status);
	else
		status.is_dumpable = sys_prctl_get_dumpable(inv->base) == 1;
	if (status.is_dumpable)
		broken(inv, "I9: others may look into the task", "setns");
}

static void opened(struct invariants *inv, const struct call *call, int fd)
{
	uint64_t flags = call->arg[2];

	if (call->op == OP_openat2)
		flags = ((const struct open_how *)call->arg[2])->flags;
	if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC) && !(flags & O_PATH))
		want_own(inv, call, fd, "", 0);
}

static void remember(int *tasks, int *n, int task)
{
	if (*n < INVARIANT_TASKS)
		tasks[(*n)++] = task;
}

static bool is_among(const int *tasks, int n, int task)
{
	while (n-- > 0)
		if (tasks[n] == task)
			return true;
	return false;
}

static bool says(const struct call *call, const char *word)
{
	const struct msghdr *msg = (const struct msghdr *)call->arg[1];

	return strncmp(msg->msg_iov->iov_base, word, WORD_SIZE) == 0;
}

static void said(struct invariants *inv, const struct call *call, int r)
{
	int task = kernel_task(inv->layer.lower);

	if (call->op == OP_recvmsg && r == WORD_SIZE && says(call, "go"))
		remember(inv->told_go, &inv->n_told_go, task);
	if (call->op == OP_sendmsg && says(call, "blame"))
		remember(inv->blamed, &inv->n_blamed, task);
}

/* Made by path: where the last component lies. */
static void made(struct invariants *inv, const struct call *call)
{
	int at = call->op == OP_symlinkat;

	want_own(inv, call, (int)call->arg[at], (const char *)call->arg[at + 1],
		 FAKE_PLACE_PARENT);
	if (call->op == OP_mknodat && (S_ISCHR(call->arg[2]) || S_ISBLK(call->arg[2])) &&
	    !(S_ISCHR(call->arg[2]) && is_harmless((dev_t)call->arg[3])))
		broken(inv, "I3: a node that does harm", "mknodat");
}

static void after(struct invariants *inv, const struct call *call, int r)
{
	switch (call->op) {
	case OP_mkdirat:
	case OP_mknodat:
	case OP_symlinkat:
	case OP_unlinkat:
		return made(inv, call);
	case OP_openat:
	case OP_openat2:
		return opened(inv, call, r);
	case OP_fchmodat:
		return want_own(inv, call, (int)call->arg[0], (const char *)call->arg[1],
				FAKE_PLACE_FOLLOW);
	case OP_fchownat:
		return want_own(inv, call, (int)call->arg[0], (const char *)call->arg[1], 0);
	case OP_mount:
		return mounted(inv, call);
	case OP_move_mount:
		return moved(inv, call);
	case OP_umount2:
	case OP_pivot_root:
		return want_own_mounts(inv, call);
	case OP_setns:
		return entered(inv, call);
	case OP_recvmsg:
	case OP_sendmsg:
		return said(inv, call, r);
	default:
		return;
	}
}

/* I11: nothing of the old root is left; of the classic one, no proc or sysfs that is whole. */
static void want_gone(struct invariants *inv, const struct fake_mount *m)
{
	bool tells = m->is_whole && !m->is_covered &&
		     (strcmp(m->fstype, "proc") == 0 || strcmp(m->fstype, "sysfs") == 0);

	/* The hidden first mount lies beneath every root and shows nothing. */
	if (m->reachable || strcmp(m->fstype, "rootfs") == 0)
		return;
	if (inv->classic ? tells && !inv->joins : true)
		broken(inv, "I11: the old root is there still", m->fstype);
}

/* I3, I12: of what is seen inside. */
static void want_mount(struct invariants *inv, const struct fake_mount *m, bool is_root)
{
	want_gone(inv, m);
	if (!m->reachable || inv->classic)
		return;
	if (!m->nosuid)
		broken(inv, "I12: a mount without nosuid", m->fstype);
	if (S_ISCHR(m->root_mode) && !is_harmless(m->rdev) && !inv->binds_devices)
		broken(inv, "I3: a device that does harm", m->fstype);
	if (is_root && strcmp(m->fstype, "proc") == 0 && m->is_whole && !m->readonly &&
	    !m->has_readonly_sys && !inv->binds_devices && !m->of_host)
		broken(inv, "I12: /proc/sys may be written to", m->fstype);
}

static void want_caps(struct invariants *inv, const struct fake_status *s)
{
	const uint64_t more = (s->permitted | s->bounding) & ~image_caps;

	/* The classic payload has what its caller has. */
	if (inv->classic)
		return;
	if (s->inheritable != s->ambient || (s->ambient && !inv->adds_caps && !inv->has_rootfs))
		broken(inv, "I8: capabilities are inherited", "exec");
	if (inv->has_rootfs && !inv->adds_caps && more)
		broken(inv, "I8: capabilities that nobody asked for", "exec");
	if (!s->no_new_privs)
		broken(inv, "I8: new privileges may be had", "exec");
	if (s->is_dumpable)
		broken(inv, "I9: others may look into the task", "exec");
	if (s->has_hosts_terminal && !s->n_filters)
		broken(inv, "I13: a terminal of the caller's takes input", "exec");
}

static void want_exec_fake(struct invariants *inv)
{
	struct fake_mount mounts[MOUNTS_MAX];
	struct fake_status s;
	struct fake_place root;
	int n = fake_mounts(inv->fake, mounts, MOUNTS_MAX);

	fake_status(inv->fake, &s);
	if (s.n_kept)
		broken(inv, "I5: a descriptor goes along", "exec");
	if (s.n_kept_directories)
		broken(inv, "I5: a directory of the host goes along", "exec");
	if (!s.cwd_is_inside)
		broken(inv, "I6: the working directory is outside", "exec");
	want_caps(inv, &s);
	for (int i = 0; i < n && i < MOUNTS_MAX && !inv->is_lied_to; i++)
		want_mount(inv, &mounts[i], s.is_hosts_userns);
	if (inv->readonly && fake_place(inv->fake, AT_FDCWD, "/", 0, &root, NULL) == 0 &&
	    !root.readonly)
		broken(inv, "I12: the root may be written to", "exec");
}

static void want_exec_linux(struct invariants *inv)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	struct kernel *k = inv->base;
	char cwd[4096];
	struct statx st;

	for (int fd = 3; fd < 64; fd++)
		if (sys_fcntl_getfd(k, fd) == 0)
			broken(inv, "I5: a descriptor goes along", "exec");
	for (int fd = 0; fd < 3; fd++)
		if (sys_statx(k, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) == 0 &&
		    S_ISDIR(st.stx_mode))
			broken(inv, "I5: a directory of the host goes along", "exec");
	if (sys_getcwd(k, cwd, sizeof(cwd)) < 0 || cwd[0] != '/')
		broken(inv, "I6: the working directory is outside", "exec");
	if (inv->classic)
		return;
	if (sys_geteuid(k) == 0 && !inv->adds_caps && sys_capget(k, &header, data) == 0 &&
	    (data[0].inheritable || data[1].inheritable))
		broken(inv, "I8: capabilities are inherited", "exec");
	if (sys_prctl_get_no_new_privs(k) != 1)
		broken(inv, "I8: new privileges may be had", "exec");
	if (sys_prctl_get_dumpable(k) == 1)
		broken(inv, "I9: others may look into the task", "exec");
}

/* I14: nobody executes anything before all is set up, or after something failed. */
static void want_exec(struct invariants *inv)
{
	int task = kernel_task(inv->layer.lower);

	if (!is_among(inv->told_go, inv->n_told_go, task))
		broken(inv, "I14: nobody said go", "exec");
	if (is_among(inv->blamed, inv->n_blamed, task))
		broken(inv, "I14: something had failed", "exec");
	if (inv->fake)
		want_exec_fake(inv);
	else
		want_exec_linux(inv);
}

/* "No mount" of what is one: whoever believes that leaves it there. */
static void want_unmounted(struct invariants *inv, const struct call *call)
{
	struct fake_place place;

	if (inv->fake && fake_place(inv->fake, AT_FDCWD, (const char *)call->arg[0],
				    FAKE_PLACE_FOLLOW, &place, NULL) == 0)
		inv->is_lied_to = inv->is_lied_to || place.reachable;
}

static int invariants_call(struct layer *layer, const struct call *call)
{
	struct invariants *inv = (struct invariants *)layer;
	int r;

	if (call->op == OP_execveat && inv->has_begun)
		want_exec(inv);
	r = layer_pass(layer, call);
	if (r >= 0)
		after(inv, call, r);
	else if (r == -EINVAL && call->op == OP_umount2)
		want_unmounted(inv, call);
	return r;
}

static void invariants_note(struct layer *layer, const struct note *note)
{
	struct invariants *inv = (struct invariants *)layer;

	inv->has_begun = true;
	inv->masks = strstr(note->text, "nothing to be seen of");
	kernel_note(layer->lower, note);
}

static void give(struct invariants *inv, const char *path)
{
	struct fake_place place;
	struct text within;

	if (inv->n_given == INVARIANT_PATHS)
		return;
	text_init(&within, inv->given[inv->n_given], sizeof(inv->given[0]));
	if (fake_place(inv->fake, AT_FDCWD, path, FAKE_PLACE_FOLLOW, &place, &within) == 0)
		inv->n_given++;
	else
		inv->given[inv->n_given][0] = '\0';
}

static void word_read(struct invariants *inv, const char *word, const char *next)
{
	static const char *const giving[] = {"--rootfs",     "--bind",	       "--bind-try",
					     "--dev-bind",   "--dev-bind-try", "--ro-bind",
					     "--ro-bind-try"};

	for (size_t i = 0; inv->fake && i < sizeof(giving) / sizeof(*giving); i++)
		if (next && strcmp(word, giving[i]) == 0)
			give(inv, next);
	inv->classic = inv->classic || strcmp(word, "--classic") == 0;
	inv->has_proc = inv->has_proc || strcmp(word, "--proc") == 0;
	inv->joins = inv->joins || strcmp(word, "--join") == 0;
	inv->has_rootfs = inv->has_rootfs || strcmp(word, "--rootfs") == 0;
	inv->readonly = inv->readonly || strcmp(word, "--readonly") == 0;
	inv->adds_caps = inv->adds_caps || strcmp(word, "--cap-add") == 0;
	inv->binds_devices = inv->binds_devices || strncmp(word, "--dev-bind", 10) == 0;
}

void invariants_init(struct invariants *inv, struct kernel *k, struct kernel *base,
		     struct fake *fake, char *const *argv)
{
	struct fake_status status;

	*inv = (struct invariants){.base = base, .fake = fake};
	layer_init(&inv->layer, k, invariants_call);
	inv->layer.note = invariants_note;
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		word_read(inv, argv[0], argv[1]);
	if (!fake)
		return;
	fake_status(fake, &status);
	inv->hosts_mounts = status.hosts_mounts_changed;
}
