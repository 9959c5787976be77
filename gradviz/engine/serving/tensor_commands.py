"""Serves commands on tensors and weights, between iterations or at a stop: questions, edits, files of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import dtype_name
from gradviz.engine.loading.weight_files import put_weights, read_weights
from gradviz.engine.optimizing.parameter_update import state_tensors
from gradviz.engine.stepping.derivative_check import check_node
from gradviz.engine.stepping.parameter_holders import holders
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.stepping.tensor_lookup import TensorSource
from gradviz.engine.stepping.update_explanation import explain_update, holder_of
from gradviz.engine.stepping.value_editing import copy_of, evaluate_edit, write_parameter
from gradviz.engine.tensors import tensor_replies as tensor_answers
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.tensors.value_cache import size_of
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.answers import DerivativeChecked, HoldersListed, UpdateExplained
from gradviz.protocol.commands import (
    AskTensor,
    CheckDerivative,
    Command,
    Edit,
    ExplainUpdate,
    Inspect,
    ListHolders,
    ListWeights,
    LoadWeights,
    SaveTensor,
)
from gradviz.protocol.events import (
    Edited,
    Event,
    NodeDetails,
    TensorAnswered,
    TensorSaved,
    WeightsListed,
    WeightsLoaded,
)
from gradviz.protocol.records import MarkRecord, SavedRecord
from gradviz.targets.target_spec import file_of

TENSOR_COMMANDS = (AskTensor, SaveTensor, Edit, ExplainUpdate, CheckDerivative, ListHolders)


class TensorCommands:
    """Serves `TENSOR_COMMANDS` in the thread that owns the tensors."""

    def __init__(
        self, runner: Callable[[], AnyRun], post: Callable[[Event], None], run: Callable[[], int],
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        """`runner` raises a GradvizError while nothing is open; `changed` is called once a value was edited."""
        self._changed = changed
        self._runner = runner
        self._post = post
        self._run = run

    def serve(self, command: Command) -> None:
        """Carry out one of `TENSOR_COMMANDS`; raise what it raises."""
        match command:
            case AskTensor():
                self.ask(command)
            case SaveTensor():
                self.save(command)
            case Edit():
                self.edit(command)
            case ListHolders():
                self.list_holders()
            case CheckDerivative():
                self.check_derivative(command)
            case ExplainUpdate():
                self.explain_update(command)

    def ask(self, command: AskTensor) -> None:
        """Answer with figures, picture and values, or with the sentence why there are none."""
        try:
            answered = tensor_answers.answer(command, self._source().find(command))
        except GradvizError as error:
            answered = TensorAnswered(command.request, str(error))
        self._post(answered)

    def inspect_parameter(self, command: Inspect) -> None:
        """Answer with what the optimizer keeps for a parameter."""
        source = self._source()
        saved: tuple[SavedRecord, ...] = ()
        with suppress(GradvizError):
            parameter = source.named[source.parameter_names(ExplainUpdate(0, command.node))[0]]
            optimizer = holder_of(source.gate, parameter, source.optimizers)
            found = state_tensors(optimizer, parameter) if optimizer is not None else {}
            saved = tuple(SavedRecord(k, tuple(v.shape), dtype_name(v.dtype), size_of(v)) for k, v in found.items())
        self._post(NodeDetails(command.signature, command.node, "held" if saved else "none", saved))

    def list_holders(self) -> None:
        """Answer with what updates each parameter."""
        runner = self._runner()
        found = holders(runner.tensors.named_parameters(), runner.optimizers, runner.gate)
        self._post(HoldersListed(self._run(), found))

    def check_derivative(self, command: CheckDerivative) -> None:
        """Answer with the analytic derivative of a node beside the numeric one, or with the sentence why there is
        none."""
        source = self._source()
        try:
            node = source.node(command.node)
            checked = check_node(node, source.gate, source.live.get(node.id), source.named)
            answer = DerivativeChecked(node.id, check=checked)
        except GradvizError as error:
            answer = DerivativeChecked(command.node, str(error))
        self._post(answer)

    def explain_update(self, command: ExplainUpdate) -> None:
        """Answer with the step of a parameter, or with the sentence why there is none."""
        source = self._source()
        try:
            names = source.parameter_names(command)
            update = explain_update(source.gate, names, source.named[names[0]], source.optimizers)
            explained = UpdateExplained(command.request, update=update)
        except GradvizError as error:
            explained = UpdateExplained(command.request, str(error))
        self._post(explained)

    def save(self, command: SaveTensor) -> None:
        """Write the whole tensor to a `.npy` file.

        Raises:
            GradvizError: there is no such tensor, or the file cannot be written.
        """
        tensor_answers.save(command.path, self._source().find(command))
        self._post(TensorSaved(command.path))

    def edit(self, command: Edit) -> None:
        """Change a value at the stop.

        Raises:
            GradvizError: it cannot be changed here and now.
        """
        runner = self._runner()
        gate = runner.gate
        current_stop = gate.current_stop if gate is not None else None
        originals = current_stop.originals if current_stop is not None else {}
        key = (command.node if command.node is not None else command.name, command.what, command.index)
        if command.undo and key not in originals:
            raise GradvizError(tr("Nothing was changed here since the last step."))
        old = new = self._source().find(command)
        if command.what == "parameter":
            before = copy_of(old)
            write_parameter(old, originals.pop(key) if command.undo else evaluate_edit(command, old))
            if not command.undo:
                originals.setdefault(key, before)
        else:
            if (
                current_stop is None
                or current_stop.role != "grad_output"
                or current_stop.here.point.node != command.node
            ):
                raise GradvizError(tr("A gradient can be edited while its node stands at the gate in backward."))
            new = originals.pop(key) if command.undo else evaluate_edit(command, old)
            if command.undo:
                del current_stop.replaced[command.index]
            else:
                originals.setdefault(key, old)
                current_stop.replaced[command.index] = new
            current_stop.values[command.index] = new
        if gate is not None and current_stop is not None:
            (gate.edited.add if originals else gate.edited.discard)(current_stop.here.point.index)
        nodes = runner.graph.record.nodes if runner.graph is not None else ()
        name = next((n.name for n in nodes if n.id == command.node), command.name)
        what = name if command.what == "parameter" else tr("gradient into {name}").format(name=name)
        where = f"[{', '.join(map(str, command.element))}] = " if command.element is not None else ": "
        text = tr("{what}: undone").format(what=what) if command.undo else f"{what}{where}{command.expression}"
        mark = MarkRecord(runner.step, "edit", text)
        value = summarize(name, new) if command.what == "grad_output" else None
        self._changed()
        self._post(Edited(self._run(), runner.step, command.node, mark, value, command.undo))

    def _source(self) -> TensorSource:
        runner = self._runner()
        graph, partial = runner.graph, runner.partial_graph()
        record = graph.record if graph is not None else None
        return TensorSource(
            # In the middle of a forward that goes its own way, nodes are known by the graph so far.
            partial or record,
            _live_nodes(runner),
            runner.tensors.named_tensors(),
            runner.tensors.gradients(),
            runner.held_loss,
            runner.gate,
            graph.overwrites if graph is not None else None,
            runner.optimizers,
        )


def _live_nodes(runner: AnyRun) -> Mapping[int, Node]:
    """Return node id → autograd node: what the current forward has made so far, or all of the graph."""
    if runner.gate is not None and runner.gate.made:
        return runner.gate.made
    return runner.graph.live if runner.graph is not None else {}


def list_weights(command: ListWeights, post: Callable[[Event], None]) -> None:
    """Send what is in a file of weights. Raises what `read_weights` raises."""
    file = read_weights(file_of(command.path))
    post(WeightsListed(command.path, file.records, file.message))


def load_weights(command: LoadWeights, runner: Runner, run: int, post: Callable[[Event], None]) -> bool:
    """Load between two iterations. Returns whether the forward of iteration 0 is to be held anew.

    An iteration that is held has saved the weights as they were: it is begun again from the seed, as if the factory
    had loaded them.

    Raises:
        GradvizError: the file cannot be read, the run is stopped inside an iteration or has failed, or a script owns
            the model.
    """
    if not isinstance(runner, Runner):
        raise GradvizError(tr("The script owns its model; load weights in the script, with model.load_state_dict."))
    if runner.state == "stopped":
        raise GradvizError(tr("Finish this iteration before weights are loaded: its tensors are in use."))
    if runner.state == "failed":
        raise GradvizError(tr("This run has failed; reset it, and load the weights then."))
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
