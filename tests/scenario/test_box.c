/* box in its modern form: the view from inside, the host afterwards, and what is refused. */
#include <string.h>

#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

static void run(struct scene *s, const char *line)
{
	scene_run(s, &(struct given){.line = line});
}

/* All of these lines are shown inside, and the program ended well. */
static void want_lines(const struct scene *s, const char *lines)
{
	char line[256];

	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		memcpy(line, lines, n + 1);
		line[n + 1] = '\0';
		if (!strstr(s->seen.inside, line))
			fail_msg("not seen inside: %s\n%s", line, s->seen.inside);
		lines += n + 1;
	}
}

static void want_not_inside(const struct scene *s, const char *what)
{
	if (strstr(s->seen.inside, what))
		fail_msg("seen inside: %s\n%s", what, s->seen.inside);
}

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "

static void an_image_gets_what_a_container_expects(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /probe");
	want_lines(s,
		   "/ rw\n"
		   "/dev tmpfs rw,nosuid\n"
		   "/dev/pts devpts rw,nosuid,noexec,relatime rw,gid=5,mode=620,ptmxmode=666\n"
		   "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime\n"
		   "/proc proc rw,nosuid,nodev,noexec,relatime\n"
		   "/proc/sys proc ro,nosuid,nodev,noexec,relatime\n"
		   "/run tmpfs rw,nosuid,nodev,relatime\n"
		   "/sys sysfs ro,nosuid,nodev,noexec,relatime\n"
		   "full char 1:7 0666\nnull char 1:3 0666\nptmx link pts/ptmx\n"
		   "tty char 5:0 0666\n"
		   "descriptors: 0 1 2\n"
		   "umask: 0022\n"
		   "pid: 2\n"
		   "mkdir /new: 0\n");
}

static void a_readonly_image_cannot_be_written_to(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--readonly -- /probe");
	want_lines(s, "/ ro\nmkdir /new: EROFS\n");
}

static void the_payload_may_be_the_first_task(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--as-pid-1 -- /probe");
	want_lines(s, "pid: 1\n");
}

static void its_host_name_is_its_own(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--hostname inside -- /probe");
	want_lines(s, "hostname: inside\n");
}

static void it_starts_where_it_is_told_to(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--dir /a/b --chdir /a/b -- /probe");
	want_lines(s, "cwd: /a/b\n");
}

static void a_network_of_its_own_has_its_loopback(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--unshare-net -- /probe");
	want_lines(s, "/sys sysfs ro,nosuid,nodev,noexec,relatime\n");
	run(s, IMAGE "--unshare-all --share-net -- /probe");
	want_lines(s, "pid: 2\n");
	run(s, IMAGE "--unshare-all -- /probe");
	want_lines(s, "pid: 2\n");
}

static void mounts_are_made_in_the_order_of_the_command_line(void **state)
{
	struct scene *s = *state;

	run(s,
	    BOX "--bind @/img / --proc /proc --dev /dev --tmpfs /run --ro-bind @/img /run/ro "
		"--remount-ro /run --unshare-pid -- /probe");
	want_lines(s, "/dev/null devtmpfs ro,nosuid,relatime\n");
}

static void what_is_masked_cannot_be_seen(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--dir /secret --mask /secret --mask /not/there -- /probe");
	want_lines(s, "/secret tmpfs ro,nosuid,nodev,noexec,relatime\n");
}

static void a_source_that_may_be_missing_is_left_out(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--bind-try /not/there /mnt -- /probe");
	want_lines(s, "mkdir /new: 0\n");
	want_not_inside(s, "/mnt");
}

static void a_source_that_is_missing_is_named(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "--bind /not/there /mnt -- /probe");
	want_refusal(&s->seen, 125,
		     "sandtable: cannot bind /not/there on /mnt: no such file or directory",
		     "bind-source-missing");
}

static void an_image_that_is_missing_is_named(void **state)
{
	struct scene *s = *state;

	run(s, BOX "--rootfs /not/there -- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot use /not/there as the root",
		     "image-missing");
}

static void a_command_that_is_missing_is_told_from_a_failure(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /nothing");
	want_refusal(&s->seen, 127, "sandtable: cannot execute /nothing", "exec-not-found");
}

/* A link where the system's directory belongs: not followed, and nothing made behind it. */
static void want_link_refused(struct scene *s, const char *image)
{
	scene_again(s);
	scene_run(s, &(struct given){.image = image,
				     .setup = "/canary dir\n",
				     .line = IMAGE "-- /probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot mount", "image-symlink");
}

static void links_planted_in_an_image_lead_nowhere(void **state)
{
	struct scene *s = *state;

	want_link_refused(s, "/proc link /canary\n/sys dir\n/dev dir\n/run dir\n");
	want_link_refused(s, "/proc dir\n/sys link ../canary\n/dev dir\n/run dir\n");
	want_link_refused(s, "/proc dir\n/sys dir\n/dev link /canary\n/run dir\n");
	want_link_refused(s, "/proc dir\n/sys dir\n/dev dir\n/run link /canary\n");
}

/* The root that links are followed beneath is the image: an absolute one stays inside. */
static void links_on_the_way_of_a_bind_stay_inside(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){
			     .image = "/proc dir\n/sys dir\n/dev dir\n/run dir\n"
				      "/var dir\n/var/run link /run\n/out link ../../../etc\n",
			     .line = IMAGE "--tmpfs /var/run/x --tmpfs /out -- /probe"});
	want_lines(s, "/run/x tmpfs rw,nosuid,nodev,relatime\n"
		      "/etc tmpfs rw,nosuid,nodev,relatime\n");
}

/* The host hears the status from the task that stays, which waits for the others. */
static void what_the_payload_leaves_behind_does_not_hold_the_caller(void **state)
{
	struct scene *s = *state;

	run(s, IMAGE "-- /probe leave");
	assert_int_equal(s->seen.status, 5 << 8);
	assert_string_equal(s->seen.said, "");
	reached_value("word", WORD_STATUS);
	reached_value("verb", VERB_BOX);
}

static void links_that_lead_to_each_other_are_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.image = "/proc dir\n/sys dir\n/dev dir\n/run dir\n"
					      "/a link b\n/b link a\n",
				     .line = IMAGE "--tmpfs /a -- /probe"});
	want_refusal(&s->seen, 125, "sandtable: cannot mount tmpfs on /a", "image-symlink");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(an_image_gets_what_a_container_expects),
		SCENE_BOTH(a_readonly_image_cannot_be_written_to),
		SCENE_BOTH(the_payload_may_be_the_first_task),
		SCENE_BOTH(its_host_name_is_its_own),
		SCENE_BOTH(it_starts_where_it_is_told_to),
		SCENE_BOTH(a_network_of_its_own_has_its_loopback),
		SCENE_BOTH(mounts_are_made_in_the_order_of_the_command_line),
		SCENE_BOTH(what_is_masked_cannot_be_seen),
		SCENE_BOTH(a_source_that_may_be_missing_is_left_out),
		SCENE_BOTH(a_source_that_is_missing_is_named),
		SCENE_BOTH(an_image_that_is_missing_is_named),
		SCENE_BOTH(a_command_that_is_missing_is_told_from_a_failure),
		SCENE_BOTH(links_planted_in_an_image_lead_nowhere),
		SCENE_BOTH(links_on_the_way_of_a_bind_stay_inside),
		SCENE_BOTH(what_the_payload_leaves_behind_does_not_hold_the_caller),
		SCENE_BOTH(links_that_lead_to_each_other_are_refused),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
