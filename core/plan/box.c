/* The plan of box: three sides, namespaces, the tree, the new root, and what is given up. */
#include "core/plan/adding.h"

#define EVERY_CAPABILITY UINT64_MAX

/*
 * What root keeps in an image when nothing is said: enough to run services and package
 * managers.  Not CAP_MKNOD, for no devices cgroup stands behind it, and nothing that reaches
 * other tasks or the kernel.
 */
#define IMAGE_CAPABILITIES                                                                     \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) |          \
	 BIT(CAP_NET_RAW) | BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) |             \
	 BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) |  \
	 BIT(CAP_AUDIT_WRITE))
#define BIT(cap) (UINT64_C(1) << (cap))

static bool wants(enum unshare unshare, bool possible)
{
	return unshare == UNSHARE_YES || (unshare == UNSHARE_TRY && possible);
}

static unsigned long namespaces_of(const struct spec *spec, const struct facts *facts)
{
	bool is_root = facts->root && facts->may_admin;
	unsigned long flags = CLONE_NEWNS;

	/* Without rights of our own only a user namespace gives them. */
	if (wants(spec->user, facts->has_userns) || (!is_root && spec->userns < 0))
		flags |= CLONE_NEWUSER;
	flags |= spec->ipc ? CLONE_NEWIPC : 0;
	flags |= spec->pid ? CLONE_NEWPID : 0;
	flags |= spec->net ? CLONE_NEWNET : 0;
	flags |= spec->uts ? CLONE_NEWUTS : 0;
	flags |= wants(spec->cgroup, facts->has_cgroupns) ? CLONE_NEWCGROUP : 0;
	return flags;
}

/* devpts makes its ptmx for id 0 of the user namespace it is mounted in. */
static bool needs_root_inside(const struct spec *spec)
{
	return spec->rootfs || has_op(spec, TREE_DEV);
}

/* One id is mapped: its own is all that a task may map itself (user_namespaces(7)). */
static void plan_map(struct plan *p, const char *file, uint32_t inside, uint32_t outside)
{
	init_add(p, (struct step){.kind = STEP_ID_MAP,
				  .target = file,
				  .data = plan_word(p, "%u %u 1\n", inside, outside)});
}

static void plan_ids(struct plan *p, uid_t uid, gid_t gid, uid_t uid_outside, gid_t gid_outside)
{
	/* A file may refuse a group what it gives to others: no group may be dropped. */
	init_add(p, (struct step){.kind = STEP_ID_MAP, .target = "setgroups", .data = "deny"});
	plan_map(p, "uid_map", uid, uid_outside);
	plan_map(p, "gid_map", gid, gid_outside);
}

/* Who the payload is; two user namespaces where the first needs an id 0 that it is not. */
struct ids {
	uid_t uid;
	gid_t gid;
	bool twice;
};

static struct ids ids_of(const struct spec *spec, const struct facts *facts)
{
	struct ids ids = {.uid = spec->uid == (uid_t)-1 ? facts->uid : spec->uid,
			  .gid = spec->gid == (gid_t)-1 ? facts->gid : spec->gid};

	/* An image expects to be entered by its root. */
	if (spec->rootfs && spec->uid == (uid_t)-1)
		ids.uid = 0;
	if (spec->rootfs && spec->gid == (gid_t)-1)
		ids.gid = 0;
	ids.twice = needs_root_inside(spec) && ids.uid != 0;
	return ids;
}

