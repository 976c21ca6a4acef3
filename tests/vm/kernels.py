#!/usr/bin/env python3
"""The kernels that tests boot: where they are, why one is not there, and how they come.

    kernels.py              say what is there and what is not, and why
    kernels.py --install    fetch Debian's cloud kernels that are missing
    kernels.py --missing    status 1 if one is missing that may be here

User Mode Linux is an ordinary package and is installed.  The cloud kernels must not be: they
would become the kernels that this machine boots.  Their packages are downloaded and unpacked
into a cache instead: $SANDTABLE_KERNELS, else /var/cache/sandtable/kernels for root and
~/.cache/sandtable/kernels for others; both are looked into.  That is outside of build/ so that
a clean build or a fresh clone does not fetch 60 MB again.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UML = Path("/usr/bin/linux.uml")
UML_MODULES = Path("/usr/lib/uml/modules")
SYSTEM_CACHE = Path("/var/cache/sandtable/kernels")

# The meta package whose dependency is the newest kernel of this line.
META = {"6.1": "linux-image-cloud-amd64", "6.12": "linux-image-6.12-cloud-amd64"}
NAMES = ["uml", *META]


class NotAvailable(Exception):
    """This kernel cannot run here; the text says why, as the end of a sentence."""


def caches():
    """The places where unpacked kernels may be, the one to write to first."""
    if os.environ.get("SANDTABLE_KERNELS"):
        return [Path(os.environ["SANDTABLE_KERNELS"])]
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME", "") + "/.cache"
    places = [Path(home) / "sandtable/kernels", SYSTEM_CACHE]
    return places[::-1] if os.geteuid() == 0 else places


def one(folder, pattern, what):
    found = sorted(folder.glob(pattern))
    if not found:
        raise NotAvailable(f"{what} is not in {folder}")
    return found[-1]


def unpacked(name):
    """The folder of an unpacked cloud kernel, or None.  `complete` is written last."""
    folders = [cache / name for cache in caches()]
    return next((f for f in folders if (f / "complete").exists()), None)


def find(name):
    """Answers the kernel's image and its folder of modules, or raises NotAvailable."""
    if platform.machine() != "x86_64":
        raise NotAvailable(f"kernels under test are for amd64, this is {platform.machine()}")
    if name == "uml":
        if not os.access(UML, os.X_OK):
            raise NotAvailable("Debian's package user-mode-linux is not installed")
        return UML, one(UML_MODULES, "*", "a folder of modules")
    if not shutil.which("qemu-system-x86_64"):
        raise NotAvailable("Debian's package qemu-system-x86 is not installed")
    folder = unpacked(name)
    if not folder:
        raise NotAvailable(f"{META[name]} is not unpacked: ./configure.py --install-deps")
    image = one(folder, "boot/vmlinuz-*", "a kernel")
    return image, one(folder, "lib/modules/*", "a folder of modules")


def fetch(name, into):
    """Downloads the newest kernel of a line and unpacks it at into/NAME."""
    known = subprocess.run(
        ["apt-cache", "depends", META[name]], capture_output=True, text=True, check=False
    ).stdout
    package = re.search(r"Depends: (linux-image-\S+-cloud-amd64)$", known, re.MULTILINE)
    if not package:
        raise NotAvailable(f"apt knows no package {META[name]}; is the security suite enabled?")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into) as work:
        # apt would otherwise download as the user _apt, who may not write here.
        command = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package[1]]
        subprocess.run(command, cwd=work, check=True)
        tree = Path(work) / "tree"
        subprocess.run(["dpkg", "-x", one(Path(work), "*.deb", package[1]), tree], check=True)
        shutil.rmtree(tree / "usr/share/doc", ignore_errors=True)
        (tree / "complete").write_text(package[1] + "\n")
        tree.chmod(0o755)
        shutil.rmtree(into / name, ignore_errors=True)
        tree.rename(into / name)
    print(f"kernels: {package[1]} is unpacked in {into / name}")


def n_missing():
    """How many kernels are not there that `--install` would fetch."""
    return 0 if platform.machine() != "x86_64" else sum(not unpacked(name) for name in META)


def install():
    """Fetches what is missing.  Answers 0, or 1 when a kernel is still missing."""
    if platform.machine() != "x86_64":
        print(f"kernels: none for {platform.machine()}: their tests are for amd64")
        return 0
    failed = 0
    for name in META:
        if unpacked(name):
            continue
        try:
            fetch(name, caches()[0])
        except (NotAvailable, OSError, subprocess.CalledProcessError) as why:
            print(f"kernels: cannot fetch {name}: {why}", file=sys.stderr)
            failed = 1
    return failed


def main():
    if sys.argv[1:] == ["--install"]:
        return install()
    if sys.argv[1:] == ["--missing"]:
        return 1 if n_missing() else 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    for name in NAMES:
        try:
            print(f"{name}: {' '.join(map(str, find(name)))}")
        except NotAvailable as why:
            print(f"{name}: not available: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
