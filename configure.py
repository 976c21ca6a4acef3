#!/usr/bin/env python3
"""Writes build.ninja, a pure function of the source tree.

    ./configure.py                  write build.ninja
    ./configure.py --check          exit 1 if build.ninja is not what would be written
    ./configure.py --install-deps   install Debian's packages (asks sudo where not root)

build.ninja is committed.  It knows no machine: the compiler is taken from $CC when an edge
runs, and warnings become errors where $CI is set.  It rewrites itself when a source comes
or goes, because the source folders are inputs of its own edge.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent

WARNINGS = (
    "-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings "
    "-Wcast-qual -Wformat=2 -Wvla -Wundef -fno-common"
)

# A variant is a folder beneath build/: how everything in it is compiled and linked.
VARIANTS = {
    "debug": dict(cflags="-O1 -g", ldflags=""),
    "release": dict(cflags="-O2 -g -DNDEBUG_CHECKS", ldflags=""),
    "asan": dict(
        cflags="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all",
        ldflags="-fsanitize=address,undefined",
    ),
    "valgrind": dict(cflags="-O1 -g -DWITH_VALGRIND", ldflags=""),
    # All tasks of a program share their counters: coverage/counters.c.
    "coverage": dict(
        cflags="-O0 -g --coverage -fprofile-update=atomic -fdata-sections",
        ldflags="--coverage -Wl,-T,coverage/counters.ld",
        links=["coverage/counters.c"],
        link_scripts=["coverage/counters.ld"],
    ),
}

# A part is a library: its folders, and the parts that it needs when it is linked.
PARTS = {
    "core": dict(folders=["core"], needs=[]),
    "sys": dict(folders=["sys"], needs=["core"], without=["sys/main.c"]),
    "fake": dict(folders=["fake"], needs=["core"]),
    "check": dict(folders=["tests/lib"], needs=["core", "fake", "sys"]),
}

# The kinds of tests whose test_*.c are each a program, and the variants in which each runs,
# with what stands before the program: a test that passed is a file, build/VARIANT/TEST.ok.
TEST_KINDS = ["unit", "scenario", "sweep"]
# What scenarios execute where they run on Linux: static, so that an empty rootfs will do.
PAYLOAD = "build/debug/tests/linux/probe"
TEST_VARIANTS = {
    "debug": "",
    "asan": "",
    "valgrind": "valgrind -q --error-exitcode=99 --leak-check=full",
    "coverage": "",
}
# What one asks ninja for, and the variant that it runs the tests in.
TEST_GROUPS = {"test": "debug", "asan": "asan", "valgrind": "valgrind"}

# Documents that programs print from tables: ninja docs writes them, ninja lint compares.
GENERATED = {
    "docs/ERRORS.md": ("tests/lint/errors_md.c", ["core"]),
    "docs/SYSOPS.md": ("tests/lint/sysops_md.c", ["core"]),
    "docs/sandtable.1": ("tests/lint/sandtable_1.c", ["core"]),
}

# Where the coverage report is to be found.
COVERAGE_INFO = "build/coverage/lcov.info"
COVERAGE_HTML = "build/coverage/html"

# What ninja mutants changes, and the tests that must notice, quickest first.
MUTATED = ["core", "fake/mount", "fake/umount", "fake/pivot", "fake/propagation"]
MUTANTS_FLOOR = 85

# The Linux versions that the fake can answer as.
PROFILES = ["6.1", "6.12", "6.18"]

# Debian's packages.  User Mode Linux and QEMU are the real kernels that need no root.
PACKAGES = (
    "gcc libc6-dev clang ninja-build libcmocka-dev lcov valgrind busybox-static strace"
).split()
PACKAGES_FOR_KERNELS = {"x86_64": "user-mode-linux qemu-system-x86".split()}

# Kernels that tests are booted on without root, by the group of tests that does it.
KERNELS = {"test": ["uml"], "vm": ["6.1", "6.12"]}

# Static test programs for them, beneath build/debug, each with its arguments.  Each runs as
# root in a kernel of its own; its exit status decides.
KERNEL_TESTS = [
    ("vm/probe_kernel", "ask"),
    ("tests/conformance/test_conformance", "--linux --quiet --may-skip kernel"),
]


def sources(folder, without=(), ending=".c"):
    """All sources beneath a folder, sorted, as paths from the top."""
    found = (p.relative_to(ROOT).as_posix() for p in (ROOT / folder).rglob("*" + ending))
    return sorted(p for p in found if p not in without)


def folders():
    """The source folders: a file that comes or goes changes one of them.

    A folder without files is not one: git does not know it, so a clone would lack it.
    """
    tops = ["core", "sys", "fake", "tests"]
    files = [p for top in tops for p in (ROOT / top).rglob("*") if p.is_file()]
    found = {parent for p in files for parent in p.relative_to(ROOT).parents}
    return sorted(p.as_posix() for p in found if p != Path(".") and "__pycache__" not in p.parts)


class Ninja:
    """Collects lines of a ninja file."""

    def __init__(self):
        self.lines = []

    def comment(self, text):
        self.lines += ["", f"# {text}"]

    def variable(self, name, value):
        self.lines.append(f"{name} = {value}")

    def rule(self, name, command, **more):
        self.lines.append(f"rule {name}")
        self.lines.append(f"  command = {command}")
        self.lines += [f"  {key} = {value}" for key, value in more.items()]

    def build(self, outputs, rule, inputs=(), implicit=(), order=(), **variables):
        def words(x):
            return x if isinstance(x, str) else " ".join(x)

        line = f"build {words(outputs)}: {rule} {words(inputs)}".rstrip()
        if implicit:
            line += f" | {words(implicit)}"
        if order:
            line += f" || {words(order)}"
        self.lines.append(line)
        self.lines += [f"  {key} = {value}" for key, value in variables.items()]

    def text(self):
        return "\n".join(self.lines) + "\n"


def objects(n, variant, paths):
    """Compiles each source once in this variant; answers the objects."""
    made = []
    for path in paths:
        out = f"build/{variant}/obj/{path[:-2]}.o"
        more = {"more": "-Wconversion"} if path.startswith("core/") else {}
        n.build(out, f"cc_{variant}", path, **more)
        made.append(out)
    return made


def library(variant, part):
    return f"build/{variant}/lib{part}.a"


def whole(archive):
    """The fake's stops are weak: they would keep out the objects that have the calls."""
    if not archive.endswith("/libfake.a"):
        return archive
    return f"-Wl,--whole-archive {archive} -Wl,--no-whole-archive"


