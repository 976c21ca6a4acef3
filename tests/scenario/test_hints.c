/* Each hint is reached by what it is for, and refusals of our own by what they are for. */
#include <stdio.h>
#include <string.h>

#include "core/run/hints.h"
#include "core/run/talk.h"
#include "core/steps/side.h"
#include "tests/lib/reached.h"
#include "tests/lib/scene.h"

/* Where a call is to answer something else than the kernel would. */
struct injected {
	struct plan p; /* the program's */
	const struct hint_row *row;
	int op;
	bool done;
	struct fault fault;
};

static struct injected injected;

/* An earlier row is for this. */
static bool is_forestalled(const struct hint_row *row, int kind, int op)
{
	for (const struct hint_row *other = hint_rows; other < row; other++)
		if ((other->step < 0 || other->step == kind) &&
		    (other->op < 0 || other->op == op) && other->error == row->error)
			return true;
	return false;
}

static int inject(struct fault *fault, const struct call *call)
{
	struct injected *in = fault->context;
	int kind = fault->step ? (int)in->p.steps[fault->step - 1].kind : -1;

	if (in->done || (int)call->op != in->op || !fault->step ||
	    (in->row->step >= 0 && kind != in->row->step) ||
	    is_forestalled(in->row, kind, in->op))
		return layer_pass(&fault->layer, call);
	in->done = true;
	return -in->row->error;
}

static struct kernel *injecting(void *context, struct kernel *k)
{
	struct injected *in = context;

	fault_init(&in->fault, k);
	in->fault.nth = 1;
	in->fault.lasting = true;
	in->fault.hit = inject;
	in->fault.context = in;
	return &in->fault.layer.kernel;
}

/* A row for any call is shown by one that no other row is for. */
static int op_for(const struct hint_row *row)
{
	if (row->op >= 0)
		return row->op;
	return row->step == STEP_SPAWN ? OP_clone3 : OP_openat;
}

/* Lines that make all calls of hints between them; first, where a command is missing. */
static const char *const lines[] = {
	"sandtable box --classic --rootfs /img -- /nothing",
	"sandtable box --classic --rootfs /img --console % -- /probe",
	"sandtable box --classic --join & -- /probe",
	"sandtable box --classic --rootfs /img --readonly -- /probe",
	"sandtable box --rootfs /img --bind /img /run/x --chdir /run --console -- /probe",
	"sandtable box --rootfs /img --unshare-user --uid 7 -- /probe",
};

static void want_hint(struct scene *s, const struct hint_row *row)
{
	char want[64];

	injected.row = row;
	injected.op = op_for(row);
	injected.done = false;
	for (size_t i = 0; i < COUNT(lines) && !injected.done; i++) {
		const struct given given = {
			.line = lines[i], .between = injecting, .context = &injected};

		box_plan(&injected.p, &given);
		scene_run(s, &given);
	}
	if (!injected.done)
		fail_msg("%s: the call is made in no line", row->hint.id);
	snprintf(want, sizeof(want), "  [%s]\n", row->hint.id);
	if (!strstr(s->seen.said, want) || s->seen.status >> 8 < 125)
		fail_msg("wanted %s, said: %s", want, s->seen.said);
	reached("why", row->hint.id, NULL);
}

static void each_hint_is_reached_by_what_it_is_for(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < n_hint_rows; i++)
		want_hint(s, &hint_rows[i]);
}

/* In a mount namespace of its own, as on a host where someone covered /proc. */
static struct kernel *with_covered_proc(void *context, struct kernel *k)
{
	(void)context;
	assert_int_equal(sys_unshare(k, CLONE_NEWNS), 0);
	assert_int_equal(sys_mount(k, "", "/", "", MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(sys_mount(k, "tmpfs", "/proc", "tmpfs", 0, NULL), 0);
	return k;
}

static void a_proc_that_is_none_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s,
		  &(struct given){.options = "--rootfs @/img", .between = with_covered_proc});
	want_refusal(&s->seen, 125, "sandtable: cannot use /proc: ", "not-a-proc");
}

