"""Questions for causes through the real engine: at a stop, after a free run, and for a spike."""

from __future__ import annotations

from gradviz.client.debug_state import losses_of
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.protocol.commands import Blame, ExplainSpike, NextPhase, Run, SetBreakpoints
from gradviz.protocol.events import Blamed, Failed, LossBatch, SpikeExplained, StateChanged, Stopped
from gradviz.protocol.records import BreakpointRecord
from gradviz.targets.target_spec import read_target
from tests.helpers.engine_thread import EngineThread

NAN = "resources/examples/nan_in_backward.py"
SPIKE = "resources/examples/spike.py"


def refused(engine: EngineThread, command: Blame | ExplainSpike) -> str:
    engine.tell(command)
    return engine.until(Failed, lambda event: event.command == type(command).__name__).message


def test_a_trap_on_nan_stops_where_its_cause_can_be_asked_for(engine: EngineThread) -> None:
    engine.open(NAN)
    engine.tell(SetBreakpoints((BreakpointRecord(1, "nonfinite"),)))
    engine.tell(Run(5))
    engine.until(Stopped)
    engine.tell(Blame())
    found = engine.until(Blamed)
    assert found.chain[0].name == "sqrt"
    assert found.step == 0


def test_after_a_free_run_the_sentence_names_the_way_out(engine: EngineThread) -> None:
    engine.open(NAN)
    engine.tell(Run(3))
    engine.until(StateChanged, lambda event: event.state == "finished")
    assert "reset, and run again" in refused(engine, Blame())


def test_a_spike_is_ranked_and_its_row_found_and_the_losses_stay_the_same(engine: EngineThread) -> None:
    engine.open(SPIKE)
    engine.tell(SetBreakpoints((BreakpointRecord(1, "spike", "loss", 10, other=50),)))
    engine.tell(Run(400))
    stop = engine.until(Stopped)
    assert stop.step == 200
    engine.tell(ExplainSpike(rows=True))
    found = engine.until(SpikeExplained)
    first = found.modules[0]
    assert first.path == "head" and first.gradient is not None and first.usual_gradient is not None
    assert first.gradient > 1000 * first.usual_gradient
    assert first.ratio is not None and first.usual_ratio is not None
    assert max(found.rows, key=lambda row: row.loss).row == 5
    engine.tell(NextPhase())
    assert engine.until(Stopped).point.phase == "backward"
    engine.tell(ExplainSpike(rows=True))
    assert engine.until(SpikeExplained).rows == found.rows
    engine.tell(Run(203))
    engine.until(StateChanged, lambda event: event.state == "finished")
    losses = [loss for batch in engine.all(LossBatch) for loss in losses_of(batch)]
    assert losses == list(Runner(TargetSetup(read_target(SPIKE))).losses(203))


def test_without_a_history_modules_are_ranked_by_what_they_are(engine: EngineThread) -> None:
    engine.open("attention")
    engine.tell(ExplainSpike())
    found = engine.until(SpikeExplained)
    gradients = [module.gradient for module in found.modules]
    assert gradients == sorted(gradients, reverse=True)  # type: ignore[type-var]
    assert "There is no history yet" in found.note


def test_rows_of_a_network_by_hand_are_refused_in_a_sentence(engine: EngineThread) -> None:
    engine.open("tensors")
    assert "autograd" in refused(engine, ExplainSpike(rows=True))
