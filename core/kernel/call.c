/* Calls as data, both ways: the rows' facts, and from a struct call to the typed member. */
#include "core/kernel/call.h"

#include <string.h>

#define ERRNOS(...)                                                                            \
	{                                                                                      \
		__VA_ARGS__, 0                                                                 \
	}
#define NO_ERRNOS                                                                              \
	{                                                                                      \
		0                                                                              \
	}
#define ROW(name, args, raw, errnos, page) static const int errnos_##name[] = errnos;
#include "core/kernel/sysops.def"
#undef ROW

#define COUNT_ONE(i, kind, name) +1
#define KIND_OF(i, kind, name) KIND_##kind,
#define NAME_OF(i, kind, name) #name,

const struct sysop_info sysop_infos[N_SYSOPS] = {
#define ROW(row, row_args, raw, row_errnos, row_page)                                          \
	[OP_##row] = {                                                                         \
		.name = #row,                                                                  \
		.page = row_page,                                                              \
		.n_args = 0 ROW_EACH(COUNT_ONE, row_args),                                     \
		.kinds = {ROW_EACH(KIND_OF, row_args)},                                        \
		.args = {ROW_EACH(NAME_OF, row_args)},                                         \
		.errnos = errnos_##row,                                                        \
	},
#include "core/kernel/sysops.def"
#undef ROW
};

const struct kind_info kind_infos[N_KINDS] = {
#define KIND(kind, ctype, kind_direction, kind_size)                                           \
	[KIND_##kind] = {.name = #kind, .direction = kind_direction, .size = kind_size},
#include "core/kernel/kinds.def"
#undef KIND
};

int sysop_find(const char *name)
{
	for (int i = 0; i < N_SYSOPS; i++)
		if (strcmp(sysop_infos[i].name, name) == 0)
			return i;
	return -ENOENT;
}

int kernel_call(struct kernel *k, const struct call *call)
{
	switch (call->op) {
#define ROW(name, args, raw, errnos, page)                                                     \
	case OP_##name:                                                                        \
		return k->ops->name(k ROW_UNPACK(args));
#include "core/kernel/sysops.def"
#undef ROW
	case N_SYSOPS:
		break;
	}
	return -ENOSYS;
}
