/* The standard world, made of calls, so that both kernels make it alike. */
#include "tests/lib/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char standard[] = "close_range(0, 4294967295, 0)\n"
			       "pipe2(0)\n"
			       "dup(0)\n"
			       "dup3(0, 1, 0)\n"
			       "umask(0)\n"
			       "unshare(CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC)\n"
			       "mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL)\n"
			       "mount(\"world\", \"/tmp\", \"tmpfs\", 0, \"mode=755\")\n"
			       "chdir(\"/tmp\")\n"
			       "mkdir(\"proc\", 0755)\n";

static const char proc[] = "mount(\"proc\", \"proc\", \"proc\", 0, NULL)\n";

static const char leave[] = "pivot_root(\".\", \".\")\n"
			    "umount2(\".\", MNT_DETACH)\n"
			    "chdir(\"/\")\n"
			    "mkdir(\"/a\", 0755)\n"
			    "mkdir(\"/b\", 0755)\n"
			    "mkdir(\"/c\", 0755)\n"
			    "mkdir(\"/d\", 0755)\n"
			    "mkdir(\"/tmp\", 01777)\n"
			    "open(\"/f\", O_WRONLY|O_CREAT, 0644)\n"
			    "write(3, \"hello\\n\", 6)\n"
			    "close(3)\n"
			    "umask(022)\n";

static const char devpts[] =
	"mkdir(\"/dev\", 0755)\n"
	"mkdir(\"/dev/pts\", 0755)\n"
	"mount(\"devpts\", \"/dev/pts\", \"devpts\", 0, \"ptmxmode=0666\")\n"
	"symlink(\"pts/ptmx\", \"/dev/ptmx\")\n";

/* Adds each line that is none and no comment; answers how many, or -errno. */
static int add_lines(struct engine *e, const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;
	int n = 0, r = 0;

	while (r >= 0 && (line = strsep(&rest, "\n"))) {
		line += strspn(line, " \t");
		if (*line == '\0' || *line == '#')
			continue;
		r = engine_add(e, line);
		n++;
	}
	free(copy);
	return r < 0 ? r : n;
}

int world_lines(struct engine *e, const char *lines, struct text *error)
{
	int first = (int)e->bench.desk->n_lines;
	int n = add_lines(e, lines);

	if (n < 0) {
		text_add(error, "the desk is full");
		return n;
	}
	engine_run(e);
	for (int i = first; i < first + n; i++)
		if (engine_result(e, i) < 0) {
			engine_answer(e, i, error);
			return -EINVAL;
		}
	engine_forget(e);
	return 0;
}

int world_make(struct engine *e, const struct world_options *options, struct text *error)
{
	int r = world_lines(e, standard, error);

	if (r == 0 && options->proc)
		r = world_lines(e, proc, error);
	if (r == 0)
		r = world_lines(e, leave, error);
	if (r == 0 && options->devpts)
		r = world_lines(e, devpts, error);
	if (r == 0 && options->text)
		r = world_lines(e, options->text, error);
	return r;
}
