/* The probe as a program of its own: the payload of scenarios on Linux. */
#include "tests/lib/probe.h"

#include "sys/linux.h"

int main(int argc, char **argv, char **envp)
{
	struct linux_kernel linux_kernel;

	(void)argc;
	if (linux_init(&linux_kernel) < 0)
		return 97;
	return probe_main(&linux_kernel.kernel, argv, envp);
}
