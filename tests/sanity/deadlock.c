/* Must be red: a task of the fake that waits for what can never come. */
#include "core/kernel/sysops.h"
#include "fake/fake.h"
#include "tests/lib/check.h"
#include "tests/lib/ground.h"

/* Its own writing end is open, so there is no end of file either. */
static int reads_its_own_pipe(struct kernel *k, void *arg)
{
	int fds[2];
	char byte;

	(void)arg;
	if (sys_pipe2(k, fds, 0) < 0)
		return 1;
	return sys_read(k, fds[0], &byte, 1) < 0;
}

static void deadlock_test(void **state)
{
	static struct ground g;

	(void)state;
	ground_make_fake(&g, NULL);
	ground_run(&g, reads_its_own_pipe, NULL);
	ground_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(deadlock_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
