/* Another kernel's tree, read where it is looked at and kept from then on. */
#include "fake/fs.h"

int fake_graft(struct fake *f, const char *at, struct kernel *from, const char *path)
{
	(void)at, (void)from, (void)path;
	return not_modelled(f, "fake_graft");
}
