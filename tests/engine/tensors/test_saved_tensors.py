"""What nodes saved for backward: reported on request, and by name alone once it is gone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.tensors.saved_tensors import Inspections, details, saved_tensor
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.protocol.commands import Inspect
from gradviz.protocol.events import Event, NodeDetails
from gradviz.protocol.records import SavedRecord
from gradviz.targets.target_spec import read_target


def held(target: str = "autograd") -> Runner:
    runner = Runner(TargetSetup(read_target(target)))
    runner.hold()
    return runner


def test_a_product_saves_its_factors_and_the_parameter_is_no_copy() -> None:
    runner = held()
    assert runner.graph is not None
    state, saved = details(runner.graph.live[2], runner.names)
    assert state == "held"
    assert saved == (
        SavedRecord("self", (64, 100), "float32", 25600),
        SavedRecord("mat2", (100, 10), "float32", 4000, "is w2 itself, no copy"),
    )


def test_settings_are_distinguished_from_tensors() -> None:
    runner = held()
    assert runner.graph is not None
    _, saved = details(runner.graph.live[4], runner.names)
    assert SavedRecord("exponent", note="not a tensor: 2", is_tensor=False) in saved


def test_a_custom_functions_tensors_are_numbered() -> None:
    runner = held("function")
    assert runner.graph is not None
    assert details(runner.graph.live[1], runner.names) == (
        "held",
        (SavedRecord("saved tensor 0", (64, 100), "float32", 25600),),
    )


def test_backward_frees_them() -> None:
    runner = held("function")
    assert runner.graph is not None
    mm, relu = runner.graph.live[0], runner.graph.live[1]
    runner.backward()
    assert details(mm, runner.names) == ("freed", (SavedRecord("self", note="freed by backward"),))
    assert details(relu, runner.names)[0] == "freed"


def test_a_tensor_overwritten_in_place_is_reported_and_does_not_raise() -> None:
    a = torch.ones(3, requires_grad=True)
    h = a.exp()
    node = h.grad_fn
    h.add_(1)
    assert node is not None
    _, saved = details(node, held().names)
    assert saved[0].note == "overwritten by an op in place since it was saved"


class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, x * 2)
        return x * x

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return gradient


def test_what_a_custom_function_saved_and_an_op_overwrote_is_neither_freed_nor_an_error() -> None:
    h = torch.ones(3, requires_grad=True) * 1
    node = Two.apply(h).grad_fn
    h.add_(1)
    state, saved = details(node, held().names)
    assert state == "held"
    assert [record.name for record in saved] == ["saved tensor 0", "saved tensor 1"]
    assert {record.note for record in saved} == {"overwritten by an op in place since it was saved"}
    with pytest.raises(GradvizError, match="Not available: overwritten by an op in place"):
        saved_tensor(node, "saved tensor 1")


def test_hooks_that_cannot_unpack_are_reported_in_a_sentence_and_raise_nothing() -> None:
    def unpack(packed: Any) -> Any:
        raise KeyError("gone to disk\nfor ever")

    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
        node = torch.ones(3, requires_grad=True).exp().grad_fn
    assert node is not None
    _, saved = details(node, held().names)
    assert saved[0].note == "it cannot be unpacked (KeyError: 'gone to disk\\nfor ever')"
    with pytest.raises(GradvizError, match=r"^Not available: it cannot be unpacked .*\.$"):
        saved_tensor(node, "result")


@pytest.mark.parametrize("name", ["nothing", "self 1", "saved tensor 0", ""])
def test_what_was_never_saved_is_said_to_be_that(name: str) -> None:
    node = torch.ones(3, requires_grad=True).exp().grad_fn
    assert node is not None
    with pytest.raises(GradvizError, match=r"It saved nothing called .*; it saved result\."):
        saved_tensor(node, name)


def test_building_the_graph_unpacks_nothing() -> None:
    unpacked: list[Any] = []

    def unpack(value: Any) -> Any:
        unpacked.append(value)
        return value

    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
        runner = held("dynamic")
        assert unpacked == []
        assert runner.graph is not None
        addmm = next(n.id for n in runner.graph.record.nodes if n.name == "addmm")
        details(runner.graph.live[addmm], runner.names)
        assert unpacked


def asked(runner: Runner, *, running: bool, node: int = 2) -> tuple[Inspections, list[Event], Inspect]:
    posted: list[Event] = []
    inspections = Inspections(posted.append)
    assert runner.graph is not None
    inspections.remember(runner.graph)
    command = Inspect(runner.graph.record.signature, node)
    inspections.ask(command, runner.graph, runner.names, running)
    return inspections, posted, command


def test_a_live_graph_answers_at_once() -> None:
    _, posted, _ = asked(held(), running=False)
    assert isinstance(posted[0], NodeDetails) and posted[0].state == "held"


def test_a_graph_that_is_gone_answers_with_names() -> None:
    runner = held()
    runner.iterate()
    _, posted, command = asked(runner, running=False)
    freed = tuple(SavedRecord(name, note="freed by backward") for name in ("self", "mat2"))
    assert posted == [NodeDetails(command.signature, 2, "freed", freed)]


def test_a_question_during_a_run_waits_for_the_next_look() -> None:
    runner = held()
    runner.iterate()
    inspections, posted, _ = asked(runner, running=True)
    assert posted == [] and inspections.waiting
    runner.forward(captured=True)
    inspections.answer(runner.graph, runner.names)
    assert isinstance(posted[0], NodeDetails) and posted[0].state == "held"
    assert not inspections.waiting


def test_a_node_that_saves_nothing_is_reported_as_such() -> None:
    _, posted, _ = asked(held(), running=False, node=5)
    assert isinstance(posted[0], NodeDetails) and posted[0].state == "none"
