/* Makes the host that a text describes. */
#include "fake/kernel.h"

int fake_world(struct fake *f, const char *text, struct text *error)
{
	(void)text, (void)error;
	return not_modelled(f, "fake_world");
}
