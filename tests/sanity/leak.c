/* Must be red: memory that nobody gives back, outside of cmocka's own count. */
#include <stdlib.h>

#include "tests/lib/check.h"

static void leak_test(void **state)
{
	(void)state;
	assert_non_null(malloc(99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(leak_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
