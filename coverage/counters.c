/*
 * One set of coverage counters for all tasks of a program.
 *
 * gcov counts in memory and writes at exit(3).  A task that _exits or execs never gets there,
 * and one that has left its root or its privileges could not write where it should.  So the
 * counters lie in pages of their own (counters.ld), which are made shared before main: what
 * forked tasks count, the first task writes.
 */
#include <stdlib.h>
#include <sys/mman.h>

extern char counters_start[], counters_end[];

__attribute__((constructor(101))) static void counters_share(void)
{
	size_t size = (size_t)(counters_end - counters_start);

	/* Other compilers keep their counters elsewhere. */
	if (size == 0)
		return;
	if (mmap(counters_start, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		abort();
}
