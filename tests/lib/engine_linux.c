/* Programs on Linux: each task a process, told its lines through memory that all share. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/linux.h"
#include "tests/lib/engine.h"
#include "tests/lib/processes.h"

#define LOOK_MAX (256 * 1024)
#define LOOKS_ASLEEP 12
#define PATIENCE_NS 400000L /* between two looks at a task that does not answer */
#define LOOKS_MAX 25000	    /* some ten seconds: then the task is taken for stuck */

struct engine_linux {
	struct engine engine; /* first */
	struct linux_kernel linux_kernel;
	pid_t top; /* pid 1 of the world, or task 1 */
	bool as_is;
	int looks; /* that must find a task asleep before it is said to be */
	char *mountinfo; /* what was last read, or NULL */
};

static struct engine_linux *linux_of(struct engine *e)
{
	return (struct engine_linux *)e;
}

static void futex_sleep(uint32_t *word, uint32_t value, long ns)
{
	struct timespec timeout = {.tv_nsec = ns};

	syscall(SYS_futex, word, FUTEX_WAIT, value, ns ? &timeout : NULL, NULL, 0);
}

/* Others go on; timers of some kernels tick so seldom that a nap is long. */
static void nap(int n)
{
	uint32_t nothing = 0;

	if (n < 200)
		sched_yield();
	else
		futex_sleep(&nothing, 0, PATIENCE_NS / 8);
}

static void futex_wake(uint32_t *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE, 64, NULL, NULL, 0);
}

static void await_turn(struct bench *bench, uint32_t task)
{
	struct desk *desk = bench->desk;
	uint32_t *go = &desk->seats[task].go;

	for (;;) {
		uint32_t seen = __atomic_load_n(go, __ATOMIC_SEQ_CST);

		if (__atomic_load_n(&desk->turn, __ATOMIC_SEQ_CST) == task)
			return;
		futex_sleep(go, seen, 0);
	}
}

static void wake(struct bench *bench, uint32_t task)
{
	futex_wake(task ? &bench->desk->seats[task].go : &bench->desk->engine);
}

static pid_t outside_pid(struct engine_linux *e, uint32_t task)
{
	struct seat *seat = &e->engine.bench.desk->seats[task];

	if (!seat->outside_pid && e->as_is)
		seat->outside_pid = seat->pid;
	if (!seat->outside_pid)
		seat->outside_pid = process_find(e->top, seat->pid, (int)seat->pid_depth);
	return seat->outside_pid;
}

static char task_state(struct engine_linux *e, uint32_t task)
{
	pid_t pid = outside_pid(e, task);

	return pid ? process_state(pid) : '-';
}

static bool is_dead(char state)
{
	return state == 'Z' || state == 'X' || state == '-';
}

/*
 * A task in interruptible sleep within its call waits for what only others can do; so does the
 * init of a pid namespace that waits idly for the end of all others in it.
 */
static bool is_asleep(char state)
{
	return state == 'S' || state == 'I' || state == 'T' || state == 't';
}

static void stop(struct engine *e, const char *why)
{
	if (!e->stopped)
		e->stopped = why;
	e->bench.desk->turn = 0;
}

/* Nobody else is on the way to wake the one whose turn it is, or to end, which may, too. */
static bool others_rest(struct engine_linux *e, uint32_t runner)
{
	struct desk *desk = e->engine.bench.desk;

	for (uint32_t i = 1; i <= desk->n_tasks; i++) {
		char state;

		if (i == runner || desk->seats[i].state != SEAT_TAKEN)
			continue;
		state = task_state(e, i);
		if (is_dead(state))
			engine_task_died(&e->engine, i);
		if (!is_asleep(state))
			return false;
	}
	return true;
}

/*
 * Looks at the task whose turn it is; before counts how often it was found asleep in the line
 * that it is in.  Answers the new count.
 */
static int look_at_runner(struct engine_linux *e, int before)
{
	struct desk *desk = e->engine.bench.desk;
	uint32_t task = desk->turn, next = desk->next;
	struct desk_line *line = &desk->lines[next];
	char state = task ? task_state(e, task) : 'R';

	if (!task || desk->turn != task || desk->next != next)
		return 0;
	if (is_dead(state)) {
		engine_task_died(&e->engine, task);
		return 0;
	}
	if (!is_asleep(state) || line->waits)
		return 0;
	if (before >= e->looks && line->state == LINE_WAITING && state != 'S') {
		engine_task_stopped(&e->engine);
		return 0;
	}
	if (!others_rest(e, task))
		return 0;
	if (before >= e->looks && desk_change(line, LINE_RUNNING, LINE_ASLEEP))
		engine_task_sleeps(&e->engine, task);
	return before + 1;
}

