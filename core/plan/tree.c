/* The tree of the sandbox: the root, what belongs to it, and what was asked for, in order. */
#include "core/plan/adding.h"

static void plan_mount(struct plan *p, const char *fstype, const char *target,
		       unsigned long flags, const char *data)
{
	init_add(p, (struct step){.kind = STEP_NEW,
				  .source = fstype,
				  .target = target,
				  .fstype = fstype,
				  .flags = flags,
				  .mode = 0755,
				  .data = data});
}

/*
 * What would reach the whole machine's kernel.  Who is root there by ids alone can write to
 * these whatever its capabilities are, and in whichever user namespace it is mapped.
 */
static void plan_proc(struct plan *p, const char *target, bool is_root)
{
	static const char *const covered[] = {"sys",  "sysrq-trigger", "irq",		"bus",
					      "acpi", "scsi",	       "dynamic_debug", "fs"};
	const char *proc = plan_word(p, "%s%s", target[0] == '/' ? "" : "/", target);

	/* A new one would be of a pid namespace that is not its own: it has the host's. */
	if (p->namespaces & CLONE_NEWPID)
		plan_mount(p, "proc", target, SHUT, NULL);
	else
		init_add(p, (struct step){.kind = STEP_BIND,
					  .source = "/proc",
					  .target = target,
					  .flags = MS_BIND | MS_REC | SHUT});
	for (size_t i = 0; is_root && i < COUNT(covered); i++)
		init_add(p, (struct step){.kind = STEP_PROTECT,
					  .source = proc,
					  .target = plan_word(p, "%s/%s", proc, covered[i]),
					  .flags = MS_BIND | MS_RDONLY | SHUT,
					  /* The first is there, whatever is configured. */
					  .tolerate = i ? ENOENT : 0});
}

/* A terminal of its own: the instance that the payload opens /dev/pts/ptmx of. */
static void plan_devpts(struct plan *p, const char *target, bool is_root)
{
	const char *plain = "ptmxmode=0666,mode=620";

	/* gid 5 is tty on every distribution; it may not be mapped where we are root. */
	init_add(p, (struct step){.kind = STEP_NEW,
				  .source = "devpts",
				  .target = target,
				  .fstype = "devpts",
				  .flags = MS_NOSUID | MS_NOEXEC,
				  .mode = 0755,
				  .data = is_root ? "ptmxmode=0666,mode=620,gid=5" : plain,
				  .or_on = is_root ? EINVAL : 0,
				  .or_kind = STEP_NEW,
				  .or_data = plain});
}

/* bubblewrap's --dev: harmless nodes of the host, bound; what programs expect beside them. */
static void plan_dev(struct plan *p, const char *dev, const struct facts *facts)
{
	plan_mount(p, "tmpfs", dev, MS_NOSUID | MS_NODEV, "mode=0755");
	plan_nodes_bound(p, dev);
	plan_links_in(p, dev);
	init_add(p, (struct step){.kind = STEP_DIR_IN,
				  .target = plan_word(p, "%s/shm", dev),
				  .mode = 0755});
	init_add(p, (struct step){.kind = STEP_NEW,
				  .source = "devpts",
				  .target = plan_word(p, "%s/pts", dev),
				  .fstype = "devpts",
				  .flags = MS_NOSUID | MS_NOEXEC,
				  .mode = 0755,
				  .data = "ptmxmode=0666,mode=620"});
	if (facts->stdout_terminal)
		init_add(p, (struct step){.kind = STEP_BIND,
					  .source = facts->stdout_terminal,
					  .target = plan_word(p, "%s/console", dev),
					  .flags = MS_BIND | MS_NOSUID});
}

/* sysfs shows the network namespace: a new one is for whoever owns that. */
static void plan_sys(struct plan *p, bool owns_net)
{
	struct step step = {.source = "/sys",
			    .target = "sys",
			    .fstype = "sysfs",
			    .mode = 0755,
			    .flags = MS_RDONLY | SHUT | MS_BIND | MS_REC};

	step.kind = owns_net ? STEP_NEW : STEP_BIND;
	if (owns_net) {
		step.source = "sysfs";
		step.flags = MS_RDONLY | SHUT;
	}
	init_add(p, step);
}

/*
 * What a container expects in an image.  Where the system's directories belong no link is
 * followed, not even one that stays inside: what is mounted there is to be found there.
 * Everything is mounted before the caller's own
 * mounts, so that those may lie on it, and the root stays writable until all have a place.
 */
