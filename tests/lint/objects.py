#!/usr/bin/env python3
"""core does not touch the world and remembers nothing; fake remembers nothing either.

    objects.py symbols ALLOWED OBJECT...   linked together, they need only the names in ALLOWED
    objects.py storage OBJECT...           none has mutable static storage
"""

import subprocess
import sys
import tempfile
from pathlib import Path


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(allowed_file, objects):
    """Names that the objects need and that the list does not allow."""
    lines = Path(allowed_file).read_text().splitlines()
    allowed = {line.strip() for line in lines if line and not line.startswith("#")}
    with tempfile.NamedTemporaryFile(suffix=".o") as whole:
        output("ld", "-r", "-o", whole.name, *objects)
        needed = {line.split()[-1] for line in output("nm", "-u", whole.name).splitlines()}
    return [f"needs {name}, which {allowed_file} does not allow" for name in needed - allowed]


def storage(objects):
    """Objects with writable sections that hold something."""
    found = []
    for path in objects:
        for line in output("size", "-A", path).splitlines():
            words = line.split()
            if len(words) != 3 or not words[1].isdigit() or words[1] == "0":
                continue
            section = words[0]
            writable = section.startswith((".data", ".bss", ".tdata", ".tbss"))
            if writable and not section.startswith(".data.rel.ro"):
                found.append(f"{path}: {words[1]} bytes of mutable storage in {section}")
    return found


def main():
    what, *rest = sys.argv[1:]
    found = symbols(rest[0], rest[1:]) if what == "symbols" else storage(rest)
    for line in sorted(found):
        print(f"lint: {line}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
