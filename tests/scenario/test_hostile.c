/* Hostile images and careless callers: nothing of the host is reached, and nothing changed. */
#include <string.h>

#include "tests/lib/scene.h"

#define BOX "sandtable box "
#define IMAGE BOX "--rootfs @/img "
#define FOUR "/proc dir\n/sys dir\n/dev dir\n/run dir\n"

static void run(struct scene *s, const char *image, const char *line)
{
	scene_run(s, &(struct given){.image = image, .setup = "/canary dir\n", .line = line});
}

static void want_line(const struct scene *s, const char *line)
{
	if (s->seen.status != 0)
		fail_msg("status %#x: %s", s->seen.status, s->seen.said);
	if (!strstr(s->seen.inside, line))
		fail_msg("not seen inside: %s\n%s", line, s->seen.inside);
}

/* Refused, whatever the reason is called. */
static void want_refused(const struct scene *s, const char *piece)
{
	assert_int_equal(s->seen.status, 125 << 8);
	assert_string_equal(s->seen.inside, "");
	if (!strstr(s->seen.said, piece))
		fail_msg("said: %s", s->seen.said);
}

static int canary_main(struct kernel *k, void *arg)
{
	char path[GROUND_PATH_SIZE], entries[1024];
	const struct ground *g = arg;
	int fd = sys_openat(k, AT_FDCWD, ground_path(g, "/canary", path),
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int n = sys_getdents64(k, fd, entries, sizeof(entries));
	const struct kernel_dirent *first = (const void *)entries, *second;

	sys_close(k, fd);
	second = (const void *)(entries + first->d_reclen);
	/* "." and ".." and no more. */
	return n != first->d_reclen + second->d_reclen;
}

static void want_canary(struct scene *s)
{
	assert_int_equal(ground_run(&s->g, canary_main, &s->g), 0);
}

/* Links at the system's places, by every way out that a link can have. */

static void links_of_every_kind_at_the_systems_places_are_refused(void **state)
{
	static const char *const images[] = {
		"/proc link ../canary\n/sys dir\n/dev dir\n/run dir\n",
		"/proc link /proc/self/root/canary\n/sys dir\n/dev dir\n/run dir\n",
		"/proc dir\n/sys link sys\n/dev dir\n/run dir\n",
		"/proc dir\n/sys dir\n/dev link /proc/self/cwd/canary\n/run dir\n",
		"/proc dir\n/sys dir\n/dev dir\n/run link ../../../../canary\n",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(images); i++) {
		scene_again(s);
		run(s, images[i], IMAGE "-- /probe");
		want_refusal(&s->seen, 125, "sandtable: cannot ", "image-symlink");
		want_canary(s);
	}
}

static void files_at_the_systems_places_are_refused(void **state)
{
	struct scene *s = *state;

	run(s, "/proc file 644 x\n/sys dir\n/dev dir\n/run dir\n", IMAGE "-- /probe");
	want_refused(s, "/img/proc: not a directory");
	scene_again(s);
	run(s, "/proc dir\n/sys dir\n/dev file 644 x\n/run dir\n", IMAGE "-- /probe");
	want_refused(s, "/img/dev: not a directory");
}

static void magic_links_lead_nowhere(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/x link /proc/self/root/canary\n", IMAGE "--tmpfs /x -- /probe");
	want_refused(s, "cannot mount tmpfs on /x");
	want_canary(s);
}

/* CVE-2026-87766: links in what is bound, with something to be made behind them. */
static void what_is_made_behind_links_is_made_inside(void **state)
{
	static const char *const lines[] = {
		BOX "--bind @/img / --dir /out/made -- /probe",
		BOX "--bind @/img / --symlink x /out/made -- /probe",
		BOX "--bind @/img / --tmpfs /out/made -- /probe",
		BOX "--bind @/img / --ro-bind /etc /up/made -- /probe",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(lines); i++) {
		scene_again(s);
		run(s, "/out link /canary\n/up link ../../../canary\n", lines[i]);
		assert_int_equal(s->seen.status, 0);
		want_canary(s);
		if (!strstr(s->seen.after, "canary dir"))
			fail_msg("after: %s", s->seen.after);
	}
}

static void a_mask_over_a_link_masks_what_is_behind_it(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/secret dir\n/alias link /secret\n", IMAGE "--mask /alias -- /probe");
	want_line(s, "/secret tmpfs ro,nosuid,nodev,noexec,relatime\n");
}

static void queues_and_procs_on_links_stay_inside(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/etc dir\n/q link /etc\n", IMAGE "--mqueue /q --unshare-ipc -- /probe");
	want_line(s, "/etc mqueue rw,nosuid,nodev,noexec");
}

/* Callers that leave something open or closed. */

static void standard_streams_that_are_closed_are_filled(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "-- /probe", .closed = 1});
	want_line(s, "descriptors: 0 1 2\n");
	scene_run(s, &(struct given){.line = IMAGE "-- /probe exit 7", .closed = 7});
	assert_int_equal(s->seen.status, 7 << 8);
	assert_string_equal(s->seen.said, "");
	scene_run(s, &(struct given){.options = "--rootfs @/img", .closed = 1});
	want_line(s, "descriptors: 0 1 2\n");
}

