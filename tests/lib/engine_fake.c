/* Programs on the fake: says that there is none until its rooms are complete. */
#include <stdio.h>

#include "tests/lib/engine.h"

struct engine *engine_fake(const struct engine_options *options)
{
	(void)options;
	fputs("the fake is not complete yet\n", stderr);
	return NULL;
}