def libraries(variant, parts):
    """The libraries of these parts and of all that they need, users first."""
    order = []
    for part in parts:
        for one in [part, *PARTS[part]["needs"]]:
            if one in order:
                order.remove(one)
            order.append(one)
    return [library(variant, one) for one in order]


def program(n, variant, out, paths, parts, static=False, libs="", more=()):
    """Links a program of these sources, parts and more objects; answers where it lies."""
    links = [f"build/{variant}/obj/{p[:-2]}.o" for p in VARIANTS[variant].get("links", [])]
    n.build(
        f"build/{variant}/{out}",
        f"link_{variant}",
        [*objects(n, variant, paths), *more, *links],
        implicit=libraries(variant, parts) + VARIANTS[variant].get("link_scripts", []),
        libs=" ".join(["-Wl,--start-group", *map(whole, libraries(variant, parts)),
                       "-Wl,--end-group"])
        + (f" {libs}" if libs else ""),
        static="-static" if static else "",
    )
    return f"build/{variant}/{out}"


def variant_edges(n, variant, flags):
    n.comment(f"{variant}: {flags['cflags']}")
    n.rule(
        f"cc_{variant}",
        f"$cc $cflags $more {flags['cflags']} -MD -MF $out.d -c $in -o $out",
        depfile="$out.d",
        deps="gcc",
        description=f"{variant} $in",
    )
    n.rule(
        f"link_{variant}",
        f"$cc {flags['ldflags']} $static $in $libs -o $out",
        description=f"{variant} $out",
    )
    objects(n, variant, flags.get("links", []))
    for part in PARTS:
        n.build(library(variant, part), "ar", objects(n, variant, sources_of(part)))


