"""The initramfs of a kernel under test: init, busybox, the caller's files, modules and the job.

Written as a newc cpio archive by itself: no root, no mknod, no cpio program is needed.
"""

import lzma
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

from kernels import NotAvailable

PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
GROUP = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"


class Archive:
    """A newc cpio archive, in memory.  A folder is made before what lies in it."""

    def __init__(self):
        self.parts = []
        self.names = set()

    def _entry(self, name, mode, body=b"", device=(0, 0)):
        path = name.encode() + b"\0"
        inode, size = len(self.parts) + 1, len(body)
        numbers = [inode, mode, 0, 0, 1, 0, size, 0, 0, *device, len(path), 0]
        head = b"070701" + b"".join(b"%08X" % n for n in numbers) + path
        self.parts.append(head + bytes(-len(head) % 4) + body + bytes(-len(body) % 4))

    def _parents(self, name):
        folder = os.path.dirname(name)
        if folder:
            self.folder(folder)

    def folder(self, name, mode=0o755):
        name = name.strip("/")
        if name in self.names:
            return
        self._parents(name)
        self.names.add(name)
        self._entry(name, stat.S_IFDIR | mode)

    def file(self, name, body, mode=0o755):
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, body)

    def link(self, name, target):
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name, major, minor, mode=0o600):
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFCHR | mode, device=(major, minor))

    def tree(self, host, name):
        """A file, or a folder with all that is in it, from the host; owned by root."""
        host = Path(host)
        mode = host.lstat().st_mode
        if stat.S_ISLNK(mode) and host.is_dir():
            self.link(name, os.readlink(host))
        elif stat.S_ISDIR(mode):
            self.folder(name, stat.S_IMODE(mode))
            for inner in sorted(host.iterdir()):
                if inner.is_symlink():
                    self.link(f"{name}/{inner.name}", os.readlink(inner))
                else:
                    self.tree(inner, f"{name}/{inner.name}")
        else:
            self.file(name, host.read_bytes(), stat.S_IMODE(host.stat().st_mode))

    def bytes(self):
        self._entry("TRAILER!!!", 0)
        return b"".join(self.parts)


def busybox(archive):
    """The shell and its company, each applet a link, as `busybox --install -s` has them."""
    program = shutil.which("busybox", path="/bin:/usr/bin")
    if not program:
        raise NotAvailable("Debian's package busybox-static is not installed")
    applets = subprocess.check_output([program, "--list-full"], text=True).split()
    archive.file("bin/busybox", Path(program).read_bytes())
    for applet in applets:
        if applet != "bin/busybox":
            archive.link(applet, "/bin/busybox")


def module_bytes(path):
    body = path.read_bytes()
    return lzma.decompress(body) if path.suffix == ".xz" else body


def modules(folder, wanted):
    """The wanted modules and what they depend on, each after what it needs: (name, bytes)s.

    What is built into the kernel is left out.  The packages have no modules.dep (depmod would
    write it when they are installed), so each module is asked: section .modinfo, `depends=`.
    """
    built_in = {Path(line).stem for line in (folder / "modules.builtin").read_text().split()}
    built_in = {name.replace("-", "_") for name in built_in}
    files = {p.name.split(".ko")[0].replace("-", "_"): p for p in folder.rglob("*.ko*")}
    found = {}

    def add(name):
        name = name.replace("-", "_")
        if name in found or name in built_in:
            return
        if name not in files:
            raise NotAvailable(f"the module {name} is not in {folder}")
        body = module_bytes(files[name])
        for needed in re.search(rb"\0depends=([^\0]*)\0", body)[1].decode().split(","):
            if needed:
                add(needed)
        found[name] = body

    for name in wanted:
        add(name)
    return list(found.items())


def build(init, files, kernel_modules, job):
    """The whole archive.  files: (host path, path inside) pairs; job: (key, value) pairs."""
    archive = Archive()
    archive.file("init", Path(init).read_bytes())
    archive.character_device("dev/console", 5, 1)
    archive.file("etc/passwd", PASSWD.encode(), 0o644)
    archive.file("etc/group", GROUP.encode(), 0o644)
    busybox(archive)
    for host, inside in files:
        archive.tree(host, inside)
    records = []
    for name, body in kernel_modules:
        archive.file(f"job/{name}.ko", body)
        records.append(("module", f"/job/{name}.ko"))
    records += job
    text = "".join(f"{key}={value}\0" for key, value in records)
    archive.file("job/job", text.encode("utf-8", "surrogateescape"), 0o600)
    return archive.bytes()
