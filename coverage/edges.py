"""Edges of ninja coverage."""

# Where the report is to be found.
COVERAGE_INFO = "build/coverage/lcov.info"
COVERAGE_HTML = "build/coverage/html"


def coverage_edges(n, stamps):
    """lcov's report of the coverage variant's tests, and the table held to its floors."""
    n.rule(
        "lcov",
        # What a table of core expands to in the fake is the fake's.
        "lcov --config-file coverage/lcovrc -q --capture --no-external --base-directory . "
        "--directory build/coverage/obj/core --output-file $out.core && "
        "lcov --config-file coverage/lcovrc -q --capture --no-external --base-directory . "
        "--directory build/coverage/obj --output-file $out.every && "
        "lcov --config-file coverage/lcovrc -q --remove $out.every '*/core/*' "
        "--output-file $out.rest && lcov --config-file coverage/lcovrc -q "
        "--add-tracefile $out.core --add-tracefile $out.rest --output-file $out.all && "
        "lcov --config-file coverage/lcovrc -q --remove $out.all "
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
