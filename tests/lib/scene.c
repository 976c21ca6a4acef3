/* A scene: a new ground for each test, of the kind that the program was asked for. */
#include "tests/lib/scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/reached.h"

static struct scene scene; /* too large for the stack */

int scene_fake(void **state)
{
	ground_make_fake(&scene.g, &(struct fake_options){.checks = true});
	*state = &scene;
	return 0;
}

int scene_linux(void **state)
{
	char self[256];
	char *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 32);

	if (n < 0)
		return -1;
	/* build/VARIANT/tests/scenario/test_classic -> build/VARIANT/tests/linux/probe */
	self[n] = '\0';
	for (int i = 0; i < 2; i++) {
		slash = strrchr(self, '/');
		*slash = '\0';
	}
	memcpy(self + strlen(self), "/linux/probe", sizeof("/linux/probe"));
	ground_make_linux(&scene.g, self);
	*state = &scene;
	return 0;
}

int scene_end(void **state)
{
	struct scene *s = *state;

	ground_free(&s->g);
	return 0;
}

void scene_run(struct scene *s, const struct given *given)
{
	box_prepare(&s->g, given);
	box_run(&s->g, given, &s->seen);
}

#define DEV_ENTRIES                                                                            \
	"core link /proc/kcore\n"                                                              \
	"fd link /proc/self/fd\n"                                                              \
	"full char 1:7 0666\n"                                                                 \
	"null char 1:3 0666\n"                                                                 \
	"ptmx link pts/ptmx\n"                                                                 \
	"pts dir 0755\n"                                                                       \
	"random char 1:8 0666\n"                                                               \
	"shm dir 1777\n"                                                                       \
	"stderr link /proc/self/fd/2\n"                                                        \
	"stdin link /proc/self/fd/0\n"                                                         \
	"stdout link /proc/self/fd/1\n"                                                        \
	"tty char 5:0 0666\n"                                                                  \
	"urandom char 1:9 0666\n"                                                              \
	"zero char 1:5 0666\n"

/* What is inside, with "ro" or "rw" for the root and what comes of writing to it. */
void want_inside(const struct scene *s, const char *root, const char *mkdir)
{
	char want[BOX_TEXT_SIZE];

	snprintf(want, sizeof(want),
		 "mounts:\n/ %s\n" SCENE_MOUNTS "dev:\n" DEV_ENTRIES
		 "descriptors: 0 1 2\numask: 0022\ncwd: /\npid: 1\n",
		 root);
	assert_string_equal(s->seen.said, "");
	assert_int_equal(s->seen.status, 0);
	if (strncmp(s->seen.inside, want, strlen(want)) != 0)
		assert_string_equal(s->seen.inside, want);
	snprintf(want, sizeof(want), "\nmkdir /new: %s\n", mkdir);
	assert_non_null(strstr(s->seen.inside, want));
	/* Modes of nodes, and the one at the end. */
	reached("step", "UMASK", NULL);
}

void scene_again(struct scene *s)
{
	bool is_linux = s->g.is_linux;
	void *state = s;

	scene_end(&state);
	(is_linux ? scene_linux : scene_fake)(&state);
}

static int meddle_hit(struct fault *fault, const struct call *call)
{
	const struct meddling *m = fault->context;
	int r = m->meddle(fault->layer.lower, (int)call->arg[call->op == OP_symlinkat]);

	return r < 0 ? -ENOTRECOVERABLE : layer_pass(&fault->layer, call);
}

static struct kernel *meddled(void *context, struct kernel *k)
{
	struct meddling *m = context;

	fault_init(&m->fault, k);
	m->fault.op = (int)m->op;
	m->fault.contains = m->contains;
	m->fault.nth = m->nth ? m->nth : 1;
	m->fault.hit = meddle_hit;
	m->fault.context = m;
	return &m->fault.layer.kernel;
}

void scene_run_meddled(struct scene *s, struct meddling *m, const char *options)
{
	bool is_line = strncmp(options, "sandtable ", strlen("sandtable ")) == 0;

	scene_run(s, &(struct given){.options = is_line ? NULL : options,
				     .line = is_line ? options : NULL,
				     .image = m->image,
				     .between = meddled,
				     .context = m});
}

void scene_choose(int argc)
{
	cmocka_set_test_filter(argc > 1 ? "*[linux]" : "*[fake]");
}