def sources_of(part):
    """The sources of a part."""
    how = PARTS[part]
    return [p for folder in how["folders"] for p in sources(folder, how.get("without", ()))]


def lint_edges(n):
    """The invariants of the house, each an edge; answers the stamps."""

    def objects_of(part):
        return [f"build/release/obj/{p[:-2]}.o" for p in sources_of(part)]

    def check(name, command, inputs, implicit=()):
        out = f"build/lint/{name}.ok"
        n.build(out, "lint", inputs, implicit=implicit, check=command)
        return out

    n.rule("lint", "$check $in && mkdir -p $$(dirname $out) && touch $out",
           description="lint $out")
    tops = ["core", "sys", "fake", "tests"]
    c_files = [p for top in tops for p in sources(top)]
    headers = [p for top in tops for p in sources(top, ending=".h")]
    scripts = ["configure.py", *(p for top in ["tests", "coverage"] for p in
                                 sources(top, ending=".py"))]
    tables = [p for top in tops for p in sources(top, ending=".def")]
    tool = "tests/lint/objects.py"
    allowed = "tests/lint/symbols.txt"
    alone = "$cc $cflags -Wno-unused-function -Werror -fsyntax-only -x c"
    stamps = [
        check("symbols", f"{tool} symbols {allowed}", objects_of("core"), [tool, allowed]),
        check("storage", f"{tool} storage", objects_of("core") + objects_of("fake"), [tool]),
        check("layers", "tests/lint/layers.py", c_files + headers, ["tests/lint/layers.py"]),
        check("tidy", "tests/lint/tidy.py", c_files + headers + tables + scripts,
              ["tests/lint/tidy.py"]),
        check("configure", "./configure.py --check # ", ["configure.py"], ["build.ninja"]),
    ]
    stamps += [check(f"alone/{h}", alone, [h], headers + tables) for h in headers]
    stamps += [check(f"clang/{c}", "clang $cflags -Werror -fsyntax-only", [c],
                     headers + tables) for c in c_files]
    return stamps


def test_edges(n, variant, wrapper):
    """Builds and runs each test of this variant; answers the stamps."""
    stamps = []
    for kind in TEST_KINDS:
        for path in sources(f"tests/{kind}"):
            if not Path(path).name.startswith("test_"):
                continue
            out = path[:-2]
            program(n, variant, out, [path], ["check"], libs="-lcmocka")
            stamps.append(f"build/{variant}/{out}.ok")
            n.build(stamps[-1], "run", f"build/{variant}/{out}", wrapper=wrapper,
                    implicit=[PAYLOAD])
    return stamps


def document_edges(n):
    """Writes the generated documents; answers the stamps of comparing them."""
    n.rule("document", "$in >$out", description="$out")
    n.rule("compare", "diff -u $in && touch $out", description="lint $out")
    n.rule("copy", "cp $in $document", description="$document")
    stamps, written = [], []
    for document, (path, parts) in GENERATED.items():
        name = Path(document).name
        program(n, "release", f"docs/{Path(path).stem}", [path], parts)
        n.build(f"build/docs/{name}", "document", f"build/release/docs/{Path(path).stem}")
        stamps.append(f"build/lint/{name}.ok")
        n.build(stamps[-1], "compare", [document, f"build/docs/{name}"])
        written.append(f"docs-{name}")
        n.build(written[-1], "copy", f"build/docs/{name}", document=document)
    n.build("docs", "phony", written)
    return stamps


def program_test(n, variant):
    """The program as a user starts it; answers the stamp."""
    stamp = f"build/{variant}/tests/linux/test_program.ok"
    n.build(stamp, "run", ["tests/linux/test_program", f"build/{variant}/sandtable", PAYLOAD])
    return stamp