/* Waits until the turn is the engine's again, however it comes to that. */
static void wait_for_turn(struct engine_linux *e)
{
	struct desk *desk = e->engine.bench.desk;
	int asleep = 0;

	for (int i = 0; i < LOOKS_MAX; i++) {
		uint32_t seen = __atomic_load_n(&desk->engine, __ATOMIC_SEQ_CST);
		uint32_t turn = __atomic_load_n(&desk->turn, __ATOMIC_SEQ_CST);
		uint32_t next = __atomic_load_n(&desk->next, __ATOMIC_SEQ_CST);

		if (turn == 0)
			return;
		if (desk->seats[turn].leaving)
			nap(i);
		else
			futex_sleep(&desk->engine, seen, PATIENCE_NS);
		if (__atomic_load_n(&desk->next, __ATOMIC_SEQ_CST) == next)
			asleep = look_at_runner(e, asleep);
		else
			i = asleep = 0;
	}
	stop(&e->engine, "!the task is stuck");
}

/* Whether the task rests; notes that it has died or come back from its call. */
static bool is_settled(struct engine_linux *e, uint32_t task)
{
	struct desk *desk = e->engine.bench.desk;
	struct seat *seat = &desk->seats[task];
	char state = task_state(e, task);

	if (is_dead(state))
		engine_task_died(&e->engine, task);
	else if (!is_asleep(state))
		return false;
	else if (seat->line && desk->lines[seat->line - 1].state == LINE_LATE)
		seat->line = 0;
	return true;
}

static bool all_settled(struct engine_linux *e)
{
	struct desk *desk = e->engine.bench.desk;

	for (uint32_t i = 1; i <= desk->n_tasks; i++)
		if (desk->seats[i].state == SEAT_TAKEN && !is_settled(e, i))
			return false;
	return true;
}

static bool somebody_sleeps(const struct desk *desk)
{
	for (uint32_t i = 1; i <= desk->n_tasks; i++)
		if (desk->seats[i].state == SEAT_TAKEN && desk->seats[i].line)
			return true;
	return false;
}

/*
 * A call may have woken or killed others.  Who was woken is no longer in sleep when the call
 * returns, so what is found asleep does rest; twice, because one may wake the next.
 */
static void settle(struct engine_linux *e)
{
	struct desk *desk = e->engine.bench.desk;
	int calm = 0;

	for (int i = 0; calm < 2; i++) {
		if (i == LOOKS_MAX) {
			stop(&e->engine, "!a task is stuck");
			return;
		}
		calm = all_settled(e) ? calm + 1 : 0;
		if (!calm)
			nap(i);
	}
	desk->careful = somebody_sleeps(desk);
}

static void turn(struct engine *e)
{
	struct engine_linux *linux_engine = linux_of(e);
	struct desk *desk = e->bench.desk;

	wake(&e->bench, desk->turn);
	wait_for_turn(linux_engine);
	if (desk->careful && !e->stopped)
		settle(linux_engine);
}

static const char *mountinfo(struct engine *e, uint32_t task)
{
	struct engine_linux *l = linux_of(e);
	pid_t pid = task < DESK_TASKS && e->bench.desk->seats[task].state == SEAT_TAKEN
			    ? outside_pid(l, task)
			    : 0;

	if (!l->mountinfo)
		l->mountinfo = malloc(LOOK_MAX);
	if (!pid || !l->mountinfo ||
	    process_read(pid, "mountinfo", l->mountinfo, LOOK_MAX) < 0)
		return NULL;
	return l->mountinfo;
}

static const char *rule(struct engine *e, uint32_t number)
{
	(void)e;
	(void)number;
	return NULL;
}

static void close_engine(struct engine *e)
{
	struct engine_linux *l = linux_of(e);
	struct desk *desk = e->bench.desk;

	for (uint32_t i = 1; l->as_is && i <= desk->n_tasks; i++)
		if (desk->seats[i].state == SEAT_TAKEN)
			kill(desk->seats[i].pid, SIGKILL);
	kill(l->top, SIGKILL);
	while (waitpid(l->top, NULL, 0) < 0 && errno == EINTR)
		;
	bench_free(&e->bench);
	linux_free(&l->linux_kernel);
	munmap(desk, sizeof(*desk));
	free(l->mountinfo);
	free(l);
}

