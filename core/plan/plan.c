/* From a spec to steps: the only place with choices.  The order of lines is that of events. */
#include "core/plan/plan.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const unsigned long shut = MS_NOSUID | MS_NODEV | MS_NOEXEC;

static const struct system_mount {
	const char *source, *target, *fstype, *data;
	unsigned long flags;
} system_mounts[] = {
	// clang-format off
	{ "proc",   "proc",    "proc",   NULL,        MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "sysfs",  "sys",     "sysfs",  NULL,        MS_NOSUID | MS_NODEV | MS_NOEXEC },
	/* The nodes of /dev are on a tmpfs of our own: none of the image's is ever used. */
	{ "tmpfs",  "dev",     "tmpfs",  "mode=755",  MS_NOSUID | MS_STRICTATIME },
	{ "shm",    "dev/shm", "tmpfs",  "mode=1777", MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "devpts", "dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=620,gid=5",
						      MS_NOSUID | MS_NOEXEC },
	{ "tmpfs",  "run",     "tmpfs",  "mode=755",  MS_NOSUID | MS_NODEV | MS_STRICTATIME },
	// clang-format on
};

/*
 * Mode and numbers are those of every Linux (admin-guide/devices.txt) and are here for the
 * lines; the node that is made takes them from the host's.
 */
static const struct host_node {
	const char *source, *target;
	unsigned int major, minor;
} host_nodes[] = {
	// clang-format off
	{ "/dev/null",    "dev/null",    1, 3 },
	{ "/dev/zero",    "dev/zero",    1, 5 },
	{ "/dev/full",    "dev/full",    1, 7 },
	{ "/dev/random",  "dev/random",  1, 8 },
	{ "/dev/urandom", "dev/urandom", 1, 9 },
	{ "/dev/tty",     "dev/tty",     5, 0 },
	// clang-format on
};

static const struct dev_link {
	const char *source, *target;
} dev_links[] = {
	// clang-format off
	/* Relative: an absolute one would lead out of the rootfs until that is the root. */
	{ "pts/ptmx",        "dev/ptmx" },
	{ "/proc/kcore",     "dev/core" },
	{ "/proc/self/fd",   "dev/fd" },
	{ "/proc/self/fd/0", "dev/stdin" },
	{ "/proc/self/fd/1", "dev/stdout" },
	{ "/proc/self/fd/2", "dev/stderr" },
	// clang-format on
};

static const struct joined {
	const char *name;
	enum slot slot;
	unsigned long flags;
} joined[] = {
	// clang-format off
	{ "ipc", SLOT_NS_IPC, CLONE_NEWIPC },
	{ "uts", SLOT_NS_UTS, CLONE_NEWUTS },
	{ "pid", SLOT_NS_PID, CLONE_NEWPID },
	{ "mnt", SLOT_NS_MNT, CLONE_NEWNS },
	// clang-format on
};

const char *side_text(enum side_name side)
{
	return side == SIDE_HOST ? "host" : "init";
}

void plan_add(struct plan *p, struct step step)
{
	if (p->n == PLAN_STEPS_MAX) {
		p->full = true;
		return;
	}
	p->steps[p->n++] = step;
}

/* A step of the task that becomes the payload. */
static void init_add(struct plan *p, struct step step)
{
	step.side = SIDE_INIT;
	plan_add(p, step);
}

static void plan_system_mounts(struct plan *p)
{
	for (size_t i = 0; i < COUNT(system_mounts); i++) {
		const struct system_mount *m = &system_mounts[i];

		/* Under the caller's umask, which nothing has changed yet. */
		init_add(p, (struct step){.kind = STEP_DIR, .target = m->target, .mode = 0755});
		init_add(p, (struct step){.kind = STEP_MOUNT,
					  .source = m->source,
					  .target = m->target,
					  .fstype = m->fstype,
					  .data = m->data,
					  .flags = m->flags});
	}
}