/* What a channel brings instead of what was sent. */
static const struct message *forged;
static size_t forged_size;
static int forged_at; /* the so-many-th receipt, from 1 */

static int forge(struct fault *fault, const struct call *call)
{
	const struct msghdr *msg = (const struct msghdr *)call->arg[1];
	int r = layer_pass(&fault->layer, call);

	if (r < 0)
		return r;
	memcpy(msg->msg_iov->iov_base, forged, forged_size);
	return (int)forged_size;
}

static struct kernel *forging(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_recvmsg;
	fault->nth = (unsigned long)forged_at;
	fault->hit = forge;
	return &fault->layer.kernel;
}

static void want_garbled(struct scene *s, const struct message *message, size_t size, int at)
{
	forged = message;
	forged_size = size;
	forged_at = at;
	scene_run(s, &(struct given){.options = "--rootfs @/img",
				     .between = forging,
				     .context = &s->fault});
	want_refusal(&s->seen, 125, "sandtable: cannot wait for the other side: ", "garbled");
}

static void what_is_no_message_of_ours_is_refused(void **state)
{
	struct message m = {.word = "blame",
			    .blame = {.side = SIDE_INIT, .step = 7, .op = -1, .error = EIO}};
	struct message odd = m;
	struct scene *s = *state;

	odd.blame.step = 1; /* the host's */
	want_garbled(s, &odd, sizeof(odd), 1);
	odd = m;
	memcpy(odd.word, "blamf", 6);
	want_garbled(s, &odd, sizeof(odd), 1);
	want_garbled(s, &m, sizeof(m) - 1, 1);
	want_garbled(s, &(struct message){.word = "go"}, WORD_SIZE, 1);
	/* To init, which takes no blame from anyone. */
	want_garbled(s, &m, sizeof(m), 2);
}

static int endless_line(struct fault *fault, const struct call *call)
{
	(void)fault;
	memset((void *)call->arg[1], 'x', call->arg[2]);
	return (int)call->arg[2];
}

static struct kernel *with_endless_line(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_read;
	fault->nth = 1;
	fault->hit = endless_line;
	return &fault->layer.kernel;
}

static void a_line_of_the_mount_table_without_end_is_refused(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){.options = "--rootfs @/img",
				     .between = with_endless_line,
				     .context = &s->fault});
	want_refusal(&s->seen, 125, "sandtable: cannot cover proc and sysfs of the old root: ",
		     "mount-table-line");
}

/* Two layers: one call fails, and what would tidy up after it fails, too. */
static struct fault first, then;

static struct kernel *twice(void *context, struct kernel *k)
{
	(void)context;
	then.layer.lower = k;
	first.layer.lower = &then.layer.kernel;
	fault_rearm(&first);
	fault_rearm(&then);
	return &first.layer.kernel;
}

static void want_left(struct scene *s, const char *options, enum sysop op, enum sysop tidying,
		      const char *left)
{
	fault_init(&first, NULL);
	first.op = (int)op;
	first.nth = 1;
	first.answer = -EIO;
	fault_init(&then, NULL);
	then.op = (int)tidying;
	then.nth = 1;
	then.lasting = true;
	then.answer = -EPERM;
	scene_run(s, &(struct given){.options = options, .between = twice});
	assert_int_equal(s->seen.status, 125 << 8);
	if (!strstr(s->seen.said, left) || !strstr(s->seen.said, "= -EIO\n"))
		fail_msg("wanted %s, said: %s", left, s->seen.said);
}

static void what_tidying_up_leaves_is_named_and_the_first_blame_stays(void **state)
{
	struct scene *s = *state;

	want_left(s, "--rootfs @/img", OP_recvmsg, OP_kill, "  left  the task ");
	want_left(s, "--rootfs @/img", OP_recvmsg, OP_waitid, "  left  the task ");
}

