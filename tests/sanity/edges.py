"""Edges of sanity: what is wrong must turn a run red, in each variant that can see it."""

# (program, variant, what its log must then say)
MUST_BE_RED = [
    ("wrong", "debug", "wrong.c:[0-9]*: error"),
    ("wrong", "asan", "wrong.c:[0-9]*: error"),
    ("wrong", "valgrind", "wrong.c:[0-9]*: error"),
    ("crash", "debug", "Segmentation fault"),
    ("overrun", "asan", "heap-buffer-overflow"),
    ("overrun", "valgrind", "Invalid write"),
    ("hang", "debug", "no end after"),
    ("leak", "asan", "LeakSanitizer: detected memory leaks"),
    ("leak", "valgrind", "definitely lost"),
    ("fake_leak", "debug", "memory are lost"),
    ("deadlock", "debug", "deadlock"),
    ("left_open", "debug", "0x5d00"),  # BOX_DESCRIPTORS
    ("skip", "debug", "skips are failures"),
]

# What is there and must be red when it is asked so: (name, command, what its log must say).
CONFORMANCE = "build/debug/tests/conformance/test_conformance"
ASKED_SO = [
    ("rows_wrong", f"{CONFORMANCE} --fake tests/sanity/wrong.rows", "want  = -EPERM"),
    ("rows_seen", f"{CONFORMANCE} --fake tests/sanity/seen.rows", "want  | /a tmpfs ro"),
    ("rows_broken", f"{CONFORMANCE} --fake tests/sanity/broken.rows", "^BROKEN"),
    ("rows_skipped", f"{CONFORMANCE} --fake", "may not be skipped: kernel"),
    ("rows_none", f"{CONFORMANCE} --fake --filter no-row-says-this", "of 0 rows"),
    ("unreached", "tests/lint/reached.py tests/sanity/unreached.txt",
     "rule bad-descriptor is reached by no test"),
    ("no_such_test", "tests/lint/security.py tests/sanity/wrong.md",
     "there is no test test_box: no_such_test"),
    ("no_such_rule", "tests/lint/reached.py tests/sanity/unreached.txt",
     "rule never: there is no such thing"),
]
SECONDS = {"debug": 2, "asan": 20, "valgrind": 60}


def sanity_edges(n, house):
    """Each program runs as every test does; its edge is green where that run is red."""
    n.comment("Sanity: the harness bites")
    n.rule("sanity", "tests/sanity/red $out '$says' $seconds $wrapper $in $more",
           description="must be red: $in")
    stamps = []
    for name, variant, says in MUST_BE_RED:
        out = f"build/{variant}/tests/sanity/{name}"
        if out + ".ok" not in stamps:
            house.program(n, variant, f"tests/sanity/{name}", [f"tests/sanity/{name}.c"],
                          ["check"], libs="-lcmocka")
        stamps.append(out + ".ok")
        n.build(stamps[-1], "sanity", out, implicit=["tests/sanity/red", "tests/lib/run"],
                says=says, seconds=SECONDS[variant], wrapper=house.TEST_VARIANTS[variant])
    for name, command, says in ASKED_SO:
        stamps.append(f"build/debug/tests/sanity/{name}.ok")
        words = command.split()
        n.build(stamps[-1], "sanity", words[0], implicit=[
            "tests/sanity/red", "tests/lib/run",
            *(word for word in words[1:] if word.startswith("tests/"))],
            says=says, seconds=20, more=" ".join(words[1:]))
    n.build("sanity", "phony", stamps)
    return stamps
