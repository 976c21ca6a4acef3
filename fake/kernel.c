/* One kernel: making it, the way into each call and out of it, and how it says no. */
#include "fake/kernel.h"

#include "fake/exec.h"
#include "fake/heap.h"
#include "fake/mount_tree.h"
#include "fake/sched.h"
#include "fake/seccomp.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct profile profiles[] = {
	{.name = "6.1", .release = "6.1.0-fake", .verified = true, .tmpfs_shows_inode64 = true,
	 .links_are_protected = true, .has_debians_settings = true},
	{.name = "6.12", .release = "6.12.0-fake", .verified = true,
	 .mountinfo_by_unique_id = true, .statx_mnt_id_unique = true,
	 .detached_target_is_enoent = true, .mount_beneath = true, .tmpfs_shows_inode64 = true,
	 .eventfd_is_exact = true, .memfd_has_exec_seal = true, .tiocsti_is_restricted = true,
	 .umount_asks_chains = true, .pidfds_have_inodes = true, .create_exclusive = true,
	 .bad_ids_are_told_twice = true,
	 .memfd_has_large_folios = true,
	 .linkat_empty_by_opener = true, .exec_opens_first = true,
	 .statx_takes_null = true, .links_are_protected = true, .has_debians_settings = true},
	{.name = "6.18", .release = "6.18.0-fake",
	 .mountinfo_by_unique_id = true, .statx_mnt_id_unique = true,
	 .detached_target_is_enoent = true, .mount_beneath = true,
	 .detached_are_sources = true, .move_mount_looks_at_target_first = true,
	 .bad_ids_are_told_twice = true, .create_exclusive = true,
	 .umount_asks_chains = true, .pidfds_have_inodes = true,
	 .eventfd_is_exact = true, .memfd_has_exec_seal = true,
	 .linkat_empty_by_opener = true, .exec_opens_first = true, .statx_takes_null = true,
	 .devpts_takes_parameters = true, .copies_lose_unbindable = true,
	 .securebits_of_exec = true,
	 .move_looks_at_paths_first = true, .tucked_are_covered_on_top = true,
	 .config_takes_o_path = true, .anon_inodes_are_fixed = true},
};
/* clang-format on */

