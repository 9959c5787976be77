"""Names of the kinds of nodes, for tips, the inspector and the legend."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.protocol.records import NodeKind


def kind_text(kind: NodeKind) -> str:
    """Return the kind in a word or two."""
    return {
        "function": tr("function"),
        "custom": tr("custom Function"),
        "parameter": tr("parameter"),
        "leaf": tr("leaf without gradient"),
        "data": tr("data, no gradient"),
        "stub": tr("input without gradient"),
        "opaque": tr("opaque region"),
        "op": tr("recorded op"),
        "loss": tr("loss"),
        "output": tr("output"),
    }[kind]