static void plan_devices(struct plan *p)
{
	init_add(p, (struct step){.kind = STEP_OPEN, .target = "dev", .slot = SLOT_DEV});

	/* The nodes have the host's mode to the bit: mknod(2) would take the umask off. */
	init_add(p, (struct step){.kind = STEP_UMASK, .mode = 0});
	for (size_t i = 0; i < COUNT(host_nodes); i++)
		init_add(p, (struct step){
				    .kind = STEP_NODE,
				    .source = host_nodes[i].source,
				    .target = host_nodes[i].target,
				    .mode = 0666,
				    .dev = makedev(host_nodes[i].major, host_nodes[i].minor)});
	init_add(p, (struct step){.kind = STEP_UMASK_BACK});

	for (size_t i = 0; i < COUNT(dev_links); i++) {
		const struct dev_link *l = &dev_links[i];

		init_add(p, (struct step){.kind = STEP_REMOVE, .target = l->target});
		init_add(p, (struct step){.kind = STEP_LINK,
					  .source = l->source,
					  .target = l->target});
	}
}

static void plan_console(struct plan *p, const char *console)
{
	struct step step = {.source = console, .target = "dev/console"};
	/* The host's pty is looked at first: what is no pty is refused before it is changed. */
	static const enum step_kind kinds[] = {
		STEP_CONSOLE,	  STEP_REMOVE,	     STEP_CONSOLE_MODE,
		STEP_CONSOLE_OWN, STEP_CONSOLE_NODE, STEP_CONSOLE_BIND,
	};

	init_add(p, (struct step){.kind = STEP_UMASK, .mode = 0});
	for (size_t i = 0; i < COUNT(kinds); i++) {
		step.kind = kinds[i];
		init_add(p, step);
	}
	init_add(p, (struct step){.kind = STEP_UMASK_BACK});
}

void plan_classic(struct plan *p, const struct spec *spec)
{
	const char *rootfs = spec->rootfs;

	p->rootfs = rootfs;
	/* mount(2) is told of descriptors by /proc/self/fd: see that it is a proc. */
	init_add(p, (struct step){.kind = STEP_PROC, .target = "/proc"});

	/* Or the host would see every mount below. */
	init_add(p, (struct step){.kind = STEP_PROPAGATION,
				  .target = "/",
				  .flags = MS_SLAVE | MS_REC});

	/* mount(2) with MS_MOVE takes nothing but a mount point. */
	init_add(p, (struct step){.kind = STEP_ROOTFS,
				  .source = rootfs,
				  .target = rootfs,
				  .flags = MS_BIND | MS_REC,
				  .slot = SLOT_ROOTFS});

	/*
	 * Before anything is made in it, so that an image that lacks a directory is told so
	 * (EROFS).  MS_REC has no effect in a remount: submounts stay writable.
	 */
	if (spec->readonly)
		init_add(p, (struct step){.kind = STEP_READONLY,
					  .target = rootfs,
					  .flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_REC});
	plan_system_mounts(p);
	plan_devices(p);
	if (spec->console)
		plan_console(p, spec->console);
	init_add(p, (struct step){.kind = STEP_CLOSE, .target = "dev", .slot = SLOT_DEV});

	init_add(p, (struct step){.kind = STEP_MOVE, .source = rootfs, .flags = MS_MOVE});
	/*
	 * Between the move and chroot(2) the old root is still the root of this task, and the
	 * rootfs covers nothing of it any more: every proc and sysfs that whoever gets out
	 * could reach is in sight now, one that was mounted within the image included.
	 */
	init_add(p, (struct step){.kind = STEP_COVER,
				  .source = "tmpfs",
				  .fstype = "tmpfs",
				  .flags = MS_RDONLY | shut});
	init_add(p, (struct step){.kind = STEP_CHROOT, .source = rootfs});
	init_add(p, (struct step){.kind = STEP_CLOSE, .target = "rootfs", .slot = SLOT_ROOTFS});
	init_add(p, (struct step){.kind = STEP_UMASK, .mode = 0022});
}

void plan_remount_proc(struct plan *p)
{
	init_add(p, (struct step){.kind = STEP_REMOUNT,
				  .source = "proc",
				  .target = "/proc",
				  .fstype = "proc",
				  .flags = shut});
}

