/* Texts: what fits, what is cut, what is escaped; arenas: what they give. */
#include "core/base/text.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "core/base/arena.h"
#include "tests/lib/check.h"

static char memory[16];
static struct text t;

static int begin(void **state)
{
	(void)state;
	text_init(&t, memory, sizeof(memory));
	return 0;
}

static void what_fits_is_there_and_what_does_not_is_cut(void **state)
{
	(void)state;
	text_add(&t, "0123456789");
	text_addf(&t, "%d", 12345);
	assert_string_equal(t.at, "012345678912345");
	assert_false(t.cut);
	text_add_char(&t, 'x');
	assert_string_equal(t.at, "012345678912345");
	assert_true(t.cut);
	text_clear(&t);
	assert_false(t.cut);
	text_add(&t, "0123456789abcdef");
	assert_string_equal(t.at, "0123456789abcde");
	assert_true(t.cut);
}

static void formats_are_cut_where_they_end(void **state)
{
	(void)state;
	text_addf(&t, "%s", "0123456789abcde");
	assert_false(t.cut);
	text_clear(&t);
	text_addf(&t, "%s", "0123456789abcdef");
	assert_string_equal(t.at, "0123456789abcde");
	assert_int_equal(t.len, 15);
	assert_true(t.cut);
}

static void what_cannot_be_written_adds_nothing(void **state)
{
	(void)state;
	text_add(&t, "a");
	text_addf(&t, "%lc", (wint_t)0xd800);
	text_add(&t, "b");
	assert_string_equal(t.at, "ab");
}

static void bytes_that_harm_are_escaped(void **state)
{
	(void)state;
	text_add_escaped(&t, "a\n\t\"\\", 5);
	assert_string_equal(t.at, "a\\n\\t\\\"\\\\");
	text_clear(&t);
	text_add_escaped(&t, " ~\177\037\377", 5);
	assert_string_equal(t.at, " ~\\177\\037\\377");
}

static void an_arena_gives_zeroed_aligned_pieces_until_it_is_empty(void **state)
{
	_Alignas(16) char room[64];
	struct arena a;
	char *one, *two;

	(void)state;
	memset(room, 'x', sizeof(room));
	arena_init(&a, room, sizeof(room));
	one = arena_alloc(&a, 1);
	two = arena_alloc(&a, 48);
	assert_ptr_equal(one, room);
	assert_ptr_equal(two, room + 16);
	assert_int_equal(two[0] | two[47], 0);
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, SIZE_MAX));
	arena_init(&a, room, 8);
	assert_null(arena_alloc(&a, 9));
	assert_non_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, 1));
}

static void an_arena_refuses_when_it_is_told_to(void **state)
{
	_Alignas(16) char room[64];
	struct arena a;

	(void)state;
	arena_init(&a, room, sizeof(room));
	a.refuse_at = 2;
	assert_non_null(arena_alloc(&a, 1));
	assert_null(arena_alloc(&a, 1));
	assert_non_null(arena_alloc(&a, 1));
	assert_int_equal(a.n_allocations, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_fits_is_there_and_what_does_not_is_cut, begin),
		cmocka_unit_test_setup(formats_are_cut_where_they_end, begin),
		cmocka_unit_test_setup(what_cannot_be_written_adds_nothing, begin),
		cmocka_unit_test_setup(bytes_that_harm_are_escaped, begin),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_pieces_until_it_is_empty),
		cmocka_unit_test(an_arena_refuses_when_it_is_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
