/* Must be red in CI: a test that is skipped. */
#include "tests/lib/check.h"

static void skip_test(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(skip_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
