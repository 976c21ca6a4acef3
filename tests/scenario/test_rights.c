/* Who the payload is, and what it may: ids, capabilities, what it can never get again. */
#include <string.h>

#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "

/* /proc/self/status of the payload has these lines. */
static void want(struct scene *s, const char *line, const char *lines)
{
	scene_run(s, &(struct given){.line = line});
	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	while (*lines) {
		size_t n = strcspn(lines, "\n") + 1;
		char wanted[128];

		memcpy(wanted, lines, n);
		wanted[n] = '\0';
		if (!strstr(s->seen.inside, wanted))
			fail_msg("%s: not seen: %s\n%s", line, wanted, s->seen.inside);
		lines += n;
	}
}

#define IMAGE_CAPS "00000000a00425fb"

static void root_of_an_image_keeps_few_capabilities(void **state)
{
	want(*state, IMAGE "-- /probe rights",
	     "Uid:\t0\t0\t0\t0\n"
	     "Gid:\t0\t0\t0\t0\n"
	     "CapInh:\t0000000000000000\n"
	     "CapPrm:\t" IMAGE_CAPS "\n"
	     "CapEff:\t" IMAGE_CAPS "\n"
	     "CapBnd:\t" IMAGE_CAPS "\n"
	     "CapAmb:\t0000000000000000\n"
	     "NoNewPrivs:\t1\n");
}

static void capabilities_are_added_and_dropped_in_their_order(void **state)
{
	struct scene *s = *state;

	want(s, IMAGE "--cap-drop ALL -- /probe rights",
	     "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n");
	want(s, IMAGE "--cap-drop ALL --cap-add CAP_CHOWN -- /probe rights",
	     "CapEff:\t0000000000000001\nCapBnd:\t0000000000000001\n");
	want(s, IMAGE "--cap-add CAP_SYS_PTRACE --cap-drop CAP_CHOWN -- /probe rights",
	     "CapEff:\t00000000a00c25fa\nCapBnd:\t00000000a00c25fa\n");
}

static void root_without_an_image_keeps_what_it_has(void **state)
{
	struct scene *s = *state;
	const char *line = BOX "--bind @/img / --proc /proc --cap-drop CAP_SYS_ADMIN -- "
			       "/probe rights";

	scene_run(s, &(struct given){.line = line});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "CapAmb:\t0000000000000000\n"));
	assert_null(strstr(s->seen.inside, "CapEff:\t0000000000000000\n"));
	assert_null(strstr(s->seen.inside, "CapEff:\t" IMAGE_CAPS "\n"));
	assert_non_null(strstr(s->seen.inside, "NoNewPrivs:\t1\n"));
}

#define USERNS BOX "--bind @/img / --proc /proc --unshare-pid --unshare-user "

/* As root of the host: what a user namespace gives is kept as bubblewrap keeps it. */
static void root_keeps_what_a_user_namespace_gives(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = USERNS "-- /probe rights"});
	assert_int_equal(s->seen.status, 0);
	assert_non_null(strstr(s->seen.inside, "Uid:\t0\t0\t0\t0\n"));
	assert_null(strstr(s->seen.inside, "CapEff:\t0000000000000000\n"));
	want(s, USERNS "--cap-drop ALL -- /probe rights",
	     "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n");
	want(s,
	     USERNS "--uid 7 --gid 8 --cap-drop ALL --cap-add CAP_KILL -- /probe rights",
	     "Uid:\t7\t7\t7\t7\nGid:\t8\t8\t8\t8\n"
	     "CapInh:\t0000000000000020\nCapPrm:\t0000000000000020\n"
	     "CapEff:\t0000000000000020\nCapBnd:\t0000000000000020\n"
	     "CapAmb:\t0000000000000020\n");
}

static void ids_that_devpts_cannot_have_take_a_second_namespace(void **state)
{
	want(*state,
	     BOX "--bind @/img / --proc /proc --dev /dev --unshare-pid --unshare-user --uid 7 "
		 "--gid 8 -- /probe rights",
	     "Uid:\t7\t7\t7\t7\nGid:\t8\t8\t8\t8\nCapEff:\t0000000000000000\n"
	     "CapAmb:\t0000000000000000\n");
}

/* setgroups(2) is forbidden for good where ids were mapped by whoever had no rights. */
static void groups_cannot_be_dropped(void **state)
{
	want(*state,
	     BOX "--bind @/img / --proc /proc --unshare-pid --unshare-user -- /probe rights",
	     "setgroups: deny\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(root_of_an_image_keeps_few_capabilities),
		SCENE_BOTH(capabilities_are_added_and_dropped_in_their_order),
		SCENE_BOTH(root_without_an_image_keeps_what_it_has),
		SCENE_BOTH(root_keeps_what_a_user_namespace_gives),
		SCENE_BOTH(ids_that_devpts_cannot_have_take_a_second_namespace),
		SCENE_BOTH(groups_cannot_be_dropped),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
