"""Ways of writing training scripts that public ones have, each reduced to what was once shown wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.protocol.commands import Open, Run, SetBreakpoints
from gradviz.protocol.events import ConfigurationChanged, Opened, Raised, StateChanged, Stopped
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, graphs_of, losses_of, script, step_through

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def to_the_end(engine: EngineThread, path: str) -> StateChanged:
    engine.tell(NEVER)
    engine.open(path)
    engine.tell(Run())
    return engine.until(StateChanged, lambda event: event.state in ENDS)


def test_one_backward_and_several_optimizers_is_one_iteration_from_the_first_on(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        model = nn.Linear(3, 1)
        rules = [torch.optim.SGD([p], 0.1) for p in model.parameters()]
        for step in range(3):
            model(torch.ones(4, 3)).square().mean().backward()
            for rule in rules:
                rule.step()
                rule.zero_grad()
    """
    stops = step_through(engine, script(tmp_path, text))
    updated = [(s.step, s.point.parameter) for s in stops if s.point.phase == "update" and not s.after]
    assert updated == [(i, name) for i in range(3) for name in ("weight", "bias")]
    assert len(losses_of(engine)) == 3


def test_two_optimizers_with_a_backward_each_are_two_iterations(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        one, two = nn.Linear(3, 1), nn.Linear(3, 1)
        rules = [torch.optim.SGD(one.parameters(), 0.1), torch.optim.SGD(two.parameters(), 0.1)]
        for step in range(2):
            for model, rule in zip((one, two), rules):
                rule.zero_grad()
                model(torch.ones(4, 3)).square().mean().backward()
                rule.step()
    """
    assert to_the_end(engine, script(tmp_path, text)).step == 4


def test_parameters_of_a_model_that_comes_later_are_reported_when_they_are_known(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        first, second = nn.Linear(3, 4), nn.Linear(4, 1)
        rules = [torch.optim.SGD(model.parameters(), 0.1) for model in (first, second)]
        for step in range(2):
            hidden = first(torch.ones(2, 3))
            second(hidden).square().mean().backward()
            for rule in rules:
                rule.step()
    """
    engine.tell(Open(1, script(tmp_path, text), stop_first=True))
    engine.until(Stopped)
    engine.tell(Run())
    engine.until(StateChanged, lambda event: event.state in ENDS)
    known = engine.all(Opened)[0].parameters
    later = [event.parameters for event in engine.all(ConfigurationChanged) if event.parameters]
    names = {name for record in [known, *later][-1] for name in record.names}
    assert names == {"first.weight", "first.bias", "second.weight", "second.bias"}
    assert len(later) < 2


def test_positions_in_a_phase_begin_anew_with_each_backward(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        w = torch.ones(3, requires_grad=True)
        rule = torch.optim.SGD([w], 0.1)
        one, two = w.sum(), (w * 2).exp().sum()
        one.backward()
        two.backward()
        (w * 3).sum().backward()
        rule.step()
    """
    stops = step_through(engine, script(tmp_path, text))
    backward = [stop.of_phase for stop in stops if stop.point.phase == "backward"]
    assert backward == [(i, total) for total in (2, 4, 3) for i in range(1, total + 1)]


def test_a_model_with_a_parameters_method_of_its_own_is_followed(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        class Learner(nn.Module):
            def __init__(self):
                super().__init__()
                self.vars = nn.ParameterList([nn.Parameter(torch.ones(3, 1)), nn.Parameter(torch.zeros(1))])
            def forward(self, x):
                return x @ self.vars[0] + self.vars[1]
            def parameters(self):
                return self.vars
        model = Learner()
        rule = torch.optim.SGD(model.parameters(), 0.1)
        for step in range(2):
            model(torch.ones(4, 3)).square().mean().backward()
            rule.step()
    """
    ended = to_the_end(engine, script(tmp_path, text))
    assert (ended.state, ended.step) == ("finished", 2)
    assert [record.names for record in engine.all(Opened)[0].parameters] == [("vars.0",), ("vars.1",)]


def test_models_and_optimizers_that_a_script_drops_are_gone(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        import gc, weakref
        alive = []
        for step in range(4):
            model = nn.Linear(3, 1)
            alive.append(weakref.ref(model))
            rule = torch.optim.SGD(model.parameters(), 0.1)
            loss = model(torch.ones(4, 3)).square().mean()
            loss.backward()
            rule.step()
            del model, rule, loss
            gc.collect()
            assert not any(ref() is not None for ref in alive), step
    """
    ended = to_the_end(engine, script(tmp_path, text))
    assert (ended.state, ended.step) == ("finished", 4)
    assert {name for record in graphs_of(engine)[-1].reach for name in record.names} == {"weight", "bias"}


@pytest.mark.parametrize(
    "after",
    ["running = running + loss * 4", "history.append(loss.to('cpu').data.numpy())", "print(F.softplus(model.bias))"],
)
def test_what_is_done_with_an_old_loss_or_weight_begins_no_forward(
    engine: EngineThread, tmp_path: Path, after: str
) -> None:
    text = """
        import torch.nn.functional as F
        model = nn.Linear(3, 1)
        rule = torch.optim.SGD(model.parameters(), 0.1)
        history, running = [], 0
        for step in range(2):
            loss = model(torch.ones(4, 3)).square().mean()
            rule.zero_grad()
            loss.backward()
            BETWEEN
            rule.step()
            AFTER
    """
    stops = step_through(engine, script(tmp_path, text.replace("AFTER", after).replace("BETWEEN", after)))
    forward = [(stop.step, stop.point.op.rpartition(".")[2]) for stop in stops if stop.point.phase == "forward"]
    assert forward == [(i, op) for i in range(2) for op in ("linear", "square", "mean")]


def test_a_module_that_prepares_data_is_no_model(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        class Blur:
            def __init__(self):
                self.blur = nn.Conv1d(1, 1, 3, padding=1)
            def __call__(self, x):
                with torch.no_grad():
                    return self.blur(x)
        blur, model = Blur(), nn.Linear(3, 1)
        rule = torch.optim.SGD(model.parameters(), 0.1)
        for step in range(2):
            model(blur(torch.ones(4, 1, 3)).squeeze(1)).mean().backward()
            rule.step()
    """
    engine.open(script(tmp_path, text))
    assert [record.names for record in engine.all(Opened)[0].parameters] == [("weight",), ("bias",)]


def test_memory_that_nothing_was_written_to_is_no_nan(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        w = torch.ones(3, requires_grad=True)
        for step in range(2):
            noise = torch.empty(3, out=torch.full((3,), float("nan")))
            noise = noise.normal_()
            (w * noise).sum().backward()
    """
    engine.tell(SetBreakpoints((BreakpointRecord(1, "nan"),)))
    engine.open(script(tmp_path, text))
    engine.tell(Run())
    event = engine.until(StateChanged, lambda event: event.state in ("stopped", *ENDS))
    assert event.state == "finished"


def test_a_leaf_that_the_forward_makes_is_named_by_what_made_it_and_explained(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        def penalty(model):
            return model(torch.randn(4, 3).requires_grad_(True)).mean()
        model = nn.Linear(3, 1)
        rule = torch.optim.SGD(model.parameters(), 0.1)
        for step in range(2):
            penalty(model).backward()
            rule.step()
    """
    engine.open(script(tmp_path, text))
    (graph,) = graphs_of(engine)
    (leaf,) = [node for node in graph.nodes if node.kind == "parameter" and not node.names]
    assert (leaf.name, leaf.line) == ("randn", 5)
    assert "with requires_grad" in leaf.note
    assert graph.unexplained == ()


def test_a_type_error_of_the_script_keeps_its_own_message(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(3, 1)
            def forward(self, x, y):
                return next(self.layer(x).tolist())
        Model()(torch.ones(4, 3), None).backward()
    """
    engine.tell(Open(1, script(tmp_path, text)))
    assert engine.until(Raised).message == "TypeError: 'list' object is not an iterator"


def test_names_are_those_of_the_script_and_not_of_a_library_that_it_calls(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages"
    package.mkdir()
    (package / "helping.py").write_text("def fit(base, other, x):\n    return base(x).mean() + other(x).mean()\n")
    text = f"""
        import sys
        sys.path.append({str(package)!r})
        import helping
        actor, critic = nn.Linear(3, 1), nn.Linear(3, 1)
        rule = torch.optim.SGD([*actor.parameters(), *critic.parameters()], 0.1)
        for step in range(2):
            helping.fit(actor, critic, torch.ones(4, 3)).backward()
            rule.step()
    """
    engine.open(script(tmp_path, text))
    names = {name.partition(".")[0] for record in engine.all(Opened)[0].parameters for name in record.names}
    assert names == {"actor", "critic"}


def test_an_unnamed_parameter_of_an_optimizer_can_be_asked_for_by_the_name_that_is_sent(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        class Box:
            value = torch.ones(3, requires_grad=True)
        rule = torch.optim.SGD([Box.value], 0.1)
        for step in range(2):
            (Box.value * 2).sum().backward()
            rule.step()
    """
    stops = step_through(engine, script(tmp_path, text))
    reported = {stop.point.parameter for stop in stops if stop.point.phase == "update"}
    assert reported == {"parameter 0 of SGD"}
    assert {name for record in graphs_of(engine)[-1].reach for name in record.names} == reported
    assert all(isinstance(stop, Stopped) for stop in stops)


def test_an_evaluation_with_gradients_on_begins_no_forward_once_the_mode_of_training_is_known(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        model = nn.Linear(3, 1)
        rule = torch.optim.SGD(model.parameters(), 0.1)
        for step in range(3):
            loss = model(torch.ones(4, 3)).mean()
            rule.zero_grad()
            loss.backward()
            rule.step()
            model.eval()
            print(model(torch.ones(2, 3)).square().mean().item())
            model.train()
    """
    stops = step_through(engine, script(tmp_path, text))
    forward = [(stop.step, stop.point.op.rpartition(".")[2]) for stop in stops if stop.point.phase == "forward"]
    assert forward == [(i, op) for i in range(3) for op in ("linear", "mean")]


def test_an_optimizer_that_steps_every_second_time_leaves_every_backward_explained(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        one, two = nn.Linear(3, 2), nn.Linear(2, 1)
        rules = [torch.optim.SGD(one.parameters(), 0.1), torch.optim.SGD(two.parameters(), 0.1)]
        for step in range(4):
            two(one(torch.ones(4, 3))).mean().backward()
            rules[0].step()
            if step % 2:
                rules[1].step()
    """
    stops = step_through(engine, script(tmp_path, text))
    backward = [stop for stop in stops if stop.point.phase == "backward" and stop.point.node >= 0]
    assert {stop.point.line for stop in backward} == {7}
    assert [sum(stop.step == i for stop in backward) for i in range(4)] == [5] * 4
    assert len(losses_of(engine)) == 4


def test_models_in_containers_and_attributes_are_called_as_the_script_calls_them(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = """
        class Trainer:
            def __init__(self):
                self.nets, self.heads = {"G": nn.Linear(2, 3), "D": nn.Linear(3, 1)}, [nn.Linear(1, 1)]
                models = [*self.nets.values(), *self.heads]
                self.rule = torch.optim.SGD([p for m in models for p in m.parameters()], 0.1)
            def step(self):
                self.heads[0](self.nets["D"](self.nets["G"](torch.ones(4, 2)))).mean().backward()
                self.rule.step()
        trainer = Trainer()
        for step in range(2):
            trainer.step()
    """
    engine.open(script(tmp_path, text))
    names = {name.rpartition(".")[0] for record in engine.all(Opened)[0].parameters for name in record.names}
    assert names == {"nets['G']", "nets['D']", "heads[0]"}
