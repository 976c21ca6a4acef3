/* JSON: what is escaped, where commas go, and what does not fit. */
#include <string.h>

#include "core/base/json.h"
#include "tests/lib/check.h"

static char memory[512];
static struct text out;
static struct json j;

static int begin(void **state)
{
	(void)state;
	text_init(&out, memory, sizeof(memory));
	j = (struct json){.out = &out};
	return 0;
}

static void commas_and_lines_are_put_right(void **state)
{
	(void)state;
	json_begin(&j, NULL, '{');
	json_number(&j, "a", -7);
	json_begin(&j, "b", '[');
	json_end(&j, ']');
	json_begin(&j, "c", '[');
	json_string(&j, NULL, "x");
	json_string(&j, NULL, NULL);
	json_raw(&j, NULL, "true");
	json_end(&j, ']');
	json_end(&j, '}');
	assert_string_equal(out.at, "{\n  \"a\": -7,\n  \"b\": [],\n  \"c\": [\n    \"x\",\n"
				    "    null,\n    true\n  ]\n}");
}

static void all_that_is_said_is_plain_ascii(void **state)
{
	(void)state;
	json_string(&j, NULL, "a\"b\\c\n\x1b\xff");
	assert_string_equal(out.at, "\"a\\\"b\\\\c\\u000a\\u001b\\u00ff\"");
}

static void names_have_their_bytes_in_escapes_of_c(void **state)
{
	(void)state;
	json_name(&j, NULL, "a\"b\\c\n\x1b\xff\0d", 10);
	assert_string_equal(out.at, "\"a\\\\\\\"b\\\\\\\\c\\\\n\\\\033\\\\377\\\\000d\"");
}

static void what_does_not_fit_is_known(void **state)
{
	(void)state;
	text_init(&out, memory, 8);
	json_string(&j, NULL, "\x1b\x1b");
	assert_true(out.cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(commas_and_lines_are_put_right, begin),
		cmocka_unit_test_setup(all_that_is_said_is_plain_ascii, begin),
		cmocka_unit_test_setup(names_have_their_bytes_in_escapes_of_c, begin),
		cmocka_unit_test_setup(what_does_not_fit_is_known, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
