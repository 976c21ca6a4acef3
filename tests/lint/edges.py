"""Edges of ninja lint, and of the documents that are made from tables."""

from pathlib import Path


def lint_edges(n, house):
    """The invariants of the house, each an edge; answers the stamps."""

    def objects_of(part):
        return [f"build/release/obj/{p[:-2]}.o" for p in house.sources_of(part)]

    def check(name, command, inputs, implicit=()):
        out = f"build/lint/{name}.ok"
        n.build(out, "lint", inputs, implicit=implicit, check=command)
        return out

    n.rule("lint", "$check $in && mkdir -p $$(dirname $out) && touch $out",
           description="lint $out")
    tops = ["core", "sys", "fake", "tests"]
    c_files = [p for top in tops for p in house.sources(top)]
    headers = [p for top in tops for p in house.sources(top, ending=".h")]
    scripts = ["configure.py", *(p for top in ["tests", "coverage"] for p in
                                 house.sources(top, ending=".py"))]
    tables = [p for top in tops for p in house.sources(top, ending=".def")]
    tool = "tests/lint/objects.py"
    allowed = "tests/lint/symbols.txt"
    alone = "$cc $cflags -Wno-unused-function -Werror -fsyntax-only -x c"
    stamps = [
        check("symbols", f"{tool} symbols {allowed}", objects_of("core"), [tool, allowed]),
        check("storage", f"{tool} storage", objects_of("core") + objects_of("fake"), [tool]),
        check("layers", "tests/lint/layers.py", c_files + headers, ["tests/lint/layers.py"]),
        check("tidy", "tests/lint/tidy.py", c_files + headers + tables + scripts,
              ["tests/lint/tidy.py"]),
        check("security", "tests/lint/security.py", ["docs/SECURITY.md"],
              ["tests/lint/security.py", *(p for p in c_files if "/test_" in p),
               "tests/linux/test_program"]),
        check("configure", "./configure.py --check # ", ["configure.py"], ["build.ninja"]),
    ]
    stamps += [check(f"alone/{h}", alone, [h], headers + tables) for h in headers]
    stamps += [check(f"clang/{c}", "clang $cflags -Werror -fsyntax-only", [c],
                     headers + tables) for c in c_files]
    return stamps


def reached_edge(n, stamps):
    """Tables against what the tests of these stamps reached of them; answers a stamp."""
    tool, excepted = "tests/lint/reached.py", "tests/lint/unreached.txt"
    out = "build/lint/reached.ok"
    n.build(out, "lint", stamps, implicit=[tool, excepted], check=f"{tool} {excepted}")
    return out


def document_edges(n, house, on_fake):
    """Writes the generated documents; answers the stamps of comparing them.

    on_fake: the stamps of the conformance rows on the fake, one for each profile.
    """
    n.rule("document", "$in >$out", description="$out")
    n.rule("compare", "diff -u $in && touch $out", description="lint $out")
    n.rule("copy", "cp $in $document", description="$document")
    stamps, written, documents = [], [], [*house.GENERATED, house.CONFORMANCE_INDEX]
    for document, (path, parts) in house.GENERATED.items():
        house.program(n, "release", f"docs/{Path(path).stem}", [path], parts)
        n.build(f"build/docs/{Path(document).name}", "document",
                f"build/release/docs/{Path(path).stem}")
    kernels = sorted({kernel for group in house.KERNELS.values() for kernel in group})
    tool = "tests/lint/conformance_md.py"
    n.rule("index", f"{tool} {','.join(kernels)} $in >$out", description="$out")
    n.build(f"build/docs/{Path(documents[-1]).name}", "index", on_fake,
            implicit=[tool, "fake/rules.def"])
    for document in documents:
        name = Path(document).name
        stamps.append(f"build/lint/{name}.ok")
        n.build(stamps[-1], "compare", [document, f"build/docs/{name}"])
        written.append(f"docs-{name}")
        n.build(written[-1], "copy", f"build/docs/{name}", document=document)
    n.build("docs", "phony", written)
    return stamps
