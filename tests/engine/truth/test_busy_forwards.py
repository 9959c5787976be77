"""Forwards that do more than compute: gradients inside, switches, changes of the model, layers left out."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden, reach, runner_of, unexplained
from tests.engine.truth.models import Model, total

torch.set_num_threads(1)


def layer(n: int = 3, m: int = 3) -> nn.Linear:
    return nn.Linear(n, m, bias=False)


def made(forward: Callable[..., Any], **parts: nn.Module) -> Callable[[], Any]:
    return lambda: (Model(forward, **parts), torch.randn(2, 3), total)


def test_a_gradient_inside_the_forward_is_a_part_of_the_graph() -> None:
    """As in a network of energies: the output is the force."""

    def forces(m: Model, x: torch.Tensor) -> torch.Tensor:
        x = x.requires_grad_()
        energy = m.a(x).sin().sum()
        return torch.autograd.grad(energy, x, create_graph=True)[0]

    graph = captured(lambda: (Model(forces, a=layer()), torch.randn(2, 3), total))
    weight = next(n.id for n in graph.nodes if n.name == "a.weight")
    assert sum(e.source == weight for e in graph.edges) == 1
    assert {n.op for n in graph.nodes if n.name in ("cos", "expand")} <= {"torch.autograd.grad"}
    assert reach(graph) == "a.weight reached"


def test_a_backward_inside_the_forward_leaves_the_graph_of_the_loss_alone() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        m.a(x).sum().backward()
        return m.b(x)

    graph = captured(lambda: (Model(forward, a=layer(), b=layer()), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        b.weight parameter @b
        3 t TBackward0 @b <- b.weight
        x data
        4 mm MmBackward0 @b <- x, 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)
    assert reach(graph) == golden("""
        a.weight unused: used, but what is made of it does not lead to the loss
        b.weight reached
    """)


def test_gradients_that_are_switched_off_and_on_again() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(False):
            hidden = m.a(x)
        torch.set_grad_enabled(True)
        return m.b(hidden)

    graph = captured(lambda: (Model(forward, a=layer(), b=layer()), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        b.weight parameter @b
        0 t TBackward0 @b <- b.weight
        'linear' stub @b (made from x, a.weight by torch.nn.functional.linear under no_grad: no gradient flows \
past here)
        1 mm MmBackward0 @b <- 'linear', 0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)
    assert reach(graph) == "a.weight no_grad: under no_grad\nb.weight reached"


def test_a_model_that_changes_itself_changes_as_often_as_without_the_window() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        m.count += 1
        m.last = m.a(x)
        m.mean = m.mean * 0.9 + m.last.detach().mean(0)
        return m.last * m.count

    def make() -> object:
        model = Model(forward, {"mean": torch.zeros(3)}, a=layer())
        model.count = 0
        return model, torch.randn(2, 3), total

    graph = captured(make)
    assert [n.name for n in graph.nodes if n.id >= 0] == ["t", "mm", "mul", "sum"]
    runner = runner_of(make)
    for step in range(4):
        runner.iterate(captured=step % 2 == 0)
    assert runner.experiment.model.count == 4


def deep(m: Model, x: torch.Tensor) -> torch.Tensor:
    for block in m.blocks:
        if random.random() < 0.5:
            x = x + block(x)
    return m.last(x)


def test_stochastic_depth_has_a_graph_for_each_iteration_and_reports_what_it_left_out() -> None:
    runner = runner_of(lambda: (Model(deep, blocks=nn.ModuleList([layer() for _ in range(4)]), last=layer()),
                                torch.randn(2, 3), total))  # fmt: skip
    seen: dict[str, str] = {}
    for _ in range(12):
        runner.forward(captured=True)
        assert runner.graph is not None
        graph = runner.graph.record
        ran = {c.path for c in graph.clusters}
        for record in graph.reach:
            path = record.names[0].removesuffix(".weight")
            assert (record.reached, record.reason) == ((True, "") if path in ran else (False, "unused"))
        # What was drawn once is known by its signature when it comes again.
        assert seen.setdefault(" ".join(sorted(ran)), graph.signature) == graph.signature
        runner.backward()
        runner.update()
        runner._forget_iteration()
    assert len(seen) > 2
    assert len(set(seen.values())) == len(seen)


def test_a_module_called_in_another_thread_leaves_the_calls_of_this_one_as_they_are() -> None:
    """Its nodes are there, and it is said that nobody saw their ops."""

    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        begun, may_end = Event(), Event()

        def wait(module: nn.Module, args: Any) -> None:
            begun.set()
            may_end.wait()

        hook = m.branch.register_forward_pre_hook(wait)
        with ThreadPoolExecutor(1) as pool:
            branch = pool.submit(m.branch, x)
            begun.wait()
            hidden = m.trunk(x)  # begins and ends while the other is in its call
            may_end.set()
            out = hidden + branch.result()
        hook.remove()
        return out

    def make() -> Any:
        return Model(forward, branch=layer(), trunk=nn.Sequential(layer(), nn.Tanh())), torch.randn(2, 3), total

    graph = captured(make)
    clusters = [graph.clusters[node.cluster].path for node in graph.nodes if node.cluster >= 0 and node.id >= 0]
    assert clusters == ["trunk.0", "trunk.0", "trunk.1"]
    assert [what for _, what in unexplained(graph)] == ["op", "op"]
