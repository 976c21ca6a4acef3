/* The composition root: the one place that knows Linux and hands it to the program. */
#include <stdio.h>
#include <sys/auxv.h>

#include "core/cli/cli.h"
#include "sys/linux.h"

int main(int argc, char **argv, char **envp)
{
	_Alignas(16) char memory[CLI_MEMORY_SIZE];
	struct linux_kernel linux_kernel;
	struct cli cli = {
		.argv = argv,
		.envp = envp,
		.secure = getauxval(AT_SECURE),
		.memory = memory,
		.memory_size = sizeof(memory),
	};
	int r;

	(void)argc;
	if (linux_init(&linux_kernel) < 0) {
		fputs("sandtable: cannot begin: cannot allocate memory\n", stderr);
		return 125;
	}
	cli.k = &linux_kernel.kernel;
	r = cli_main(&cli);
	linux_free(&linux_kernel);
	return r;
}
