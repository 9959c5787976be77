"""`gradviz debug`: the debugger for a person in a terminal."""

from __future__ import annotations

import sys

from gradviz.protocol.commands import Open
from gradviz.terminal.prompt.dispatcher import Doer
from gradviz.terminal.prompt.line_readers import Reader, history_file, reader_for
from gradviz.terminal.prompt.repl import INTERRUPTED, Conversation
from gradviz.terminal.text.screen import Screen


def prompt(opening: Open, until: int) -> int:
    """Open a target and do what is typed until it ends. Returns the exit status: 0 done, 1 the engine died, 2 the
    target cannot be opened, 130 interrupted."""
    screen = Screen(sys.stdout)
    talk = Conversation(opening, until, screen)
    try:
        talk.open()
        serve(talk, reader_for(talk, screen, history_file))
    except KeyboardInterrupt:
        talk.status = INTERRUPTED
    finally:
        talk.close()
    if talk.status is None:
        return 1 if talk.death else 0
    return talk.status


def serve(talk: Conversation, reader: Reader) -> None:
    """Read and do lines until they end, or one of them ends it. Ctrl+C gives up the line; twice ends."""
    doer = Doer(talk)
    warned = False
    while talk.status is None:
        try:
            line = reader.read()
        except KeyboardInterrupt:
            if warned or not reader.repeats:
                talk.status = INTERRUPTED
                return
            warned = True
            talk.screen.write([("dim", "It stands. Ctrl+C again, Ctrl+D or quit ends.")])
            continue
        warned = False
        if line is None:
            return
        doer.do(line, repeats=reader.repeats)
