"""The host's end of the line to a kernel under test; tests/vm/line.h says what a frame is."""

import os
import select
import struct
import sys
import time
from pathlib import Path

HEAD = struct.Struct("<BI")
MOST = 65536
# A terminal whose buffer of 4096 bytes is nearly full is throttled, and User Mode Linux then
# stops to listen to the host and does not begin again: line_throttle(), line_unthrottle() of
# arch/um/drivers/line.c.  So we send less than that, and wait until it has been taken.
PORTION = 2048


class Broken(Exception):
    """The kernel ended, or spoke, otherwise than it should."""


class TimedOut(Exception):
    """The command was not over in time."""


class Files:
    """Writes the files that come out beneath the folders that were asked for."""

    def __init__(self, folders):
        self.folders = [Path(f) for f in folders]
        self.file = None

    def begin(self, head):
        self.end()
        index, mode, _size, path = head.decode("utf-8", "surrogateescape").split(" ", 3)
        if path.startswith("/") or ".." in path.split("/"):
            raise Broken(f"a file wants to come out as {path}")
        target = self.folders[int(index)] / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(target, "wb")
        os.fchmod(self.file.fileno(), int(mode, 8) | 0o600)

    def data(self, body):
        self.file.write(body)

    def end(self):
        if self.file:
            self.file.close()
        self.file = None


class Line:
    """Relays between our stdin and stdout and the command, until init says how that ended."""

    def __init__(self, socket, stdio, output, files):
        socket.setblocking(False)
        self.socket, self.output, self.files = socket, output, files
        self.stdin = sys.stdin.fileno() if stdio else None
        self.release, self.status = None, None
        self.incoming, self.outgoing = bytearray(), bytearray()
        self.taken = True

    def frame(self, kind, body):
        if kind == "h":
            self.release = body.decode()
        elif self.release is None:
            raise Broken("the line does not begin with init's greeting")
        elif kind == "t":
            self.taken = True
        elif kind == "o":
            self.output.write(body)
            self.output.flush()
        elif kind == "e":
            sys.stderr.buffer.write(body)
            sys.stderr.buffer.flush()
        elif kind == "f":
            self.files.begin(body)
        elif kind == "d":
            self.files.data(body)
        elif kind == "s":
            how, number = body.decode().split()
            self.status = int(number) + (128 if how == "signal" else 0)
            self.files.end()
        else:
            raise Broken(f"the line carries a frame of the unknown kind {kind!r}")

    def receive(self):
        try:
            chunk = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            raise Broken("the kernel ended before the command was over")
        self.incoming += chunk
        at = 0
        while self.status is None and len(self.incoming) >= at + HEAD.size:
            kind, length = HEAD.unpack_from(self.incoming, at)
            body = at + HEAD.size
            if length > MOST:
                raise Broken("the line carries no frames")
            if len(self.incoming) < body + length:
                break
            at = body + length
            self.frame(chr(kind), bytes(self.incoming[body:at]))
        del self.incoming[:at]

    def read_stdin(self):
        chunk = os.read(self.stdin, PORTION)
        self.taken = False
        self.outgoing += HEAD.pack(ord("i"), len(chunk)) + chunk
        if not chunk:
            self.stdin = None

    def send(self):
        try:
            del self.outgoing[: self.socket.send(self.outgoing)]
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass  # that the kernel has gone is seen where its last words are read

    def until_over(self, pid, deadline):
        """Answers the command's status.  Raises Broken or TimedOut where there is none."""
        died = os.pidfd_open(pid)
        try:
            while self.status is None:
                self.once(died, deadline)
        finally:
            os.close(died)
        return self.status

    def once(self, died, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut
        poll = select.poll()
        poll.register(died, select.POLLIN)
        line = self.socket.fileno()
        poll.register(line, select.POLLIN | (select.POLLOUT if self.outgoing else 0))
        # Before its greeting init has not yet made the line raw: input would be lost or echoed.
        if self.release and self.stdin is not None and self.taken:
            poll.register(self.stdin, select.POLLIN)
        ready = dict(poll.poll(left * 1000 + 1))
        if ready.get(line, 0) & (select.POLLIN | select.POLLHUP):
            self.receive()
        elif died in ready:
            raise Broken("the kernel ended before the command was over")
        elif ready.get(line, 0) & select.POLLOUT:
            self.send()
        if self.stdin in ready:
            self.read_stdin()