def bites_test(n):
    """A wrong expectation, a crash, a hang, a leak and a deadlock must be red."""
    program(n, "debug", "tests/sweep/biting", ["tests/sweep/biting.c"], ["check"],
            libs="-lcmocka")
    stamp = "build/debug/tests/sweep/bites.ok"
    n.build(stamp, "run", ["tests/sweep/bites", "build/debug/tests/sweep/biting"])
    return stamp


def use_edges(n):
    """What one does with the program: show it, install it, measure it."""
    n.comment("To see it, to install it ($DESTDIR, $PREFIX), to measure it")
    n.rule("script", "$command", description="$out", pool="console")
    n.build("demo", "script", (), implicit=["tests/linux/demo", "build/release/sandtable", *KERNEL_RUNNER],
            command="tests/linux/demo")
    n.build("install", "script", (), implicit=["build/release/sandtable"],
            command="install -D -m 755 build/release/sandtable "
                    "$$DESTDIR$${PREFIX:-/usr/local}/bin/sandtable && "
                    "install -D -m 644 docs/sandtable.1 "
                    "$$DESTDIR$${PREFIX:-/usr/local}/share/man/man1/sandtable.1")
    for name in ("bare", "bench_launch"):
        program(n, "release", f"bench/{name}", [f"tests/bench/{name}.c"], [],
                static=name == "bare")
    for name in ("bench_fake", "bench_rehearse"):
        program(n, "release", f"bench/{name}", [f"tests/bench/{name}.c"], ["fake", "core"])
    n.build("bench", "script", (), implicit=[
        "tests/bench/bench", "build/release/sandtable", "build/release/bench/bare",
        "build/release/bench/bench_launch", "build/release/bench/bench_fake",
        "build/release/bench/bench_rehearse"],
        command="tests/bench/bench")


def conformance_edges(n):
    """Conformance rows on this machine's kernel, and drive; answers stamps by group."""
    rows = sources("tests/conformance", ending=".rows")
    embedded = "build/debug/obj/tests/conformance/embedded.o"
    n.comment("Conformance: rows on the fake and on real kernels")
    n.rule(
        "conformance",
        "$in $words >$out.log 2>&1 && touch $out || { cat $out.log; exit 1; }",
        description="conformance $words",
    )
    n.rule(
        "as_root",
        'test "$$SANDTABLE_DISPOSABLE" = 1 || { echo "test-root changes this machine: '
        'SANDTABLE_DISPOSABLE=1 says that it may"; exit 1; }; $in $words',
        description="as root: $in $words",
        pool="console",
    )
    n.build(embedded, "cc_debug", "tests/conformance/embedded.c", implicit=rows)
    paths = [p for p in sources("tests/conformance") if not p.endswith("embedded.c")]
    test = program(n, "debug", "tests/conformance/test_conformance", paths, ["check"],
                   static=True, more=[embedded])
    drive = program(n, "debug", "drive", ["tests/drive/drive.c"], ["check"], static=True)
    program(n, "release", "fuzz", sources("tests/differential"), ["check"], static=True)
    stamp = "build/debug/tests/conformance/user.ok"
    n.build(stamp, "conformance", test, words="--linux --user --may-skip ids,init-userns,kernel")
    for profile in PROFILES:
        n.build(f"build/debug/tests/conformance/fake.{profile}.ok", "conformance", test,
                words=f"--fake --quiet --may-skip kernel --profile {profile}")
    n.build("conformance-fake", "phony",
            [f"build/debug/tests/conformance/fake.{profile}.ok" for profile in PROFILES])
    n.build("conformance-root", "as_root", test, words="--linux --quiet --may-skip kernel")
    n.build("test-root", "phony", ["conformance-root"])
    return {"test": [stamp, drive]}


