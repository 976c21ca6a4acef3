/* Runs that must turn red, each for its own reason: right wrong crash hang leak deadlock. */
#include <string.h>

#include "tests/lib/scene.h"

static int crash_main(struct kernel *k, char *const *argv, char *const *envp)
{
	int *volatile nowhere = NULL;

	(void)k;
	(void)argv;
	(void)envp;
	return *nowhere;
}

static int hang_main(struct kernel *k, char *const *argv, char *const *envp)
{
	(void)argv;
	(void)envp;
	while (sys_getpid(k) > 0)
		;
	return 0;
}

/* Waits for itself: it holds the writing end of what it reads. */
static int deadlock_main(struct kernel *k, char *const *argv, char *const *envp)
{
	int fds[2];
	char byte;

	(void)argv;
	(void)envp;
	return sys_pipe2(k, fds, 0) < 0 ? 1 : sys_read(k, fds[0], &byte, 1);
}

/* A descriptor that the program opens and forgets. */
static int forget(struct fault *fault, const struct call *call)
{
	sys_openat(fault->layer.lower, AT_FDCWD, "/dev/null", O_RDONLY, 0);
	return layer_pass(&fault->layer, call);
}

static struct kernel *forgetting(void *context, struct kernel *k)
{
	struct fault *fault = context;

	fault_init(fault, k);
	fault->op = OP_waitid;
	fault->nth = 1;
	fault->hit = forget;
	return &fault->layer.kernel;
}

static const char *how;

static void a_run_goes_well(void **state)
{
	struct scene *s = *state;
	struct given given = {.options = "--rootfs @/img"};

	if (strcmp(how, "crash") == 0)
		fake_payload(s->g.fake, "/probe", crash_main);
	if (strcmp(how, "hang") == 0)
		fake_payload(s->g.fake, "/probe", hang_main);
	if (strcmp(how, "deadlock") == 0)
		fake_payload(s->g.fake, "/probe", deadlock_main);
	if (strcmp(how, "leak") == 0) {
		given.between = forgetting;
		given.context = &s->fault;
	}
	scene_run(s, &given);
	assert_int_equal(s->seen.status, 0);
	want_inside(s, strcmp(how, "wrong") == 0 ? "ro" : "rw", "0");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {SCENE_FAKE(a_run_goes_well)};

	how = argc > 1 ? argv[1] : "right";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
