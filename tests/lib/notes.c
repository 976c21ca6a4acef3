/* Functions that run as tasks of a fake and note what they were answered, for a test to ask. */
#include "tests/lib/notes.h"

#include <string.h>

#include "tests/lib/check.h"

struct notes notes;

int notes_setup(void **state)
{
	static const struct fake_options options = {.checks = true};

	*state = fake_new(&options);
	return *state ? 0 : -1;
}

int notes_teardown(void **state)
{
	fake_free(*state);
	return 0;
}

void notes_begin(struct fake *f)
{
	memset(&notes, 0, sizeof(notes));
	notes.f = f;
	notes.k = fake_kernel(f);
}

void note(int r)
{
	if (notes.n < NOTES_MAX)
		notes.r[notes.n++] = r;
}

void notes_run(struct fake *f, int (*main)(void *arg))
{
	int r;

	notes_begin(f);
	r = fake_run(f, main, NULL);
	if (r < 0)
		print_error("%s\n", fake_stopped(f));
	assert_int_equal(r, 0);
	assert_int_equal(fake_n_tasks(f), 0);
}

int spawn_with(int (*main)(void *arg), void *arena, size_t size, uint64_t flags)
{
	struct spawn_args args = {.flags = flags,
				  .exit_signal = SIGCHLD,
				  .main = main,
				  .arena = arena,
				  .arena_size = size};
	int r = sys_clone3(notes.k, &args);

	/* valgrind has no clone3. */
	return r == -ENOSYS ? sys_clone(notes.k, &args) : r;
}

int spawn(int (*main)(void *arg))
{
	return spawn_with(main, NULL, 0, 0);
}

int wait_any(void)
{
	return sys_waitid(notes.k, P_ALL, 0, &notes.info, WEXITED);
}
