/*
 * What tests reached of the tables: rules, rows, options, hints, kinds of steps.
 *
 * tests/lib/run gives each test the name of a file in SANDTABLE_REACHED; ninja lint compares
 * what is in these files with the tables (tests/lint/reached.py).  A line is "table id", and
 * behind a tab where it was reached, if that is told.
 */
#ifndef TESTS_LIB_REACHED_H
#define TESTS_LIB_REACHED_H

#include <stddef.h>

#include "core/plan/plan.h"

/* To be said where the outcome was asserted, and not before.  where may be NULL. */
void reached(const char *table, const char *id, const char *where);
/* The same of a number: the value of an enum. */
void reached_value(const char *table, int value);
/* What step i of the plan is made of: its kind or its alternative's, its side and word. */
void reached_step(const struct plan *p, size_t i, enum step_kind kind);

#endif
