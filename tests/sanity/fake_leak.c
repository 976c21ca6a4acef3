/* Must be red: memory of the fake that none of its objects leads to. */
#include "core/kernel/sysops.h"
#include "fake/heap.h"
#include "fake/kernel.h"
#include "tests/lib/check.h"
#include "tests/lib/ground.h"

static int loses_memory(struct kernel *k, void *arg)
{
	struct fake *f = arg;

	if (!region_alloc(f->heap, 99))
		return 1;
	return sys_getpid(k) < 0;
}

static void fake_leak_test(void **state)
{
	const struct fake_options options = {.checks = true};
	static struct ground g;

	(void)state;
	ground_make_fake(&g, &options);
	ground_run(&g, loses_memory, g.fake);
	ground_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fake_leak_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
