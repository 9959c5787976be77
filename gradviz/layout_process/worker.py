"""The layout's own process: reads requests from standard input, writes answers to standard output, until its end."""

from __future__ import annotations

import sys
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import BinaryIO

from gradviz.errors import GradvizError
from gradviz.export.render import RENDERED, draw, render
from gradviz.language import tr
from gradviz.layout.layout import place
from gradviz.layout_process.messages import (
    REMEMBERED,
    AnyAnswer,
    AnyRequest,
    PictureAnswer,
    PictureRequest,
    PlacementAnswer,
    PlaceRequest,
    RefusalAnswer,
    encode,
    pack,
    request_decoder,
    unpack,
)
from gradviz.model.graph.graph import Graph
from gradviz.protocol.process_lifetime import end_with_parent

_CHUNK = 1 << 20


class Worker:
    """Answers requests one after the other; remembers graphs by signature."""

    def __init__(self, send: Callable[[AnyAnswer], None]) -> None:
        self._send = send
        self._graphs: OrderedDict[str, Graph] = OrderedDict()

    def handle(self, requests: Iterable[AnyRequest]) -> None:
        """Answer what came in together; of several `PlaceRequest` only the last is worth the work."""
        waiting = list(requests)
        for request in waiting:
            self._remember(request)
        last_place = max((i for i, request in enumerate(waiting) if isinstance(request, PlaceRequest)), default=-1)
        for i, request in enumerate(waiting):
            if not isinstance(request, PlaceRequest) or i == last_place:
                self._send(self._answer(request))

    def _remember(self, request: AnyRequest) -> None:
        if request.graph is not None:
            self._graphs[request.signature] = Graph(request.graph)
        if request.signature in self._graphs:
            self._graphs.move_to_end(request.signature)
        while len(self._graphs) > REMEMBERED:
            self._graphs.popitem(last=False)

    def _answer(self, request: AnyRequest) -> AnyAnswer:
        graph = self._graphs.get(request.signature)
        if graph is None:
            text = tr("The layout process does not know this graph yet.")
            return RefusalAnswer(request.generation, text, True)
        try:
            return self._done(request, graph)
        except GradvizError as error:
            return RefusalAnswer(request.generation, str(error))
        except Exception as error:  # our own bug: report it, and go on with the next graph
            traceback.print_exc()
            text = tr("The layout failed: {error}").format(error=f"{type(error).__name__}: {error}")
            return RefusalAnswer(request.generation, text)

    @staticmethod
    def _done(request: AnyRequest, graph: Graph) -> AnyAnswer:
        opened = None if request.open_clusters is None else set(request.open_clusters)
        if isinstance(request, PictureRequest) and request.seen is not None and request.format in RENDERED:
            placement, shading = unpack(request.seen.placement), request.seen.shading
            return PictureAnswer(request.generation, render(graph, placement, request.format, request.style, shading))
        if isinstance(request, PictureRequest):
            picture = draw(
                graph,
                request.format,
                depth=request.depth,
                full=request.full,
                style=request.style,
                open_clusters=opened,
            )
            return PictureAnswer(request.generation, picture)
        begun = perf_counter()
        placement = place(graph, open_clusters=opened, max_seconds=request.max_seconds)
        return PlacementAnswer(request.generation, pack(placement), perf_counter() - begun)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Serve until `source` ends: then the window is gone."""

    def send(answer: AnyAnswer) -> None:
        sink.write(encode(answer))
        sink.flush()

    worker = Worker(send)
    decoder = request_decoder()
    while data := source.read1(_CHUNK):  # type: ignore[attr-defined]
        worker.handle(decoder.feed(data))


def main() -> int:
    """Run the layout process: `python -m gradviz.layout_process`."""
    end_with_parent()  # Graphviz holds the GIL while it works
    # Whatever prints must not print between the frames.
    sink = sys.stdout.buffer
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, sink)
    return 0
