/* Must be red: an expectation that is not met. */
#include "tests/lib/check.h"

static void wrong_test(void **state)
{
	(void)state;
	assert_int_equal(1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(wrong_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
