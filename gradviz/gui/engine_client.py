"""The engine's other end: starts its process, speaks frames with it, and says as a sentence how it ended."""

from __future__ import annotations

import codecs
import secrets
import signal
import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal
from PySide6.QtNetwork import QHostAddress, QTcpServer, QTcpSocket

from gradviz.errors import ProtocolError
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.commands import Command, Shutdown
from gradviz.protocol.events import Event, Hello
from gradviz.protocol.framing import Decoder, encode, event_decoder
from gradviz.protocol.own_python import isolated

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
        self._arguments = arguments or [*isolated(), "-m", "gradviz.engine"]
        self._server: QTcpServer | None = None
        self._socket: QTcpSocket | None = None
        self._process: QProcess | None = None
        self._token = ""
        self._greeted = False
        self._decoder: Decoder[Event] = event_decoder()
        self._texts: dict[str, codecs.IncrementalDecoder] = {}
        self._unsent: list[Command] = []

    @property
    def process_id(self) -> int:
        """Of the engine process; 0 when there is none."""
        return self._process.processId() if self._process else 0

    def start(self) -> None:
        """Start an engine process. Whatever ran before is ended first."""
        self.close()
        self._token = secrets.token_hex(16)
        self._greeted = False
        self._decoder = event_decoder()
        self._texts = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in ("stdout", "stderr")}
        self._server = QTcpServer(self)
        if not self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost)):
            reason = self._server.errorString()
            self._server = None
            self.died.emit(self.tr("The engine cannot be reached"), self.tr("No port of 127.0.0.1: %s.") % reason)
            return
        self._server.newConnection.connect(self._welcome)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("GRADVIZ_PORT", str(self._server.serverPort()))
        environment.insert("GRADVIZ_TOKEN", self._token)
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
        if self._socket is not None and self._greeted:
            if self._socket.isOpen():  # it is not for a moment when the engine died and the system has not said so
                self._socket.write(encode(command))
        elif self._process is not None:
            self._unsent.append(command)

    def close(self) -> None:
        """End the engine and leave no process behind. Blocks for less than a second."""
        process, socket, server = self._process, self._socket, self._server
        self._process = self._socket = self._server = None
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
        if server is not None:
            server.close()
            server.deleteLater()
        if process is not None:
            if process.state() != QProcess.ProcessState.NotRunning and not (
                socket and process.waitForFinished(_PATIENCE)
            ):
                process.kill()
                process.waitForFinished(2000)
            process.deleteLater()

    def _welcome(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            if self._socket is not None:
                socket.abort()  # somebody else on this machine; the engine is here already
                socket.deleteLater()
                continue
            self._socket = socket
            socket.setSocketOption(QTcpSocket.SocketOption.LowDelayOption, 1)
            socket.readyRead.connect(self._read)

    def _read(self) -> None:
        socket = self._socket
        if socket is None or not socket.isOpen():
            return
        try:
            for event in self._decoder.feed(socket.readAll().data()):
                if self._greeted:
                    self.event_received.emit(event)
                elif not self._greet(event):
                    return
                if socket is not self._socket:
                    return  # a listener closed this engine
        except ProtocolError as error:
            self._give_up(self.tr("The engine cannot be understood"), str(error))

    def _greet(self, event: Event) -> bool:
        if not isinstance(event, Hello) or not secrets.compare_digest(event.token, self._token):
            # Not our engine, but something that found the port: wait on for ours.
            assert self._socket is not None
            self._socket.readyRead.disconnect(self._read)
            self._socket.abort()
            self._socket.deleteLater()
            self._socket = None
            self._decoder = event_decoder()
            return False
        if event.protocol != PROTOCOL_VERSION:
            self._give_up(
                self.tr("Engine and window do not fit together"),
                self.tr("The engine speaks protocol %d, the window %d; reinstall gradviz.")
                % (event.protocol, PROTOCOL_VERSION),
            )
            return False
        self._greeted = True
        self.event_received.emit(event)
        unsent, self._unsent = self._unsent, []
        for command in unsent:
            self.send(command)
        return True

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
        if not self._greeted:
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
