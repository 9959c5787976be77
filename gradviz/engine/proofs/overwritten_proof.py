"""The proof that a saved tensor was modified in place: who saved it, who wrote to it, who could not read it."""

from __future__ import annotations

from msgspec.structs import replace

from gradviz.engine.capture.overwritten_tensors import Overwritten, describe_op
from gradviz.engine.capture.tensor_flow import Value
from gradviz.engine.proofs.error_site import ErrorSite, OptimizerStep, code_at, place_text, shape_text
from gradviz.engine.torch_compat import sequence_number
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink, ProofRecord


def prove_overwritten(site: ErrorSite) -> ProofRecord | None:
    """Return who saved, who wrote and who read; None for another error."""
    overwrites, node_id = site.graph.overwrites, site.node
    node = site.graph.live.get(node_id) if node_id is not None else None
    if node is None or node_id is None or node_id not in site.nodes or overwrites is None:
        return None
    found = overwrites.find(node, site.error)
    if found is None:
        return None
    name = _name(site, found)
    saved = tr("It saved {tensor} for its backward, at version {version}.")
    chain = [site.link(node_id, "saved", saved.format(tensor=name, version=found.expected))]
    written = _written(site, found)
    chain += [written] if written is not None else []
    read = tr("Backward reads what was saved, and finds version {version} where {expected} is expected.")
    reason = read.format(version=found.version, expected=found.expected)
    chain.append(site.link(node_id, "read", reason, "backward"))
    title = tr("{tensor} was modified in place after it was saved").format(tensor=name)
    return ProofRecord(title, tuple(chain))


def step_that_wrote(site: ErrorSite) -> str:
    """Return the optimizer's step that overwrote what the node saved, with its line; empty if none did."""
    found, step = _of_step(site)
    return _step_text(step) if found is not None and step is not None else ""


def _of_step(site: ErrorSite) -> tuple[Overwritten | None, OptimizerStep | None]:
    overwrites = site.graph.overwrites
    node = site.graph.live.get(site.node) if site.node is not None else None
    found = overwrites.find(node, site.error) if overwrites is not None and node is not None else None
    if found is None or found.writer is not None or node is None or overwrites is None:
        return None, None
    named = overwrites.parameter(node, found)
    number = sequence_number(node)
    steps = [step for step in site.optimizer_steps if named is not None and step.updates(named.value)]
    return found, next((step for step in steps if step.number > number), None)


def _written(site: ErrorSite, found: Overwritten) -> BlameLink | None:
    count = found.version - found.expected
    if found.writer is not None:
        text = tr("It wrote into that tensor in place. Use what makes a new one, or .clone() it before.")
        more = " " + tr("{count} writes came in all.").format(count=count) if count > 1 else ""
        return site.link_of_op(found.writer, "written", text + more)
    _, step = _of_step(site)
    if step is None:
        return None
    text = tr(
        "The optimizer's step in iteration {step} wrote new values into that parameter. Run this backward before it, or"
        " compute what leads to it anew behind it."
    )
    link = site.link_of_line(
        step.file, step.line, _code_of(step), "written", text.format(step=f"{step.step:,}"), "update"
    )
    overwrites = site.graph.overwrites
    assert overwrites is not None and site.node is not None  # the caller has looked
    named = overwrites.parameter(site.graph.live[site.node], found)
    return replace(link, node=named.id) if named is not None and named.id in site.nodes else link


def _step_text(step: OptimizerStep) -> str:
    place = place_text(step.file, step.line)
    name = _code_of(step)
    return f"{name} ({place})" if place else tr("{name} in iteration {step}").format(name=name, step=f"{step.step:,}")


def _code_of(step: OptimizerStep) -> str:
    code = code_at(step.file, step.line)
    return code if ".step(" in code else "optimizer.step()"


def _name(site: ErrorSite, found: Overwritten) -> str:
    """Return what the user's code calls the tensor, with its shape."""
    shape = shape_text(found.shape)
    overwrites = site.graph.overwrites
    assert overwrites is not None and site.node is not None  # the caller has looked
    named = overwrites.parameter(site.graph.live[site.node], found)
    if named is not None:
        return f"{named.names[0]} ({shape})"
    value = found.value
    maker = site.ids.get(value.node) if isinstance(value, Value) and value.node is not None else None
    if maker is not None:
        variable = site.nodes[maker].variable if maker in site.nodes else ""
        if variable and value is not None and not value.output_nr:
            return f"{variable} ({shape})"
        return tr("the result of {node} ({shape})").format(node=site.called(maker), shape=shape)
    if value is not None and value.op is not None and value.node is None:
        return tr("what {op} gave").format(op=describe_op(value.op))
    return tr("a tensor ({shape})").format(shape=shape)
