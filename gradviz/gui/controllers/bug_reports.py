"""Reports of gradviz's own bugs: a log file, and hooks for exceptions that nothing caught."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qFormatLogMessage, qInstallMessageHandler

from gradviz import __version__
from gradviz.files import private_file
from gradviz.gui.text.versions import versions

_LOG_BYTES = 1_000_000
_MOST_BUGS = 50
"""Different tracebacks of one start that are reported; what repaints raises at every one."""
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("gradviz.window")
_qt_log = logging.getLogger("qt")


def log_path() -> Path:
    """Return where the log of this user lies; the folder need not exist yet."""
    return Path(platformdirs.user_log_dir("gradviz", appauthor=False)) / "window.log"


class BugHooks(QObject):
    """Logs what nothing caught: exceptions of slots and threads, and Qt's own messages. They reach stderr as before."""

    found = Signal(str, str, str)
    """A bug: where it is, its message, and the traceback. Emitted in the thread that raised."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._handler: logging.Handler | None = None

    def install(self) -> None:
        """Open the log and take the place of the hooks."""
        path = log_path()
        with suppress(OSError):  # a window without a log is still a window
            handler = RotatingFileHandler(private_file(path), maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
            logging.getLogger().addHandler(handler)
            self._handler = handler
        for logger in (_log, _qt_log):
            logger.setLevel(logging.INFO)
        self._except_hook, self._thread_hook = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._on_exception, self._on_thread_exception
        self._qt_handler = qInstallMessageHandler(self._on_qt_message)
        _log.info("gradviz %s starts. %s", __version__, versions(None).replace("\n", ", "))

    def restore(self) -> None:
        """Give the hooks back and close the log."""
        sys.excepthook, threading.excepthook = self._except_hook, self._thread_hook
        qInstallMessageHandler(self._qt_handler)
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            self._handler.close()

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            self._report(error)
        self._except_hook(kind, error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._report(args.exc_value)
        self._thread_hook(args)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        _qt_log.log(_QT_LEVELS.get(kind, logging.WARNING), "%s", message)
        if self._qt_handler is not None:
            self._qt_handler(kind, context, message)
        elif sys.stderr is not None:
            print(qFormatLogMessage(kind, context, message), file=sys.stderr)

    def _report(self, error: BaseException) -> None:
        text = "".join(traceback.format_exception(error))
        if text in self._seen or len(self._seen) >= _MOST_BUGS:
            return
        self._seen.add(text)
        _log.critical("An exception that nothing caught\n%s", text.rstrip())
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "gradviz" in Path(frame.filename).parts] or frames
        name = type(error).__name__
        where = f"{name}, {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else name
        self.found.emit(where, str(error), text)
