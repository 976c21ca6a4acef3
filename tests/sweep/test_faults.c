/* Every call of a run fails once, with each errno that it may answer. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/check.h"
#include "tests/lib/reached.h"
#include "tests/lib/sweep.h"

static struct sweep sweep;

/* What runs have come to. */
struct counts {
	int runs, blamed, tolerated;
};

/*
 * Where the answer is no failure: what was to be done is done, it is asked again, or the
 * plan has another way.
 */
static bool is_tolerated(enum sysop op, int error)
{
	switch (op) {
	case OP_openat2: /* then it is made; then it is walked again */
		return error == ENOENT || error == EAGAIN;
	case OP_mkdirat:
	case OP_mknodat:
		return error == EEXIST;
	case OP_unlinkat:
		return error == ENOENT || error == EISDIR;
	case OP_clone3:
	case OP_close_range:
		return error == ENOSYS;
	case OP_read:
	case OP_write:
	case OP_sendmsg:
	case OP_recvmsg:
	case OP_waitid:
		return error == EINTR;
	case OP_openat: /* a mount of the table that no path leads to */
		return error == ENOENT || error == ENOTDIR;
	case OP_prctl_capbset_drop: /* the one behind the last that there is */
	case OP_umount2: /* /sys; nothing more to take off */
		return error == EINVAL;
	case OP_execveat: /* of another directory of PATH */
		return error == ENOENT || error == ENOTDIR || error == EACCES;
	default:
		return false;
	}
}

/* Asked before there is a plan; where there is no answer the plan does without. */
static bool is_fact(const struct fault *fault)
{
	static const enum sysop facts[] = {OP_ioctl_tcgets, OP_openat, OP_close, OP_getcwd};

	for (size_t i = 0; i < COUNT(facts); i++)
		if (!fault->hit_step && fault->hit_op == facts[i])
			return true;
	return false;
}

/* The last calls of the host tidy up after a run that went well; nothing is left by them. */
static bool is_tidying(const struct fault *fault)
{
	return fault->hit_op == OP_close && fault->hit_side &&
	       strcmp(fault->hit_side, "host") == 0;
}

static const char *describe(const struct fault *fault, char memory[256])
{
	snprintf(memory, 256, "call %lu (%s of step %d, %s) failed with %s", fault->nth,
		 sysop_infos[fault->hit_op].name, fault->hit_step, fault->hit_side,
		 strerrorname_np(-fault->answer));
	return memory;
}

static int count_lines_with(const char *text, const char *begin)
{
	int n = 0;

	for (const char *c = text; (c = strstr(c, begin)); c++)
		n += c == text || c[-1] == '\n';
	return n;
}

/* The payload runs by then, and may have said what it sees. */
static bool is_waiting(const struct sweep *s)
{
	static const enum step_kind waiting[] = {STEP_SERVE, STEP_HEAR_STATUS,
						 STEP_EXIT_INFO, STEP_RELAY};
	struct plan p;

	if (!s->fault.hit_step)
		return false;
	box_plan(&p, &s->given);
	for (size_t i = 0; i < COUNT(waiting); i++)
		if (p.steps[s->fault.hit_step - 1].kind == waiting[i])
			return true;
	/* Until then its output was relayed. */
	return s->given.terminal && p.steps[s->fault.hit_step - 1].kind == STEP_REAP;
}

/* One message, which names the call that failed. */
static void want_blame(const struct sweep *s, const char *what)
{
	char call[64], answer[32];

	snprintf(call, sizeof(call), "  call  %s(", sysop_infos[s->fault.hit_op].name);
	snprintf(answer, sizeof(answer), " = -%s\n", strerrorname_np(-s->fault.answer));
	if (count_lines_with(s->seen.said, "sandtable: ") != 1)
		fail_msg("%s: said %s", what, s->seen.said);
	/*
	 * Before the first step there is none to name.  Of an answer that is tolerated but not
	 * true, as EEXIST where there is nothing, it is what follows that is blamed.
	 */
	if (s->fault.hit_step && !is_tolerated(s->fault.hit_op, -s->fault.answer) &&
	    (!strstr(s->seen.said, call) || !strstr(s->seen.said, answer)))
		fail_msg("%s: said %s", what, s->seen.said);
	if (strstr(s->seen.said, "  left  "))
		fail_msg("%s: said %s", what, s->seen.said);
	/* A terminal of the caller's echoes what is typed there. */
	if (!is_waiting(s) && s->seen.inside[0])
		assert_string_equal(s->seen.inside, s->given.typed);
}

