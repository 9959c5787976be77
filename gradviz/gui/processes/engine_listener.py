"""Listens for the engine that was started, and turns away every other connection."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QHostAddress, QTcpServer, QTcpSocket

from gradviz.errors import ProtocolError, VersionError
from gradviz.protocol.admission import LARGEST_READ, Admission


class EngineListener(QObject):
    """A port of the loopback interface. It is closed when the engine is there."""

    admitted = Signal(object, object)
    """The engine's connection, which is now the parent's, and what it proved (`Admitted`)."""
    other_version = Signal(int)
    """The engine speaks this version of the protocol, which is not ours."""

    def __init__(self, token: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._admission: Admission[QTcpSocket] = Admission(token)
        self._server = QTcpServer(self)
        self._server.newConnection.connect(self._add_all)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._refuse_overdue)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.serverPort()

    def listen(self) -> str:
        """Begin. Returns why that cannot be; empty if it can."""
        if self._server.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost)):
            return ""
        return self._server.errorString()

    def close(self) -> None:
        """Close the port and every connection that has not proved itself."""
        self._timer.stop()
        self._server.close()
        for peer in self._admission.candidates:
            self._refuse(peer)

    def _add_all(self) -> None:
        while (peer := self._server.nextPendingConnection()) is not None:
            peer.setReadBufferSize(LARGEST_READ)
            peer.readyRead.connect(self._read)
            peer.disconnected.connect(self._read)
            for excess in self._admission.add(peer):
                self._refuse(excess)
            self._await_next()
            self._feed(peer)  # what it sent at once is not signalled

    def _read(self) -> None:
        peer = self.sender()
        if isinstance(peer, QTcpSocket):
            self._feed(peer)

    def _feed(self, peer: QTcpSocket) -> None:
        if peer not in self._admission.candidates:
            return
        try:
            admitted = self._admission.feed(peer, bytes(peer.readAll().data()))
        except VersionError as error:
            self._refuse(peer)
            self.other_version.emit(error.engine)
            return
        except ProtocolError:
            self._refuse(peer)
            return
        if admitted is not None:
            self._release(peer)
            peer.setParent(self.parent())
            self.close()
            self.admitted.emit(peer, admitted)
        elif peer.state() != QTcpSocket.SocketState.ConnectedState:
            self._refuse(peer)

    def _release(self, peer: QTcpSocket) -> None:
        peer.readyRead.disconnect(self._read)
        peer.disconnected.disconnect(self._read)
        peer.setReadBufferSize(0)

    def _refuse(self, peer: QTcpSocket) -> None:
        self._admission.remove(peer)
        self._release(peer)
        peer.abort()
        peer.deleteLater()

    def _refuse_overdue(self) -> None:
        for peer in self._admission.take_overdue():
            self._refuse(peer)
        self._await_next()

    def _await_next(self) -> None:
        seconds = self._admission.remaining()
        if seconds is not None:
            self._timer.start(round(seconds * 1000) + 1)
