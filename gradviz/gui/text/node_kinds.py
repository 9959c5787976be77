"""Names of the kinds of nodes, for tips, the inspector and the legend."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gradviz.protocol.records import NodeKind


def kind_text(kind: NodeKind) -> str:
    """Return the kind in a word or two."""
    return {
        "function": _tr("function"),
        "custom": _tr("custom Function"),
        "parameter": _tr("parameter"),
        "leaf": _tr("leaf without gradient"),
        "data": _tr("data, no gradient"),
        "stub": _tr("input without gradient"),
        "opaque": _tr("opaque region"),
        "op": _tr("recorded op"),
        "loss": _tr("loss"),
        "output": _tr("output"),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("kinds", text)
