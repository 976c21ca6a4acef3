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
    ("skip", "debug", "skips are failures"),
]
SECONDS = {"debug": 2, "asan": 20, "valgrind": 60}


def sanity_edges(n, house):
    """Each program runs as every test does; its edge is green where that run is red."""
    n.comment("Sanity: the harness bites")
    n.rule("sanity", "tests/sanity/red $out '$says' $seconds $wrapper $in",
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
    n.build("sanity", "phony", stamps)
    return stamps
