"""A program in a pseudo-terminal of a given width: what is typed, and what stands on the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z~]|\x1b[=>()][0B]?|\x1b\][^\x07]*\x07|\x07")
# The first terminal that the leader of a session opens is the one whose Ctrl+C it hears.
_START = (
    "import os, sys; os.close(os.open(sys.argv.pop(1), os.O_RDWR));"
    "from gradviz.cli.main import main; sys.exit(main(sys.argv[1:]))"
)


class PseudoTerminal:
    """`gradviz ARGUMENTS` in a terminal; use it in a `with`."""

    def __init__(self, *arguments: str, columns: int = 100, rows: int = 40, **environment: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, os.ttyname(slave), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**inherited, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **environment},
            start_new_session=True,
        )
        os.close(slave)
        self._bytes = b""
        self.raw = ""
        """All that was written, as it came."""
        self._seen = 0

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
        os.close(self._master)

    @property
    def text(self) -> str:
        """What was written, without escapes."""
        return _ESCAPES.sub("", self.raw)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, pattern: str) -> str:
        """Wait until what is written matches; what stood before the match and in it, since the last call."""
        began = monotonic()
        while (match := re.search(pattern, self.text[self._seen :])) is None:
            assert monotonic() - began < PATIENCE, f"no {pattern!r} in {self.text[self._seen :]!r}"
            if not self._read():
                raise AssertionError(f"it ended without {pattern!r}: {self.text[self._seen :]!r}")
        found = self.text[self._seen : self._seen + match.end()]
        self._seen += match.end()
        return found

    def ended(self) -> int:
        """Wait for its end; the exit status."""
        began = monotonic()
        while self._read():
            assert monotonic() - began < PATIENCE, f"it does not end: {self.text[self._seen :]!r}"
        return self._process.wait(PATIENCE)

    def _read(self) -> bool:
        if select.select([self._master], [], [], 0.5)[0]:
            try:
                # What is not whole yet comes again: an escape or a letter may be cut.
                chunk = os.read(self._master, 1 << 16)
            except OSError:
                return False
            self._bytes += chunk
            self.raw = self._bytes.decode("utf-8", "ignore")
            return bool(chunk)
        return self._process.poll() is None
