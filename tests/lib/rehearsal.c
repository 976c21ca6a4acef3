/* Rehearsals for tests, on the ground itself. */
#include "tests/lib/rehearsal.h"

#include <string.h>

int rehearsal_status;
const char *rehearsal_mounts = "21 12 8:1 / / rw,nosuid shared:1 master:2 - ext4 /dev/sda1 rw\n"
			       "22 21 0:5 / /a\033b rw - tmpfs tmpfs rw\n";

/* Where the real host is rehearsed on: itself. */
int rehearse_here(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
		  struct view *view, struct text *why)
{
	static char odd[] = "ODD", path[] = "PATH=/:/nowhere";
	char *const envp[] = {odd, path, NULL};
	struct kernel *k = rehearsal->context;

	assert_string_equal(why->at, "");
	rehearsal_status = rehearsed->main(k, rehearsed->arg);
	rehearsed->look(k, envp, rehearsed->arg);
	text_add(&view->mounts, rehearsal_mounts);
	text_add(&view->ids, "uid 0 0 0 0\ngroups\neffective 0000000000000021\n"
			     "permitted 000001ffffffffff\nambient 0000000000000000\n"
			     "net net:[7]\npid pid:[8]\nhostname a\\033b\npid 2\n");
	text_add(&view->host, "net net:[7]\npid pid:[9]\n");
	text_add(&view->descriptors, "0 O_RDWR /a b\n");
	return 0;
}

int rehearse_nowhere(const struct rehearsal *rehearsal, const struct rehearsed *rehearsed,
		     struct view *view, struct text *why)
{
	(void)rehearsal;
	(void)rehearsed;
	(void)view;
	text_add(why, "the fake does not model this");
	return -ENOSYS;
}

struct rehearsal rehearsal_here = {.host = "a host", .run = rehearse_here};

void run_line(struct scene *s, const char *line)
{
	rehearsal_here.context = ground_kernel(&s->g);
	scene_run(s, &(struct given){.line = line, .rehearsal = &rehearsal_here});
}

void want_said(struct scene *s, const char *line, const char *said)
{
	run_line(s, line);
	assert_string_equal(s->seen.said, said);
	assert_string_equal(s->seen.inside, "");
	assert_int_equal(s->seen.status, 125 << 8);
}

/* Whatever the test wants to fail. */
struct kernel *faulty(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault->layer.lower = k;
	fault_rearm(fault);
	return &fault->layer.kernel;
}
