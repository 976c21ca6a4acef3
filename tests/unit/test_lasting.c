/* What a plan says that it changes on the host for good. */
#include <stdio.h>

#include "core/plan/say.h"
#include "tests/lib/box.h"
#include "tests/lib/check.h"

static char memory[4096];

/* A line each, of the plan of these options. */
static const char *lasting(const char *options)
{
	struct plan p;
	struct text out;
	char line[512];

	snprintf(line, sizeof(line), "sandtable box %s -- /probe", options);
	box_plan(&p, &(struct given){.line = line});
	text_init(&out, memory, sizeof(memory));
	for (size_t i = 0; i < p.n; i++) {
		if (!step_lasts(&p, i))
			continue;
		step_say_lasting(&p, i, &out);
		text_add_char(&out, '\n');
	}
	assert_false(out.cut);
	return out.at;
}

#define IMAGE_PARTS                                                                            \
	"the directory /img/proc, where it is missing\n"                                       \
	"the directory /img/sys, where it is missing\n"                                        \
	"the directory /img/dev, where it is missing\n"                                        \
	"the directory /img/run, where it is missing\n"

static void an_image_keeps_the_places_of_what_is_mounted(void **state)
{
	(void)state;
	assert_string_equal(lasting("--rootfs /img"), IMAGE_PARTS);
	assert_string_equal(lasting("--rootfs /img --bind /srv /a/b --tmpfs /c/"),
			    IMAGE_PARTS "the place for a mount /img/a/b, where it is missing\n"
					"the directory /img/c/, where it is missing\n");
}

static void what_is_made_in_an_image_stays(void **state)
{
	(void)state;
	assert_string_equal(lasting("--rootfs /img --dir /d --symlink x /l --file 7 /f "
				    "--chmod 0700 /d --bind-data 8 /e"),
			    IMAGE_PARTS "the directory /img/d, where it is missing\n"
					"the link /img/l, where it is missing\n"
					"the file /img/f\n"
					"the mode of /img/d\n"
					"the place for a mount /img/e, where it is missing\n");
}

static void of_an_empty_root_nothing_stays(void **state)
{
	(void)state;
	assert_string_equal(lasting("--ro-bind /usr /usr --dir /d --dir /usr/x --tmpfs /usr/y "
				    "--proc /proc --dev /dev --unshare-pid"),
			    "");
}

static void what_is_made_in_a_writable_bind_stays(void **state)
{
	(void)state;
	assert_string_equal(lasting("--bind /srv /a --dir /a/d --dir /ab --tmpfs /a/t "
				    "--dir /a/t/gone"),
			    "the directory /srv/d, where it is missing\n"
			    "the directory /srv/t, where it is missing\n");
	assert_string_equal(lasting("--bind / / --dir /d"),
			    "the directory /d, where it is missing\n");
	assert_string_equal(lasting("--bind / /h/ --dir /h/d --mask /h/x --dir /h/x/y"),
			    "the directory /d, where it is missing\n");
}

static void what_cannot_be_written_to_any_more_keeps_nothing(void **state)
{
	(void)state;
	assert_string_equal(lasting("--bind /srv /a --remount-ro /a --dir /a/d"), "");
}

static void what_no_mount_shows_is_not_the_hosts(void **state)
{
	struct step step = {.kind = STEP_DIR_IN, .target = "/d"};
	const struct plan one = {.steps = &step, .n = 1};

	(void)state;
	assert_false(step_lasts(&one, 0));
}

static void an_alternative_is_said_with_its_own_data(void **state)
{
	const struct step *devpts = NULL;
	struct plan p;
	struct text out;

	(void)state;
	box_plan(&p, &(struct given){.line = "sandtable box --rootfs /img -- /probe"});
	for (size_t i = 0; i < p.n; i++)
		if (p.steps[i].or_data)
			devpts = &p.steps[i];
	assert_non_null(devpts);
	text_init(&out, memory, sizeof(memory));
	step_say_or(&p, devpts, &out);
	assert_string_equal(out.at, "or, on EINVAL: mount -t devpts -o nosuid,noexec,"
				    "ptmxmode=0666,mode=620 devpts /img/dev/pts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_keeps_the_places_of_what_is_mounted),
		cmocka_unit_test(what_is_made_in_an_image_stays),
		cmocka_unit_test(of_an_empty_root_nothing_stays),
		cmocka_unit_test(what_is_made_in_a_writable_bind_stays),
		cmocka_unit_test(what_cannot_be_written_to_any_more_keeps_nothing),
		cmocka_unit_test(what_no_mount_shows_is_not_the_hosts),
		cmocka_unit_test(an_alternative_is_said_with_its_own_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
