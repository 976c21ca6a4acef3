/* Prints docs/sandtable.1, whose options are those of options.def. */
#include <stdio.h>

#include "core/cli/cli.h"
#include "core/spec/options.h"

static const char before[] =
	".TH SANDTABLE 1 \"\" \"sandtable " SANDTABLE_VERSION "\" \"User Commands\"\n"
	".SH NAME\n"
	"sandtable \\- build Linux sandboxes, and rehearse them first\n"
	".SH SYNOPSIS\n"
	".B sandtable box\n"
	".RI [ OPTION \" ...] \"\n"
	".RB [ \\-\\- ]\n"
	".IR COMMAND ...\n"
	".br\n"
	".B sandtable plan\n"
	".RI [ OPTION \" ...] \"\n"
	".RB [ \\-\\- ]\n"
	".IR COMMAND ...\n"
	".br\n"
	".B sandtable box \\-\\-classic \\-\\-rootfs\n"
	".I DIR\n"
	".RB [ \\-\\-readonly ]\n"
	".RB [ \\-\\-console\n"
	".IR PTY ]\n"
	".B \\-\\-\n"
	".IR COMMAND ...\n"
	".br\n"
	".B sandtable box \\-\\-classic \\-\\-join\n"
	".I PID\n"
	".B \\-\\-\n"
	".IR COMMAND ...\n"
	".SH DESCRIPTION\n"
	".B box\n"
	"runs\n"
	".I COMMAND\n"
	"in a sandbox: in a new mount namespace, with the root that the options make, in\n"
	"their order. The options are those of\n"
	".BR bwrap (1)\n"
	"and mean the same, with a few more. The first word that is no option is\n"
	".IR COMMAND .\n"
	".PP\n"
	".B plan\n"
	"rehearses the same on a kernel in memory, and shows every step as the shell line\n"
	"with the same effect, what stays on the host for good, and what\n"
	".I COMMAND\n"
	"would see. It needs no privileges and changes nothing; it is the caller who "
	"rehearses,\n"
	"or root with\n"
	".BR \\-\\-as\\-root .\n"
	"Descriptors that options name are not read. With\n"
	".B \\-\\-json\n"
	"it says the same to programs; PLAN.md has the format.\n"
	".PP\n"
	".B \\-\\-classic\n"
	"is the mount set-up of early container runtimes, without its holes: each target is\n"
	"opened beneath the rootfs, and a symbolic link in the way is refused. It needs root,\n"
	"and new mount, pid, ipc and uts namespaces are made.\n"
	".I COMMAND\n"
	"is root, with all that root may: it is for trusted images.\n"
	".PP\n"
	".I COMMAND\n"
	"has the caller's environment, standard input, output and error, and no other\n"
	"descriptor. A name without a slash is searched for in PATH, inside. Without\n"
	".B \\-\\-classic\n"
	"it gets no new\n"
	"privileges by execve(2).\n"
	".PP\n"
	"What stays inside to reap, where there is a new pid namespace, has no capabilities "
	"and\n"
	"no descriptors of the host.\n"
	".SH OPTIONS\n"
	".I SRC\n"
	"and\n"
	".I DIR\n"
	"are of the host,\n"
	".I DEST\n"
	"and\n"
	".I PATH\n"
	"inside, with or without the / that they begin at;\n"
	".I FD\n"
	"is a descriptor of the caller.\n"
	"An option with one argument may be written as \\-\\-option=argument, too.\n";

static const char after[] =
	".SH EXIT STATUS\n"
	"That of\n"
	".IR COMMAND ,\n"
	"128+n when it ended by signal n; 125 sandtable failed, 126\n"
	".I COMMAND\n"
	"cannot be executed, 127 it was not found.\n"
	".B plan\n"
	"exits with 0 when\n"
	".I COMMAND\n"
	"was reached.\n"
	".SH DIAGNOSTICS\n"
	"The first line of a message says it all; those behind it name the step, the call "
	"that\n"
	"was refused, why, and what to try. The word in brackets is explained in ERRORS.md.\n"
	"Names are shown with C's escapes. Values of the environment, and what is read and\n"
	"written, are shown with\n"
	".B \\-\\-show\\-values\n"
	"only.\n"
	".SH EXAMPLES\n"
	".EX\n"
	"sandtable box \\-\\-rootfs /srv/img \\-\\-hostname box \\-\\- /bin/sh\n"
	"sandtable plan \\-\\-as\\-root \\-\\-rootfs /srv/img \\-\\-readonly \\-\\- /bin/sh\n"
	"sandtable plan \\-\\-json \\-\\-calls \\-\\-rootfs /srv/img \\-\\- /bin/sh | jq "
	".blame\n"
	".EE\n"
	".SH SEE ALSO\n"
	".BR bwrap (1),\n"
	".BR unshare (1),\n"
	".BR mount_namespaces (7),\n"
	".BR pid_namespaces (7)\n";

/* "-" as a minus, which can be copied from a terminal. */
static void print_minus(const char *text)
{
	for (; *text; text++)
		if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
}

static void print_option(const struct option_row *row)
{
	printf(".TP\n.B ");
	print_minus(row->name);
	if (row->arguments[0] == '[')
		printf("\\fR%s\\fP", row->arguments);
	else if (row->arguments[0])
		printf(" \\fI%s\\fP", row->arguments);
	printf("\n");
	print_minus(row->help);
	printf(".\n");
}

int main(void)
{
	fputs(before, stdout);
#define GROUP(title) printf(".SS %s\n", title);
#define OPTION(row, name, arguments, goes, help) print_option(&option_rows[OPTION_##row]);
#include "core/spec/options.def"
	fputs(after, stdout);
	return 0;
}