static int failing_return(struct fault *fault, const struct call *call)
{
	struct scene *s = fault->context;

	(void)call;
	/* The first setns is into the other namespace, the second the way back. */
	return s->fault.n_counted == 1 ? layer_pass(&fault->layer, call) : -EPERM;
}

static struct kernel *without_return(void *context, struct kernel *k)
{
	struct scene *s = context;

	fault_init(&s->fault, k);
	s->fault.op = OP_setns;
	s->fault.nth = 1;
	s->fault.lasting = true;
	s->fault.hit = failing_return;
	s->fault.context = s;
	s->fault.task = kernel_task(k);
	return &s->fault.layer.kernel;
}

static void a_namespace_that_cannot_be_left_is_named(void **state)
{
	struct scene *s = *state;

	scene_run(s, &(struct given){
			     .options = "--join &", .between = without_return, .context = s});
	assert_non_null(strstr(s->seen.said, "cannot go back to our own pid namespace: "));
	assert_non_null(strstr(s->seen.said,
			       "  left  new children start in the joined pid namespace\n"));
}

/* Without close_range each descriptor is asked for; each of these calls may fail, too. */
static struct kernel *without_close_range(void *context, struct kernel *k)
{
	(void)context;
	fault_init(&then, k);
	then.op = OP_close_range;
	then.nth = 1;
	then.answer = -ENOSYS;
	first.layer.lower = &then.layer.kernel;
	fault_rearm(&first);
	return &first.layer.kernel;
}

static void want_close_each(struct scene *s, enum sysop op, const char *contains,
			    const char *said)
{
	fault_init(&first, NULL);
	first.op = (int)op;
	first.contains = contains;
	first.nth = 1;
	first.answer = -EIO;
	scene_run(s,
		  &(struct given){.options = "--rootfs @/img", .between = without_close_range});
	assert_int_equal(s->seen.status, 125 << 8);
	if (!strstr(s->seen.said, said))
		fail_msg("wanted %s, said: %s", said, s->seen.said);
}

#define ALLOCATIONS_MAX 64

/* One of the program's allocations fails at this; which one it is hangs on all before it. */
static void want_refused_allocation(struct scene *s, struct given given, int status,
				    const char *first_line)
{
	for (given.refuse_at = 1; given.refuse_at < ALLOCATIONS_MAX; given.refuse_at++) {
		scene_run(s, &given);
		if (strncmp(s->seen.said, first_line, strlen(first_line)) == 0)
			break;
	}
	want_refusal(&s->seen, status, first_line, "arena-full");
}

static void closing_one_by_one_fails_as_any_step_does(void **state)
{
	struct scene *s = *state;

	want_close_each(s, OP_openat, "/proc/self/fd\"", "call  openat(");
	want_close_each(s, OP_getdents64, NULL, "call  getdents64(");
	want_close_each(s, OP_fcntl_setfd, NULL, "call  fcntl_setfd(");
	reached("step", "CLOSE_EACH", NULL);
	want_refused_allocation(
		s, (struct given){.options = "--rootfs @/img", .between = without_close_range},
		125, "sandtable: cannot let all other descriptors close at exec");
}

static void the_search_for_a_command_needs_memory(void **state)
{
	want_refused_allocation(*state,
				(struct given){.options = "--rootfs @/img", .command = "probe"},
				126, "sandtable: cannot execute probe: cannot allocate memory");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCENE_FAKE(each_hint_is_reached_by_what_it_is_for),
		SCENE_BOTH(a_proc_that_is_none_is_refused),
		SCENE_FAKE(what_is_no_message_of_ours_is_refused),
		SCENE_BOTH(a_line_of_the_mount_table_without_end_is_refused),
		SCENE_FAKE(what_tidying_up_leaves_is_named_and_the_first_blame_stays),
		SCENE_FAKE(a_namespace_that_cannot_be_left_is_named),
		SCENE_FAKE(closing_one_by_one_fails_as_any_step_does),
		SCENE_FAKE(the_search_for_a_command_needs_memory),
	};

	(void)argv;
	scene_choose(argc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