static void plan_host(struct plan *p, const struct spec *spec)
{
	/* A caller who ignores SIGCHLD would have the kernel reap the payload (wait(2)). */
	plan_add(p, (struct step){.kind = STEP_SIGCHLD});
	if (spec->userns >= 0)
		plan_add(p, (struct step){.kind = STEP_USERNS, .fd = spec->userns});
	plan_add(p, (struct step){.kind = STEP_CHANNEL, .slot = SLOT_CHANNEL_HOST});
	if (p->has_payload)
		plan_add(p, (struct step){.kind = STEP_CHANNEL, .slot = SLOT_STATUS_HOST});
	plan_add(p, (struct step){.kind = STEP_SPAWN,
				  .flags = p->namespaces,
				  .or_on = ENOSYS,
				  .or_kind = STEP_CLONE});
	plan_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_INIT});
	if (p->has_payload)
		plan_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_STATUS_INIT});
	if (spec->info_fd >= 0)
		plan_add(p, (struct step){.kind = STEP_INFO,
					  .fd = spec->info_fd,
					  .flags = p->namespaces});
	if (spec->json_status_fd >= 0)
		plan_add(p, (struct step){.kind = STEP_STATUS_INFO,
					  .fd = spec->json_status_fd,
					  .flags = p->namespaces});
	if (spec->terminal) {
		plan_add(p, (struct step){.kind = STEP_TAKE,
					  .word = WORD_PTY,
					  .slot = SLOT_MASTER});
		plan_add(p, (struct step){.kind = STEP_WINDOW, .slot = SLOT_MASTER});
	}
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_READY});
	/* Nothing of the caller's runs until the task that stays can do nothing but wait. */
	if (p->has_payload)
		plan_add(p, (struct step){.kind = STEP_HEAR,
					  .word = WORD_READY,
					  .slot = SLOT_STATUS_HOST});
	plan_add(p, (struct step){.kind = STEP_TELL, .word = WORD_GO});
	plan_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_END});
	if (spec->terminal)
		plan_add(p, (struct step){.kind = STEP_RELAY, .slot = SLOT_MASTER});
	if (p->has_payload)
		plan_add(p, (struct step){.kind = STEP_HEAR_STATUS});
	else
		plan_add(p, (struct step){.kind = STEP_REAP});
	if (spec->json_status_fd >= 0)
		plan_add(p, (struct step){.kind = STEP_EXIT_INFO, .fd = spec->json_status_fd});
}

/* What of ours may be seen from inside is no way out of it. */
static void plan_init_begins(struct plan *p, const struct spec *spec, const struct facts *facts,
			     const struct ids *ids)
{
	bool maps = p->namespaces & CLONE_NEWUSER;

	/* First the signal, then the channel: a host that dies in between is noticed. */
	init_add(p, (struct step){.kind = STEP_ARM});
	init_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_HOST});
	if (p->has_payload)
		init_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_STATUS_HOST});
	if (p->needs_proc)
		init_add(p, (struct step){.kind = STEP_PROC_OPEN,
					  .target = "/proc",
					  .slot = SLOT_PROC});
	if (spec->userns_block_fd >= 0)
		init_add(p, (struct step){.kind = STEP_BLOCK, .fd = spec->userns_block_fd});
	else if (maps)
		plan_ids(p, ids->twice ? 0 : ids->uid, ids->twice ? 0 : ids->gid, facts->uid,
			 facts->gid);
}

static void plan_filters(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	/* Input faked into a terminal that the caller reads next would be the caller's. */
	if (facts->terminal)
		payload_add(p, (struct step){.kind = STEP_TERMINAL_FILTER});
	for (size_t i = 0; i < spec->n_seccomp_fds; i++)
		payload_add(p, (struct step){.kind = STEP_FILTER, .fd = spec->seccomp_fds[i]});
}

static uint64_t kept_capabilities(const struct plan *p, const struct spec *spec,
				  const struct facts *facts, uid_t uid)
{
	bool is_root = facts->root && facts->may_admin;
	uint64_t kept = 0;

	if (spec->rootfs && uid == 0)
		kept = IMAGE_CAPABILITIES;
	/* A new user namespace would give those that its maker has not. */
	else if (is_root && spec->userns < 0)
		kept = p->namespaces & CLONE_NEWUSER ? facts->caps : EVERY_CAPABILITY;
	return (kept | spec->cap_add) & ~spec->cap_drop;
}

