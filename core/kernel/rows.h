/* The macros that turn a row of sysops.def into parameters, names and words. */
#ifndef CORE_KERNEL_ROWS_H
#define CORE_KERNEL_ROWS_H

/*
 * ROW_EACH(m, (kind,name, ...)) is m(0,kind,name) m(1,kind,name) ...; nothing for (none).
 */
#define ROW_COUNT_(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define ROW_COUNT(...) ROW_COUNT_(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ROW_JOIN_(a, b) a##b
#define ROW_JOIN(a, b) ROW_JOIN_(a, b)
#define ROW_STRIP(...) __VA_ARGS__
#define ROW_APPLY(m, ...) m(__VA_ARGS__)

#define ROW_EACH_1(m, none)
#define ROW_EACH_2(m, k0, a0) m(0, k0, a0)
#define ROW_EACH_4(m, k0, a0, k1, a1) m(0, k0, a0) m(1, k1, a1)
#define ROW_EACH_6(m, k0, a0, k1, a1, k2, a2) m(0, k0, a0) m(1, k1, a1) m(2, k2, a2)
#define ROW_EACH_8(m, k0, a0, k1, a1, k2, a2, k3, a3)                                          \
	ROW_EACH_6(m, k0, a0, k1, a1, k2, a2) m(3, k3, a3)
#define ROW_EACH_10(m, k0, a0, k1, a1, k2, a2, k3, a3, k4, a4)                                 \
	ROW_EACH_8(m, k0, a0, k1, a1, k2, a2, k3, a3) m(4, k4, a4)
#define ROW_EACH_12(m, k0, a0, k1, a1, k2, a2, k3, a3, k4, a4, k5, a5)                         \
	ROW_EACH_10(m, k0, a0, k1, a1, k2, a2, k3, a3, k4, a4) m(5, k5, a5)
#define ROW_EACH(m, args) ROW_APPLY(ROW_JOIN(ROW_EACH_, ROW_COUNT args), m, ROW_STRIP args)

#define ROW_PARAM_(i, kind, name) , kind_##kind name
#define ROW_NAME_(i, kind, name) , name
#define ROW_WORD_(i, kind, name) , (uintptr_t)(name)
#define ROW_UNPACK_(i, kind, name) , (kind_##kind)call->arg[i]

/* ", const char *source, const char *target" and so on, to stand behind a first parameter. */
#define ROW_PARAMS(args) ROW_EACH(ROW_PARAM_, args)
/* ", source, target" */
#define ROW_NAMES(args) ROW_EACH(ROW_NAME_, args)
/* ", (uintptr_t)(source), (uintptr_t)(target)" */
#define ROW_WORDS(args) ROW_EACH(ROW_WORD_, args)
/* ", (kind_str)call->arg[0], (kind_path)call->arg[1]" */
#define ROW_UNPACK(args) ROW_EACH(ROW_UNPACK_, args)

#endif
