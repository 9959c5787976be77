"""One engine process: starts it, exchanges frames with it in threads, and reports how it ended. Without Qt."""

from __future__ import annotations

import codecs
import os
import queue
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Literal

from gradviz.client.engine_listener import Admitted, EngineListener
from gradviz.client.interpreters import arguments_for, is_own, why_not
from gradviz.client.silence_watch import SilenceWatch
from gradviz.errors import GradvizError, ProtocolError, VersionError
from gradviz.language import tr
from gradviz.protocol import ENGINE_FAILED
from gradviz.protocol.commands import Command, Interrupt, Shutdown
from gradviz.protocol.events import Alive, Event
from gradviz.protocol.framing import encode
from gradviz.protocol.process_lifetime import isolation_options

_PATIENCE = 0.4
"""Seconds that an engine has to end by itself."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """Text that the user's code wrote."""

    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class EngineDeath:
    """The engine ended though nobody asked it to: what happened, and what it means."""

    title: str
    text: str
    code: int | None = None
    """Its exit status, negative for a signal, as `subprocess` has it; None if it was ended from here."""

    def __str__(self) -> str:
        return f"{self.title}. {self.text}"


@dataclass(frozen=True, slots=True)
class InputLine:
    """A line of the script that commands; None is the end of input."""

    text: str | None


Message = Event | EngineOutput | EngineDeath | InputLine


