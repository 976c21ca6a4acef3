/* Linux: a row is one system call and one sign flip. */
#include "sys/linux.h"

#include <sys/mman.h>
#include <unistd.h>

#include "sys/spawn.h"

/* Answers are ints: ids and offsets beyond INT_MAX are out of scope, see sysops.def. */
int linux_call(long number, const long words[static 6])
{
	long r = syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);

	return r < 0 ? -errno : (int)r;
}

/* As longs, or the upper halves of int arguments would be anything. */
#define RAW_(number, a, b, c, d, e, f, ...)                                                    \
	linux_call(number, (const long[6]){(long)(a), (long)(b), (long)(c), (long)(d),         \
					   (long)(e), (long)(f)})
#define RAW(...) RAW_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define OWN(function) function

#define ROW(name, args, raw, errnos, page)                                                     \
	static int linux_row_##name(struct kernel *k ROW_PARAMS(args))                         \
	{                                                                                      \
		(void)k;                                                                       \
		return raw;                                                                    \
	}
#include "core/kernel/sysops.def"
#undef ROW

static int linux_task(struct kernel *k)
{
	return ((struct linux_kernel *)k)->task;
}

static void linux_note(struct kernel *k, const struct note *note)
{
	(void)k;
	(void)note;
}

static const struct sysops linux_ops = {
#define ROW(row, args, raw, errnos, page) .row = linux_row_##row,
#include "core/kernel/sysops.def"
#undef ROW
	.task = linux_task,
	.note = linux_note,
};

int linux_init(struct linux_kernel *linux_kernel)
{
	void *shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return -errno;
	*linux_kernel = (struct linux_kernel){
		.kernel.ops = &linux_ops,
		.task = 1,
		.n_tasks = shared,
	};
	*linux_kernel->n_tasks = 1;
	return 0;
}

void linux_free(struct linux_kernel *linux_kernel)
{
	munmap(linux_kernel->n_tasks, sizeof(int));
}
