/* A system call as data: for layers, tracers, sweeps and whoever reads calls from text. */
#ifndef CORE_KERNEL_CALL_H
#define CORE_KERNEL_CALL_H

#include "core/kernel/sysops.h"

enum sysop {
#define ROW(name, args, raw, errnos, page) OP_##name,
#include "core/kernel/sysops.def"
#undef ROW
	N_SYSOPS
};

enum kind {
#define KIND(name, ctype, direction, size) KIND_##name,
#include "core/kernel/kinds.def"
#undef KIND
	N_KINDS
};

enum direction { IN, OUT, INOUT };

/* Where a size is no number of bytes: see kinds.def. */
enum { COUNTED = -1, LISTED = -2, TEXT = -3, OPAQUE = -4 };

#define CALL_ARGS_MAX 6

/* One call: its row and its arguments, each in a word. */
struct call {
	enum sysop op;
	uintptr_t arg[CALL_ARGS_MAX];
};

struct kind_info {
	const char *name;
	enum direction direction;
	int size; /* bytes, 0, or one of COUNTED, LISTED, TEXT, OPAQUE */
};

/* What a row says about its call. */
struct sysop_info {
	const char *name;
	const char *page; /* the manual page, "mount(2)" */
	int n_args;
	enum kind kinds[CALL_ARGS_MAX];
	const char *args[CALL_ARGS_MAX]; /* names */
	const int *errnos;		 /* those that it may answer, positive; ends in 0 */
};

extern const struct sysop_info sysop_infos[N_SYSOPS];
extern const struct kind_info kind_infos[N_KINDS];

/* Finds a row by its name; -ENOENT when there is none. */
int sysop_find(const char *name);

/* Makes the call on k: the typed member of its row, with the arguments unpacked. */
int kernel_call(struct kernel *k, const struct call *call);

#endif
