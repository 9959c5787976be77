"""The proof that backward cannot start: which op, line or setting lost the gradient on the way to the loss."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.engine.proofs.error_site import ErrorSite, is_of
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink, ProofRecord
from gradviz.protocol.records import NodeRecord, ReachRecord

_MOST = 3
"""Places that are listed."""


def cannot_start(error: BaseException) -> bool:
    """Return whether backward was to start from something that has no gradient."""
    return is_of(error, "does not require grad and does not have a grad_fn")


def prove_lost_gradient(site: ErrorSite) -> ProofRecord | None:
    """Return where the gradient is lost, and the loss that has none; None for another error."""
    if not cannot_start(site.error):
        return None
    reach = [record for record in site.graph.record.reach if record.reached is False]
    lost: dict[tuple[str, str, int], list[ReachRecord]] = {}
    for record in reach:
        if record.reason != "unused":
            lost.setdefault((record.text, record.file, record.line), []).append(record)
    if not lost:
        return None
    # What most parameters share comes first, and what was frozen on purpose last.
    places = sorted(lost.items(), key=lambda item: (item[1][0].reason == "frozen", -len(item[1])))[:_MOST]
    chain = [_lost(site, records) for _, records in places]
    loss = next((node for node in site.graph.record.nodes if node.kind == "loss"), None)
    reason = tr("Backward starts from the loss, and no op that made it leads back to a parameter.")
    if loss is not None:
        chain.append(site.link(loss.id, "started", reason, "backward"))
    frozen = all(record.reason == "frozen" for _, records in places for record in records)
    title = tr("No gradient leads from the loss to a parameter")
    title = tr("No parameter wants a gradient: all are frozen") if frozen else title
    return ProofRecord(title, tuple(chain), sentence=f"{title}. {chain[0].reason}")


def _lost(site: ErrorSite, records: Sequence[ReachRecord]) -> BlameLink:
    first = records[0]
    names = ", ".join(record.names[0] for record in records[:_MOST]) + (", …" if len(records) > _MOST else "")
    text = tr("The gradient for {names} is lost here: {why}. {remedy}")
    if not first.line:
        text = tr("There is no gradient for {names}: {why}. {remedy}")
    reason = text.format(names=names, why=first.text.rstrip("."), remedy=_remedy(first.reason)).rstrip()
    nodes = [node for node in site.graph.record.nodes if (node.file, node.line) == (first.file, first.line)]
    node = _losing(nodes, first)
    if node is not None:
        return site.link(node.id, "lost", reason)
    name = first.names[0] if not first.line else tr("line {line}").format(line=first.line)
    return site.link_of_line(first.file, first.line, name, "lost", reason, "forward")


def _losing(nodes: Sequence[NodeRecord], record: ReachRecord) -> NodeRecord | None:
    """Return the node of the line that the reason names; else the last of the line."""
    if not record.line or not nodes:
        return None
    named = [node for node in nodes if node.op and node.op.rpartition(".")[2].strip("_") in record.text]
    return (named or list(nodes))[-1]


def _remedy(reason: str) -> str:
    return {
        "detached": tr("Leave out the detach, or compute the loss of what came before it."),
        "no_grad": tr("Compute it outside of no_grad."),
        "integer": tr("Integers have no gradient: compute the loss of the values themselves."),
        "frozen": tr("Set requires_grad of those that are to be trained."),
    }.get(reason, "")