/* The step that is blamed is one of the plan, and its side's. */
static void want_step(const struct sweep *s, const char *what)
{
	const char *line = strstr(s->seen.said, "  step  ");
	char side[8] = "";
	struct plan p;
	size_t i = 0, n = 0;

	if (!s->fault.hit_step)
		return;
	box_plan(&p, &s->given);
	if (!line || sscanf(line, "  step  %zu of %zu, %7[a-z]:", &i, &n, side) != 3 ||
	    i < 1 || i > p.n || n != p.n ||
	    strcmp(side, side_text(p.steps[i - 1].side)) != 0)
		fail_msg("%s: no step of %zu is blamed: %s", what, p.n, s->seen.said);
	reached_step(&p, i - 1, p.steps[i - 1].kind);
	/* It came to the host in a message. */
	if (p.steps[i - 1].side == SIDE_INIT)
		reached_value("word", WORD_BLAME);
	reached("row", sysop_infos[s->fault.hit_op].name, NULL);
}

/* No terminal, a size that nobody tells, a pause, an end: there may be any of them. */
static bool is_relays(enum sysop op, int error)
{
	switch (op) {
	case OP_ioctl_tcgets:
	case OP_ioctl_tiocgwinsz:
	case OP_ioctl_tcsetsw: /* once more without waiting */
		return true;
	case OP_ppoll:
		return error == EAGAIN || error == EINTR;
	case OP_read:
	case OP_write:
		return error == EAGAIN || error == EINTR || error == EIO || error == EPIPE;
	default:
		return false;
	}
}

/* The plan says that this answer is none to end by: the alternative ran, or none is needed. */
static bool is_planned(const struct sweep *s)
{
	const struct step *step;
	struct plan p;

	if (!s->fault.hit_step)
		return false;
	box_plan(&p, &s->given);
	step = &p.steps[s->fault.hit_step - 1];
	if (step->or_on && s->fault.answer == -step->or_on) {
		reached_step(&p, (size_t)s->fault.hit_step - 1, step->or_kind);
		return true;
	}
	/* The status is on its way then, or the host has it. */
	if (step->kind == STEP_SERVE && s->fault.hit_op == OP_waitid)
		return true;
	if (step->kind == STEP_RELAY || step->kind == STEP_WINDOW)
		return is_relays(s->fault.hit_op, -s->fault.answer);
	/* Where nothing was asked for, another directory does. */
	if (step->kind == STEP_CHDIR && !step->target)
		return true;
	return step->tolerate && s->fault.answer == -step->tolerate;
}

static void run_one(struct sweep *s, struct counts *counts)
{
	char memory[256];
	const char *what;
	int status = sweep_run(s, true);

	what = describe(&s->fault, memory);
	counts->runs++;
	if (status == 0) {
		if (!is_planned(s) && !is_tolerated(s->fault.hit_op, -s->fault.answer) &&
		    !is_tidying(&s->fault) && !is_fact(&s->fault))
			fail_msg("%s: and nobody minded", what);
		assert_string_equal(s->seen.said, "");
		counts->tolerated++;
	} else {
		int exit = status >> 8;

		if ((status & 0x7f) || exit < 125 || exit > 127)
			fail_msg("%s: status %#x, said %s", what, status, s->seen.said);
		want_blame(s, what);
		want_step(s, what);
		counts->blamed++;
	}
	sweep_want_clean(s, what);
}

static const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

/* What lines may name. */
static const struct given_fd sweep_fds[] = {
	{.fd = 20, .bytes = "hello", .n = 5},
	{.fd = 21, .bytes = "hello", .n = 5},
	{.fd = 22, .bytes = (const char *)&allow, .n = sizeof(allow)},
	{.fd = 23, .path = "/info"},
	{.fd = 24, .bytes = "x", .n = 1},
	{.fd = 25, .bytes = "--setenv\0A\0B", .n = 13},
	{.fd = 0},
};

/* With lasting faults the second call of the same kind fails, too: tidying up included. */
static void every_call(const char *options, const char *name)
{
	struct sweep *s = &sweep;
	struct counts counts = {0};
	unsigned long n;

	sweep_make(s, options);
	s->given.fds = sweep_fds;
	s->given.terminal = strstr(options, " --console --");
	s->given.typed = "typed\n";
	s->given.pending = s->given.terminal ? SIGWINCH : 0;
	assert_int_equal(sweep_run(s, true), 0);
	n = s->fault.n_counted;
	assert_true(n > 50);
	for (unsigned long i = 1; i <= n; i++) {
		const int *error;

		s->fault.nth = i;
		s->fault.answer = -EIO;
		sweep_run(s, false);
		assert_int_equal(s->fault.n_hits, 1);
		for (error = sysop_infos[s->fault.hit_op].errnos; *error; error++) {
			s->fault.answer = -*error;
			run_one(s, &counts);
		}
	}
	print_message("%s: %lu calls, %d faults: %d blamed, %d tolerated\n", name, n,
		      counts.runs, counts.blamed, counts.tolerated);
	sweep_free(s);
}

static void whichever_call_of_a_box_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("--rootfs /img", "box");
}