/* By it the payload would be out with its first fchdir(2). */
static void a_directory_as_a_standard_stream_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "-- /probe", .leaks = "/"});
	want_refusal(&s->seen, 125, "sandtable: cannot begin: is a directory",
		     "stream-is-a-directory");
}

/* CVE-2024-21626: a directory of the host that the caller left open. */
static void a_leaked_directory_is_no_way_out(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "--chdir /proc/self/fd/9 -- /probe",
				     .leaks = "/",
				     .leaks_as = 9});
	want_refused(s, "cannot enter the directory /proc/self/fd/9: no such file");
	scene_run(s, &(struct given){.line = IMAGE "--as-pid-1 --chdir /work -- /probe",
				     .image = FOUR "/work link /proc/self/fd/9\n",
				     .leaks = "/",
				     .leaks_as = 9});
	want_refused(s, "cannot enter the directory /work: no such file");
}

static void nothing_is_executed_by_a_leaked_directory(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "-- /proc/self/fd/9@/img/probe",
				     .leaks = "/",
				     .leaks_as = 9});
	want_refusal(&s->seen, 127, "sandtable: cannot execute /proc/self/fd/9",
		     "exec-not-found");
}

/* The same by a magic link of another task, where the host's proc is bound. */
static void a_directory_that_lies_outside_is_not_entered(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = BOX "--bind @/img / --dev-bind /proc /proc "
						 "--chdir /proc/1/root -- /probe"});
	if (strstr(s->seen.said, "permission denied"))
		return;
	want_refusal(&s->seen, 125, "sandtable: cannot enter the directory /proc/1/root",
		     "cwd-outside");
}

/* CVE-2022-29162: what the caller has inheritable, files' capabilities would turn on. */
static void nothing_is_inherited_that_nobody_asked_for(void **state)
{
	static const char *const lines[] = {
		IMAGE "-- /probe",
		BOX "--bind @/img / -- /probe",
		BOX "--bind @/img / --cap-drop CAP_SYS_ADMIN -- /probe",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(lines); i++) {
		scene_run(s, &(struct given){.line = lines[i], .inheritable = true});
		assert_int_equal(s->seen.status, 0);
	}
}

/* A name without / is looked for inside, whatever PATH says. */
static void a_path_that_leads_out_finds_nothing(void **state)
{
	struct scene *s = *state;

	scene_run(s,
		  &(struct given){.line = IMAGE "--setenv PATH "
						"/proc/self/fd/9@/img::../..@/img:/proc/1/root"
						"@/img -- probe",
				  .image = FOUR "/work dir\n",
				  .leaks = "/",
				  .leaks_as = 9});
	/* "" is the working directory, which is the root. */
	if (s->seen.status != 0)
		fail_msg("said: %s", s->seen.said);
	scene_run(s,
		  &(struct given){.line = IMAGE "--chdir /work --setenv PATH "
						"/proc/self/fd/9@/img::../..@/img:/proc/1/root"
						"@/img -- probe",
				  .leaks = "/",
				  .leaks_as = 9});
	/* The task that stays is nobody's to look into: that is no directory to be searched. */
	want_refusal(&s->seen, 126, "sandtable: cannot execute probe", "exec-not-executable");
}

/* Read-only already, with its mount points. */
static void a_rootfs_on_a_read_only_mount_works(void **state)
{
	struct scene *s = *state;
	char memory[256];
	struct text error;

	text_init(&error, memory, sizeof(memory));
	box_prepare(&s->g, &(struct given){.image = FOUR});
	assert_int_equal(fake_world(s->g.fake, "/roimg bind from=/img ro-mount\n", &error), 0);
	box_run(&s->g, &(struct given){.line = BOX "--rootfs /roimg -- /probe"}, &s->seen);
	want_line(s, "/ ro\n");
	want_line(s, "mkdir /new: EROFS\n");
}

/* What a lock file leads to is the image's choice. */
static void lock_files_that_are_magic_links_are_refused(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/lock link /proc/self/fd/1\n", IMAGE "--lock-file /lock -- /probe");
	want_refused(s, "cannot lock /lock");
}

/* Moments at which somebody else exchanges something: see struct meddling. */

/* The link that led to the new proc leads to an empty directory now. */
static int exchange_proc(struct kernel *k, int root)
{
	int r = sys_unlinkat(k, root, "proc", 0);

	return r < 0 ? r : sys_mkdirat(k, root, "proc", 0755);
}

static void a_proc_that_is_exchanged_before_it_is_protected_is_refused(void **state)
{
	struct meddling m = {.op = OP_openat2,
			     .contains = "proc",
			     .nth = 2,
			     .image = "/real dir\n/proc link real\n",
			     .meddle = exchange_proc};
	struct scene *s = *state;

	scene_run_meddled(s, &m, BOX "--bind @/img / --proc /proc --unshare-pid -- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot make /proc/", "proc-exchanged");
}

