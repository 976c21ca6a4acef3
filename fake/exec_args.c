/* The arguments and environment of a program: whether they can be had, and their copy. */
#include "fake/exec.h"

#include <string.h>

#define ARG_STRING_MAX 131072	   /* MAX_ARG_STRLEN: one string, with its zero byte */
#define ARGS_MAX ((size_t)2 << 20) /* a quarter of RLIMIT_STACK as it is by default */

/* count() */
static int strings_count(struct fake *f, char *const *strings, int *n)
{
	*n = 0;
	if (strings == NULL)
		return 0;
	if (memory_is_bad(strings))
		return refuse_fault(f);
	while (strings[*n])
		++*n;
	return 0;
}

static int refuse_too_long(struct fake *f)
{
	return refuse(f, RULE_EXEC_ARGS);
}

/* copy_strings(): from the last one down, as the stack is filled. */
static int strings_check(struct fake *f, char *const *strings, int n, size_t *left)
{
	while (n-- > 0) {
		size_t len;

		if (memory_is_bad(strings[n]))
			return refuse_fault(f);
		len = strnlen(strings[n], ARG_STRING_MAX) + 1;
		if (len > ARG_STRING_MAX)
			return refuse(f, RULE_EXEC_ARG);
		if (len > *left)
			return refuse_too_long(f);
		*left -= len;
	}
	return 0;
}

int exec_args_check(struct fake *f, struct exec *exec, char *const *argv, char *const *envp)
{
	size_t left = ARGS_MAX, pointers;
	int r = strings_count(f, argv, &exec->argc);

	if (r == 0)
		r = strings_count(f, envp, &exec->envc);
	if (r < 0)
		return r;
	exec->argv = argv;
	exec->envp = envp;
	pointers = (size_t)((exec->argc ? exec->argc : 1) + exec->envc) * sizeof(char *);
	if (pointers + strlen(exec->filename) + 1 >= left)
		return refuse_too_long(f);
	left -= pointers + strlen(exec->filename) + 1;
	r = strings_check(f, envp, exec->envc, &left);
	return r < 0 ? r : strings_check(f, argv, exec->argc, &left);
}