static void whichever_call_fails_with_a_console_and_read_only(void **state)
{
	(void)state;
	every_call("--rootfs /img --readonly --console %", "box, read-only, with console");
}

static void whichever_call_of_an_image_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --rootfs /img -- /probe", "image");
}

static void whichever_call_of_binds_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --bind / / --ro-bind /img /mnt --bind-try /missing /x "
		   "--dev-bind /dev /dev --proc /proc --perms 0700 --size 4096 --tmpfs /tmp "
		   "--remount-ro /mnt --mask /root --mask /etc/passwd --chdir /tmp "
		   "--symlink a /tmp/b/c --dir /tmp/d --chmod 0711 /tmp/d --mqueue /tmp/q "
		   "--new-session --die-with-parent -- /img/probe",
		   "binds");
}

static void whichever_call_of_what_is_given_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --rootfs /img --readonly --file 20 /run/f --bind-data 21 "
		   "/run/b --seccomp 22 --info-fd 23 --json-status-fd 23 --block-fd 24 "
		   "--sync-fd 23 "
		   "--lock-file /probe --args 25 -- /probe",
		   "given");
}

static void whichever_call_of_a_terminal_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --rootfs /img --console -- /probe", "terminal");
	every_call("sandtable box --rootfs /img --as-pid-1 --console -- /probe", "its own");
}

static void whichever_call_of_a_user_namespace_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --bind /img / --dev /dev --proc /proc --unshare-user "
		   "--unshare-pid --uid 7 --gid 8 --cap-add CAP_CHOWN -- /probe",
		   "user namespace");
}

static void whichever_call_of_no_reaper_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("sandtable box --bind /img / --proc /proc --unshare-user --unshare-pid "
		   "--unshare-uts --unshare-ipc --unshare-net --as-pid-1 --hostname h "
		   "-- /probe",
		   "first task");
}

static void whichever_call_of_joining_fails_it_is_blamed(void **state)
{
	(void)state;
	every_call("--join &", "join");
}

/* The nth and all that come behind it: nothing hangs, and it is no success. */
static void a_call_that_keeps_failing_ends_the_run(void **state)
{
	static const int errors[] = {EPERM, EINTR, EIO};
	struct sweep *s = &sweep;
	int runs = 0;

	(void)state;
	sweep_make(s, "--rootfs /img");
	sweep_run(s, false);
	for (unsigned long i = 1, n = s->fault.n_counted; i <= n; i++) {
		for (size_t e = 0; e < COUNT(errors); e += 2) {
			s->fault.nth = i;
			s->fault.lasting = true;
			s->fault.answer = -errors[e];
			sweep_run(s, false);
			if (s->seen.status == 0 && !is_tidying(&s->fault))
				fail_msg("call %lu and those behind it failed, and nobody "
					 "minded",
					 i);
			runs++;
		}
	}
	print_message("lasting faults: %d runs\n", runs);
	sweep_free(s);
}

/* Answers how many there are. */
static int every_allocation(const char *line)
{
	struct sweep *s = &sweep;
	int n = 0;

	sweep_make(s, line);
	s->given.fds = sweep_fds;
	for (;;) {
		s->given.refuse_at = (unsigned long)n + 1;
		sweep_run(s, true);
		sweep_want_clean(s, "an allocation failed");
		if (s->seen.status == 0)
			break;
		n++;
		assert_int_equal(s->seen.status >> 8 & ~3, 125 & ~3);
		assert_int_equal(count_lines_with(s->seen.said, "sandtable: "), 1);
		if (!strstr(s->seen.said, "[arena-full]") &&
		    !strstr(s->seen.said, "set aside is used up"))
			fail_msg("allocation %d: said %s", n, s->seen.said);
		assert_false(s->executed);
	}
	sweep_free(s);
	return n;
}

static void every_allocation_that_fails_is_told(void **state)
{
	static const char *const lines[] = {
		"--rootfs /img",
		"sandtable box --args 25 --tmpfs / --bind /img / --size 4096 --tmpfs /run "
		"--dir run/deep/dir --symlink gone /run/l --dir /run/l --seccomp 22 --file 20 "
		"/run/f --bind-data 21 /run/b --argv0 x --setenv C D --unshare-pid "
		"--trace=/info --as-pid-1 -- probe",
		"sandtable box --rootfs /img --dev /dev --lock-file /probe -- probe",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		int n = every_allocation(lines[i]);

		assert_true(n >= 3);
		print_message("%d allocations failed\n", n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whichever_call_of_a_box_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_fails_with_a_console_and_read_only),
		cmocka_unit_test(whichever_call_of_joining_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_an_image_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_binds_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_what_is_given_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_a_terminal_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_a_user_namespace_fails_it_is_blamed),
		cmocka_unit_test(whichever_call_of_no_reaper_fails_it_is_blamed),
		cmocka_unit_test(a_call_that_keeps_failing_ends_the_run),
		cmocka_unit_test(every_allocation_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
