/* What a new /dev has in it: nodes like the host's, made or bound, and links. */
#include "core/plan/adding.h"

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

/*
 * Where they are bound they are the host's: devices are written to on a read-only mount as
 * well, but nobody changes their mode or owner there.
 */
void plan_nodes(struct plan *p, int bind_on)
{
	for (size_t i = 0; i < COUNT(host_nodes); i++)
		init_add(p,
			 (struct step){.kind = STEP_NODE,
				       .source = host_nodes[i].source,
				       .target = host_nodes[i].target,
				       .mode = 0666,
				       .flags = MS_BIND | MS_RDONLY | MS_NOSUID,
				       .dev = makedev(host_nodes[i].major, host_nodes[i].minor),
				       .or_on = bind_on,
				       .or_kind = STEP_BIND});
}

void plan_dev_links(struct plan *p)
{
	for (size_t i = 0; i < COUNT(dev_links); i++) {
		const struct dev_link *l = &dev_links[i];

		init_add(p, (struct step){.kind = STEP_REMOVE, .target = l->target});
		init_add(p, (struct step){.kind = STEP_LINK,
					  .source = l->source,
					  .target = l->target});
	}
}

void plan_nodes_bound(struct plan *p, const char *dev)
{
	for (size_t i = 0; i < COUNT(host_nodes); i++)
		init_add(p, (struct step){.kind = STEP_BIND,
					  .source = host_nodes[i].source,
					  .target = plan_word(p, "%s%s", dev,
							      host_nodes[i].source + 4),
					  .flags = MS_BIND | MS_RDONLY | MS_NOSUID});
}

void plan_links_in(struct plan *p, const char *dev)
{
	for (size_t i = 0; i < COUNT(dev_links); i++)
		init_add(p,
			 (struct step){
				 .kind = STEP_SYMLINK,
				 .source = dev_links[i].source,
				 .target = plan_word(p, "%s%s", dev, dev_links[i].target + 3),
			 });
}
