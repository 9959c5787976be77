"""Whether gradient reaches a parameter from the loss, and the reason and place if it does not."""

from __future__ import annotations

import copy
import inspect
import linecache
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from gradviz.protocol.records import ReachRecord
from tests.engine.truth.expectations import captured, reach, runner_of

torch.set_num_threads(1)


class Pair(nn.Module):
    """Two layers and a function of both of their outputs."""

    def __init__(self, combine: Callable[..., Any]) -> None:
        super().__init__()
        self.a = nn.Linear(3, 3, bias=False)
        self.b = nn.Linear(3, 3, bias=False)
        self.combine = combine

    def forward(self, x: torch.Tensor) -> Any:
        return self.combine(self, x)


def reach_of(combine: Callable[..., Any], loss: Callable[[Any], Any] = torch.Tensor.sum) -> dict[str, ReachRecord]:
    graph = captured(lambda: (Pair(combine), torch.randn(2, 3), loss))
    return {record.names[0]: record for record in graph.reach}


def line_of(record: ReachRecord) -> str:
    return linecache.getline(record.file, record.line).strip()


def test_every_parameter_is_reported_once_with_all_its_names() -> None:
    def make() -> tuple[nn.Module, torch.Tensor]:
        model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        model[1].weight = model[0].weight
        return model, torch.ones(1, 2)

    assert reach(captured(make)) == "0.weight=1.weight reached\n0.bias reached\n1.bias reached"


def test_a_detached_branch_names_its_line() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        hidden = model.a(x)
        hidden = hidden.detach()
        return model.b(hidden)

    records = reach_of(combine)
    assert records["b.weight"].reached is True
    lost = records["a.weight"]
    assert (lost.reached, lost.reason, lost.text) == (False, "detached", "detached by detach")
    assert line_of(lost) == "hidden = hidden.detach()"


