"""Edges of tests on real kernels that need no root."""

from pathlib import Path


def kernel_run(n, house, group, kernel, binary, words="", part=""):
    """An edge that runs this static program under a kernel; answers the stamp of its success.

    Where the kernel is not available a test of the group `test` is a skip, said each time.
    """
    name = Path(binary).name
    stamp = f"build/debug/{group}/{name}{part}.{kernel}.ok"
    n.build(
        stamp,
        "kernel_run",
        binary,
        implicit=house.KERNEL_RUNNER,
        kernel=kernel,
        name=name,
        words=words,
        options="--skip" if group == "test" else "",
    )
    return stamp


def on_linux(house, path):
    """Whether a scenario asks on which kernel it is to take place."""
    return "scene_choose(" in (house.ROOT / path).read_text()


def kernel_scenarios(n, house, group, kernel):
    """All scenarios as root under a kernel, in one boot; answers the stamp."""
    tests = [f"build/debug/{p[:-2]}" for p in house.sources("tests/scenario")
             if on_linux(house, p)]
    stamp = f"build/debug/{group}/scenarios.{kernel}.ok"
    programs = " ".join(f"--program={test}=/s/{test}" for test in tests)
    n.build(
        stamp,
        "kernel_scenarios",
        tests,
        implicit=[*house.KERNEL_RUNNER, house.PAYLOAD],
        kernel=kernel,
        programs=programs,
        options="--skip" if group == "test" else "",
    )
    return stamp


def kernel_fuzz(n, house):
    """A minute of random programs on User Mode Linux; the log has the table of rows."""
    stamp = "build/release/fuzz.uml.ok"
    n.build(stamp, "kernel_run", "build/release/fuzz", implicit=house.KERNEL_RUNNER,
            kernel="uml", name="fuzz", words="--seconds 60", options="--skip")
    n.build("fuzz", "phony", [stamp])


def kernel_edges(n, house):
    """The runner's own programs, its selftest and the static tests; answers stamps by group."""
    n.comment("real kernels without root: two at a time, each has a processor to itself")
    n.lines += ["pool kernels", "  depth = 2"]
    n.rule(
        "kernel_run",
        "tests/vm/run --kernel=$kernel --timeout=240 $options --log=$out.log --stamp=$out "
        "--file=$in=/tests/$name -- /tests/$name $words",
        description="$kernel $name",
        pool="kernels",
    )
    n.rule(
        "kernel_scenarios",
        "tests/vm/run --kernel=$kernel --memory=384 --timeout=240 $options --log=$out.log "
        "--stamp=$out $programs "
        f"--file={house.PAYLOAD}=/s/{house.PAYLOAD} --file=tests/scenario=/s/tests/scenario -- "
        "/bin/sh -c 'cd /s && for t in $in; do $$t linux || exit 1; done'",
        description="$kernel scenarios",
        pool="kernels",
    )
    n.rule(
        "kernel_selftest",
        "tests/vm/selftest --kernel=$kernel $options --stamp=$out",
        description="$kernel selftest",
        pool="kernels",
    )
    n.rule("preload", "$cc $cflags -O1 -shared -fPIC $in -o $out", description="debug $out")
    n.build("build/debug/vm/xstate.so", "preload", "tests/vm/preload/xstate.c")
    init = [f"tests/vm/{name}.c" for name in ["init", "line", "root"]]
    house.program(n, "debug", "vm/init", init, [], static=True)
    house.program(n, "debug", "vm/probe_kernel", ["tests/vm/probe_kernel.c"], [], static=True)
    kernel_fuzz(n, house)
    stamps = {group: [] for group in house.KERNELS}
    for group, kernel in [(g, k) for g, kernels in house.KERNELS.items() for k in kernels]:
        stamp = f"build/debug/{group}/selftest.{kernel}.ok"
        n.build(
            stamp,
            "kernel_selftest",
            "tests/vm/selftest",
            implicit=[*house.KERNEL_RUNNER, "build/debug/vm/probe_kernel"],
            kernel=kernel,
            options="--skip" if group == "test" else "",
        )
        stamps[group].append(stamp)
        stamps[group].append(kernel_scenarios(n, house, group, kernel))
        for test, words in house.KERNEL_TESTS:
            binary = f"build/debug/{test}"
            here = words[group] if isinstance(words, dict) else words
            runs = here if isinstance(here, list) else [here]
            for i, run in enumerate(runs):
                part = f".{i + 1}" if len(runs) > 1 else ""
                stamps[group].append(kernel_run(n, house, group, kernel, binary, run, part))
    return stamps
