#!/usr/bin/env python3
"""Writes build.ninja, a pure function of the source tree.

    ./configure.py                  write build.ninja
    ./configure.py --check          exit 1 if build.ninja is not what would be written
    ./configure.py --install-deps   install Debian's packages (asks sudo where not root)

build.ninja is committed.  It knows no machine: the compiler is taken from $CC when an edge
runs, and warnings become errors where $CI is set.  It rewrites itself when a source comes
or goes, because the source folders are inputs of its own edge.
"""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.dont_write_bytecode = True

# Edges of one subject are beside what they run: module(path).NAME_edges(n, ...).
MODULES = [
    "tests/lib/ninja.py",
    "tests/lint/edges.py",
    "tests/sanity/edges.py",
    "tests/vm/edges.py",
    "tests/mutants/edges.py",
    "coverage/edges.py",
]

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
# What a test may take in it: one that hangs is red.
SECONDS = {"debug": 120, "asan": 240, "valgrind": 480, "coverage": 240}
# What one asks ninja for, and the variant that it runs the tests in.
TEST_GROUPS = {"test": "debug", "asan": "asan", "valgrind": "valgrind"}

# Documents that programs print from tables: ninja docs writes them, ninja lint compares.
GENERATED = {
    "docs/ERRORS.md": ("tests/lint/errors_md.c", ["core"]),
    "docs/RULES.md": ("tests/lint/rules_md.c", ["core"]),
    "docs/SYSOPS.md": ("tests/lint/sysops_md.c", ["core"]),
    "docs/sandtable.1": ("tests/lint/sandtable_1.c", ["core"]),
}

# Likewise, from what the conformance rows reach on the fake.
CONFORMANCE_INDEX = "docs/CONFORMANCE.md"

# What ninja mutants changes, and the tests that must notice, quickest first.
MUTATED = ["core", "fake/bind", "fake/do_mount", "fake/mount", "fake/move_mount", "fake/pivot",
           "fake/propagat", "fake/remount", "fake/umount"]
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
# root in a kernel of its own; its exit status decides.  Arguments may differ by group; a list
# of them is as many runs.
KERNEL_TESTS = [
    ("vm/probe_kernel", "ask"),
    ("tests/conformance/test_conformance", {
        "test": [f"--linux --quiet --may-skip kernel --part {i}/2" for i in (1, 2)],
        "vm": "--linux --quiet --may-skip kernel",
    }),
    ("tests/differential/fuzz", {"test": "--seconds 4", "vm": "--seconds 60"}),
]

# What each run under a kernel depends on.
KERNEL_RUNNER = [
    *(f"tests/vm/{name}" for name in ["run", "kernels.py", "initramfs.py", "line.py"]),
    *(f"build/debug/vm/{name}" for name in ["init", "xstate.so"]),
]


def module(path):
    """A module of this tree, by its path."""
    spec = importlib.util.spec_from_file_location(path, ROOT / path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


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
    found = [p for p in found if p != Path(".") and "__pycache__" not in p.parts]
    return sorted(p.as_posix() for p in found)


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
                    seconds=SECONDS[variant], implicit=["tests/lib/run", PAYLOAD])
    return stamps


def program_tests(n, variant):
    """The program as a user starts it; answers the stamps."""
    stamps = []
    for name in ("test_program", "test_plan", "test_terminal"):
        stamps.append(f"build/{variant}/tests/linux/{name}.ok")
        n.build(stamps[-1], "run",
                [f"tests/linux/{name}", f"build/{variant}/sandtable", PAYLOAD],
                implicit=["tests/lib/run"], seconds=SECONDS[variant])
    return stamps


def use_edges(n):
    """What one does with the program: show it, install it, measure it."""
    n.comment("To see it, to install it ($DESTDIR, $PREFIX), to measure it")
    n.rule("script", "$command", description="$out", pool="console")
    n.build("demo", "script", (), implicit=[
        "tests/linux/demo", "build/release/sandtable", *KERNEL_RUNNER],
            command="tests/linux/demo")
    program(n, "debug", "tests/linux/look", ["tests/linux/look.c"], [], static=True)
    n.build("compare", "script", (), implicit=[
        "tests/linux/compare", "tests/linux/uses.txt", "build/debug/tests/linux/look",
        "build/release/sandtable"],
            command="tests/linux/compare build/release/sandtable build/debug/tests/linux/look")
    n.build("agree", "script", (), implicit=[
        "tests/linux/agree", "tests/linux/compare", "tests/linux/uses.txt",
        "build/debug/tests/linux/look", "build/release/sandtable"],
            command="tests/linux/agree build/release/sandtable build/debug/tests/linux/look")
    n.build("install", "script", (), implicit=["build/release/sandtable"],
            command="install -D -m 755 build/release/sandtable "
                    "$$DESTDIR$${PREFIX:-/usr/local}/bin/sandtable && "
                    "install -D -m 644 docs/sandtable.1 "
                    "$$DESTDIR$${PREFIX:-/usr/local}/share/man/man1/sandtable.1")
    for name in ("bare", "bench_launch"):
        program(n, "release", f"bench/{name}", [f"tests/bench/{name}.c"], [], static=True)
    program(n, "release", "bench/bench_true", ["tests/bench/bench_true.c"], [], static=True,
            libs="-nostartfiles")
    for name in ("bench_fake", "bench_rehearse"):
        program(n, "release", f"bench/{name}", [f"tests/bench/{name}.c"], ["fake", "core"])
    n.build("bench", "script", (), implicit=[
        "tests/bench/bench", "build/release/sandtable",
        *(f"build/release/bench/{name}" for name in [
            "bare", "bench_launch", "bench_true", "bench_fake", "bench_rehearse"])],
        command="tests/bench/bench")


