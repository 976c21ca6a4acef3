"""What `configure.py --install-deps` does: Debian's packages, and kernels to unpack."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path


def cannot(sentence):
    sys.exit(f"configure.py: cannot install packages: {sentence}")


def are_installed(packages):
    """Whether dpkg has all of them, so that neither apt nor root need be asked."""
    command = ["dpkg-query", "-W", "-f", "${db:Status-Status}\\n", *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and set(done.stdout.split()) == {"installed"}


def install(packages, for_kernels):
    """Installs what is missing, as root or through sudo; a sentence where it cannot."""
    if not shutil.which("apt-get"):
        cannot(f"there is no apt-get here; Debian's names for them are: {' '.join(packages)}")
    kernels = for_kernels.get(platform.machine(), [])
    if not kernels:
        print(f"no real kernels for tests on {platform.machine()}: they are for amd64")
    packages = [*packages, *kernels]
    fetch = [sys.executable, Path(__file__).with_name("kernels.py")]
    fetched = subprocess.run([*fetch, "--missing"], check=False).returncode == 0
    if are_installed(packages) and fetched:
        print("all packages and kernels are there")
        return
    if os.geteuid() != 0 and not shutil.which("sudo"):
        cannot("this needs root, and there is no sudo; run it as root")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    commands = [
        [*sudo, "apt-get", "update"],
        [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", *install],
        [*sudo, *fetch, "--install"],
    ]
    for command in commands:
        if subprocess.run(command, check=False).returncode != 0:
            cannot(f"this failed: {' '.join(map(str, command))}")
