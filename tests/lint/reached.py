#!/usr/bin/env python3
"""Each row of a table and each value of an enum is reached by a test that asserts an outcome.

    reached.py UNREACHED STAMP...

Beside its stamp a test tells what it reached, in STAMP.reached (tests/lib/reached.h).
UNREACHED names what no test reaches, each with its reason: "TABLE ID: reason", where ID may
be a pattern of the shell's.  What is missing there, what is reached in spite of it, and a
pattern that fits nothing are errors.
"""

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

# table: its file, and what the id of a row is there.
TABLES = [
    ("rule", "fake/rules.def", r'^RULE\(\w+,\s*"([^"]+)"'),
    ("row", "core/kernel/sysops.def", r"^ROW\((\w+)"),
    ("option", "core/spec/options.def", r'^OPTION\(\w+,\s*"([^"]+)"'),
    ("why", "core/run/hints.def", r'^HINT\("([^"]+)"'),
    ("why", "core/steps/reasons.def", r'^REASON\(\w+,\s*"([^"]+)"'),
    ("step", "core/plan/steps.def", r"^STEP\((\w+)"),
]

# Their enums with a name are tables, too, but for those that are made from tables.
HEADERS = ["core/spec/*.h", "core/plan/*.h"]
ENUM = re.compile(r"^enum (\w+) \{(.*?)\}", re.S | re.M)


def enum_values(text):
    """{enum: {value: name}}: a name with N_ counts, and is no value."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    for enum, body in ENUM.findall(text):
        values, at = {}, 0
        for word in re.findall(r"\w+(?:\s*=\s*\w+)?", body if "#" not in body else ""):
            name, _, number = word.partition("=")
            at = int(number, 0) if number else at
            if not name.startswith("N_"):
                values[str(at)] = name.strip()
            at += 1
        yield enum, values


def tables():
    """{(table, id): what it is called, with its file}."""
    found = {}
    for table, path, pattern in TABLES:
        ids = re.findall(pattern, Path(path).read_text(), re.M)
        if not ids:
            sys.exit(f"{path}: no rows")
        found.update({(table, one): f"{path}: {table} {one}" for one in ids})
    for header in sorted(h for pattern in HEADERS for h in Path().glob(pattern)):
        for enum, values in enum_values(header.read_text()):
            for value, name in values.items():
                found[enum, value] = f"{header}: {enum} {name}"
    return found


def names(found):
    """{(table, id)}, where values of enums have their names."""
    return {(table, said.rsplit(" ", 1)[1]): (table, one)
            for (table, one), said in found.items()}


def read_reached(paths):
    reached = set()
    files = [Path(f"{path}.reached") for path in paths]
    for file in (f for f in files if f.exists()):
        for line in file.read_text().splitlines():
            table, _, one = line.partition("\t")[0].partition(" ")
            reached.add((table, one))
    return reached


def check(excepted, found, reached):
    """What is wrong, a sentence each; and how many exceptions there are."""
    named = names(found)
    excused = set()
    for number, line in enumerate(Path(excepted).read_text().splitlines(), 1):
        at = f"{excepted}:{number}"
        if not line or line.startswith("#"):
            continue
        what, _, reason = line.partition(": ")
        table, _, pattern = what.partition(" ")
        fits = {key for (t, one), key in named.items()
                if t == table and fnmatchcase(one, pattern)}
        if not reason.strip():
            yield f"{at}: {what}: no reason is given"
        if not fits:
            yield f"{at}: {what}: there is no such thing"
        for key in sorted(fits & reached):
            yield f"{at}: {found[key]} is reached: take it off this list"
        excused |= fits
    for key in found:
        if key not in reached | excused:
            yield f"{found[key]} is reached by no test"
    print(f"{len(found)} rows and values, {len(reached & set(found))} reached, "
          f"{len(excused)} excepted")


def main():
    excepted, *paths = sys.argv[1:]
    wrong = list(check(excepted, tables(), read_reached(paths)))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
