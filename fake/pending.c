/* Rows whose room is not there yet: each stops the run and says so. */
#include "fake/kernel.h"

#define UNUSED_(i, kind, name) (void)name;
#define ROW(row, args, raw, errnos, page)                                                      \
	__attribute__((weak)) int do_##row(struct fake *f ROW_PARAMS(args))                    \
	{                                                                                      \
		ROW_EACH(UNUSED_, args)                                                        \
		return not_modelled(f, page);                                                  \
	}
#include "core/kernel/sysops.def"
#undef ROW
