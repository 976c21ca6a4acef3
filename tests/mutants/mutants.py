#!/usr/bin/env python3
"""Changes one thing in the source at a time and asks whether the tests notice.

    mutants.py [--seed N] [--sample N | --all] [--floor PERCENT] FILE...

Each mutant is one token changed in one file.  Only that file is compiled again and put in
front of the libraries when the test programs are linked, so a mutant costs seconds.  A mutant
is killed when a test fails, crashes or does not end in time.  Survivors are listed.
"""

import argparse
import random
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# What is looked for, and what it becomes.
CHANGES = [
    (r"(?<=[^=!<>])==(?=[^=])", "!="),
    (r"!=", "=="),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )<=(?= )", "<"),
    (r"(?<= )>(?= )", ">="),
    (r"(?<= )>=(?= )", ">"),
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"(?<=\()!(?=[a-z])", ""),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"(?<= )\+(?= )", "-"),
    (r"(?<= )\| (?=[A-Z])", "& "),
    (r"\breturn 0;", "return -EIO;"),
    (r"\breturn r;", "return 0;"),
    (r"^\t+(?!return|if|for|while|else|case|break|continue|struct|int|const|char|\})"
     r"[a-z_>.\[\]-]+\(.*\);$", "\t;"),
    (r"\bcontinue;", "break;"),
]
SECONDS_PER_TEST = 60
# What test programs are run with, once each: rows of every kernel that the fake can be.
RUNS = {"test_conformance": [["--fake", "--quiet", "--may-skip", "kernel", "--profile", profile]
                             for profile in ("6.1", "6.12", "6.18")]}


def mutants_of(path):
    """All mutants of a file: (line number, column range, new text)."""
    in_comment = False
    for number, line in enumerate(Path(path).read_text().splitlines()):
        code = line.split("/*")[0]
        if in_comment or line.lstrip().startswith(("#", "/*")):
            in_comment = "*/" not in line and (in_comment or "/*" in line)
            continue
        in_comment = "/*" in line and "*/" not in line
        for pattern, new in CHANGES:
            for match in re.finditer(pattern, code):
                if code[: match.start()].count('"') % 2 == 0:
                    yield path, number, match.start(), match.end(), new


def mutated(mutant):
    path, number, start, end, new = mutant
    lines = Path(path).read_text().splitlines()
    lines[number] = lines[number][:start] + new + lines[number][end:]
    return "\n".join(lines) + "\n"


def say(mutant):
    path, number, start, end, new = mutant
    old = Path(path).read_text().splitlines()[number]
    return f"{path}:{number + 1}: {old.strip()}   [{old[start:end].strip()} -> {new.strip()}]"


def command_of(target):
    """The last command that ninja would run for a target."""
    out = subprocess.run(["ninja", "-t", "commands", target], check=True, text=True,
                         capture_output=True).stdout
    return out.strip().splitlines()[-1]


def run_first(path):
    """Which tests are likely to notice: rows a change of the fake, scenarios one of core."""
    likely = ("scenario/test_box", "scenario/test_classic", "options", "scenario", "unit")
    if path.startswith("fake/"):
        likely = ("conformance", "fake", "scenario")

    def rank(link):
        return next((i for i, word in enumerate(likely) if word in link[0]), len(likely))

    return rank


def notices(words):
    """Does this test fail, crash or not end?"""
    try:
        return subprocess.run(words, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              timeout=SECONDS_PER_TEST).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def kills(mutant, compile_command, links, where):
    """The name of the test that notices, "compiler", or None."""
    source = where / "mutant.c"
    source.write_text(mutated(mutant))
    obj = where / "mutant.o"
    words = shlex.split(compile_command)
    words[words.index(mutant[0])] = str(source)
    words[words.index("-o") + 1] = str(obj)
    words[words.index("-MF") + 1] = str(where / "mutant.d")
    if subprocess.run(" ".join(words), shell=True, capture_output=True).returncode != 0:
        return "compiler"
    for test, link in sorted(links, key=run_first(mutant[0])):
        program = where / "test"
        words = link.split()
        words[words.index("-o") + 1] = str(program)
        words.insert(words.index("-Wl,--start-group"), str(obj))
        line = " ".join(words) + " -Wl,--allow-multiple-definition"
        if subprocess.run(line, shell=True, capture_output=True).returncode != 0:
            return "linker"
        for words in RUNS.get(Path(test).name, [[]]):
            if notices([program, *words]):
                return test
    return None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--sample", type=int, default=200)
    p.add_argument("--all", action="store_true")
    p.add_argument("--floor", type=float, default=0)
    p.add_argument("--tests", nargs="+", required=True, help="test programs, quickest first")
    p.add_argument("files", nargs="+")
    args = p.parse_args(sys.argv[1:])
    subprocess.run(["ninja", "--quiet", *args.tests], check=True)
    chosen = [m for path in args.files for m in mutants_of(path)]
    if not args.all and len(chosen) > args.sample:
        chosen = sorted(random.Random(args.seed).sample(chosen, args.sample))
    compiles = {f: command_of(f"build/debug/obj/{f[:-2]}.o") for f in args.files}
    links = [(test, command_of(test)) for test in args.tests]

    def one(mutant):
        with tempfile.TemporaryDirectory() as where:
            return mutant, kills(mutant, compiles[mutant[0]], links, Path(where))

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(one, chosen))
    counted = [(m, by) for m, by in results if by not in ("compiler", "linker")]
    survivors = [m for m, by in counted if by is None]
    for mutant in survivors:
        print("survives", say(mutant))
    killed = len(counted) - len(survivors)
    percent = 100.0 * killed / max(1, len(counted))
    print(f"mutants: {killed} of {len(counted)} killed, {percent:.1f} percent"
          f" ({len(results) - len(counted)} did not compile)")
    sys.exit(0 if percent >= args.floor else 1)


if __name__ == "__main__":
    main()
