#!/usr/bin/env python3
"""House rules that a machine can see: lengths, first lines, words that are not said.

    tidy.py FILE...
"""

import re
import sys
from pathlib import Path

FILE_LINES = 500
FUNCTION_LINES = 60
COLUMNS = 96

BANNED_CALLS = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|system|popen|alloca)\s*\(")
BANNED_WORDS = re.compile(r"\b(TODO|FIXME|XXX)\b")
FUNCTION = re.compile(r"^[A-Za-z_][^;=]*\)\n\{\n(.*?)^\}", re.M | re.S)


def columns(line):
    return len(line.expandtabs(8))


def check_lines(path, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES and path.endswith((".c", ".h", ".py")):
        yield f"{path}: {len(lines)} lines, more than {FILE_LINES}"
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        if columns(line) > COLUMNS and not path.endswith(".def"):
            yield f"{where}: {columns(line)} columns, more than {COLUMNS}"
        if line != line.rstrip():
            yield f"{where}: blanks at the end of the line"
        if BANNED_WORDS.search(line) and not path.endswith("tidy.py"):
            yield f"{where}: an open question belongs into an issue"


def check_c(path, text):
    first = text.splitlines()[0] if text else ""
    if not first.startswith("/*"):
        yield f"{path}: the first line says what lives here"
    for match in BANNED_CALLS.finditer(re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
        yield f"{path}: {match.group(1)} is not used here"
    for match in FUNCTION.finditer(text):
        length = match.group(1).count("\n")
        if length > FUNCTION_LINES:
            number = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{number}: a function of {length} lines, more than {FUNCTION_LINES}"


def check(path):
    text = Path(path).read_text()
    yield from check_lines(path, text)
    if path.endswith((".c", ".h")):
        yield from check_c(path, text)
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at the end"


def main():
    found = [line for path in sys.argv[1:] for line in check(path)]
    for line in found:
        print(f"lint: {line}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