void plan_remount_sys(struct plan *p)
{
	/* EINVAL: it is not mounted, and stays so. */
	init_add(p, (struct step){.kind = STEP_REMOUNT,
				  .source = "sysfs",
				  .target = "/sys",
				  .fstype = "sysfs",
				  .flags = shut,
				  .tolerate = EINVAL});
}

/* Enters the task's namespaces; those of the pid kind count for children only. */
static void plan_enter(struct plan *p)
{
	for (size_t i = 0; i < COUNT(joined); i++) {
		struct step step = {.kind = STEP_NS_ENTER,
				    .target = joined[i].name,
				    .slot = joined[i].slot,
				    .flags = joined[i].flags};

		/* The mount namespace is last: it takes the paths of the host away. */
		if (joined[i].slot != SLOT_NS_PID)
			init_add(p, step);
	}
	/*
	 * A mount namespace of its own, from which nothing goes back: the new proc is for
	 * the payload and does not change the table of those who were there first.
	 */
	init_add(p, (struct step){.kind = STEP_UNSHARE, .flags = CLONE_NEWNS});
	init_add(p, (struct step){.kind = STEP_PROPAGATION,
				  .target = "/",
				  .flags = MS_SLAVE | MS_REC});
	plan_remount_proc(p);
	plan_remount_sys(p);
}

/* All are opened before the first is entered: a path may mean another file afterwards. */
static void plan_open_namespaces(struct plan *p)
{
	plan_add(p, (struct step){.kind = STEP_PROC, .target = "/proc"});
	plan_add(p, (struct step){.kind = STEP_TASK, .slot = SLOT_TASK});
	for (size_t i = 0; i < COUNT(joined); i++)
		plan_add(p, (struct step){.kind = STEP_NS_OPEN,
					  .target = joined[i].name,
					  .slot = joined[i].slot});
	/* Init, which those inside can look into, is not to hold a directory of the host. */
	plan_add(p, (struct step){.kind = STEP_CLOSE, .target = "the task", .slot = SLOT_TASK});
	plan_add(p, (struct step){.kind = STEP_NS_ENTER,
				  .target = "pid",
				  .slot = SLOT_NS_PID,
				  .flags = CLONE_NEWPID});
}

static void plan_host_begin(struct plan *p, bool joins)
{
	/* A caller who ignores SIGCHLD would have the kernel reap the payload (wait(2)). */
	plan_add(p, (struct step){.kind = STEP_SIGCHLD});
	plan_add(p, (struct step){.kind = STEP_CHANNEL});
	if (joins)
		plan_open_namespaces(p);
	plan_add(p, (struct step){.kind = STEP_SPAWN,
				  .flags = joins ? 0
						 : CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
							   CLONE_NEWPID,
				  .or_on = ENOSYS,
				  .or_kind = STEP_CLONE});
	plan_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_INIT});
	if (joins)
		plan_add(p, (struct step){.kind = STEP_NS_BACK, .target = "pid"});
}

/* From the moment when all is set up: nobody executes anything before both agree. */
static void plan_end(struct plan *p)
{
	init_add(p, (struct step){.kind = STEP_TELL, .word = WORD_READY});
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_READY});
	plan_add(p, (struct step){.kind = STEP_TELL, .word = WORD_GO});
	init_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_GO});
	/* Last, so that no descriptor of ours or of the caller's can be made after it. */
	init_add(p, (struct step){.kind = STEP_CLOSE_RANGE,
				  .or_on = ENOSYS,
				  .or_kind = STEP_CLOSE_EACH});
	init_add(p, (struct step){.kind = STEP_EXEC});
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_END});
	plan_add(p, (struct step){.kind = STEP_REAP});
}

int plan_build(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	bool joins = spec->join;

	if (!facts->root || !facts->may_admin)
		return -EPERM;
	p->join = spec->join;
	p->argv = spec->argv;
	p->envp = spec->envp;
	plan_host_begin(p, joins);
	/* First the signal, then the channel: a host that dies in between is noticed. */
	init_add(p, (struct step){.kind = STEP_ARM});
	init_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_HOST});
	if (joins)
		plan_enter(p);
	else
		plan_classic(p, spec);
	plan_end(p);
	return p->full ? -E2BIG : 0;
}