static const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(*profiles); i++)
		if (name == NULL || strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

static struct fake *fake_of(struct kernel *k)
{
	return (struct fake *)k;
}

/* A scheduling point stands before the call, so that its effect comes at once after it. */
static void call_enter(struct fake *f, enum sysop op)
{
	sched_point(f);
	signal_deliver(f);
	f->clock += 1000;
	f->current->op = op;
	f->current->has_rule = false;
}

static int call_leave(struct fake *f, int r)
{
	char broken[256];
	struct text text;

	signal_deliver(f);
	if (f->options.checks) {
		text_init(&text, broken, sizeof(broken));
		if (fake_check(f, &text) < 0)
			fake_stop(f, "%s after %s", broken, sysop_infos[f->current->op].name);
	}
	if (f->current->exec)
		exec_begin(f);
	return r;
}

/* One word, which holds the exit signal as well. */
static uint64_t clone_flags(const struct spawn_args *args)
{
	return memory_is_bad(args) ? 0 : args->flags | (unsigned int)args->exit_signal;
}

/* The row's raw form, as filters of calls see it. */
#define RAW_(number, a, b, c, d, e, f, ...)                                                    \
	{                                                                                      \
		number,                                                                        \
		{                                                                              \
			(long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)       \
		}                                                                              \
	}
#define RAW(...) RAW_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define OWN(function) function
#define linux_clone3(k, args) RAW(SYS_clone3, args, CLONE_ARGS_SIZE_VER2)
#define linux_clone(k, args) RAW(SYS_clone, clone_flags(args))

#define ROW(name, args, raw, errnos, page)                                                     \
	static int enter_##name(struct kernel *k ROW_PARAMS(args))                             \
	{                                                                                      \
		struct fake *f = fake_of(k);                                                   \
                                                                                               \
		if (f->current == NULL)                                                        \
			return fake_stop(f, #name " outside of a task");                       \
		call_enter(f, OP_##name);                                                      \
		if (f->current->seccomp) {                                                     \
			const struct raw_call call = raw;                                      \
			int r;                                                                 \
                                                                                               \
			if (seccomp_answers(f, &call, &r))                                     \
				return call_leave(f, r);                                       \
		}                                                                              \
		return call_leave(f, do_##name(f ROW_NAMES(args)));                            \
	}
#include "core/kernel/sysops.def"
#undef ROW
#undef RAW
#undef RAW_
#undef OWN

static int fake_task(struct kernel *k)
{
	return fake_of(k)->current ? fake_of(k)->current->number : 0;
}

static void fake_note(struct kernel *k, const struct note *note)
{
	(void)k;
	(void)note;
}

static const struct sysops fake_ops = {
#define ROW(row, args, raw, errnos, page) .row = enter_##row,
#include "core/kernel/sysops.def"
#undef ROW
	.task = fake_task,
	.note = fake_note,
};

struct fake *fake_new(const struct fake_options *options)
{
	static const struct fake_options defaults;
	const struct profile *profile;
	struct heap *heap;
	struct fake *f;

	if (options == NULL)
		options = &defaults;
	profile = profile_find(options->profile);
	if (profile == NULL)
		return NULL;
	heap = region_new(options->memory);
	if (heap == NULL)
		return NULL;
	f = region_alloc(heap, sizeof(*f));
	*f = (struct fake){.kernel.ops = &fake_ops, .options = *options, .heap = heap};
	f->profile = *profile;
	f->protected_symlinks = f->protected_hardlinks = profile->links_are_protected;
	f->clock = 1700000000ULL * 1000000000ULL;
	f->next_ns_inum = 4026531835U;
	list_init(&f->tasks);
	list_init(&f->super_blocks);
	list_init(&f->payloads);
	f->unprivileged_userns_clone = 1;
	f->mount_max = MOUNTS_MAX;
	f->pty_max = 4096;
	f->pty_reserve = 1024;
	f->mount_ids = id_pool_new(f, 1);
	f->group_ids = id_pool_new(f, 1);
	f->sched = sched_new(f);
	if (f->sched == NULL) {
		region_free(heap);
		return NULL;
	}
	cred_boot(f);
	fs_boot(f);
	mount_boot(f);
	task_boot(f);
	return f;
}

void fake_free(struct fake *f)
{
	if (f == NULL)
		return;
	sched_free(f);
	region_free(f->heap);
}

struct kernel *fake_kernel(struct fake *f)
{
	return &f->kernel;
}

/* How it says no. */

static const struct fake_rule rules[N_RULES] = {
#define RULE(row_id, row_name, row_error, row_call, row_sentence, row_source)                  \
	[RULE_##row_id] = {                                                                    \
		.id = row_name,                                                                \
		.error = row_error,                                                            \
		.call = row_call,                                                              \
		.sentence = row_sentence,                                                      \
		.source = row_source,                                                          \
	},
#include "fake/rules.def"
#undef RULE
};

const struct fake_rule *fake_rules(int *n)
{
	*n = N_RULES;
	return rules;
}

int refuse(struct fake *f, enum rule rule)
{
	if (f->current) {
		f->current->last_rule = rule;
		f->current->has_rule = true;
	}
	return -rules[rule].error;
}

int refuse_fault(struct fake *f)
{
	return refuse(f, RULE_FAULT);
}

int refuse_badf(struct fake *f)
{
	return refuse(f, RULE_BADF);
}

int fake_stop(struct fake *f, const char *format, ...)
{
	va_list args;

	if (f->stopped[0] == '\0') {
		va_start(args, format);
		vsnprintf(f->stopped, sizeof(f->stopped), format, args);
		va_end(args);
	}
	if (f->current && f->current->fiber)
		fiber_end(f);
	return -ENOSYS;
}

int not_modelled(struct fake *f, const char *what)
{
	return fake_stop(f, "fake: %s is not modelled", what);
}

const char *fake_stopped(const struct fake *f)
{
	return f->stopped[0] ? f->stopped : NULL;
}

/* Memory. */

void *heap_alloc(struct fake *f, size_t size)
{
	void *memory = region_alloc(f->heap, size);

	if (memory == NULL) {
		fake_stop(f, "fake: no memory left for %zu bytes", size);
		__builtin_trap(); /* only while a kernel is made: a region too small for that */
	}
	return memory;
}

void heap_free(struct fake *f, void *memory)
{
	if (memory && !region_give(f->heap, memory))
		fake_stop(f, "fake: memory given back twice");
}

char *heap_strndup(struct fake *f, const char *s, size_t n)
{
	char *copy = heap_alloc(f, n + 1);

	return memcpy(copy, s, n);
}

char *heap_strdup(struct fake *f, const char *s)
{
	return heap_strndup(f, s, strlen(s));
}

bool memory_is_bad(const void *memory)
{
	return (uintptr_t)memory < 4096;
}

struct timespec fake_now(const struct fake *f)
{
	return (struct timespec){.tv_sec = (time_t)(f->clock / 1000000000),
				 .tv_nsec = (long)(f->clock % 1000000000)};
}
