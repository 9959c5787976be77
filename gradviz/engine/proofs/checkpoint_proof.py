"""The proof that a checkpoint did not repeat itself: which tensor differed when its part was computed again."""

from __future__ import annotations

import re
import traceback
from types import FrameType
from typing import Any

from gradviz.engine.frames.stack_frames import variables_of
from gradviz.engine.proofs.error_site import ErrorSite, place_text
from gradviz.engine.tensors.saved_tensors import raw_saved
from gradviz.language import tr
from gradviz.protocol.cause_records import ProofRecord

_KIND = "CheckpointError"
_COUNTS = re.compile(r"saved during forward: (\d+).*?saved during recomputation: (\d+)", re.S)
_TENSOR = re.compile(r"tensor at position (\d+):\s*saved metadata: (\{.*?\})\s*recomputed metadata: (\{.*?\})\n", re.S)
_SIZE = re.compile(r"torch\.Size\(\[([\d, ]*)\]\)")
_DTYPE = re.compile(r"'dtype': torch\.(\w+)")


def prove_checkpoint_mismatch(site: ErrorSite) -> ProofRecord | None:
    """Return what was saved, and what came out the second time; None for another error."""
    if type(site.error).__name__ != _KIND:
        return None
    said = str(site.error)
    checkpoint = next(filter(None, map(_checkpoint_of, _frames(site))), None)
    name, place = _function(checkpoint)
    found, counts = _TENSOR.search(said), _COUNTS.search(said)
    saver = _saver(site, checkpoint, int(found[1])) if found is not None else None
    if found is not None:
        first, second = _described(found[2]), _described(found[3])
        text = tr("Of what it saved, number {position} was {first} in forward, and is {second} the second time.")
        if saver is not None:
            text = tr("What {op} (line {line}) saved was {first} in forward, and is {second} the second time.")
        line = site.nodes[saver].line if saver is not None else 0
        op = site.called(saver) if saver is not None else ""
        what = text.format(position=found[1], op=op, line=line, first=first, second=second)
    elif counts is not None:
        text = tr("It saved {first} tensors in forward, and {second} when it was computed again.")
        what = text.format(first=counts[1], second=counts[2])
    else:
        what = said.partition("\n")[0]
    title = tr("The checkpoint of {name} computes something else the second time").format(name=name)
    remedy = tr(
        "What it computes must depend on its arguments alone: not on attributes that change, not on random numbers"
        " that preserve_rng_state=False leaves out, not on the grad mode."
    )
    chain = [site.link_of_line(*place, name, "recomputed", remedy, "backward")]
    if saver is not None and saver != site.node:
        chain.append(site.link(saver, "saved", what))
    if site.node is not None and site.node in site.nodes:
        read = tr("Its backward asks for what was saved, and so the checkpoint computes its part again. {what}")
        chain.append(site.link(site.node, "read", read.format(what=what), "backward"))
    where = place_text(*place)
    return ProofRecord(title, tuple(chain), sentence=f"{title}{f' ({where})' if where else ''}. {what} {remedy}")


def _frames(site: ErrorSite) -> list[FrameType]:
    return [frame for frame, _ in traceback.walk_tb(site.error.__traceback__)]


def _checkpoint_of(frame: FrameType) -> Any:
    """Return what torch keeps of a checkpoint, whose own code is in `frame`."""
    held = variables_of(frame).get("frame")
    return held if hasattr(held, "recompute_fn") else None


def _function(checkpoint: Any) -> tuple[str, tuple[str, int]]:
    """Return the name of the function that a checkpoint calls, and its file and line."""
    recompute = getattr(checkpoint, "recompute_fn", None)
    code = getattr(recompute, "__code__", None)
    cells = getattr(recompute, "__closure__", None) or ()
    found = dict(zip(code.co_freevars, cells, strict=True)) if code is not None else {}
    function = found["fn"].cell_contents if "fn" in found else None
    function = getattr(function, "forward", function)
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None:
        return tr("a function"), ("", 0)
    return getattr(function, "__name__", tr("a function")), (code.co_filename, code.co_firstlineno)


def _saver(site: ErrorSite, checkpoint: Any, position: int) -> int | None:
    """Return the node that saved the tensor at a position, by what the checkpoint gave it in place of the tensor."""
    holders = getattr(checkpoint, "weak_holders", ())
    holder = holders[position]() if position < len(holders) else None
    for node_id, node in site.graph.live.items() if holder is not None else ():
        if node_id in site.nodes and any(getattr(each, "data", None) is holder for each in raw_saved(node)):
            return node_id
    return None


def _described(metadata: str) -> str:
    size, dtype = _SIZE.search(metadata), _DTYPE.search(metadata)
    shape = (size[1].replace(", ", " × ") or tr("a scalar")) if size is not None else metadata
    return f"{shape} {dtype[1]}" if dtype is not None else shape
