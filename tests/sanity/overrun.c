/* Must be red: a write beyond a piece of memory. */
#include <stdlib.h>

#include "tests/lib/check.h"

static void overrun_test(void **state)
{
	char *volatile piece = malloc(99);

	(void)state;
	assert_non_null(piece);
	piece[99] = 1;
	free(piece);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(overrun_test)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