/* CVE-2024-45310: a link appears where a directory is about to be made. */
static int plant_link(struct kernel *k, int dir)
{
	return sys_symlinkat(k, "/canary", dir, "made");
}

static void a_link_that_appears_where_a_directory_is_made_is_refused(void **state)
{
	struct meddling m = {.op = OP_mkdirat, .contains = "\"made\"", .meddle = plant_link};
	struct scene *s = *state;

	scene_run_meddled(s, &m, IMAGE "--tmpfs /made/deep -- /probe");
	/* It is followed inside, as it is when it was there before. */
	want_line(s, "/canary/deep tmpfs");
}

/* CVE-2021-30465: a directory of the image becomes a link between being found and used. */
static int exchange_run(struct kernel *k, int dir)
{
	int r = sys_renameat2(k, dir, "run", dir, "was", 0);

	return r < 0 ? r : sys_symlinkat(k, "/canary", dir, "run");
}

static void a_place_that_becomes_a_link_is_not_followed(void **state)
{
	struct meddling m = {.op = OP_openat2, .contains = "\"run\"", .meddle = exchange_run};
	struct scene *s = *state;

	scene_run_meddled(s, &m, IMAGE "-- /probe");
	want_refusal(&s->seen, 125, "sandtable: cannot mount tmpfs on ", "image-symlink");
}

/* Odd, and nobody's fault. */

static void a_resolv_conf_that_dangles_gets_its_mount(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/etc dir\n/etc/resolv.conf link ../run/systemd/resolve/stub-resolv.conf\n",
	    IMAGE "--ro-bind /etc/passwd /etc/resolv.conf -- /probe");
	want_line(s, "/run/systemd/resolve/stub-resolv.conf ");
}

static void a_dev_with_links_in_it_is_covered(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/dev/fd link /canary\n/dev/null link /canary\n/dev/pts link /canary\n",
	    IMAGE "-- /probe");
	want_line(s, "null char 1:3 0666\n");
}

static void directories_that_cannot_be_listed_can_be_passed(void **state)
{
	struct scene *s = *state;

	run(s, FOUR "/a dir 0711\n/a/b dir 0711\n", IMAGE "--tmpfs /a/b/c -- /probe");
	want_line(s, "/a/b/c tmpfs rw,nosuid,nodev,relatime\n");
}

static void a_rootfs_may_have_dots_in_its_path(void **state)
{
	struct scene *s = *state;

	run(s, FOUR, BOX "--rootfs @/canary/../img/./ -- /probe");
	want_line(s, "/ rw\n");
}

static void the_root_itself_may_be_the_rootfs(void **state)
{
	struct scene *s = *state;

	run(s, FOUR, BOX "--rootfs / --readonly -- @/img/probe");
	want_line(s, "/ ro\n");
}

static void an_odd_umask_changes_nothing(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.line = IMAGE "--dir /a/b --tmpfs /a/c -- /probe",
				     .umask = 0777});
	want_line(s, "umask: 0777\n");
	assert_non_null(strstr(s->seen.after, "a dir 0755\n"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_BOTH(links_of_every_kind_at_the_systems_places_are_refused),
		SCENE_BOTH(files_at_the_systems_places_are_refused),
		SCENE_BOTH(magic_links_lead_nowhere),
		SCENE_BOTH(what_is_made_behind_links_is_made_inside),
		SCENE_BOTH(a_mask_over_a_link_masks_what_is_behind_it),
		SCENE_BOTH(queues_and_procs_on_links_stay_inside),
		SCENE_BOTH(standard_streams_that_are_closed_are_filled),
		SCENE_BOTH(a_directory_as_a_standard_stream_is_refused),
		SCENE_BOTH(a_leaked_directory_is_no_way_out),
		SCENE_BOTH(nothing_is_executed_by_a_leaked_directory),
		SCENE_BOTH(a_directory_that_lies_outside_is_not_entered),
		SCENE_BOTH(nothing_is_inherited_that_nobody_asked_for),
		SCENE_BOTH(a_path_that_leads_out_finds_nothing),
		SCENE_FAKE(a_rootfs_on_a_read_only_mount_works),
		SCENE_BOTH(lock_files_that_are_magic_links_are_refused),
		SCENE_BOTH(a_proc_that_is_exchanged_before_it_is_protected_is_refused),
		SCENE_BOTH(a_link_that_appears_where_a_directory_is_made_is_refused),
		SCENE_BOTH(a_place_that_becomes_a_link_is_not_followed),
		SCENE_BOTH(a_resolv_conf_that_dangles_gets_its_mount),
		SCENE_BOTH(a_dev_with_links_in_it_is_covered),
		SCENE_BOTH(directories_that_cannot_be_listed_can_be_passed),
		SCENE_BOTH(a_rootfs_may_have_dots_in_its_path),
		SCENE_BOTH(the_root_itself_may_be_the_rootfs),
		SCENE_BOTH(an_odd_umask_changes_nothing),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
