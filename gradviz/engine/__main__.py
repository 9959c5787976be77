"""`python -m gradviz.engine`: the engine process. Sends Hello before it imports torch, then serves one client."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import traceback
from functools import partial

from gradviz.engine.serving.connection import Connection
from gradviz.language import tr
from gradviz.protocol import ENGINE_FAILED
from gradviz.protocol.engine_signals import INTERRUPT, WRITE_STACK
from gradviz.protocol.process_lifetime import end_forked_children, end_with_parent


def main() -> int:
    """Serve the window that listens at GRADVIZ_PORT. Returns the exit status."""
    # Programs that the network starts must not inherit the key to this engine.
    port, token = os.environ.pop("GRADVIZ_PORT", ""), os.environ.pop("GRADVIZ_TOKEN", "")
    if not port.isdecimal() or not token:
        print(tr("gradviz.engine is started by the gradviz window; run gradviz instead."), file=sys.stderr)
        return 2
    end_with_parent()
    end_forked_children()
    # What the network prints is shown line by line as it comes, whatever it is; the other end reads UTF-8.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    threading.excepthook = _end_if_ours
    connection = Connection(int(port), token)
    _handle_signals(connection)

    from gradviz.engine.serving.hang_watch import HangWatch
    from gradviz.engine.serving.process_guard import guarded, report_leaving
    from gradviz.engine.serving.server import Server, busy_event

    try:
        with guarded(report_leaving):
            server = Server(connection)
            HangWatch(connection, partial(busy_event, server)).start()
            server.serve()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        connection.close()
        os._exit(ENGINE_FAILED)
    connection.close()
    # Threads that a network left behind must not keep the process.
    sys.stdout.flush()
    os._exit(0)


def _handle_signals(connection: Connection) -> None:
    """Let the client interrupt the user's code, and ask for the stack while native code holds the GIL."""
    signal.signal(signal.SIGINT, connection.handle_interrupt)
    stacks = os.environ.pop("GRADVIZ_STACKS", "")
    if sys.platform == "win32" or INTERRUPT is None or WRITE_STACK is None or not stacks.isdecimal():
        return
    signal.signal(INTERRUPT, connection.handle_interrupt)
    os.set_inheritable(int(stacks), False)
    faulthandler.register(WRITE_STACK, file=int(stacks), all_threads=True)


def _end_if_ours(failure: threading.ExceptHookArgs) -> None:
    """End an engine that cannot read or write, with the traceback on stderr; the network's own threads may fail."""
    threading.__excepthook__(failure)
    if failure.thread is not None and failure.thread.name.startswith("gradviz-"):
        os._exit(ENGINE_FAILED)


if __name__ == "__main__":
    sys.exit(main())
