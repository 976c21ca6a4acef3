/* Must be red: a test that never ends. */
#include <unistd.h>

#include "tests/lib/check.h"

static void hang_test(void **state)
{
	(void)state;
	pause();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hang_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
