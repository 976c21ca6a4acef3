#!/usr/bin/env python3
"""Includes go one way: who may include whom, and errno in one file.

    layers.py FILE...
"""

import re
import sys
from pathlib import Path

# The floors of core, lowest first: each may include itself and what is below.
FLOORS = ["core/base", "core/kernel", "core/spec", "core/plan", "core/steps", "core/run",
          "core/cli"]

# Who else may include what.
OTHERS = {
    "fake": ["fake", "core/base", "core/kernel"],
    "sys": ["sys", *FLOORS],
    "tests": ["tests", "fake", "sys", "core", *FLOORS],
}

# The composition root alone knows both kernels; front doors stand on all floors.
EXCEPTIONS = {
    "sys/main.c": ["fake/fake.h"],
    "core/classic.h": FLOORS,
}

# -errno is everybody's word; the variable is the C library's and one file's.
ERRNO_FILES = {"sys/linux.c"}
ERRNO = re.compile(r"(?<![\w.>-])errno(?!\w)(?!\.h)")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def room(path):
    """The room that a file is in: "core/plan", "fake", "tests"."""
    parts = Path(path).parts
    return "/".join(parts[:2]) if parts[0] == "core" and len(parts) > 2 else parts[0]


def allowed(path):
    mine = room(path)
    if path in EXCEPTIONS and path.startswith("core/"):
        return EXCEPTIONS[path]
    if mine in FLOORS:
        return FLOORS[: FLOORS.index(mine) + 1]
    return OTHERS.get(mine, FLOORS) + EXCEPTIONS.get(path, [])


def strip_comments_and_strings(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def check(path):
    text = Path(path).read_text()
    for name in INCLUDE.findall(text):
        if name != path and room(name) not in allowed(path) and name not in allowed(path):
            yield f"{path}: may not include {name}"
    if not path.startswith("tests/") and path not in ERRNO_FILES:
        for number, line in enumerate(strip_comments_and_strings(text).splitlines(), 1):
            if ERRNO.search(line) and "#include" not in line.replace(" ", ""):
                yield f"{path}:{number}: errno belongs to sys/linux.c"


def main():
    found = [line for path in sys.argv[1:] for line in check(path)]
    for line in found:
        print(f"lint: {line}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
