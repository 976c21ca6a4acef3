/* cmocka, with the headers that it needs before it, and what all tests want. */
#ifndef TESTS_LIB_CHECK_H
#define TESTS_LIB_CHECK_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
