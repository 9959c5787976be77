"""The loss of an iteration of a script is what is minimized, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.engine.scripts.loss_roots import Losses
from gradviz.protocol.commands import Run
from gradviz.protocol.events import LossBatch, StateChanged
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, losses_of, script, step_through

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def told(engine: EngineThread, path: str) -> list[float]:
    engine.open(path)
    engine.tell(Run())
    assert engine.until(StateChanged, lambda event: event.state in ENDS).state == "finished"
    return losses_of(engine)


LOSSES = [
    ("one.backward(torch.tensor(1.0)); two.backward(torch.tensor(-1.0))", 3.0 - 4.0),
    ("torch.stack([one, two]).backward(torch.tensor([2.0, -1.0]))", 6.0 - 4.0),
    ("torch.autograd.backward([one, two], [torch.tensor(2.0), None])", 6.0 + 4.0),
    ("torch.autograd.backward([one, two], grad_tensors=[torch.tensor(2.0), torch.tensor(0.5)])", 6.0 + 2.0),
    ("(one * two).backward(gradient=torch.tensor(0.5))", 6.0),
    ("torch.autograd.grad(one, [w], retain_graph=True); two.backward()", 4.0),
    ("one.backward(); optimizer.zero_grad(); two.backward()", 4.0),
    ("one.backward(); optimizer.zero_grad(set_to_none=False); two.backward()", 4.0),
    ("(one + two).backward()", 7.0),
    ("scaler.scale(one).backward(); scaler.scale(two).backward()", 7.0),
    ("[each.backward() for each in scaler.scale([one, two])]", 7.0),
]


@pytest.mark.parametrize(("call", "loss"), LOSSES)
@pytest.mark.parametrize("stepped", [False, True])
def test_the_loss_of_an_iteration_is_what_is_minimized(
    engine: EngineThread, tmp_path: Path, call: str, loss: float, stepped: bool
) -> None:
    text = """
        scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.0)
        for i in range(2):
            one, two = w.sum(), (w * 2)[1]
            optimizer.zero_grad()
            CALL
            optimizer.step()
    """
    if stepped:
        engine.tell(NEVER)
    assert told(engine, script(tmp_path, text.replace("CALL", call))) == [loss, loss]


def test_the_inner_losses_of_meta_learning_are_not_added(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        w = torch.tensor([1.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.0)
        for step in range(2):
            inner = (w * 100).sum()
            (g,) = torch.autograd.grad(inner, [w])
            outer = (w - 0.01 * g).square().sum() + 3
            outer.backward()
            optimizer.step()
    """
    assert told(engine, script(tmp_path, text)) == [3.0, 3.0]


def test_every_evaluation_of_an_optimizer_that_searches_is_step_through(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        w = torch.tensor([3.0], requires_grad=True)
        optimizer = torch.optim.LBFGS([w], lr=0.5, max_iter=3)
        def closure():
            optimizer.zero_grad()
            loss = (w - 1).square().sum()
            loss.backward()
            return loss
        for i in range(2):
            optimizer.step(closure)
    """
    stops = step_through(engine, script(tmp_path, text))
    phases = [stop.point.phase for stop in stops if stop.step == 0]
    changes = [phase for i, phase in enumerate(phases) if i == 0 or phases[i - 1] != phase]
    assert changes[:5] == ["forward", "backward", "update", "forward", "backward"]
    assert changes.count("forward") == 3
    assert losses_of(engine)[0] == 4.0
    said = {record.step: record for batch in engine.all(LossBatch) for record in batch.evaluations}
    assert said[0].count == 3
    assert said[0].last < 4.0


@given(st.lists(st.tuples(st.floats(-8, 8, width=32), st.none() | st.floats(-2, 2, width=32)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_the_loss_of_weighted_roots_is_the_sum_of_their_products(pairs: list[tuple[float, float | None]]) -> None:
    noted = Losses()
    roots = [torch.tensor(value) for value, _ in pairs]
    weights = [None if weight is None else torch.tensor(weight) for _, weight in pairs]
    noted.note(roots, weights, by_grad=False, again=False)
    expected = sum(value * (1.0 if weight is None else weight) for value, weight in pairs)
    assert noted.total() == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_reading_a_loss_is_unseen_by_the_modes_of_the_script() -> None:
    calls = []

    class Mode(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: object, types: object, args: object = (), kwargs: object = None) -> object:
            calls.append(func)
            return func(*args, **(kwargs or {}))  # type: ignore[operator,misc]

    root, weight = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    noted = Losses()
    with Mode():
        noted.note([root], weight, by_grad=False, again=False)
    assert (noted.total(), calls) == (11.0, [])
