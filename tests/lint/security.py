#!/usr/bin/env python3
"""Each row of docs/SECURITY.md names tests, and each of them is there.

    security.py FILE

A test is written `file: name`: a function of that name in a file of that name beneath tests/.
A row whose last column has none says there, after "none:", why not.
"""

import re
import sys
from pathlib import Path

NAMED = re.compile(r"`(\w+): (\w+)`")


def sources():
    """{file without its ending: text}; two files of one name are as one."""
    texts = {}
    for path in (p for p in Path("tests").rglob("test_*") if p.is_file()):
        texts[path.stem] = texts.get(path.stem, "") + path.read_text(errors="replace")
    return texts


def check(path):
    texts, n = sources(), 0
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        if not line.startswith("| ") or set(line) <= set("|- "):
            continue
        last = line.rstrip("| ").rsplit("|", 1)[-1].strip()
        named = NAMED.findall(last)
        if last == "test":
            continue
        n += 1
        if not named and not last.startswith("none: "):
            yield f"{path}:{number}: this row names no test"
        for file, name in named:
            if not re.search(rf"(?:static void|def) {name}\(", texts.get(file, "")):
                yield f"{path}:{number}: there is no test {file}: {name}"
    if n == 0:
        yield f"{path}: no rows"


def main():
    wrong = list(check(sys.argv[1]))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
