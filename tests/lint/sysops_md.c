/* Prints docs/SYSOPS.md from the rows of sysops.def. */
#include <stdio.h>

#include "core/kernel/absent.h"
#include "core/kernel/words.h"

static const char head[] =
	"# The seam: every system call that sandtable makes\n"
	"\n"
	"Generated from `core/kernel/sysops.def` by `ninja docs`; `ninja lint` compares.\n"
	"\n"
	"A row is one system call, or one command of prctl, ioctl and fcntl. Arguments stand "
	"in\n"
	"the manual page's order; those in italics are filled in by the call. Answers are >= "
	"0,\n"
	"or one of the errors with its sign turned; what a call fills in is left alone when "
	"it\n"
	"fails. *Since* is the version of Linux that first had the call, where that is later "
	"than\n"
	"3.10: from these come the kernels that the absence layer imitates.\n"
	"\n"
	"| call | errors | since | page |\n"
	"|---|---|---|---|\n";

static void print_arguments(const struct sysop_info *info)
{
	for (int i = 0; i < info->n_args; i++) {
		const char *mark = kind_infos[info->kinds[i]].direction == IN ? "" : "*";

		printf("%s%s%s%s", i > 0 ? ", " : "", mark, info->args[i], mark);
	}
}

static void print_since(enum sysop op)
{
	for (int i = 0; i < n_young_rows; i++)
		if (young_rows[i].op == op)
			printf("%d.%d", young_rows[i].major, young_rows[i].minor);
}

int main(void)
{
	fputs(head, stdout);
	for (int op = 0; op < N_SYSOPS; op++) {
		const struct sysop_info *info = &sysop_infos[op];

		printf("| **%s**(", info->name);
		print_arguments(info);
		printf(") | ");
		for (const int *error = info->errnos; *error; error++)
			printf("%s%s", error == info->errnos ? "" : " ", errno_name(*error));
		printf("%s | ", *info->errnos ? "" : "none");
		print_since((enum sysop)op);
		printf(" | %s |\n", info->page);
	}
	printf("\n%d rows.\n", N_SYSOPS);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
