"""The proof that a checkpoint did not repeat itself: which tensor differed when its part was computed again."""

from __future__ import annotations

import re
import traceback
from types import FrameType
from typing import Any

from gradviz.engine.frames.stack_frames import variables_of
from gradviz.engine.proofs.error_site import ErrorSite, place_text
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
    name, place = _function(site)
    found, counts = _TENSOR.search(said), _COUNTS.search(said)
    if found is not None:
        first, second = _described(found[2]), _described(found[3])
        text = tr("Of what it saved, number {position} was {first} in forward, and is {second} the second time.")
        what = text.format(position=found[1], first=first, second=second)
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
    if site.node is not None and site.node in site.nodes:
        read = tr("Its backward asks for what was saved, and so the checkpoint computes its part again. {what}")
        chain.append(site.link(site.node, "read", read.format(what=what), "backward"))
    where = place_text(*place)
    return ProofRecord(title, tuple(chain), sentence=f"{title}{f' ({where})' if where else ''}. {what} {remedy}")


def _function(site: ErrorSite) -> tuple[str, tuple[str, int]]:
    """Return the name of the function that the checkpoint calls, and its file and line."""
    frames = [frame for frame, _ in traceback.walk_tb(site.error.__traceback__)]
    for frame in frames:
        function = _called_by(frame)
        code = getattr(function, "__code__", None)
        if code is not None:
            return getattr(function, "__name__", tr("a function")), (code.co_filename, code.co_firstlineno)
    return tr("a function"), ("", 0)


def _called_by(frame: FrameType) -> Any:
    """Return the function of a checkpoint whose own code is in `frame`."""
    held = variables_of(frame).get("frame")
    recompute = getattr(held, "recompute_fn", None)
    code = getattr(recompute, "__code__", None)
    cells = getattr(recompute, "__closure__", None) or ()
    found = dict(zip(code.co_freevars, cells, strict=True)) if code is not None else {}
    function = found["fn"].cell_contents if "fn" in found else None
    function = getattr(function, "forward", function)
    return getattr(function, "__func__", function)


def _described(metadata: str) -> str:
    size, dtype = _SIZE.search(metadata), _DTYPE.search(metadata)
    shape = (size[1].replace(", ", " × ") or tr("a scalar")) if size is not None else metadata
    return f"{shape} {dtype[1]}" if dtype is not None else shape
