"""What waits to be sent: losses are merged and never lost, graphs are superseded, the rest is kept."""

from __future__ import annotations

import socket
from array import array

from hypothesis import given
from hypothesis import strategies as st

from gradviz.engine.serving.connection import GRAPHS_REMEMBERED, Outbox, Sender, SentGraphs
from gradviz.protocol.events import Event, Failed, GraphChanged, LossBatch, NodeDetails, StateChanged
from gradviz.protocol.framing import event_decoder
from gradviz.protocol.records import GraphRecord


def batch(first: int, count: int, run: int = 1) -> LossBatch:
    return LossBatch(run, first, array("d", range(first, first + count)).tobytes(), 1.0)


def graph(signature: str, step: int = 0) -> GraphChanged:
    return GraphChanged(1, step, signature, GraphRecord(signature, "autograd", (), ()))


def sent(*events: Event) -> list[Event]:
    outbox = Outbox()
    for event in events:
        outbox.put(event)
    return outbox.take()


def test_losses_that_continue_each_other_become_one_batch() -> None:
    assert sent(batch(0, 2), batch(2, 3)) == [batch(0, 5)]


def test_losses_of_two_runs_stay_apart() -> None:
    assert len(sent(batch(0, 2), batch(2, 1, run=2))) == 2


def test_losses_do_not_pass_a_state() -> None:
    paused = StateChanged(1, "paused", 2)
    assert sent(batch(0, 2), paused, batch(2, 1)) == [batch(0, 2), paused, batch(2, 1)]


def test_only_the_newest_graph_waits_and_losses_merge_around_it() -> None:
    assert sent(batch(0, 1), graph("a"), batch(1, 1), graph("b"), batch(2, 1)) == [batch(0, 3), graph("b")]


def test_states_and_failures_are_all_kept() -> None:
    events: list[Event] = [StateChanged(1, "running", 0), Failed("Run", "no"), StateChanged(1, "paused", 1)]
    assert sent(*events) == events


def test_only_the_newest_details_of_a_node_wait() -> None:
    assert sent(NodeDetails("a", 1, "held"), NodeDetails("a", 2, "none"), NodeDetails("a", 1, "freed")) == [
        NodeDetails("a", 2, "none"),
        NodeDetails("a", 1, "freed"),
    ]


@given(st.lists(st.tuples(st.integers(1, 20_000), st.booleans()), max_size=12))
def test_no_loss_is_lost_or_moved_however_many_wait(parts: list[tuple[int, bool]]) -> None:
    outbox, first = Outbox(), 0
    for count, with_graph in parts:
        outbox.put(batch(first, count))
        if with_graph:
            outbox.put(graph(str(first)))
        first += count
    losses: list[float] = []
    for event in outbox.take():
        if isinstance(event, LossBatch):
            assert event.first == len(losses)
            losses += array("d", event.losses)
    assert losses == list(range(first))


def test_a_graph_that_was_sent_is_not_sent_again() -> None:
    graphs = SentGraphs()
    assert graphs.thin(graph("a")).graph is not None
    assert graphs.thin(graph("b")).graph is not None
    assert graphs.thin(graph("a")).graph is None


def test_graphs_are_forgotten_in_the_order_they_were_last_seen() -> None:
    graphs = SentGraphs(size=2)
    for name in "abac":
        graphs.thin(graph(name))
    assert graphs.thin(graph("a")).graph is None
    assert graphs.thin(graph("b")).graph is not None
    assert GRAPHS_REMEMBERED == 64


def test_posting_never_waits_for_a_reader() -> None:
    ours, theirs = socket.socketpair()
    sender = Sender(ours, on_broken=lambda: None)
    for step in range(20_000):
        sender.post(batch(step * 100, 100))  # 16 MB: far more than a socket takes in
    decoder, losses = event_decoder(), 0
    theirs.settimeout(20)
    while losses < 2_000_000:
        for event in decoder.feed(theirs.recv(1 << 20)):
            assert isinstance(event, LossBatch) and event.first == losses
            losses += len(event.losses) // 8
    sender.close(5)
    ours.close()
    theirs.close()