def coverage_edges(n, stamps):
    """lcov's report of the coverage variant's tests, and the table held to its floors."""
    n.rule(
        "lcov",
        "lcov --config-file coverage/lcovrc -q --capture --no-external --directory . "
        "--output-file $out.all && lcov --config-file coverage/lcovrc -q --remove $out.all "
        "'*/tests/*' --output-file $out",
        description="lcov $out",
    )
    n.rule("genhtml", "genhtml --config-file coverage/lcovrc -q --output-directory "
           f"{COVERAGE_HTML} $in && touch $out", description=f"genhtml {COVERAGE_HTML}")
    n.rule("rows", "coverage/rows.py $out $rows", description="coverage/rows.py")
    rows = "build/coverage/rows"
    n.build([f"{rows}.counts", f"{rows}.txt"], "rows", (),
            implicit=["coverage/rows.py", *stamps],
            rows=" ".join(f"{stamp}.rows" for stamp in stamps))
    n.rule("report", "coverage/report.py $in", description="coverage/report.py", pool="console")
    n.build(COVERAGE_INFO, "lcov", (), implicit=stamps)
    n.build("build/coverage/html.ok", "genhtml", COVERAGE_INFO)
    n.build("coverage-report", "report", [COVERAGE_INFO, f"{rows}.counts"],
            implicit=["coverage/report.py", "coverage/floor.txt", "coverage/waivers.txt"])
    n.build("coverage", "phony", ["coverage-report", "build/coverage/html.ok"])


def mutant_edges(n, stamps):
    """Mutants of core and of the fake's mounts against the debug variant's tests."""
    tests = [stamp.removesuffix(".ok") for stamp in stamps if "/vm/" not in stamp]
    files = [p for p in sources("core") + sources("fake") if p.startswith(tuple(MUTATED))]
    n.rule("mutants", f"tests/mutants/mutants.py --floor {MUTANTS_FLOOR} $$MUTANTS "
           f"--tests {' '.join(tests)} -- $in", description="mutants", pool="console")
    n.build("mutants", "mutants", files, implicit=["tests/mutants/mutants.py", *tests])


# What each run under a kernel depends on.
KERNEL_RUNNER = [
    *(f"tests/vm/{name}" for name in ["run", "kernels.py", "initramfs.py", "line.py"]),
    *(f"build/debug/vm/{name}" for name in ["init", "xstate.so"]),
]


def kernel_run(n, group, kernel, binary, words=""):
    """An edge that runs this static program under a kernel; answers the stamp of its success.

    Where the kernel is not available a test of the group `test` is a skip, said each time.
    """
    name = Path(binary).name
    stamp = f"build/debug/{group}/{name}.{kernel}.ok"
    n.build(
        stamp,
        "kernel_run",
        binary,
        implicit=KERNEL_RUNNER,
        kernel=kernel,
        name=name,
        words=words,
        options="--skip" if group == "test" else "",
    )
    return stamp


def kernel_scenarios(n, group, kernel):
    """All scenarios as root under a kernel, in one boot; answers the stamp."""
    tests = [f"build/debug/{p[:-2]}" for p in sources("tests/scenario")]
    stamp = f"build/debug/{group}/scenarios.{kernel}.ok"
    programs = " ".join(f"--program={test}=/s/{test}" for test in tests)
    n.build(
        stamp,
        "kernel_scenarios",
        tests,
        implicit=[*KERNEL_RUNNER, PAYLOAD],
        kernel=kernel,
        programs=programs,
        options="--skip" if group == "test" else "",
    )
    return stamp


