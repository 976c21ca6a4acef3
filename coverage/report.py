#!/usr/bin/env python3
"""One table of what the tests reach, held against the floors.

    report.py LCOV_INFO [COUNTS...]

LCOV_INFO   lcov's trace file, with branches
COUNTS      files of "name reached total" lines: rows of the seam, rules shown on a kernel …

floor.txt holds a line "name percent" for each count; floors only move up.  waivers.txt holds
a line "path | text of the source line | reason" for each line of core that needs no test; a
waiver that no longer matches an unreached line is an error, and there are at most 20.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WAIVERS_MAX = 20


def rows_of(path):
    """The lines of a settings file, without comments and blanks."""
    lines = (HERE / path).read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def read_info(path):
    """{file: (lines {number: hits}, branches [(line, hits)])} from lcov's format."""
    files, lines, branches = {}, {}, []
    for record in Path(path).read_text().splitlines():
        kind, _, rest = record.partition(":")
        if kind == "SF":
            name = Path(rest)
            name = name.relative_to(ROOT) if name.is_relative_to(ROOT) else name
            lines, branches = files.setdefault(name.as_posix(), ({}, []))
        elif kind == "DA":
            number, hits = rest.split(",")[:2]
            lines[int(number)] = lines.get(int(number), 0) + int(hits)
        elif kind == "BRDA":
            number, _, _, hits = rest.split(",")
            branches.append((int(number), 0 if hits == "-" else int(hits)))
    return files


class Waivers:
    def __init__(self):
        self.rows = [[part.strip() for part in row.split(" | ")] for row in
                     rows_of("waivers.txt")]
        self.used = set()

    def covers(self, name, number):
        text = (ROOT / name).read_text().splitlines()[number - 1].strip()
        for i, row in enumerate(self.rows):
            if row[0] == name and row[1] == text:
                self.used.add(i)
                return True
        return False

    def complaints(self):
        if len(self.rows) > WAIVERS_MAX:
            yield f"{len(self.rows)} waivers, more than {WAIVERS_MAX}"
        for i, row in enumerate(self.rows):
            if len(row) != 3 or not row[2]:
                yield f"a waiver needs path, line and reason: {' | '.join(row)}"
            elif i not in self.used:
                yield f"a waiver that waives nothing: {' | '.join(row)}"


def count(files, prefix, waivers):
    """(reached, all) lines and branches beneath a folder, and what is not reached."""
    lines, branches, missing = [0, 0], [0, 0], []
    for name, (line_hits, branch_hits) in sorted(files.items()):
        if not name.startswith(prefix):
            continue
        for number, hits in sorted(line_hits.items()):
            reached = hits > 0 or waivers.covers(name, number)
            lines[0] += reached
            lines[1] += 1
            if not reached:
                missing.append(f"{name}:{number}")
        for number, hits in branch_hits:
            branches[0] += hits > 0 or waivers.covers(name, number)
            branches[1] += 1
    return lines, branches, missing


def main():
    files = read_info(sys.argv[1])
    waivers = Waivers()
    table = {}
    for part in ("core", "fake", "sys"):
        lines, branches, missing = count(files, part + "/", waivers)
        table[f"{part} lines"] = lines
        table[f"{part} branches"] = branches
        if part == "core":
            for where in missing:
                print(f"not reached: {where}")
    for path in sys.argv[2:]:
        for row in Path(path).read_text().splitlines():
            name, reached, total = row.rsplit(None, 2)
            table[name] = [int(reached), int(total)]
    floors = {row.rsplit(None, 1)[0]: float(row.rsplit(None, 1)[1]) for row in
              rows_of("floor.txt")}
    bad = list(waivers.complaints())
    for name in sorted(set(floors) - set(table)):
        bad.append(f"{name} has a floor and was not measured")
    for name, (reached, total) in table.items():
        percent = 100.0 * reached / total if total else 0.0
        floor = floors.get(name)
        print(f"{name:32} {reached:6} of {total:6}  {percent:6.2f} %"
              + (f"  floor {floor:g} %" if floor is not None else ""))
        if floor is not None and percent < floor:
            bad.append(f"{name}: {percent:.2f} % is below its floor of {floor:g} %")
    for line in bad:
        print(f"coverage: {line}", file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