static const struct engine_ops ops = {
	.turn = turn,
	.mountinfo = mountinfo,
	.rule = rule,
	.close = close_engine,
};

static void __attribute__((noreturn)) become_task_1(struct engine_linux *e)
{
	struct place place = {.bench = &e->engine.bench, .task = 1};

	if (e->as_is)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Until now, nobody would find it in /proc. */
	futex_wake(&e->engine.bench.desk->engine);
	_exit(worker_main(&place));
}

/* Pid 1 of the world: not a task of the program, it only keeps it going. */
static void __attribute__((noreturn)) become_init(struct engine_linux *e)
{
	struct desk *desk = e->engine.bench.desk;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (__atomic_load_n(&desk->seats[0].go, __ATOMIC_SEQ_CST) == 0)
		futex_sleep(&desk->seats[0].go, 0, 0);
	setsid();
	pid = fork();
	if (pid == 0)
		become_task_1(e);
	while (pid > 0 && (waitpid(-1, NULL, 0) > 0 || errno == EINTR || errno == ECHILD))
		if (errno == ECHILD)
			pause();
	_exit(1);
}

static int write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	n = n < 0 ? -errno : 0;
	close(fd);
	return (int)n;
}

/* All ids where we may, else our own as root's. */
static int write_maps(pid_t pid)
{
	char map[64];
	int r;

	if (geteuid() == 0) {
		r = write_file(pid, "uid_map", "0 0 65536");
		return r < 0 ? r : write_file(pid, "gid_map", "0 0 65536");
	}
	snprintf(map, sizeof(map), "0 %u 1", geteuid());
	r = write_file(pid, "uid_map", map);
	if (r == 0)
		r = write_file(pid, "setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", getegid());
	return r < 0 ? r : write_file(pid, "gid_map", map);
}

/* As many descriptors as a login session may have, and the fake's tasks. */
static void limit_descriptors(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 1024;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int start_world(struct engine_linux *e, bool user_namespace)
{
	struct desk *desk = e->engine.bench.desk;
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
			 (user_namespace ? CLONE_NEWUSER : 0),
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	int r = 0;

	if (pid == 0) {
		limit_descriptors();
		become_init(e);
	}
	if (pid < 0)
		return -errno;
	e->top = (pid_t)pid;
	if (user_namespace)
		r = write_maps(e->top);
	desk->seats[1].pid = 2;
	futex_wake(&desk->seats[0].go);
	for (int i = 0; i < LOOKS_MAX && __atomic_load_n(&desk->engine, __ATOMIC_SEQ_CST) == 0;
	     i++)
		futex_sleep(&desk->engine, 0, PATIENCE_NS);
	return r;
}

static int start_as_is(struct engine_linux *e)
{
	e->as_is = true;
	e->top = fork();
	if (e->top == 0)
		become_task_1(e);
	e->engine.bench.desk->seats[1].pid = e->top;
	return e->top < 0 ? -errno : 0;
}

static struct engine *give_up(struct engine_linux *e, const char *what, int r)
{
	fprintf(stderr, "%s: %s\n", what, strerror(-r));
	free(e);
	return NULL;
}

/* What whoever started this ignores is not the program's to ignore: once for all worlds. */
static void forget_signals(struct kernel *k)
{
	const struct kernel_sigaction action = {0};
	static bool done;

	if (done)
		return;
	done = true;
	for (int sig = 1; sig <= 64; sig++)
		(void)sys_rt_sigaction(k, sig, &action, NULL);
}

struct engine *engine_linux(const struct engine_options *options)
{
	struct engine_linux *e = calloc(1, sizeof(*e));
	struct desk *desk = mmap(NULL, sizeof(*desk), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int r;

	if (desk == MAP_FAILED)
		return give_up(e, "the desk", -ENOMEM);
	r = linux_init(&e->linux_kernel);
	if (r < 0)
		return give_up(e, "the kernel's counter", r);
	desk_clear(desk);
	e->engine.ops = &ops;
	e->engine.bench = (struct bench){
		.k = &e->linux_kernel.kernel, .desk = desk, .await = await_turn, .wake = wake};
	desk->n_tasks = 1;
	desk->seats[1].state = SEAT_TAKEN;
	forget_signals(&e->linux_kernel.kernel);
	e->looks = options->brisk ? 1 : LOOKS_ASLEEP;
	r = options->as_is ? start_as_is(e) : start_world(e, options->user_namespace);
	if (r < 0) {
		if (e->top > 0)
			kill(e->top, SIGKILL);
		return give_up(e, "new namespaces for the world", r);
	}
	return &e->engine;
}
