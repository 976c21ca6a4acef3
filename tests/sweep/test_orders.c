/* Every order of the two sides, a side that dies before each of its calls, absent calls. */
#include <stdio.h>
#include <string.h>

#include "core/kernel/absent.h"
#include "tests/lib/check.h"
#include "tests/lib/reached.h"
#include "tests/lib/sweep.h"

static struct sweep sweep;

static const char *const scenarios[] = {
	"--rootfs /img",
	"--rootfs /img --readonly --console %",
	"--join &",
	"sandtable box --rootfs /img -- /probe",
	"sandtable box --rootfs /img --unshare-user --as-pid-1 -- /probe",
	"sandtable box --rootfs /img --console -- /probe",
};

/* Runs once and wants what the first run saw. */
static void run_same(struct sweep *s, const char *inside)
{
	char what[64];

	snprintf(what, sizeof(what), "gave way at %d and %d", s->preempt[0], s->preempt[1]);
	sweep_run(s, true);
	if (s->seen.status != 0 || strcmp(s->seen.inside, inside) != 0)
		fail_msg("%s: status %#x, said %s", what, s->seen.status, s->seen.said);
	sweep_want_clean(s, what);
}

/* At each choice, and at each two, the task that runs gives way to each of the others. */
static void every_order(const char *options)
{
	static char inside[BOX_TEXT_SIZE];
	struct sweep *s = &sweep;
	int runs = 0, n;

	sweep_make(s, options);
	run_same(s, (sweep_run(s, true), memcpy(inside, s->seen.inside, sizeof(inside))));
	n = s->n_choices;
	for (int i = 1; i <= n; i++) {
		s->preempt[0] = i;
		s->preempt[1] = 0;
		run_same(s, inside);
		runs++;
		for (int j = i + 1, m = s->n_choices; j <= m; j++) {
			s->preempt[1] = j;
			run_same(s, inside);
			runs++;
		}
	}
	assert_true(n > 0);
	print_message("%s: %d choices, %d orders\n", options, n, runs);
	sweep_free(s);
}

static void in_every_order_the_outcome_is_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scenarios); i++)
		every_order(scenarios[i]);
}

/* Ends the task that makes the call, as SIGKILL does. */
static int die(struct fault *fault, const struct call *call)
{
	struct sweep *s = fault->context;

	(void)call;
	fake_kill(s->g.fake, kernel_task(fault->layer.lower));
	return -EIO;
}

/* The host's death must not leave a payload running that nobody waits for. */
static void want_dead_host(struct sweep *s, const char *what)
{
	if (s->seen.status != SIGKILL)
		fail_msg("%s: status %#x", what, s->seen.status);
	sweep_want_clean(s, what);
}

/* What dies is init, which stays while the payload runs. */
static bool is_serving(const struct sweep *s)
{
	struct plan p;

	if (!s->fault.hit_step)
		return false;
	box_plan(&p, &s->given);
	return p.steps[s->fault.hit_step - 1].kind == STEP_SERVE;
}

static void want_dead_init(struct sweep *s, const char *what)
{
	if (s->seen.status != 125 << 8 && s->seen.status != (128 + SIGKILL) << 8)
		fail_msg("%s: status %#x, said %s", what, s->seen.status, s->seen.said);
	if (s->seen.status == 125 << 8 && !strstr(s->seen.said, "[side-gone]") &&
	    !strstr(s->seen.said, "[listener-gone"))
		fail_msg("%s: said %s", what, s->seen.said);
	if (!is_serving(s))
		assert_false(s->executed);
	sweep_want_clean(s, what);
	if (strstr(s->seen.said, "[side-gone]"))
		reached("why", "side-gone", NULL);
}

static void every_death(const char *options)
{
	struct sweep *s = &sweep;
	int deaths[2] = {0};

	sweep_make(s, options);
	sweep_run(s, false);
	s->fault.hit = die;
	s->fault.context = s;
	for (unsigned long i = 1, n = s->fault.n_counted; i <= n; i++) {
		char what[128];
		bool host;

		s->fault.nth = i;
		sweep_run(s, false);
		assert_int_equal(s->fault.n_hits, 1);
		host = !s->fault.hit_side || strcmp(s->fault.hit_side, "host") == 0;
		host = host && s->seen.status == SIGKILL;
		snprintf(what, sizeof(what), "%s died before call %lu, %s",
			 host ? "host" : "init", i, sysop_infos[s->fault.hit_op].name);
		deaths[host]++;
		if (host)
			want_dead_host(s, what);
		else
			sweep_run(s, true), want_dead_init(s, what);
	}
	assert_true(deaths[0] > 20 && deaths[1] > 5);
	print_message("%s: %d deaths of init, %d of the host\n", options, deaths[0], deaths[1]);
	sweep_free(s);
}

static void each_side_may_die_before_each_of_its_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scenarios); i++)
		every_death(scenarios[i]);
}

static struct absent absent;
static const char *absent_name;

static struct kernel *lacking(void *context, struct kernel *k)
{
	(void)context;
	absent_init(&absent, k);
	assert_int_equal(absent_add(&absent, absent_name), 0);
	return &absent.layer.kernel;
}

/* What a kernel may lack without anything being missed. */
static const char *const optional[] = {"clone3", "close_range"};
/* What it may not: these the classic sequence says to be missing. */
static const char *const needed[] = {"statx", "openat2", "execveat"};

static void optional_calls_are_not_missed(void **state)
{
	struct sweep *s = &sweep;

	(void)state;
	sweep_make(s, "--rootfs /img");
	s->given.between = lacking;
	for (size_t i = 0; i < COUNT(optional); i++) {
		absent_name = optional[i];
		sweep_run(s, true);
		assert_string_equal(s->seen.said, "");
		assert_int_equal(s->seen.status, 0);
		assert_non_null(strstr(s->seen.inside, "descriptors: 0 1 2\n"));
		sweep_want_clean(s, absent_name);
	}
	sweep_free(s);
}

static void needed_calls_are_named_when_they_are_missing(void **state)
{
	struct sweep *s = &sweep;

	(void)state;
	sweep_make(s, "--rootfs /img");
	s->given.between = lacking;
	for (size_t i = 0; i < COUNT(needed); i++) {
		char call[32];

		absent_name = needed[i];
		snprintf(call, sizeof(call), "  call  %s(", needed[i]);
		sweep_run(s, true);
		assert_non_null(strstr(s->seen.said, call));
		assert_non_null(strstr(s->seen.said, "[no-such-call]"));
		sweep_want_clean(s, absent_name);
	}
	sweep_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_order_the_outcome_is_the_same),
		cmocka_unit_test(each_side_may_die_before_each_of_its_calls),
		cmocka_unit_test(optional_calls_are_not_missed),
		cmocka_unit_test(needed_calls_are_named_when_they_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
