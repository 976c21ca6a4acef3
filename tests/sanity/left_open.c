/* Must be red: a descriptor that the program opens and forgets. */
#include "tests/lib/scene.h"

static int forget(struct fault *fault, const struct call *call)
{
	sys_openat(fault->layer.lower, AT_FDCWD, "/dev/null", O_RDONLY, 0);
	return layer_pass(&fault->layer, call);
}

static struct kernel *forgetting(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_waitid;
	fault->nth = 1;
	fault->hit = forget;
	return &fault->layer.kernel;
}

static void left_open_test(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img",
				     .between = forgetting,
				     .context = &s->fault});
	assert_int_equal(s->seen.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {SCENE_FAKE(left_open_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
