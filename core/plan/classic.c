/* The classic sequence: the mount set-up of early container runtimes, in its twelve parts. */
#include "core/plan/adding.h"

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
	init_add(p, (struct step){.kind = STEP_OPEN, .target = "dev", .slot = SLOT_DEV});
	/* The nodes have the host's mode to the bit: mknod(2) would take the umask off. */
	init_add(p, (struct step){.kind = STEP_UMASK, .mode = 0});
	plan_nodes(p, 0);
	init_add(p, (struct step){.kind = STEP_UMASK_BACK});
	plan_dev_links(p);
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
				  .flags = MS_RDONLY | SHUT});
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
				  .flags = SHUT});
}

void plan_remount_sys(struct plan *p)
{
	/* EINVAL: it is not mounted, and stays so. */
	init_add(p, (struct step){.kind = STEP_REMOUNT,
				  .source = "sysfs",
				  .target = "/sys",
				  .fstype = "sysfs",
				  .flags = SHUT,
				  .tolerate = EINVAL});
}
