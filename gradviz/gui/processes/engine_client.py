"""The engine's other end: starts its process, speaks frames with it, and says as a sentence how it ended."""

from __future__ import annotations

import codecs
import secrets
import signal
import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal
from PySide6.QtNetwork import QTcpSocket

from gradviz.errors import ProtocolError
from gradviz.gui.processes.engine_listener import EngineListener
from gradviz.protocol import ENGINE_FAILED, PROTOCOL_VERSION
from gradviz.protocol.admission import Admitted
from gradviz.protocol.commands import Command, Shutdown
from gradviz.protocol.events import Event
from gradviz.protocol.framing import Decoder, encode
from gradviz.protocol.process_lifetime import isolation_options

_PATIENCE = 400
"""Milliseconds that an engine has to end by itself when the window closes."""


class EngineClient(QObject):
    """One engine process at a time. Not a thread, not a queue: Qt's event loop delivers all."""

    event_received = Signal(object)
    output_received = Signal(str, str)
    """`stdout` or `stderr`, and what the user's code wrote."""
    died = Signal(str, str)
    """The engine ended though nobody asked it to: what happened, and what it means; two sentences."""

    def __init__(self, parent: QObject | None = None, arguments: list[str] | None = None) -> None:
        """`arguments` of the Python that runs the engine; tests put a fake engine there."""
        super().__init__(parent)
        self._arguments = arguments or [*isolation_options(), "-m", "gradviz.engine"]
        self._listener: EngineListener | None = None
        self._socket: QTcpSocket | None = None
        self._process: QProcess | None = None
        self._decoder: Decoder[Event] | None = None
        """None until the engine has greeted."""
        self._texts: dict[str, codecs.IncrementalDecoder] = {}
        self._unsent: list[Command] = []

    @property
    def process_id(self) -> int:
        """Of the engine process; 0 when there is none."""
        return self._process.processId() if self._process else 0

    def start(self) -> None:
        """Start an engine process. Whatever ran before is ended first."""
        self.close()
        self._decoder = None
        token = secrets.token_hex(16)
        self._texts = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}
        self._listener = EngineListener(token, self)
        self._listener.admitted.connect(self._admit)
        self._listener.other_version.connect(self._refuse_version)
        if reason := self._listener.listen():
            self.close()
            self.died.emit(self.tr("The engine cannot be reached"), self.tr("No port of 127.0.0.1: %s.") % reason)
            return
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("GRADVIZ_PORT", str(self._listener.port))
        environment.insert("GRADVIZ_TOKEN", token)
        environment.insert("PYTHONUNBUFFERED", "1")
        process = QProcess(self)
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read_stdout)
        process.readyReadStandardError.connect(self._read_stderr)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        self._process = process
        process.start(sys.executable, self._arguments)

    def send(self, command: Command) -> None:
        """Send now, or as soon as the engine has greeted. Without an engine it is dropped: nothing could answer."""
        if self._socket is not None:
            if self._socket.isOpen():  # it is not for a moment when the engine died and the system has not said so
                self._socket.write(encode(command))
        elif self._process is not None:
            self._unsent.append(command)

    def close(self) -> None:
        """End the engine and leave no process behind. Blocks for less than a second."""
        process, socket, listener = self._process, self._socket, self._listener
        self._process = self._socket = self._listener = None
        self._unsent.clear()
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._not_started)
        if socket is not None:
            socket.readyRead.disconnect(self._read)
            if socket.isOpen():
                socket.write(encode(Shutdown()))
                socket.flush()
            # An engine ends itself at the end of this stream, also when it is deep inside a long operation.
            socket.disconnectFromHost()
            socket.deleteLater()
        if listener is not None:
            listener.close()
            listener.deleteLater()
        if process is not None:
            if process.state() != QProcess.ProcessState.NotRunning and not (
                socket and process.waitForFinished(_PATIENCE)
            ):
                process.kill()
                process.waitForFinished(2000)
            process.deleteLater()

    def _admit(self, socket: QTcpSocket, admitted: Admitted) -> None:
        self._socket, self._decoder = socket, admitted.decoder
        socket.setSocketOption(QTcpSocket.SocketOption.LowDelayOption, 1)
        socket.readyRead.connect(self._read)
        self.event_received.emit(admitted.hello)
        unsent, self._unsent = self._unsent, []
        for command in unsent:
            self.send(command)
        self._read()  # what arrived with the greeting

    def _read(self) -> None:
        socket, decoder = self._socket, self._decoder
        if socket is None or decoder is None or not socket.isOpen():
            return
        try:
            for event in decoder.feed(socket.readAll().data()):
                self.event_received.emit(event)
                if socket is not self._socket:
                    return  # a listener closed this engine
        except ProtocolError as error:
            self._give_up(self.tr("The engine cannot be understood"), str(error))

    def _refuse_version(self, version: int) -> None:
        self._give_up(
            self.tr("Engine and window do not fit together"),
            self.tr("The engine speaks protocol %d, the window %d; reinstall gradviz.") % (version, PROTOCOL_VERSION),
        )

    def _give_up(self, title: str, text: str) -> None:
        self.close()
        self.died.emit(title, text)

    def _read_stdout(self) -> None:
        if self._process is not None:
            self._told("stdout", bytes(self._process.readAllStandardOutput().data()))

    def _read_stderr(self) -> None:
        if self._process is not None:
            self._told("stderr", bytes(self._process.readAllStandardError().data()))

    def _told(self, stream: str, data: bytes) -> None:
        if text := self._texts[stream].decode(data):
            self.output_received.emit(stream, text)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_stdout()
        self._read_stderr()
        self._read()  # losses that were on their way are kept
        title, text = self._obituary(code, status)
        self.close()
        self.died.emit(title, text)

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._give_up(self.tr("The engine could not be started"), f"{sys.executable}: {reason}.")

    def _obituary(self, code: int, status: QProcess.ExitStatus) -> tuple[str, str]:
        kept = self.tr("The curve and the graph so far are kept.")
        if status == QProcess.ExitStatus.CrashExit:
            name = _signal_name(code)
            if name == "SIGKILL":
                return self.tr("The engine was killed (SIGKILL)"), self.tr(
                    "It may have run out of memory."
                ) + " " + kept
            return self.tr("The engine crashed (%s)") % name, self.tr("Native code gave up.") + " " + kept
        if code == ENGINE_FAILED:
            return (
                self.tr("The engine failed (exit code %d)") % code,
                self.tr("An error in gradviz, not in your code; the console shows its traceback.") + " " + kept,
            )
        if self._decoder is None:
            return (
                self.tr("The engine ended before it was ready (exit code %d)") % code,
                self.tr("The console shows what it said; `gradviz doctor` checks this machine."),
            )
        return (
            self.tr("The engine ended (exit code %d)") % code,
            self.tr("The network's code may have left Python.") + " " + kept,
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"code {number}"