def test_data_and_numbers_detach_as_well() -> None:
    def by_data(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return model.b(x) * model.a(x).data

    def by_number(model: Pair, x: torch.Tensor) -> torch.Tensor:
        scale = model.a(x).sum().item()
        return model.b(x) * scale

    assert reach_of(by_data)["a.weight"].text == "detached by .data"
    lost = reach_of(by_number)["a.weight"]
    assert (lost.reason, lost.text) == ("detached", "it leaves torch as a plain value, by item")
    assert line_of(lost) == "scale = model.a(x).sum().item()"


def test_behind_numpy_it_is_the_detach_before() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        array = model.a(x).detach().numpy()
        return model.b(torch.from_numpy(array * 2))

    assert reach_of(combine)["a.weight"].reason == "detached"


def test_behind_an_integer_op() -> None:
    def by_argmax(model: Pair, x: torch.Tensor) -> torch.Tensor:
        best = model.a(x).argmax(dim=1)
        return model.b(x)[:, best]

    def by_comparison(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return torch.where(model.a(x) > 0, model.b(x), x)

    def by_control_flow(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return model.b(x) if model.a(x).sum() > 0 else model.b(x) * 2

    lost = reach_of(by_argmax)["a.weight"]
    assert (lost.reason, lost.text) == ("integer", "behind an integer op, argmax")
    assert line_of(lost) == "best = model.a(x).argmax(dim=1)"
    assert reach_of(by_comparison)["a.weight"].text == "behind an integer op, gt"
    assert reach_of(by_control_flow)["a.weight"].text == "behind an integer op, gt"


def test_behind_the_indices_beside_values() -> None:
    def by_topk(model: Pair, x: torch.Tensor) -> torch.Tensor:
        _, chosen = model.a(x).topk(2)
        return model.b(x).gather(1, chosen)

    def by_maximum(model: Pair, x: torch.Tensor) -> torch.Tensor:
        best = model.a(x).max(1)
        return model.b(x) * best.indices.unsqueeze(1)

    for combine, line in ((by_topk, "_, chosen = model.a(x).topk(2)"), (by_maximum, "best = model.a(x).max(1)")):
        lost = reach_of(combine)["a.weight"]
        assert lost.reason == "integer"
        assert line_of(lost) == line
    assert lost.text == "behind the integers that max gives"


def test_of_two_ways_the_detached_one_is_named_before_an_integer_op() -> None:
    """A vector quantizer: that the search of the nearest has no gradient is known to its author."""

    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        code = model.a(x)
        best = code.argmax(dim=1, keepdim=True)
        return model.b(x) + code.detach() * best

    assert line_of(reach_of(combine)["a.weight"]) == "return model.b(x) + code.detach() * best"


def test_weights_that_another_layer_makes_are_lost_where_they_are_written() -> None:
    def by_data(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.b.weight.data = model.a(x)
        return model.b(x)

    def through_data(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.b.weight.data.copy_(model.a(x))
        return model.b(x)

    def under_no_grad(model: Pair, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            model.b.weight.copy_(model.a(x))
        return model.b(x)

    expected = {
        by_data: ("detached", "detached by .data", "model.b.weight.data = model.a(x)"),
        through_data: (
            "detached",
            "written by copy_ into what .data or detach gave",
            "model.b.weight.data.copy_(model.a(x))",
        ),
        under_no_grad: ("no_grad", "under no_grad", "with torch.no_grad():"),
    }
    for combine, reported in expected.items():
        graph = captured(lambda combine=combine: (Pair(combine), torch.randn(3, 3), torch.Tensor.sum))
        lost = next(record for record in graph.reach if record.names == ("a.weight",))
        assert (lost.reason, lost.text, line_of(lost)) == reported


def test_a_copy_of_values_and_a_gradient_without_a_graph_detach() -> None:
    def copied(model: Pair, x: torch.Tensor) -> torch.Tensor:
        hidden = model.a(x)
        return model.b(hidden.new_tensor(hidden))

    def differentiated(model: Pair, x: torch.Tensor) -> torch.Tensor:
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(model.a(x).tanh().sum(), x)
        return model.b(slope)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch advises against it
        lost = reach_of(copied)["a.weight"]
    assert (lost.reason, lost.text) == ("detached", "detached by new_tensor")
    lost = reach_of(differentiated)["a.weight"]
    assert (lost.reason, lost.text) == ("detached", "made by torch.autograd.grad without create_graph=True")


@pytest.mark.parametrize(
    ("differentiate", "graph"),
    [
        (lambda y, x: torch.autograd.grad(y, x, create_graph=True)[0], True),
        (lambda y, x: torch.autograd.grad(y, x, None, None, True)[0], True),
        (lambda y, x: torch.autograd.grad([y], [x], create_graph=1)[0], True),
        (lambda y, x: torch.autograd.grad(y, x)[0], False),
        (lambda y, x: torch.autograd.grad(y, x, retain_graph=True)[0], False),
        (lambda y, x: torch.autograd.grad(y, x, None, True, False)[0], False),
    ],
)
def test_a_gradient_with_a_graph_is_said_not_to_depend_and_one_without_to_be_without(
    differentiate: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], graph: bool
) -> None:
    def linear(model: Pair, x: torch.Tensor) -> torch.Tensor:
        slope = differentiate(model.a(x).sum(), model.a.weight)
        return slope.square().sum() + model.b(x).sum()

    lost = reach_of(linear)["a.weight"]
    assert lost.reached is False
    assert line_of(lost).startswith("(lambda")
    assert ("does not depend on it" in lost.text) == graph
    assert ("without create_graph=True" in lost.text) == (not graph)
    assert lost.reason == ("unused" if graph else "detached")


def test_a_penalty_on_the_gradient_does_not_depend_on_the_last_bias() -> None:
    class Critic(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = x.detach().requires_grad_()
            score = self.last(self.first(x).tanh())
            (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
            return slope.norm()

    graph = captured(lambda: (Critic(), torch.randn(2, 3), lambda penalty: penalty))
    records = {record.names[0]: record for record in graph.reach}
    assert [name for name, record in records.items() if not record.reached] == ["last.bias"]
    lost = records["last.bias"]
    assert lost.text == "the gradient that torch.autograd.grad gives there does not depend on it"
    assert line_of(lost).startswith("(slope,) = torch.autograd.grad(")


def test_pythons_own_modules_are_no_place_to_look_at() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        weight = copy.deepcopy(model.a.weight)
        return model.b(x) @ weight

    assert line_of(reach_of(combine)["a.weight"]) == "weight = copy.deepcopy(model.a.weight)"


def test_under_no_grad_names_the_line_that_turned_it_off() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            hidden = model.a(x)
        return model.b(hidden)

    lost = reach_of(combine)["a.weight"]
    assert (lost.reason, lost.text) == ("no_grad", "under no_grad")
    assert line_of(lost) == "with torch.no_grad():"


def test_under_no_grad_names_the_outer_line_after_gradients_were_on_for_a_while() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            with torch.enable_grad():
                hidden = model.b(x)
                with torch.no_grad():
                    x.sin()
            lost = model.a(x)
        return hidden + lost

    assert linecache.getline((lost := reach_of(combine)["a.weight"]).file, lost.line - 1).endswith("torch.Tensor:\n")
    assert line_of(lost) == "with torch.no_grad():"


def test_a_function_decorated_with_no_grad_is_named_where_it_begins() -> None:
    @torch.no_grad()
    def features(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return model.a(x)

    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return model.b(features(model, x))

    assert line_of(reach_of(combine)["a.weight"]) == "@torch.no_grad()"


def test_frozen_and_unused() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.a.requires_grad_(False)
        return x.requires_grad_()

    records = reach_of(combine)
    assert (records["a.weight"].reason, records["b.weight"].reason) == ("frozen", "unused")
    assert records["b.weight"].text == "not used in this forward"


def test_frozen_for_a_while_names_the_use() -> None:
    """As one freezes a discriminator while its generator learns."""

    def by_call(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.a.requires_grad_(False)
        y = model.a(model.b(x))
        model.a.requires_grad_(True)
        return y

    def by_attribute(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.a.weight.requires_grad = False
        y = model.a(model.b(x))
        model.a.weight.requires_grad = True
        return y

    for combine in (by_call, by_attribute):
        records = reach_of(combine)
        assert records["b.weight"].reached is True
        lost = records["a.weight"]
        assert (lost.reached, lost.reason) == (False, "frozen")
        assert line_of(lost) == "y = model.a(model.b(x))"


def test_what_is_computed_and_then_not_used_is_unused_there() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        model.a(x)
        return model.b(x)

    lost = reach_of(combine)["a.weight"]
    assert lost.reason == "unused"
    assert line_of(lost) == "model.a(x)"


def test_an_output_that_the_loss_leaves_out_is_unused() -> None:
    records = reach_of(lambda model, x: (model.a(x), model.b(x)), lambda output: output[1].sum())
    assert (records["a.weight"].reason, records["b.weight"].reached) == ("unused", True)


def test_a_number_that_is_only_logged_hides_no_detach() -> None:
    """Both ways out are there; the one that leads to the loss is the reason."""

    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        hidden = model.a(x)
        hidden.mean().item()
        return model.b(hidden.detach())

    assert reach_of(combine)["a.weight"].text == "detached by detach"


def test_one_detached_use_among_others_is_reached() -> None:
    assert reach_of(lambda model, x: model.b(model.a(x).detach()) + model.a(x))["a.weight"].reached is True


def test_written_into_a_buffer_and_read_from_a_view() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        table = torch.zeros(4, 3)
        with torch.no_grad():
            table[:2] = model.a(x)
        return model.b(table)

    assert reach_of(combine)["a.weight"].reason == "no_grad"


def test_a_shape_is_no_value() -> None:
    lost = reach_of(lambda model, x: model.b(torch.zeros_like(model.a(x))))["a.weight"]
    assert lost.reason == "unused"


class Rounded(torch.autograd.Function):
    """Hands its second output on without a gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        whole = x.round()
        ctx.mark_non_differentiable(whole)
        return x * 2, whole

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor, _: Any) -> torch.Tensor:
        return gradient * 2


def test_an_output_that_is_marked_as_not_differentiable() -> None:
    lost = reach_of(lambda model, x: model.b(Rounded.apply(model.a(x))[1]))["a.weight"]
    assert lost.text == "behind an output of Rounded that is marked as not differentiable"


class Silent(torch.autograd.Function):
    """Its backward keeps the gradient to itself."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return x + w

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None


def test_backward_itself_may_give_nothing() -> None:
    runner = runner_of(
        lambda: (Pair(lambda model, x: Silent.apply(model.b(x), model.a.weight.sum())), torch.ones(2, 3))
    )
    runner.hold()
    assert runner.graph is not None
    before = runner.graph.record
    assert {r.names[0]: r.reached for r in before.reach} == {"a.weight": True, "b.weight": True}
    runner.backward()
    after = runner.graph.record
    assert {r.names[0]: (r.reached, r.text) for r in after.reach} == {
        "a.weight": (False, "backward has run and gave it no gradient"),
        "b.weight": (True, ""),
    }
    assert after.signature != before.signature


def test_only_backward_can_show_what_a_reentrant_checkpoint_reaches_and_then_it_does() -> None:
    def combine(model: Pair, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(model.b, model.a(x), use_reentrant=True)

    runner = runner_of(lambda: (Pair(combine), torch.ones(2, 3)))
    runner.hold()
    assert runner.graph is not None
    reported = {r.names[0]: (r.reached, r.reason) for r in runner.graph.record.reach}
    assert reported == {"a.weight": (True, ""), "b.weight": (None, "hidden")}
    runner.iterate()
    assert all(record.reached for record in runner.graph.record.reach)
    runner.iterate(captured=True)
    assert all(record.reached for record in runner.graph.record.reach)


class _Recomputing(torch.autograd.Function):
    """As reversible layers do: its backward runs a forward and a backward of its own."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layer: nn.Module) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.layer = layer
        return layer(x)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        with torch.enable_grad():
            x = ctx.saved_tensors[0].detach().requires_grad_()
            torch.autograd.backward(ctx.layer(x), gradient)
        return x.grad, None


def test_only_backward_can_show_what_a_function_with_a_backward_inside_reaches_and_then_it_does() -> None:
    runner = runner_of(lambda: (Pair(lambda model, x: _Recomputing.apply(model.a(x), model.b)), torch.ones(2, 3)))
    runner.hold()
    assert runner.graph is not None
    reported = {r.names[0]: (r.reached, r.reason, r.text) for r in runner.graph.record.reach}
    assert reported["b.weight"] == (None, "hidden", "in the forward of _Recomputing: only backward can tell")
    runner.iterate()
    assert all(record.reached for record in runner.graph.record.reach)


def test_a_reentrant_checkpoint_of_data_alone_gives_no_gradient() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch has it too
        records = reach_of(lambda model, x: checkpoint(model.a, x, use_reentrant=True) + model.b(x))
    assert (records["a.weight"].reached, records["a.weight"].reason) == (False, "no_grad")
    assert "use_reentrant=False" in records["a.weight"].text


def test_nothing_wants_a_gradient_under_no_grad_and_inference_mode() -> None:
    def off(model: Pair, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return model.b(model.a(x))

    def inference(model: Pair, x: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return model.b(model.a(x))

    for combine, text in ((off, "under no_grad"), (inference, "under inference_mode")):
        graph = captured(lambda combine=combine: (Pair(combine), torch.randn(2, 3), torch.sum), trains=False)
        assert [(r.reached, r.text) for r in graph.reach] == [(False, text)] * 2


def test_the_lines_are_of_this_file() -> None:
    lost = reach_of(lambda model, x: model.b(model.a(x).detach()))["a.weight"]
    assert lost.file == inspect.getsourcefile(Pair)
