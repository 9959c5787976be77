"""Serves what the window asks of a file of weights: to list it, and to load it into the open model."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.engine.loading.weight_files import read_weights
from gradviz.engine.loading.weight_loading import put_weights
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.protocol.commands import ListWeights, LoadWeights
from gradviz.protocol.events import Event, WeightsListed, WeightsLoaded
from gradviz.targets.target_spec import file_of


def list_weights(command: ListWeights, post: Callable[[Event], None]) -> None:
    """Raises what `read_weights` raises."""
    file = read_weights(file_of(command.path))
    post(WeightsListed(command.path, file.records, file.message))


def load_weights(command: LoadWeights, runner: Runner, run: int, post: Callable[[Event], None]) -> bool:
    """Load between two iterations. Returns whether the forward of iteration 0 is to be held anew.

    An iteration that is held has saved the weights as they were: it is begun again from the seed, as if the factory
    had loaded them.

    Raises:
        GradvizError: the file cannot be read, the run stands inside an iteration or has failed, or a script owns the
            model.
    """
    if not isinstance(runner, Runner):
        raise GradvizError("The script owns its model; load weights in the script, with model.load_state_dict.")
    if runner.state == "stopped":
        raise GradvizError("Finish this iteration before weights are loaded: its tensors are in use.")
    if runner.state == "failed":
        raise GradvizError("This run has failed; reset it, and load the weights then.")
    file = read_weights(file_of(command.path))
    held = runner.holds_forward
    if held:
        runner.rebuild()
    loaded = put_weights(runner.experiment, file)
    post(
        WeightsLoaded(
            run, command.path, loaded.loaded, loaded.missing, loaded.unexpected, loaded.mismatched, loaded.note
        )
    )
    return held
