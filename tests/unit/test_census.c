/* The census: calls are counted by row, and told in the file that is asked for. */
#include "tests/lib/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/check.h"
#include "tests/lib/stub.h"

static void reached_rows_are_told_with_all_others(void **state)
{
	char path[] = "/tmp/rows-XXXXXX", line[100];
	int fd = mkstemp(path), n = 0, n_reached = 0;
	struct stub stub;
	struct census census;
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	stub_init(&stub);
	assert_int_equal(census_init(&census, stub_kernel(&stub)), 0);
	sys_umask(&census.layer.kernel, 0);
	sys_umask(&census.layer.kernel, 0);
	stub.answer = -EBADF;
	sys_close(&census.layer.kernel, 3);
	sys_exit_group(&census.layer.kernel, 0);
	setenv("SANDTABLE_ROWS", path, 1);
	assert_int_equal(census_write(&census, "unit"), 0);
	file = fdopen(fd, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		n++;
		n_reached += !strstr(line, " 0 0\n");
		if (strncmp(line, "unit umask", 10) == 0)
			assert_string_equal(line, "unit umask 2 0\n");
		if (strncmp(line, "unit close ", 11) == 0)
			assert_string_equal(line, "unit close 0 1\n");
	}
	assert_int_equal(n, N_SYSOPS);
	assert_int_equal(n_reached, 3);
	fclose(file);
	unlink(path);
	setenv("SANDTABLE_ROWS", "/nowhere/rows", 1);
	assert_int_equal(census_write(&census, "unit"), -ENOENT);
	unsetenv("SANDTABLE_ROWS");
	assert_int_equal(census_write(&census, "unit"), 0);
	census_free(&census);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reached_rows_are_told_with_all_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
