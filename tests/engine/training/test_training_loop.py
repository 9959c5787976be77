"""A free run asks little between its iterations, and yet stops, pauses and ends where it should."""

from __future__ import annotations

import pytest

from gradviz.engine.serving.server import Server
from gradviz.protocol.commands import Command, Open, Pause, Run
from gradviz.protocol.events import Event, LossBatch


class Client:
    """Has a command as soon as the run has come to an iteration."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.commands: list[tuple[int, Command]] = []
        self.server = Server(self)

    def post(self, event: Event) -> None:
        self.events.append(event)

    def has_command(self) -> bool:
        return bool(self.commands) and self.server.current_run().step >= self.commands[0][0]

    def next_command(self, seconds: float | None) -> Command | None:
        return self.commands.pop(0)[1] if self.has_command() else None


@pytest.fixture
def client() -> Client:
    client = Client()
    client.server.serve_command(Open(1, "autograd", {"n": 1, "d_in": 1, "h": 1, "d_out": 1}))
    return client


def iterate(client: Client, begun: list[int]) -> None:
    """Run until the run is not running; `begun` gets the iterations that the policy was asked about."""
    server = client.server
    run, begin = server.current_run(), server.services.policy.begin

    def asked(*arguments, **options):  # type: ignore[no-untyped-def]
        begun.append(run.step)
        return begin(*arguments, **options)

    server.services.policy.begin = asked  # type: ignore[method-assign]
    while run.state == "running" and not server.commands.waiting:
        server._training.iterate(run)  # type: ignore[arg-type]


def test_the_iterations_of_a_quick_free_run_are_not_asked_about_one_by_one(client: Client) -> None:
    client.server.serve_command(Run(300))
    begun: list[int] = []
    iterate(client, begun)
    run = client.server.current_run()
    assert (run.step, run.state) == (300, "finished")
    assert len(begun) < 150
    losses = [event for event in client.events if isinstance(event, LossBatch)]
    assert sum(len(event.losses) // 8 for event in losses) == 300


def test_a_free_run_goes_no_further_when_a_command_comes(client: Client) -> None:
    client.commands.append((37, Pause()))
    client.server.serve_command(Run(300))
    iterate(client, [])
    assert client.server.current_run().step == 37
