/* What a task sees, as text. */
#include "fake/kernel.h"

int fake_view(struct fake *f, int task, enum fake_view what, struct text *out)
{
	(void)task, (void)what, (void)out;
	return not_modelled(f, "fake_view");
}

uint64_t fake_hash(struct fake *f)
{
	not_modelled(f, "fake_hash");
	return 0;
}
