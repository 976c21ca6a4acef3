/* A scene: a new ground for each test, of the kind that the program was asked for. */
#ifndef TESTS_LIB_SCENE_H
#define TESTS_LIB_SCENE_H

#include "core/kernel/fault.h"
#include "tests/lib/box.h"
#include "tests/lib/check.h"

struct scene {
	struct ground g;
	struct seen seen;
	struct fault fault; /* for tests to use */
};

int scene_fake(void **state);
int scene_linux(void **state);
int scene_end(void **state);
/* A new ground of the same kind. */
void scene_again(struct scene *s);

/* Makes the image and runs the program. */
void scene_run(struct scene *s, const struct given *given);

/* Something else happens before a call: the last moment at which it could. */
struct meddling {
	enum sysop op;
	const char *contains;			  /* a piece of the call's text */
	int (*meddle)(struct kernel *k, int dir); /* dir: the call's directory */
	const char *image;			  /* NULL: four directories */
	unsigned long nth;			  /* of such calls; 0: the first */
	struct fault fault;
};

/* Options of box --classic, or a line of "sandtable ...". */
void scene_run_meddled(struct scene *s, struct meddling *m, const char *options);

/* What every run that gets that far shows inside, but for / and the console. */
#define SCENE_MOUNTS                                                                           \
	"/dev tmpfs rw,nosuid\n"                                                               \
	"/dev/pts devpts rw,nosuid,noexec,relatime rw,gid=5,mode=620,ptmxmode=666\n"           \
	"/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime\n"                                     \
	"/proc proc rw,nosuid,nodev,noexec,relatime\n"                                         \
	"/run tmpfs rw,nosuid,nodev\n"                                                         \
	"/sys sysfs rw,nosuid,nodev,noexec,relatime\n"

/* All of it, with "ro" or "rw" for the root and what comes of writing to it. */
void want_inside(const struct scene *s, const char *root, const char *mkdir);

/* Each test is there for both grounds; the one asked for is told from its name. */
#define SCENE_BOTH(test)                                                                       \
	SCENE_FAKE(test),                                                                      \
	{                                                                                      \
		.name = #test " [linux]", .test_func = test, .setup_func = scene_linux,        \
		.teardown_func = scene_end                                                     \
	}
#define SCENE_FAKE(test)                                                                       \
	{                                                                                      \
		.name = #test " [fake]", .test_func = test, .setup_func = scene_fake,          \
		.teardown_func = scene_end                                                     \
	}

/* "test_classic linux": as root, on the kernel that is there; else on the fake. */
void scene_choose(int argc);

#endif
