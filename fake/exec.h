/* Executing programs: what execve(2) gathers, recognises and leaves behind. */
#ifndef FAKE_EXEC_H
#define FAKE_EXEC_H

#include "fake/task.h"

#include <limits.h>

#define EXEC_HEAD 256	/* bytes that a format is told by: BINPRM_BUF_SIZE */
#define SCRIPT_LEVELS 6 /* interpreters that may be scripts themselves */

/* What is being executed; the kernel's struct linux_binprm. */
struct exec {
	char filename[PATH_MAX]; /* as the program is told */
	bool is_unnamed;	 /* AT_EMPTY_PATH */
	bool is_inaccessible;	 /* filename is beneath a close-on-exec descriptor */
	struct file *file;	 /* the program, or the script's interpreter */
	char head[EXEC_HEAD];	 /* its first bytes, zeroes behind its end */

	char *const *argv, *const *envp;
	int argc, envc; /* argv may be NULL: argc is then 0 */
	/* Scripts put words in front of argv, and take its first ones away. */
	const char *words[3 * SCRIPT_LEVELS]; /* the first one last */
	int n_words, n_dropped;
	const char *interp; /* name of file: filename or the last interpreter's */
	char lines[SCRIPT_LEVELS][EXEC_HEAD]; /* where the words of each script lie */
	int n_scripts;
};

/* count() and copy_strings(): the caller's argv and envp can be had and are not too long. */
int exec_args_check(struct fake *f, struct exec *exec, char *const *argv, char *const *envp);

/* open_exec() and do_open_execat(): a reference, and nobody may write to it. */
int exec_open(struct fake *f, int dirfd, const char *name, unsigned int lookup,
	      struct file **out);
void exec_close(struct fake *f, struct file *file);

/*
 * search_binary_handler(): 0: a program that can run; 1: a script, whose interpreter has taken
 * its place in exec; or a refusal.
 */
int exec_format(struct fake *f, struct exec *exec);

/* Where a task begins with its new program: from here on nothing fails. */
struct exec_start {
	struct fake *f;
	int (*main)(struct kernel *k, char *const *argv, char *const *envp);
	const char *path;
	char **argv, **envp;
};

/* Where execveat(2) is left in success: never comes back. */
_Noreturn void exec_begin(struct fake *f);

#endif
