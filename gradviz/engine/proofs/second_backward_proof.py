"""The proof of a second backward: which nodes have run before, by which tensor this one comes there, who keeps it."""

from __future__ import annotations

import re

from msgspec.structs import replace
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.proofs.error_site import ErrorSite, code_at, is_of
from gradviz.engine.proofs.kept_tensors import (
    KeptTensor,
    file_of,
    kept_at,
    kept_in_frames,
    kept_in_module,
    remedy_of,
)
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink, ProofRecord

_SECOND = "backward through the graph a second time"


def prove_second_backward(site: ErrorSite) -> ProofRecord | None:
    """Return what is kept, where this iteration goes on from it, and the node that has run; None for another error."""
    if not is_of(site.error, _SECOND):
        return None
    earlier = site.earlier & set(site.nodes)
    raised = site.node if site.node in site.nodes else None
    bridges = _bridges(site, earlier)
    if not bridges and raised is None:
        return None
    chain: list[BlameLink] = []
    title = tr("Backward came to nodes that it has run before")
    if bridges:
        node, user = bridges[0]
        kept = _kept(site, {bridge: site.ids[bridge] for bridge, _ in bridges}, user)
        if kept is not None:
            node = kept.node
            user = next((u for bridge, u in bridges if bridge is node), user)
            title = tr("{name} keeps the graph of an iteration that is over").format(name=kept.name)
        chain.append(_kept_link(site, node, kept))
        text = tr("This iteration goes on from {name} here.")
        chain.append(site.link(user, "used", text.format(name=kept.name if kept is not None else tr("that result"))))
    if raised is not None:
        text = tr("Its backward has run before, which freed what it had saved; it cannot run again.")
        chain.append(site.link(raised, "read", text, "backward"))
    sentence = tr("Backward came to nodes that it has run before. {reason}").format(reason=chain[0].reason)
    return ProofRecord(title, tuple(chain), tuple(sorted(earlier)), sentence if bridges else "")


def _bridges(site: ErrorSite, earlier: set[int]) -> list[tuple[Node, int]]:
    """Return the earlier nodes whose results nodes of this iteration use, each with the first that does."""
    found: dict[Node, int] = {}
    for user, node in sorted(site.graph.live.items()):
        if user in earlier:
            continue
        for source, _ in node.next_functions:
            if source is not None and site.ids.get(source) in earlier:
                found.setdefault(source, user)
    return list(found.items())


def _kept(site: ErrorSite, nodes: dict[Node, int], user: int) -> KeptTensor | None:
    """Return what keeps the result of one of `nodes`."""
    if site.module is not None:
        for kept in kept_in_module(site.module, nodes):
            return kept
    for kept in kept_in_frames(site.frames, nodes):
        return kept
    return _replaced(site, nodes, user)


def _replaced(site: ErrorSite, nodes: dict[Node, int], user: int) -> KeptTensor | None:
    """Return what kept it until this iteration put another value there: `self.hidden`, `total` of `total += loss`."""
    op = site.graph.maker(site.graph.live[user])
    for position, name in sorted(op.variables.items()) if op is not None else ():
        node = getattr(op.inputs[position], "node", None) if op is not None else None
        if op is None or node not in nodes:
            continue
        owner = next((each for each in _modules(site) if name in vars(each)), None)
        if owner is not None:
            return kept_at(f"self.{name}", node, file_of(owner))
        return kept_at(name, node, op.file)
    users = {node: node_id for node_id, node in site.graph.live.items() if node_id not in site.earlier}
    held = list(kept_in_module(site.module, users)) if site.module is not None else []
    for kept in (*held, *kept_in_frames(site.frames, users)):
        code, name = code_at(kept.file, kept.line), re.escape(kept.name.partition("[")[0])
        if "+=" in code or len(re.findall(rf"(?<![\w.]){name}\b", code)) > 1:
            return KeptTensor(kept.name, next(iter(nodes)), kept.file, kept.line)
    return None


def _modules(site: ErrorSite) -> list[nn.Module]:
    return list(site.module.modules()) if site.module is not None else []


def _called(link: BlameLink, kept: KeptTensor) -> BlameLink:
    """Return the link with the name of what keeps it, and the line that does."""
    place = {"file": kept.file, "line": kept.line} if kept.line else {}
    return replace(link, name=kept.name, **place)


def _kept_link(site: ErrorSite, node: Node, kept: KeptTensor | None) -> BlameLink:
    node_id = site.ids[node]
    made = site.nodes[node_id]
    if kept is None or not kept.line:
        link = site.link(node_id, "kept", tr("What it made before is still used. Keep it .detach()ed."))
        return link if kept is None else _called(link, kept)
    text = tr("{name} keeps what {node} made in an earlier iteration, and with it the graph behind it. {remedy}")
    if made.line and (made.file, made.line) != (kept.file, kept.line):
        text = tr("{name} keeps what {node} made in line {line} in an earlier iteration, and with it the graph behind"
                  " it. {remedy}")  # fmt: skip
    reason = text.format(name=kept.name, node=site.called(node_id), line=made.line, remedy=remedy_of(kept))
    link = site.link(node_id, "kept", reason)
    return _called(link, kept)
