/* The rows' files inside of the test program, which is all that a kernel under test has. */
#include "tests/conformance/rows.h"

/* Assembled from the top folder; configure.py knows that this depends on the files. */
#define ROWS(name)                                                                             \
	__asm__(".pushsection .rodata\n"                                                       \
		".globl rows_of_" #name "\n"                                                   \
		"rows_of_" #name ": .incbin \"tests/conformance/" #name ".rows\"\n"            \
		".byte 0\n"                                                                    \
		".popsection\n");                                                              \
	extern const char rows_of_##name[];
#include "tests/conformance/files.def"
#undef ROWS

const struct rows_file rows_files[] = {
#define ROWS(name) {#name, rows_of_##name},
#include "tests/conformance/files.def"
#undef ROWS
	{0},
};
