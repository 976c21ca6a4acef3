/* The fake's mounts through descriptors: what lives how long, with each reference counted. */
#include "fake/fake.h"

#include <string.h>

#include "tests/lib/check.h"
#include "tests/lib/reached.h"

struct errand {
	struct kernel *k;
	struct fake *f;
	int (*run)(struct errand *e);
	int r;	  /* the first call that did not answer as wanted */
	int line; /* where it stands; 0: there was none */
	const struct fake_rule *why;
};

/* Nothing asserts on a fiber: the first surprise is kept, and the errand ends. */
#define WANT(e, call, wanted)                                                                  \
	do {                                                                                   \
		(e)->r = (call);                                                               \
		(e)->line = __LINE__;                                                          \
		if ((e)->r != (wanted))                                                        \
			return -1;                                                             \
		(e)->line = 0;                                                                 \
	} while (0)

static int go(void *arg)
{
	struct errand *e = arg;
	int r = e->run(e);

	e->why = fake_why(e->f, kernel_task(e->k));
	return r < 0;
}

static struct fake *host(void)
{
	const struct fake_options options = {.checks = true};
	struct fake *f = fake_new(&options);
	char memory[256];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	if (fake_world(f, "/ ext4\n/a dir\n/b dir\n/f file\n", &error) < 0)
		fail_msg("%s", memory);
	return f;
}

/* Runs the errand; the host is then as it was. */
static void run(int (*errand)(struct errand *e), const char *rule)
{
	struct fake *f = host();
	struct errand e = {.f = f, .k = fake_kernel(f), .run = errand};
	uint64_t before = fake_hash(f);

	if (fake_run(f, go, &e) != 0)
		fail_msg("line %d answered %d; %s", e.line, e.r,
			 fake_stopped(f) ? fake_stopped(f) : "");
	if (rule) {
		assert_string_equal(e.why->id, rule);
		reached("rule", rule, NULL);
	}
	assert_true(fake_hash(f) == before);
	fake_free(f);
}

static int context(struct errand *e)
{
	struct kernel *k = e->k;

	WANT(e, sys_fsopen(k, "tmpfs", FSOPEN_CLOEXEC), 3);
	WANT(e, sys_fsconfig(k, 3, FSCONFIG_SET_STRING, "size", "1m", 0), 0);
	WANT(e, sys_fsconfig(k, 3, FSCONFIG_SET_FLAG, "bogus", NULL, 0), -EINVAL);
	WANT(e, sys_fsconfig(k, 3, FSCONFIG_CMD_CREATE, NULL, NULL, 0), 0);
	return 0;
}

static int leave_a_context(struct errand *e)
{
	return context(e);
}

static int leave_a_detached_mount(struct errand *e)
{
	if (context(e) < 0)
		return -1;
	WANT(e, sys_fsmount(e->k, 3, 0, 0), 4);
	WANT(e, sys_mkdirat(e->k, 4, "x", 0755), 0);
	WANT(e, sys_openat(e->k, 4, "x", O_DIRECTORY, 0), 5);
	WANT(e, sys_fchdir(e->k, 5), 0);
	return 0;
}

static int run_out_of_descriptors(struct errand *e)
{
	if (context(e) < 0)
		return -1;
	while (sys_dup(e->k, 0) >= 0)
		;
	WANT(e, sys_fsmount(e->k, 3, 0, 0), -EMFILE);
	WANT(e, sys_open_tree(e->k, AT_FDCWD, "/a", OPEN_TREE_CLONE), -EMFILE);
	WANT(e, sys_fspick(e->k, AT_FDCWD, "/", 0), -EMFILE);
	/* The context is what it is after a mount all the same. */
	WANT(e, sys_fsmount(e->k, 3, 0, 0), -EBUSY);
	return 0;
}

/* A structure that says what this kernel does not know. */
static int say_something_newer(struct errand *e)
{
	struct {
		struct mount_attr attr;
		uint64_t later;
	} attr = {.attr.attr_set = MOUNT_ATTR_RDONLY, .later = 1};

	WANT(e, sys_mount_setattr(e->k, AT_FDCWD, "/nothing", 0, &attr.attr, sizeof(attr)),
	     -E2BIG);
	return 0;
}

/* A shared tree, cloned, changed and dissolved, leaves its peers as they were. */
static int dissolve_a_peer(struct errand *e)
{
	struct kernel *k = e->k;

	WANT(e, sys_mount(k, "t", "/a", "tmpfs", 0, NULL), 0);
	WANT(e, sys_mount(k, NULL, "/a", NULL, MS_SHARED, NULL), 0);
	WANT(e, sys_mkdirat(k, AT_FDCWD, "/a/x", 0755), 0);
	WANT(e, sys_mount(k, "t", "/a/x", "tmpfs", 0, NULL), 0);
	WANT(e, sys_open_tree(k, AT_FDCWD, "/a", OPEN_TREE_CLONE | AT_RECURSIVE), 3);
	WANT(e, sys_openat(k, 3, "x/f", O_CREAT | O_RDWR, 0644), 4);
	WANT(e, sys_close(k, 3), 0);
	WANT(e, sys_write(k, 4, "x", 1), 1);
	WANT(e, sys_umount2(k, "/a", MNT_DETACH), 0);
	return 0;
}

/* What is attached twice, moved and unmounted under its descriptor. */
static int attach_and_detach(struct errand *e)
{
	struct kernel *k = e->k;

	WANT(e, sys_open_tree(k, AT_FDCWD, "/a", OPEN_TREE_CLONE), 3);
	WANT(e, sys_move_mount(k, 3, "", AT_FDCWD, "/b", MOVE_MOUNT_F_EMPTY_PATH), 0);
	WANT(e, sys_move_mount(k, 3, "", AT_FDCWD, "/a", MOVE_MOUNT_F_EMPTY_PATH), 0);
	WANT(e, sys_umount2(k, "/a", MNT_DETACH), 0);
	WANT(e, sys_move_mount(k, 3, "", AT_FDCWD, "/a", MOVE_MOUNT_F_EMPTY_PATH), -EINVAL);
	return 0;
}

static void a_context_goes_with_its_descriptor(void **state)
{
	(void)state;
	run(leave_a_context, NULL);
}

static void a_detached_mount_goes_with_whoever_uses_it(void **state)
{
	(void)state;
	run(leave_a_detached_mount, NULL);
}

static void where_no_number_is_free_nothing_is_left_over(void **state)
{
	(void)state;
	run(run_out_of_descriptors, "fsmount-phase");
}

static void a_structure_from_the_future_is_refused(void **state)
{
	(void)state;
	run(say_something_newer, "setattr-newer");
}

static void a_detached_peer_leaves_its_group(void **state)
{
	(void)state;
	run(dissolve_a_peer, NULL);
}

static void what_was_attached_is_not_attached_again_when_it_is_gone(void **state)
{
	(void)state;
	run(attach_and_detach, "move-not-mounted");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_context_goes_with_its_descriptor),
		cmocka_unit_test(a_detached_mount_goes_with_whoever_uses_it),
		cmocka_unit_test(where_no_number_is_free_nothing_is_left_over),
		cmocka_unit_test(a_structure_from_the_future_is_refused),
		cmocka_unit_test(a_detached_peer_leaves_its_group),
		cmocka_unit_test(what_was_attached_is_not_attached_again_when_it_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