def conformance_edges(n):
    """Conformance rows on this machine's kernel, and drive; answers stamps by group."""
    rows = sources("tests/conformance", ending=".rows")
    embedded = "build/debug/obj/tests/conformance/embedded.o"
    n.comment("Conformance: rows on the fake and on real kernels")
    n.rule("conformance", "tests/lib/run $out 120 $in $words",
           description="conformance $words")
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
    for variant, out in [("debug", "tests/differential/fuzz"), ("release", "fuzz")]:
        program(n, variant, out, sources("tests/differential"), ["check"], static=True)
    regressions = sources("tests/differential", ending=".prog")
    n.rule("programs", "tests/lib/run $out 120 $in $words", description="regressions")
    n.build("build/debug/tests/differential/regressions.ok", "programs",
            "build/debug/tests/differential/fuzz", implicit=regressions,
            words="--user " + " ".join(regressions))
    users = []
    for part in (1, 2):
        users.append(f"build/debug/tests/conformance/user.{part}.ok")
        n.build(users[-1], "conformance", test,
                words=f"--linux --user --may-skip ids,init-userns,kernel --part {part}/2")
    for profile in PROFILES:
        n.build(f"build/debug/tests/conformance/fake.{profile}.ok", "conformance", test,
                words=f"--fake --quiet --may-skip kernel --profile {profile}")
    n.build("conformance-fake", "phony",
            [f"build/debug/tests/conformance/fake.{profile}.ok" for profile in PROFILES])
    n.build("conformance-root", "as_root", test, words="--linux --quiet --may-skip kernel")
    n.build("test-root", "phony", ["conformance-root"])
    fake = [f"build/debug/tests/conformance/fake.{profile}.ok" for profile in PROFILES]
    return {"test": [*users, drive, *fake, "build/debug/tests/differential/regressions.ok"]}


def generate():
    house = sys.modules[__name__]
    ninja, lint, sanity, vm, mutants, coverage = map(module, MODULES)
    n = ninja.Ninja()
    n.comment("Written by configure.py; change that instead.")
    n.variable("ninja_required_version", "1.10")
    n.variable("builddir", "build")
    n.variable("cc", "$${CC:-gcc}")
    n.variable("cflags", f"-std=gnu11 -D_GNU_SOURCE -I. {WARNINGS} $${{CI:+-Werror}}")
    n.rule("ar", "rm -f $out && ar crs $out $in", description="ar $out")
    n.rule("run", "tests/lib/run $out $seconds $wrapper $in", description="run $in")
    n.rule("configure", "./configure.py", generator=1, description="configure.py")
    n.build("build.ninja", "configure", (), implicit=["configure.py", *MODULES, *folders()])
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
    program(n, "debug", PAYLOAD.removeprefix("build/debug/"), ["tests/linux/probe.c"],
            ["check"], static=True)
    # Of what is ready ninja starts what stands first: real kernels, which take the longest.
    on_kernels = vm.kernel_edges(n, house)
    conformance = conformance_edges(n)
    on_fake = [stamp for stamp in conformance["test"] if "/fake." in stamp]
    stamps = {v: test_edges(n, v, wrapper) for v, wrapper in TEST_VARIANTS.items()}
    for group, variant in TEST_GROUPS.items():
        more = on_kernels.pop(group, []) + conformance.pop(group, [])
        more += program_tests(n, variant) if variant != "valgrind" else []
        n.build(group, "phony", stamps[variant] + more)
    for group, more in on_kernels.items():
        n.build(group, "phony", more)
    n.comment("Coverage: build/coverage/lcov.info, build/coverage/html")
    coverage.coverage_edges(n, [*stamps["coverage"], *program_tests(n, "coverage")])
    n.comment("Mutants: more options in $MUTANTS, as --sample 50")
    mutants.mutant_edges(n, stamps["debug"], house)
    n.comment("Lint: the invariants of the house, checked on the release objects")
    n.build("lint", "phony", lint.lint_edges(n, house) + lint.document_edges(n, house, on_fake)
            + [lint.reached_edge(n, stamps["debug"] + on_fake)]
            + sanity.sanity_edges(n, house))
    return n.text()


def main():
    target = ROOT / "build.ninja"
    if "--install-deps" in sys.argv[1:]:
        packages = module("tests/vm/packages.py")
        packages.install(PACKAGES, PACKAGES_FOR_KERNELS)
    text = generate()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if target.exists() and target.read_text() == text else 1)
    target.write_text(text)


if __name__ == "__main__":
    main()