def kernel_edges(n):
    """The runner's own programs, its selftest and the static tests; answers stamps by group."""
    n.comment("real kernels without root")
    n.rule(
        "kernel_run",
        "tests/vm/run --kernel=$kernel $options --log=$out.log --stamp=$out "
        "--file=$in=/tests/$name -- /tests/$name $words",
        description="$kernel $name",
    )
    n.rule(
        "kernel_scenarios",
        "tests/vm/run --kernel=$kernel $options --log=$out.log --stamp=$out $programs "
        f"--file={PAYLOAD}=/s/{PAYLOAD} --file=tests/scenario=/s/tests/scenario -- "
        "/bin/sh -c 'cd /s && for t in $in; do $$t linux || exit 1; done'",
        description="$kernel scenarios",
    )
    n.rule(
        "kernel_selftest",
        "tests/vm/selftest --kernel=$kernel $options --stamp=$out",
        description="$kernel selftest",
    )
    n.rule("preload", "$cc $cflags -O1 -shared -fPIC $in -o $out", description="debug $out")
    n.build("build/debug/vm/xstate.so", "preload", "tests/vm/preload/xstate.c")
    init = [f"tests/vm/{name}.c" for name in ["init", "line", "root"]]
    program(n, "debug", "vm/init", init, [], static=True)
    program(n, "debug", "vm/probe_kernel", ["tests/vm/probe_kernel.c"], [], static=True)
    stamps = {group: [] for group in KERNELS}
    for group, kernel in [(g, k) for g, kernels in KERNELS.items() for k in kernels]:
        stamp = f"build/debug/{group}/selftest.{kernel}.ok"
        n.build(
            stamp,
            "kernel_selftest",
            "tests/vm/selftest",
            implicit=[*KERNEL_RUNNER, "build/debug/vm/probe_kernel"],
            kernel=kernel,
            options="--skip" if group == "test" else "",
        )
        stamps[group] += [stamp, kernel_scenarios(n, group, kernel)]
        for test, words in KERNEL_TESTS:
            stamps[group].append(kernel_run(n, group, kernel, f"build/debug/{test}", words))
    return stamps


def generate():
    n = Ninja()
    n.comment("Written by configure.py; change that instead.")
    n.variable("ninja_required_version", "1.10")
    n.variable("builddir", "build")
    n.variable("cc", "$${CC:-gcc}")
    n.variable("cflags", f"-std=gnu11 -D_GNU_SOURCE -I. {WARNINGS} $${{CI:+-Werror}}")
    n.rule("ar", "rm -f $out && ar crs $out $in", description="ar $out")
    n.rule(
        "run",
        "rm -f $out.rows && SANDTABLE_ROWS=$out.rows timeout 300 $wrapper $in >$out.log 2>&1 "
        "&& touch $out || { cat $out.log; exit 1; }",
        description="run $in",
    )
    n.rule("configure", "./configure.py", generator=1, description="configure.py")
    n.build("build.ninja", "configure", (), implicit=["configure.py", *folders()])
    for variant, flags in VARIANTS.items():
        variant_edges(n, variant, flags)
    n.comment("The program: static, because the dynamic linker is a tenth of a launch")
    for variant in VARIANTS:
        static = variant not in ("asan",)
        program(n, variant, "sandtable", ["sys/main.c"], ["sys", "core", "fake"], static=static)
    n.build("sandtable", "phony", "build/release/sandtable")
    n.lines.append("default sandtable")
    use_edges(n)
    n.comment("Tests")
    program(n, "debug", PAYLOAD.removeprefix("build/debug/"), ["tests/linux/probe.c"], ["check"],
            static=True)
    stamps = {v: test_edges(n, v, wrapper) for v, wrapper in TEST_VARIANTS.items()}
    conformance = conformance_edges(n)
    on_kernels = kernel_edges(n)
    for group, variant in TEST_GROUPS.items():
        more = on_kernels.pop(group, []) + conformance.pop(group, [])
        more += [program_test(n, variant)] if variant != "valgrind" else []
        more += [bites_test(n)] if variant == "debug" else []
        n.build(group, "phony", stamps[variant] + more)
    for group, more in on_kernels.items():
        n.build(group, "phony", more)
    n.comment("Coverage: build/coverage/lcov.info, build/coverage/html")
    coverage_edges(n, [*stamps["coverage"], program_test(n, "coverage")])
    n.comment("Mutants: more options in $MUTANTS, as --sample 50")
    mutant_edges(n, stamps["debug"])
    n.comment("Lint: the invariants of the house, checked on the release objects")
    n.build("lint", "phony", lint_edges(n) + document_edges(n))
    return n.text()


def main():
    target = ROOT / "build.ninja"
    if "--install-deps" in sys.argv[1:]:
        sys.path.insert(0, str(ROOT / "tests/vm"))
        packages = importlib.import_module("packages")
        packages.install(PACKAGES, PACKAGES_FOR_KERNELS)
    text = generate()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if target.exists() and target.read_text() == text else 1)
    target.write_text(text)


if __name__ == "__main__":
    main()
