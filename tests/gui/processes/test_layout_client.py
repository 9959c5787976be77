"""The layout process from the window's side: newest wins, nothing is placed twice, no process stays."""

from __future__ import annotations

import pytest

from gradviz.export.picture_style import PictureStyle
from gradviz.gui.processes.layout_client import LayoutWorker
from gradviz.layout_process import messages
from gradviz.model.graph.graph import Graph
from tests.helpers.fake_engine import graph_record


@pytest.fixture
def worker(qapp):
    worker = LayoutWorker()
    yield worker
    worker.close()


def graph(signature: str = "one", last: str = "sum") -> Graph:
    return Graph(graph_record(signature, last))


def test_a_graph_is_placed(qtbot, worker: LayoutWorker) -> None:
    wanted = graph()
    with qtbot.waitSignal(worker.placed, timeout=30000) as placed:
        worker.place(wanted)
    assert placed.args[0] is wanted
    assert placed.args[1].signature == "one" and len(placed.args[1].box_node) == 6


def test_what_was_placed_once_is_not_laid_out_again(qtbot, worker: LayoutWorker) -> None:
    wanted = graph()
    with qtbot.waitSignal(worker.placed, timeout=30000):
        worker.place(wanted)
    with qtbot.waitSignal(worker.placed, timeout=100) as placed:
        worker.place(wanted)
    assert placed.args[1].signature == "one" and worker.layouts == 1


def test_only_the_newest_of_several_graphs_is_reported(qtbot, worker: LayoutWorker) -> None:
    reported: list[str] = []
    worker.placed.connect(lambda drawn, placement: reported.append(drawn.signature))
    with qtbot.waitSignal(worker.placed, timeout=30000):
        for name in ("one", "two", "three"):
            worker.place(graph(name))
    assert reported == ["three"]


def test_a_picture_is_drawn_beside_the_placing(qtbot, worker: LayoutWorker) -> None:
    with qtbot.waitSignal(worker.picture_drawn, timeout=30000) as drawn:
        worker.draw(graph(), None, "svg", PictureStyle(), "a tag")
    assert drawn.args[0] == "a tag" and b"<svg" in drawn.args[1]


def test_an_unknown_kind_of_picture_is_a_sentence(qtbot, worker: LayoutWorker) -> None:
    with qtbot.waitSignal(worker.picture_failed, timeout=30000) as failed:
        worker.draw(graph(), None, "bmp", PictureStyle(), "a tag")
    assert "bmp" in failed.args[1]


def test_closing_while_busy_leaves_no_process(worker: LayoutWorker) -> None:
    worker.place(graph())
    worker.close()
    assert not worker.children() or worker._placing._process is None


def test_a_graph_is_sent_to_the_process_once_and_again_to_a_new_one(
    qtbot, worker: LayoutWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bool] = []
    encode = messages.encode
    monkeypatch.setattr(messages, "encode", lambda request: sent.append(request.graph is not None) or encode(request))
    for opened in (None, frozenset()):
        with qtbot.waitSignal(worker.placed, timeout=30000):
            worker.place(graph(), opened)
    worker._placing.kill()
    with qtbot.waitSignal(worker.placed, timeout=30000):
        worker.place(graph(), frozenset({0}))
    assert sent == [True, False, True]


def test_a_layout_that_is_given_up_is_not_reported_and_the_next_one_is(qtbot, worker: LayoutWorker) -> None:
    reported: list[str] = []
    worker.placed.connect(lambda drawn, placement: reported.append(drawn.signature))
    worker.place(graph("one"))
    worker.cancel()
    with qtbot.waitSignal(worker.placed, timeout=30000):
        worker.place(graph("two"))
    assert reported == ["two"]
