/* The names at the top of proc that belong to no task. */
#include "fake/proc.h"

#include <string.h>

static int show_nothing(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)f;
	(void)what;
	(void)out;
	return 0;
}

static int show_version(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)what;
	text_addf(out, "Linux version %s\n", f->profile.release);
	return 0;
}

static int show_uptime(struct fake *f, const struct proc_what *what, struct text *out)
{
	(void)what;
	text_addf(out, "%lld.00 0.00\n", (long long)(fake_now(f).tv_sec - 1700000000));
	return 0;
}

/* filesystems_proc_show() */
static int show_filesystems(struct fake *f, const struct proc_what *what, struct text *out)
{
	static const char *const names[] = {"sysfs",	"tmpfs",  "proc",   "cgroup2",
					    "devtmpfs", "devpts", "mqueue", "ext4"};

	(void)what;
	(void)f;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct fs_type *type = fs_type_find(names[i]);

		if (type)
			text_addf(out, "%s\t%s\n", type->flags & FS_NODEV ? "nodev" : "",
				  type->name);
	}
	return 0;
}

static int write_not_modelled(struct fake *f, const struct proc_what *what, const char *text,
			      size_t n)
{
	(void)text;
	(void)n;
	return fake_stop(f, "fake: writing /proc/%s is not modelled", what->entry->name);
}

/* clang-format off */
#define END {.name = NULL}
#define DIR(n, ...) {.name = n, .mode = S_IFDIR | 0555, __VA_ARGS__}
#define REG(n, m, how) {.name = n, .mode = S_IFREG | (m), .show = how}
#define LNK(n, to) {.name = n, .mode = S_IFLNK | 0777, .target = to}
/* Simplified: empty, there to be covered and to be looked for. */
#define EMPTY(n, m) REG(n, m, show_nothing)

static const struct proc_entry nothing[] = {END};
static const struct proc_entry fs_entries[] = {
	DIR("ext4", .children = nothing), DIR("jbd2", .children = nothing), END,
};
static const struct proc_entry irq_entries[] = {EMPTY("default_smp_affinity", 0644), END};
static const struct proc_entry bus_entries[] = {
	DIR("input", .children = nothing), DIR("pci", .children = nothing), END,
};
static const struct proc_entry tty_entries[] = {
	EMPTY("drivers", 0444), EMPTY("ldiscs", 0444), END,
};

const struct proc_entry proc_root_entries[] = {
	DIR("acpi", .children = nothing), DIR("asound", .children = nothing),
	EMPTY("buddyinfo", 0444),
	DIR("bus", .children = bus_entries),
	EMPTY("cgroups", 0444), EMPTY("cmdline", 0444), EMPTY("consoles", 0444),
	EMPTY("cpuinfo", 0444), EMPTY("crypto", 0444), EMPTY("devices", 0444),
	EMPTY("diskstats", 0444), EMPTY("dma", 0444),
	DIR("driver", .children = nothing),
	EMPTY("execdomains", 0444), EMPTY("fb", 0444),
	REG("filesystems", 0444, show_filesystems),
	DIR("fs", .children = fs_entries),
	EMPTY("interrupts", 0444), EMPTY("iomem", 0444), EMPTY("ioports", 0444),
	DIR("irq", .children = irq_entries),
	EMPTY("kallsyms", 0444), EMPTY("kcore", 0400), EMPTY("keys", 0444),
	EMPTY("key-users", 0444), EMPTY("kmsg", 0400), EMPTY("kpagecgroup", 0400),
	EMPTY("kpagecount", 0400), EMPTY("kpageflags", 0400), EMPTY("latency_stats", 0644),
	EMPTY("loadavg", 0444), EMPTY("locks", 0444), EMPTY("meminfo", 0444),
	EMPTY("misc", 0444), EMPTY("modules", 0444),
	LNK("mounts", "self/mounts"),
	EMPTY("mtrr", 0644),
	LNK("net", "self/net"),
	EMPTY("pagetypeinfo", 0400), EMPTY("partitions", 0444),
	DIR("pressure", .children = nothing),
	EMPTY("sched_debug", 0444), EMPTY("schedstat", 0444),
	DIR("scsi", .children = nothing),
	EMPTY("slabinfo", 0400), EMPTY("softirqs", 0444), EMPTY("stat", 0444),
	EMPTY("swaps", 0444),
	DIR("sys", .children = proc_sys_entries, .ops = &proc_sys_dir_ops),
	{.name = "sysrq-trigger", .mode = S_IFREG | 0200, .write = write_not_modelled},
	DIR("sysvipc", .children = nothing),
	EMPTY("timer_list", 0400),
	DIR("tty", .children = tty_entries),
	REG("uptime", 0444, show_uptime), REG("version", 0444, show_version),
	EMPTY("vmallocinfo", 0400), EMPTY("vmstat", 0444), EMPTY("zoneinfo", 0444),
	END,
};
/* clang-format on */
