"""Explains the error that the engine stops at: a sentence, and the places that led to it."""

from __future__ import annotations

from weakref import ref

from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import node_name
from gradviz.engine.loading.error_explanation import explain
from gradviz.engine.proofs.error_site import ErrorSite, OptimizerStep
from gradviz.engine.proofs.overwritten_proof import step_that_wrote
from gradviz.engine.proofs.proof import prove
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.protocol.cause_records import ProofRecord


class ErrorProofs:
    """What is known of the last error that was stopped at."""

    def __init__(self) -> None:
        self.proof: ProofRecord | None = None
        """Of the error that it is stopped at; None at any other stop."""
        self._explained: tuple[int, str] = 0, ""
        """`id` of the last error, and its explanation."""

    def explain(self, runner: AnyRun, node: int | None, error: BaseException | None) -> str:
        """Return the explanation of an error whose cause is known, and note its proof; empty for any other."""
        self.proof = None
        if error is None:
            return ""
        site = site_of(runner, node, error)
        self.proof = prove(site) if site is not None else None
        sentence = _overwritten(site) if site is not None else ""
        if not sentence and self.proof is not None:
            sentence = self.proof.sentence
        sentence = sentence or explain(error, runner.experiment)
        self._explained = id(error), sentence
        return sentence

    def sentence_of(self, error: BaseException) -> str:
        """Return the explanation of `error` from when the engine stopped at it; empty if it did not."""
        return self._explained[1] if self._explained[0] == id(error) else ""


def site_of(runner: AnyRun, node: int | None, error: BaseException) -> ErrorSite | None:
    """Return what is known of the place of an error; None without a graph of the iteration."""
    graph = runner.graph
    if graph is None:
        return None
    number = runner.backward_number or graph.first_number
    steps = list(runner.steps_taken.values())
    if not steps and runner.experiment is not None and runner.step:
        # Before this forward each optimizer of a network has stepped.
        steps = [OptimizerStep(ref(each), graph.first_number, runner.step - 1) for each in runner.optimizers]
    return ErrorSite(error, node, graph, runner.gate, runner.tensors.module, runner.step, steps, number)


def _overwritten(site: ErrorSite) -> str:
    """Return which tensor that a node had saved was overwritten, and by what; empty for any other error."""
    node = site.graph.live.get(site.node) if site.node is not None else None
    if node is None or site.graph.overwrites is None:
        return ""

    def called(other: Node) -> str:
        return site.called(site.ids[other]) if other in site.ids else node_name(other)[1]

    return site.graph.overwrites.sentence(node, site.error, called, step_that_wrote(site))
