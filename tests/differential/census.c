/* The table of calls: how many, how many succeeded, which errnos. */
#include "tests/differential/census.h"

#include <stdio.h>
#include <string.h>

static int row_of(const char *answer)
{
	char name[64];

	if (sscanf(answer, "%*u %63[a-z0-9_](", name) != 1)
		return -ENOENT;
	return sysop_find(name);
}

void census_add(struct census *c, const char *answer, int r)
{
	int row = row_of(answer);

	if (row < 0 || r == -ENOMSG)
		return;
	c->calls++;
	c->succeeded += r >= 0;
	c->rows[row].calls++;
	c->rows[row].succeeded += r >= 0;
	if (r < 0 && -r < CENSUS_ERRNOS)
		c->rows[row].errnos[-r]++;
}

static double percent(unsigned long part, unsigned long whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

void census_print(const struct census *c)
{
	printf("%-24s %9s %5s  errnos\n", "row", "calls", "ok %");
	for (int i = 0; i < N_SYSOPS; i++) {
		if (!c->rows[i].calls)
			continue;
		printf("%-24s %9lu %5.1f ", sysop_infos[i].name, c->rows[i].calls,
		       percent(c->rows[i].succeeded, c->rows[i].calls));
		for (int e = 1; e < CENSUS_ERRNOS; e++)
			if (c->rows[i].errnos[e])
				printf(" %s:%lu", strerrorname_np(e), c->rows[i].errnos[e]);
		putchar('\n');
	}
	printf("%-24s %9lu %5.1f\n", "all", c->calls, percent(c->succeeded, c->calls));
}
