"""Edges of ninja mutants."""


def mutant_edges(n, stamps, house):
    """Mutants of core and of the fake's mounts against the debug variant's tests."""
    tests = [stamp.removesuffix(".ok") for stamp in stamps if "/vm/" not in stamp]
    tests.append("build/debug/tests/conformance/test_conformance")
    files = house.sources("core") + house.sources("fake")
    files = [p for p in files if p.startswith(tuple(house.MUTATED))]
    n.rule("mutants", f"tests/mutants/mutants.py --floor {house.MUTANTS_FLOOR} $$MUTANTS "
           f"--tests {' '.join(tests)} -- $in", description="mutants", pool="console")
    n.build("mutants", "mutants", files, implicit=["tests/mutants/mutants.py", *tests])
