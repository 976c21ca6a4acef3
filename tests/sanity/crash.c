/* Must be red: a write where no memory is. */
#include <unistd.h>

#include "tests/lib/check.h"

static void crash_test(void **state)
{
	(void)state;
	*(volatile char *)(intptr_t)getpagesize() = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(crash_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