/* The bounding set first: taking from it needs CAP_SETPCAP, which may be among the lost. */
static void plan_capabilities(struct plan *p, const struct spec *spec,
			      const struct facts *facts, const struct ids *ids)
{
	uint64_t kept = kept_capabilities(p, spec, facts, ids->uid);

	init_add(p, (struct step){.kind = STEP_NO_NEW_PRIVS});
	if (kept != EVERY_CAPABILITY)
		init_add(p, (struct step){.kind = STEP_BOUNDING, .bits = kept});
	/* Even where all are kept: what the caller had inheritable is not (capabilities(7)). */
	init_add(p, (struct step){.kind = STEP_CAPS, .bits = kept});
	/* exec takes from whoever is not 0 what is not ambient (capabilities(7)). */
	if (ids->uid != 0 && kept & spec->cap_add)
		init_add(p, (struct step){.kind = STEP_AMBIENT, .bits = kept & spec->cap_add});
}

/* From the tree to the payload: what it starts as. */
static void plan_becomes(struct plan *p, const struct spec *spec, const struct facts *facts,
			 const struct ids *ids)
{
	init_add(p, (struct step){.kind = STEP_PIVOT, .slot = SLOT_ROOTFS});
	if (spec->hostname)
		init_add(p, (struct step){.kind = STEP_HOSTNAME, .data = spec->hostname});
	if (p->namespaces & CLONE_NEWNET)
		init_add(p, (struct step){.kind = STEP_LOOPBACK});
	if ((p->namespaces & CLONE_NEWUSER) && ids->twice) {
		init_add(p, (struct step){.kind = STEP_UNSHARE, .flags = CLONE_NEWUSER});
		plan_ids(p, ids->uid, ids->gid, 0, 0);
	}
	if (p->needs_proc)
		init_add(p, (struct step){.kind = STEP_CLOSE,
					  .target = "/proc of the host",
					  .slot = SLOT_PROC});
	init_add(p, (struct step){.kind = STEP_NO_DUMP});
	init_add(p, (struct step){.kind = STEP_UMASK_BACK});
	plan_capabilities(p, spec, facts, ids);
	for (size_t i = 0; p->has_payload && i < spec->n_lock_files; i++)
		init_add(p, (struct step){.kind = STEP_LOCK, .target = spec->lock_files[i]});
	if (spec->block_fd >= 0)
		init_add(p, (struct step){.kind = STEP_BLOCK, .fd = spec->block_fd});
}

/* A pty of the sandbox's own devpts, worked from outside. */
static void plan_pty(struct plan *p, const struct spec *spec)
{
	const char *dev = spec->rootfs ? "dev" : NULL;

	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == TREE_DEV)
			dev = spec->ops[i].target;
	init_add(p, (struct step){.kind = STEP_PTY,
				  .target = plan_word(p, "%s/pts", dev ? dev : "/dev"),
				  .slot = SLOT_MASTER});
	/* In a /dev that somebody else made there is no place of ours. */
	if (dev)
		init_add(p, (struct step){.kind = STEP_PTY_BIND,
					  .target = plan_word(p, "%s/console", dev),
					  .flags = MS_BIND | MS_NOSUID | MS_NOEXEC,
					  .slot = SLOT_SLAVE});
	init_add(p,
		 (struct step){.kind = STEP_HAND, .word = WORD_PTY, .slot = SLOT_MASTER});
}

