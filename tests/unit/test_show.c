/* What plan says where not all can be said, or told. */
#include <stdio.h>
#include <string.h>

#include "core/cli/show.h"
#include "tests/lib/box.h"
#include "tests/lib/check.h"

/* Standard output: what is written there, or the errno that it answers. */
struct output {
	struct layer layer;
	int answer;
	struct text text;
};

static struct output output;
static char written[32768], page_memory[4096], texts[2][512];
static struct call_list lists[512];

static int answer(struct layer *layer, const struct call *call)
{
	struct output *to = (struct output *)layer;

	assert_int_equal(call->op, OP_write);
	if (to->answer)
		return to->answer;
	text_add_bytes(&to->text, (const char *)call->arg[1], call->arg[2]);
	return (int)call->arg[2];
}

static struct kernel *output_make(int answered)
{
	output = (struct output){.answer = answered};
	layer_init(&output.layer, NULL, answer);
	text_init(&output.text, written, sizeof(written));
	return &output.layer.kernel;
}

/* A failed run of which calls were lost, and something was left. */
static const char *shown(const struct showing *showing)
{
	static const struct rehearsal host = {.host = "a host"};
	const struct cli cli = {.rehearsal = &host};
	const struct spec spec = {.verb = VERB_PLAN};
	struct calls calls = {.lost = true, .steps = lists};
	struct plan p;
	struct job job = {.cli = &cli,
			  .spec = &spec,
			  .p = &p,
			  .calls = &calls,
			  .outcome = {.blame = {.error = EIO, .op = -1},
				      .status = 125,
				      .left = "the task 7"}};
	struct shown said = {.job = &job, .as = "root"};
	struct page page;

	box_plan(&p, &(struct given){.line = "sandtable box --rootfs /img -- /probe"});
	page_init(&page, output_make(0), page_memory, sizeof(page_memory));
	showing->all(&said, &page);
	assert_int_equal(page_end(&page), 0);
	return written;
}

static void lost_calls_and_what_is_left_are_told(void **state)
{
	(void)state;
	assert_non_null(strstr(shown(&showing_text),
			       "             # more calls than there was memory for\n"));
	assert_non_null(strstr(shown(&showing_json), "\"calls_lost\": true,"));
	assert_non_null(strstr(written, "\"left\": \"the task 7\""));
}

static void an_entry_that_cannot_be_looked_at_is_told(void **state)
{
	const struct dir_entry entry = {.name = "a\033", .r = -EACCES};
	struct shown said = {.job = NULL};

	(void)state;
	text_init(&said.dev, texts[0], sizeof(texts[0]));
	showing_json.entry(&said, &entry);
	assert_string_equal(said.dev.at, "\n      {\n        \"name\": \"a\\\\033\",\n"
					 "        \"error\": \"EACCES\"\n      }");
	text_init(&said.dev, texts[0], sizeof(texts[0]));
	showing_text.entry(&said, &entry);
	assert_string_equal(said.dev.at, "a\\033 EACCES\n");
}

static void a_piece_that_is_longer_than_a_page_is_a_failure(void **state)
{
	struct page page;

	(void)state;
	page_init(&page, output_make(0), texts[0], 8);
	text_add(&page.text, "much too long");
	page_turn(&page);
	text_add(&page.text, "more");
	assert_int_equal(page_end(&page), -EMSGSIZE);
	assert_string_equal(written, "");
}

static void the_first_failure_of_writing_is_the_answer(void **state)
{
	struct page page;

	(void)state;
	page_init(&page, output_make(-ENOSPC), texts[0], 64);
	text_add(&page.text, "some twenty characters");
	page_turn(&page);
	output.answer = 0;
	text_add(&page.text, "more");
	assert_int_equal(page_end(&page), -ENOSPC);
	assert_string_equal(written, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lost_calls_and_what_is_left_are_told),
		cmocka_unit_test(an_entry_that_cannot_be_looked_at_is_told),
		cmocka_unit_test(a_piece_that_is_longer_than_a_page_is_a_failure),
		cmocka_unit_test(the_first_failure_of_writing_is_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