static void plan_image(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	bool is_root = facts->root && facts->may_admin && !(p->namespaces & CLONE_NEWUSER);

	p->rootfs = spec->rootfs;
	init_add(p, (struct step){.kind = STEP_ROOT_BIND,
				  .source = spec->rootfs,
				  .target = "/",
				  .flags = MS_BIND | MS_REC | MS_NOSUID | MS_NODEV,
				  .slot = SLOT_ROOTFS});
	plan_proc(p, "proc", facts->root);
	plan_sys(p, is_root || (p->namespaces & CLONE_NEWNET));
	/* Nodes of a tmpfs of our own: none of the image's is ever used. */
	plan_mount(p, "tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755");
	if (is_root) {
		init_add(p,
			 (struct step){.kind = STEP_OPEN, .target = "dev", .slot = SLOT_DEV});
		plan_nodes(p, EPERM);
		init_add(p,
			 (struct step){.kind = STEP_CLOSE, .target = "dev", .slot = SLOT_DEV});
	} else {
		plan_nodes_bound(p, "dev");
	}
	plan_links_in(p, "dev");
	plan_mount(p, "tmpfs", "dev/shm", SHUT, "mode=1777");
	plan_devpts(p, "dev/pts", is_root);
	plan_mount(p, "tmpfs", "run", MS_NOSUID | MS_NODEV, "mode=755");
}

static unsigned long bind_flags(const struct tree_op *op)
{
	return MS_BIND | MS_REC | MS_NOSUID | (op->kind == TREE_DEV_BIND ? 0 : MS_NODEV) |
	       (op->readonly ? MS_RDONLY : 0);
}

static void plan_bind(struct plan *p, const struct tree_op *op)
{
	init_add(p, (struct step){.kind = STEP_BIND,
				  .source = op->source,
				  .target = op->target,
				  .flags = bind_flags(op),
				  .tolerate = op->optional ? ENOENT : 0});
}

static void plan_tmpfs(struct plan *p, const struct tree_op *op)
{
	const char *data = plan_word(p, "mode=%#o", op->mode);

	if (op->size)
		data = plan_word(p, "%s,size=%llu", data, (unsigned long long)op->size);
	init_add(p, (struct step){.kind = STEP_NEW,
				  .source = "tmpfs",
				  .target = op->target,
				  .fstype = "tmpfs",
				  .flags = MS_NOSUID | MS_NODEV,
				  .mode = op->mode,
				  .data = data});
}

/* Data that a descriptor gives, as a file or as a mount of one. */
static void plan_data(struct plan *p, const struct tree_op *op, enum step_kind kind)
{
	init_add(p, (struct step){.kind = kind,
				  .target = op->target,
				  .fd = op->fd,
				  .mode = op->mode,
				  .flags = MS_BIND | MS_NOSUID | MS_NODEV |
					   (op->readonly ? MS_RDONLY : 0)});
}

static void plan_change(struct plan *p, const struct tree_op *op, enum step_kind kind)
{
	init_add(p, (struct step){.kind = kind,
				  .source = op->source,
				  .target = op->target,
				  .mode = op->mode,
				  .flags = kind == STEP_REMOUNT_RO ? MS_RDONLY : 0});
}

static void plan_op(struct plan *p, const struct tree_op *op, const struct facts *facts)
{
	switch (op->kind) {
	case TREE_BIND:
	case TREE_DEV_BIND:
		return plan_bind(p, op);
	case TREE_PROC:
		return plan_proc(p, op->target, facts->root);
	case TREE_DEV:
		return plan_dev(p, op->target, facts);
	case TREE_TMPFS:
		return plan_tmpfs(p, op);
	case TREE_MQUEUE:
		return plan_mount(p, "mqueue", op->target, SHUT, NULL);
	case TREE_DIR:
		return plan_change(p, op, STEP_DIR_IN);
	case TREE_FILE:
		return plan_data(p, op, STEP_FILE);
	case TREE_BIND_DATA:
		return plan_data(p, op, STEP_BIND_DATA);
	case TREE_SYMLINK:
		return plan_change(p, op, STEP_SYMLINK);
	case TREE_CHMOD:
		return plan_change(p, op, STEP_CHMOD);
	case TREE_REMOUNT_RO:
		return plan_change(p, op, STEP_REMOUNT_RO);
	case TREE_MASK:
		return plan_change(p, op, STEP_MASK);
	default: /* TREE_OVERLAY: the program refuses it; no plan leaves it out */
		p->full = true;
		return;
	}
}

bool has_op(const struct spec *spec, enum tree_kind kind)
{
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == kind)
			return true;
	return false;
}

void plan_tree(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	/* Beneath the new root, which covers it: what is bound from here has no other name. */
	if (has_op(spec, TREE_BIND_DATA))
		init_add(p, (struct step){.kind = STEP_ROOT_NEW,
					  .source = "tmpfs",
					  .target = "/",
					  .fstype = "tmpfs",
					  .flags = SHUT,
					  .data = "mode=700",
					  .slot = SLOT_STAGING});
	if (spec->rootfs)
		plan_image(p, spec, facts);
	else
		init_add(p, (struct step){.kind = STEP_ROOT_NEW,
					  .source = "tmpfs",
					  .target = "/",
					  .fstype = "tmpfs",
					  .flags = MS_NOSUID | MS_NODEV,
					  .data = "mode=755",
					  .slot = SLOT_ROOTFS});
	for (size_t i = 0; i < spec->n_ops; i++)
		plan_op(p, &spec->ops[i], facts);
	/* Last: until now, mounts and nodes needed places to be made. */
	if (spec->readonly)
		init_add(p, (struct step){
				    .kind = STEP_ROOT_RO, .target = "/", .flags = MS_RDONLY});
}
