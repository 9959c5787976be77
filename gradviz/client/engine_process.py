"""The engine's other end without Qt: starts its process, speaks frames with it, and says how it ended."""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Literal

from gradviz.client.engine_listener import EngineListener
from gradviz.errors import GradvizError, ProtocolError, VersionError
from gradviz.protocol import ENGINE_FAILED
from gradviz.protocol.admission import Admitted
from gradviz.protocol.commands import Command, Shutdown
from gradviz.protocol.events import Event
from gradviz.protocol.framing import encode
from gradviz.protocol.process_lifetime import isolation_options

_PATIENCE = 0.4
"""Seconds that an engine has to end by itself."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Output:
    """What the user's code wrote."""

    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Death:
    """The engine ended though nobody asked it to. `message` is a sentence or two."""

    message: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A line of whoever commands; None is the end of input."""

    text: str | None


Message = Event | Output | Death | Said


class EngineProcess:
    """One engine process. Threads read what it says; whoever owns this takes it from one queue, in one thread."""

    def __init__(self, arguments: Sequence[str] | None = None) -> None:
        """`arguments` of the Python that runs the engine; tests put a fake engine there."""
        self._arguments = list(arguments or [*isolation_options(), "-m", "gradviz.engine"])
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._closing = False
        self._readers: list[threading.Thread] = []
        self._sending = threading.Lock()
        self._unsent: list[Command] = []
        self._greeted = False
        self._token = secrets.token_hex(16)
        try:
            self._listener = EngineListener(self._token)
        except OSError as error:
            raise GradvizError(f"The engine cannot be reached: no port of 127.0.0.1 ({error.strerror}).") from error
        self._process = self._started()
        self._in_thread(self._receive)
        assert self._process.stdout is not None and self._process.stderr is not None
        outputs = (self._in_thread(self._read_output, "stdout", self._process.stdout),
                   self._in_thread(self._read_output, "stderr", self._process.stderr))  # fmt: skip
        self._in_thread(self._watch, outputs)

    def send(self, command: Command) -> None:
        """Send now, or as soon as the engine has greeted. To an engine that is gone nothing is sent."""
        with self._sending:
            if not self._greeted:
                self._unsent.append(command)
            elif self._socket is not None:
                with contextlib.suppress(OSError):  # its death is told by whoever watches it
                    self._socket.sendall(encode(command))

    def next(self, seconds: float | None = None) -> Message | None:
        """The next message, in the order they came; None if none comes in time (None waits for ever)."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def tell(self, message: Message) -> None:
        """Put a message of one's own into the queue, so that one place waits for everything."""
        self._messages.put(message)

    def close(self) -> None:
        """End the engine and leave no process behind. Blocks for less than a second."""
        self._closing = True
        self.send(Shutdown())
        self._listener.close()
        with self._sending:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # An engine ends itself at the end of this stream, also when it is deep inside a long operation.
                    self._socket.shutdown(socket.SHUT_WR)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(_PATIENCE)
        with self._sending:
            if self._socket is not None:
                self._socket.close()

    # Threads

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "GRADVIZ_PORT": str(self._listener.port),
            "GRADVIZ_TOKEN": self._token,
            "PYTHONUNBUFFERED": "1",
        }
        try:
            return subprocess.Popen(
                [sys.executable, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                # Ctrl+C is meant for the prompt, which then asks the engine to pause.
                start_new_session=True,
            )
        except OSError as error:
            self._listener.close()
            raise GradvizError(f"The engine could not be started: {sys.executable}: {error.strerror}.") from error

    def _in_thread(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        thread.start()
        self._readers.append(thread)
        return thread

    def _receive(self) -> None:
        try:
            accepted = self._listener.accept()
        except VersionError as error:
            self._end(Death(str(error)))
            return
        if accepted is not None:
            self._serve(*accepted)

    def _serve(self, peer: socket.socket, admitted: Admitted) -> None:
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._sending:
                self._socket = peer
                self._greeted = True
                for command in self._unsent:
                    peer.sendall(encode(command))
                self._unsent.clear()
            self._messages.put(admitted.hello)
            chunk = b""  # what arrived with the greeting
            while True:
                for event in admitted.decoder.feed(chunk):
                    self._messages.put(event)
                if not (chunk := peer.recv(_CHUNK)):
                    break
        except ProtocolError as error:
            self._end(Death(f"The engine cannot be understood: {error}"))
        except OSError:
            pass  # it died; that is told with its exit status

    def _end(self, death: Death) -> None:
        if not self._closing:
            self._closing = True
            self._process.kill()
            self._messages.put(death)

    def _read_output(self, stream: Literal["stdout", "stderr"], pipe: IO[bytes]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while chunk := os.read(pipe.fileno(), _CHUNK):
            if text := decoder.decode(chunk):
                self._messages.put(Output(stream, text))
        pipe.close()

    def _watch(self, outputs: tuple[threading.Thread, ...]) -> None:
        code = self._process.wait()
        # What it said last comes before its end.
        for thread in (*outputs, self._readers[0]):
            thread.join(_PATIENCE)
        self._listener.close()
        if not self._closing:
            self._messages.put(Death(obituary(code, self._greeted), code))


def obituary(code: int, greeted: bool) -> str:
    """How an engine ended, in a sentence or two; `code` is negative for a signal, as `subprocess` has it."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        if name == "SIGKILL":
            return "Engine was killed (SIGKILL), perhaps out of memory."
        return f"Engine crashed ({name}): native code gave up."
    if code == ENGINE_FAILED:
        return f"The engine failed (exit status {code}): an error in gradviz, not in your code; its traceback is above."
    if not greeted:
        return f"The engine ended before it was ready (exit status {code}); gradviz doctor checks this machine."
    return f"The engine ended (exit status {code}); the network's code may have left Python."