/* Init stays: it holds nothing of the host and can do nothing but wait. */
static void plan_reaper(struct plan *p, const struct spec *spec)
{
	init_add(p, (struct step){.kind = STEP_SPAWN, .or_on = ENOSYS, .or_kind = STEP_CLONE});
	init_add(p, (struct step){.kind = STEP_LET_GO, .slot = SLOT_CHANNEL_INIT});
	if (spec->terminal)
		init_add(p, (struct step){.kind = STEP_CLOSE,
					  .target = "the pty",
					  .slot = SLOT_SLAVE});
	init_add(p, (struct step){.kind = STEP_CAPS});
	init_add(p, (struct step){
			    .kind = STEP_HOLD, .slot = SLOT_STATUS_INIT, .fd = spec->sync_fd});
	if (!spec->die_with_parent)
		init_add(p, (struct step){.kind = STEP_DISARM});
	init_add(p, (struct step){.kind = STEP_TELL, .word = WORD_READY});
	init_add(p, (struct step){.kind = STEP_SERVE});
}

static void plan_payload(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	if (p->has_payload)
		payload_add(p, (struct step){.kind = STEP_ARM});
	if (spec->terminal || (spec->new_session && !p->has_payload))
		payload_add(p, (struct step){.kind = STEP_SESSION});
	if (spec->terminal)
		payload_add(p, (struct step){.kind = STEP_TERMINAL, .slot = SLOT_SLAVE});
	/*
	 * Before any path of the image is walked: /proc/self/fd would lead out by what the
	 * caller left open.
	 */
	payload_add(p,
		    (struct step){.kind = STEP_HOLD, .slot = SLOT_CHANNEL_INIT, .fd = -EBADF});
	payload_add(p, (struct step){.kind = STEP_CHDIR, .target = spec->chdir});
	payload_add(p, (struct step){.kind = STEP_TELL, .word = WORD_READY});
	payload_add(p, (struct step){.kind = STEP_HEAR, .word = WORD_GO});
	plan_filters(p, spec, facts);
	if (!spec->die_with_parent)
		payload_add(p, (struct step){.kind = STEP_DISARM});
	/* Last, so that no descriptor of ours or of the caller's can be made after it. */
	payload_add(p, (struct step){.kind = STEP_CLOSE_RANGE,
				     .or_on = ENOSYS,
				     .or_kind = STEP_CLOSE_EACH});
	payload_add(p, (struct step){.kind = STEP_EXEC});
}

void plan_box(struct plan *p, const struct spec *spec, const struct facts *facts)
{
	const struct ids ids = ids_of(spec, facts);

	p->namespaces = namespaces_of(spec, facts);
	p->has_payload =
		!spec->as_pid_1 && (spec->pid || spec->n_lock_files || spec->sync_fd >= 0);
	p->needs_proc = (p->namespaces & CLONE_NEWUSER) || has_op(spec, TREE_CHMOD);
	p->has_filter = spec->n_seccomp_fds;
	p->cwd = facts->cwd;
	plan_host(p, spec);
	plan_init_begins(p, spec, facts, &ids);
	/* Or the host would see every mount below. */
	init_add(p, (struct step){.kind = STEP_PROPAGATION,
				  .target = "/",
				  .flags = MS_SLAVE | MS_REC});
	/* What is made has the mode that was asked for. */
	init_add(p, (struct step){.kind = STEP_UMASK, .mode = 0});
	plan_tree(p, spec, facts);
	if (spec->terminal)
		plan_pty(p, spec);
	plan_becomes(p, spec, facts, &ids);
	/* Led by the task that stays: its leader would get any terminal that it opens. */
	if (p->has_payload && spec->new_session && !spec->terminal)
		init_add(p, (struct step){.kind = STEP_SESSION});
	if (p->has_payload)
		plan_reaper(p, spec);
	plan_payload(p, spec, facts);
}

size_t plan_size(const struct spec *spec)
{
	if (spec->classic)
		return PLAN_CLASSIC_STEPS;
	/* The sides, an image and what belongs to it; then what each op may come to. */
	size_t n = 96 + spec->n_lock_files + spec->n_seccomp_fds;

	for (size_t i = 0; i < spec->n_ops; i++)
		n += spec->ops[i].kind == TREE_DEV    ? 20
		     : spec->ops[i].kind == TREE_PROC ? 9
						      : 1;
	return n;
}
