/*
 * A payload that does nothing, not even start a libc: glibc asks the processor what it is, and
 * where a hypervisor answers that takes longer than many a sandbox.
 */
#include <unistd.h>

void _start(void);

void _start(void)
{
	_exit(0);
}