class EngineStartError(GradvizError):
    """No engine could be started."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(f"{title}: {text}")
        self.title, self.text = title, text


class EngineProcess:
    """One engine process. Threads read what it sends; the owner takes it from one queue, in one thread."""

    def __init__(
        self,
        arguments: Sequence[str] | None = None,
        notify: Callable[[], object] = bool,
        *,
        environment: Mapping[str, str] | None = None,
        python: str = "",
    ) -> None:
        """Start the process. `arguments` of the Python that runs the engine; tests put a fake engine there. `notify` is
        called in another thread whenever a message was put into the queue. `environment` is added to ours. `python` is
        the program of another environment that runs the engine; empty for our own.

        Raises:
            EngineStartError: there is no port, or no process.
        """
        self._environment = dict(environment or {})
        self._python = "" if is_own(python) else python
        own = [*isolation_options(), "-m", "gradviz.engine"]
        self._arguments = list(arguments or (arguments_for("gradviz.engine") if self._python else own))
        self._notify = notify
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._outgoing: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._token = secrets.token_hex(16)
        try:
            self._listener = EngineListener(self._token)
        except OSError as error:
            raise EngineStartError(
                tr("The engine cannot be reached"),
                tr("no port of 127.0.0.1 ({error}).").format(error=error.strerror),
            ) from error
        self._silence = SilenceWatch(self.put, self._signal)
        self._in_thread(self._silence.run)
        self._process = self._start()
        receiver = self._in_thread(self._receive)
        assert self._process.stdout is not None and self._process.stderr is not None
        outputs = (self._in_thread(self._read_output, "stdout", self._process.stdout),
                   self._in_thread(self._read_output, "stderr", self._process.stderr))  # fmt: skip
        self._in_thread(self._watch, (*outputs, receiver))

    @property
    def id(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def waiting(self) -> int:
        """How many messages are in the queue."""
        return self._messages.qsize()

    def send(self, command: Command) -> None:
        """Send as soon as the engine has greeted, without waiting for it. To an engine that is gone nothing is sent."""
        if isinstance(command, Interrupt) and self._silence.interrupt():
            return
        self._outgoing.put(command)

    def next(self, seconds: float | None = None) -> Message | None:
        """Return the next message, in the order they came; None if none comes in time (None waits for ever)."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def put(self, message: Message) -> None:
        """Put a message of one's own into the queue, so that one place waits for everything."""
        self._messages.put(message)
        self._notify()

    def close(self) -> None:
        """End the engine and leave no process behind. Blocks for less than a second."""
        self._closing = True
        self._silence.end()
        self._listener.close()
        self._outgoing.put(Shutdown())
        self._outgoing.put(None)
        deadline = time.monotonic() + _PATIENCE
        for patience in (_PATIENCE if self._socket is not None else 0, _PATIENCE):
            try:
                self._process.wait(patience)
                break
            except subprocess.TimeoutExpired:
                self._process.kill()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._socket is not None:
            self._socket.close()

    # Threads

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            **self._environment,
            "GRADVIZ_PORT": str(self._listener.port),
            "GRADVIZ_TOKEN": self._token,
            "PYTHONUNBUFFERED": "1",
        }
        stacks = self._silence.descriptor
        if stacks is not None:
            environment["GRADVIZ_STACKS"] = str(stacks)
        program = self._python or sys.executable
        try:
            return subprocess.Popen(
                [program, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                # Ctrl+C is meant for the prompt, which then asks the engine to pause.
                start_new_session=True,
                pass_fds=() if stacks is None else (stacks,),
            )
        except OSError as error:
            self._silence.end()
            self._listener.close()
            self._listener.accept()  # which closes the port
            raise EngineStartError(
                tr("The engine could not be started"),
                f"{program}: {error.strerror}.",
            ) from error

    def _in_thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        # Daemons: where one waits for a disk or a pipe, this program can end.
        thread = threading.Thread(target=work, args=arguments, name="gradviz-engine", daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _receive(self) -> None:
        try:
            accepted = self._listener.accept()
            if accepted is not None:
                self._serve(*accepted)
        except VersionError as error:
            self._end(EngineDeath(tr("The engine is of another version"), str(error)))
        except ProtocolError as error:
            self._end(EngineDeath(tr("The engine cannot be understood"), str(error)))
        except OSError:
            pass  # it died, which is reported with its exit status

    def _serve(self, peer: socket.socket, admitted: Admitted) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = peer
        self.put(admitted.hello)
        self._in_thread(self._send_all, peer)
        chunk = b""  # what arrived with the greeting
        while True:
            for event in admitted.decoder.feed(chunk):
                if isinstance(event, Alive):
                    self._silence.receive(event)
                else:
                    self.put(event)
            if not (chunk := peer.recv(_CHUNK)):
                break

    def _send_all(self, peer: socket.socket) -> None:
        with suppress(OSError):  # its death is reported by `_watch`
            while (command := self._outgoing.get()) is not None:
                peer.sendall(encode(command))
            # An engine ends itself at the end of this stream, also when it is deep inside a long operation.
            peer.shutdown(socket.SHUT_WR)

    def _signal(self, number: int) -> None:
        with suppress(OSError):
            self._process.send_signal(number)

    def _end(self, death: EngineDeath) -> None:
        if not self._closing:
            self._closing = True
            self._process.kill()
            self.put(death)

    def _read_output(self, stream: Literal["stdout", "stderr"], pipe: IO[bytes]) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while chunk := os.read(pipe.fileno(), _CHUNK):
            if text := decoder.decode(chunk):
                self.put(EngineOutput(stream, text))
        pipe.close()

    def _watch(self, before: tuple[threading.Thread, ...]) -> None:
        code = self._process.wait()
        self._silence.end()
        for thread in before:  # its last messages come before its end
            thread.join(_PATIENCE)
        self._listener.close()
        self._outgoing.put(None)
        if not self._closing:
            self.put(obituary(code, greeted=self._socket is not None, python=self._python))


def obituary(code: int, *, greeted: bool, python: str = "") -> EngineDeath:
    """Return how an engine ended; `code` is negative for a signal, as `subprocess` has it. `python` is the program that
    ran it, where that is of another environment."""
    if python and not greeted and (sentence := why_not(python, code)):
        return EngineDeath(tr("The engine cannot run in this Python"), sentence)
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = tr("signal {number}").format(number=-code)
        if name == "SIGKILL":
            return EngineDeath(tr("The engine was killed (SIGKILL)"), tr("It may have run out of memory."), code)
        return EngineDeath(tr("The engine crashed ({signal})").format(signal=name), tr("Native code gave up."), code)
    if code == ENGINE_FAILED:
        title = tr("The engine failed (exit code {code})")
        text = tr("An error in gradviz, not in your code; its output ends with the traceback.")
    elif not greeted:
        title = tr("The engine ended before it was ready (exit code {code})")
        text = tr("Its output may say why; `gradviz doctor` checks this machine.")
    else:
        title = tr("The engine ended (exit code {code})")
        text = tr("The network's code may have left Python.")
    return EngineDeath(title.format(code=code), text, code)
