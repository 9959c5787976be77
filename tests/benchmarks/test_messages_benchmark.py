"""Messages a second through the real framing and a loopback socket, over the bare socket."""

from __future__ import annotations

import socket
import threading

from gradviz.protocol.events import LossBatch
from gradviz.protocol.framing import encode, event_decoder
from tests.benchmarks.ratios import ratio

COUNT = 20_000


def pump(payload: bytes, receive) -> None:
    """Send `payload` through a loopback pair from a thread; `receive` takes each piece that arrives."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sender = socket.create_connection(server.getsockname())
        receiver, _ = server.accept()
        thread = threading.Thread(target=lambda: (sender.sendall(payload), sender.close()))
        thread.start()
        while data := receiver.recv(1 << 16):
            receive(data)
        thread.join()
        receiver.close()


def test_messages_a_second() -> None:
    message = LossBatch(run=1, first=0, losses=b"\0" * 8, rate=1000.0)
    frame = encode(message)
    decoder = event_decoder()
    seen = 0

    def ours() -> None:
        nonlocal seen
        seen = 0

        def receive(data: bytes) -> None:
            nonlocal seen
            seen += sum(1 for _ in decoder.feed(data))

        pump(b"".join(encode(message) for _ in range(COUNT)), receive)

    def plain() -> None:
        pump(frame * COUNT, lambda data: None)

    from tests.benchmarks.ratios import seconds

    ratio(f"{COUNT} messages encoded, sent, decoded over the bare socket", ours, plain)
    print(f"{COUNT / seconds(ours):,.0f} messages a second")
    assert seen == COUNT
