#!/usr/bin/env python3
"""Which rows of the seam the tests reached, from what they tell in their .rows files.

    rows.py COUNTS TABLE [ROWS...]

Writes COUNTS, lines of "rows-KIND reached total" for report.py, and TABLE, all rows with
how often each kind of tests made the call and had it succeed or fail.  The kinds that are
always counted are in KINDS: one that no test tells of has reached nothing.
"""

import sys
from pathlib import Path

KINDS = ["scenario", "conformance"]


def read(paths):
    """{kind: {row: [succeeded, failed]}}, and all rows in the order of the table."""
    kinds, rows = {kind: {} for kind in KINDS}, {}
    for path in paths:
        if not Path(path).exists():
            continue
        for line in Path(path).read_text().splitlines():
            kind, row, *counts = line.split()
            sums = kinds.setdefault(kind, {}).setdefault(row, [0, 0])
            for i, count in enumerate(counts):
                sums[i] += int(count)
            rows[row] = None
    return kinds, list(rows)


def main():
    counts, table, *paths = sys.argv[1:]
    kinds, rows = read(paths)
    lines = []
    for kind, reached in kinds.items():
        n = sum(1 for sums in reached.values() if any(sums))
        lines.append(f"rows-{kind} {n} {len(rows)}")
    Path(counts).write_text("\n".join(lines) + "\n")
    wide = max([len(row) for row in rows], default=0)
    lines = [" " * wide + "".join(f"  {kind:>22}" for kind in kinds)]
    for row in rows:
        line = f"{row:{wide}}"
        for reached in kinds.values():
            succeeded, failed = reached.get(row, [0, 0])
            told = f"{succeeded} ok, {failed} failed" if succeeded or failed else "-"
            line += f"  {told:>22}"
        lines.append(line)
    Path(table).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
