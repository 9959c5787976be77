"""The windows that show one tensor whole: requests their values, edits and saves, and updates them at each stop."""

from __future__ import annotations

from math import prod
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gradviz.gui.panels.tensors.tensor_dialog import TensorDialog, ask_tensor_path
from gradviz.gui.panels.tensors.tensor_table import TensorTableModel
from gradviz.gui.session.session import Session
from gradviz.language import tr
from gradviz.model.graph.graph import shape_text
from gradviz.model.tensor_choices import AT_GATE, TensorChoice, ask_for
from gradviz.protocol.commands import AskTensor, Edit, SaveTensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import NodeRecord

_PICTURE = 256


class TensorWindow(QObject):
    """One dialog, its node and its requests."""

    def __init__(self, session: Session, node: NodeRecord, choice: TensorChoice, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._node, self._choice = session, node, choice
        self._slice, self._request = "", -1
        self.dialog = TensorDialog(title_of(node, choice), parent)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.slice_requested.connect(self._cut)
        self.dialog.save_requested.connect(self._save)
        self.dialog.edit_requested.connect(self._edit_element)
        self.dialog.expression_requested.connect(self._edit)
        self.dialog.undo_requested.connect(self._undo)
        session.tensors.answered.connect(self._take)
        session.tensors.edit_failed.connect(self._show_error)
        for changed in (
            session.steps.stopped,
            session.steps.cursor_moved,
            session.tensors.edited,
            session.state.phase_changed,
        ):
            changed.connect(self.ask)
        self._gone = False
        self.dialog.destroyed.connect(self._end)
        self.ask()

    def _end(self) -> None:
        # Answers may still come until Qt deletes this.
        self._gone = True
        self.deleteLater()

    def ask(self) -> None:
        """Ask for the tensor as it is at the point that is shown."""
        session = self._session
        if self._gone:
            return
        if session.engine.point is None:
            self.dialog.set_editable(False, self.tr("Values can be changed while the run stands at a stop."))
            return
        graph = session.engine.graph
        known = graph is not None and self._node.id in graph and graph.node(self._node.id) == self._node
        known = known or self._node.id == AT_GATE
        ask = ask_for(session.engine.timeline, self._node.id, self._choice) if known else None
        if ask is None:
            self.dialog.set_message(self.tr("Not computed yet at this point."))
            return
        self._request = session.tensors.ask(replace(ask, slice=self._slice, values=True, picture=_PICTURE))
        self.dialog.set_editable(*self._editable())

    def _editable(self) -> tuple[bool, str]:
        session = self._session
        if session.engine.looks_back:
            return False, self.tr("This is the past; go back to now to change it.")
        if self._choice.what == "parameter":
            return True, ""
        point = session.engine.point
        is_next = point is not None and point.phase == "backward" and point.node == self._node.id
        if self._choice.what == "grad_output":
            return is_next, "" if is_next else self.tr("A gradient can be changed while its node is next in backward.")
        return False, ""

    def _take(self, answer: TensorAnswered) -> None:
        if self._gone or answer.request != self._request:
            return
        if self._slice and answer.shape is None and answer.message:
            self.dialog.show_error(answer.message)
        else:
            self.dialog.set_answer(answer)

    def _show_error(self, sentence: str) -> None:
        if not self._gone:
            self.dialog.show_error(sentence)

    def _cut(self, text: str) -> None:
        self._slice = text
        self.ask()

    def _edit(self, expression: str) -> None:
        self._send(expression, None)

    def _edit_element(self, element: tuple[int, ...], text: str) -> None:
        self._send(text, element)

    def _undo(self) -> None:
        self._send("", None, undo=True)

    def _send(self, expression: str, element: tuple[int, ...] | None, *, undo: bool = False) -> None:
        what = self._choice.what
        if what in ("parameter", "grad_output"):
            self.dialog.show_error("")
            edit = Edit(self._node.id, what, expression, self._choice.index, element, undo=undo)
            self._session.tensors.edit(edit)

    def _save(self, path: str) -> None:
        ask = ask_for(self._session.engine.timeline, self._node.id, self._choice)
        if ask is not None:
            self._session.tensors.save(save_command(ask, path))


class TensorWindows(QObject):
    """Opens windows of tensors, and saves tensors."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._parent = session, parent
        self._copied = -1
        """The number of the request whose values are to be copied."""
        session.tensors.answered.connect(self._take)

    def copy(self, node: NodeRecord, choice: TensorChoice, part: str = "") -> None:
        """Put the values of a slice on the clipboard, as far as the engine sends them."""
        ask = ask_for(self._session.engine.timeline, node.id, choice)
        if ask is not None:
            self._copied = self._session.tensors.ask(replace(ask, slice=part, values=True))

    def _take(self, answer: TensorAnswered) -> None:
        if answer.request == self._copied and answer.values is not None:
            model = TensorTableModel(self)
            model.set_answer(answer)
            text = model.text(range(model.rowCount()), range(model.columnCount()))
            QGuiApplication.clipboard().setText(text)
            if answer.shape is not None and model.rowCount() * model.columnCount() < prod(answer.shape):
                sentence = tr("Copied the first {shown} of {whole} values; its window copies any slice.").format(
                    shown=shape_text((model.rowCount(), model.columnCount())), whole=shape_text(answer.shape)
                )
                self._session.state.failed.emit(sentence)
            model.deleteLater()

    def open(self, node: NodeRecord, choice: TensorChoice) -> TensorDialog:
        """Show a tensor in a window of its own."""
        window = TensorWindow(self._session, node, choice, self._parent.window())
        window.dialog.show()
        return window.dialog

    def save(self, node: NodeRecord, choice: TensorChoice) -> None:
        """Ask for a path and write the tensor there."""
        ask = ask_for(self._session.engine.timeline, node.id, choice)
        if ask is None:
            return
        if path := ask_tensor_path(self._parent, str(Path.home() / f"{node.name}-{choice.what}.npy")):
            self._session.tensors.save(save_command(ask, path))


def save_command(ask: AskTensor, path: str) -> SaveTensor:
    """Return the command that writes what `ask` asks for."""
    return SaveTensor(ask.node, ask.what, path, ask.index, ask.name, ask.point)


def title_of(node: NodeRecord, choice: TensorChoice) -> str:
    """Return the title of a window: `addmm, grad output`, `middle_linear.weight`."""
    if choice.what in ("parameter", "state"):
        return f"{node.name}, {choice.name}" if choice.name else node.name
    what = {
        "parameter_grad": "grad",
        "parameter_before": tr("before the update"),
        "parameter_after": tr("after the update"),
        "state_before": tr("before the update:"),
        "state_after": tr("after the update:"),
        "update": "step",
        "grad_output": "gradient",
        "grad_input": tr("gradient passed on"),
    }.get(choice.what, choice.what)
    name = f" {choice.name}" if choice.name else f" {choice.index}" if choice.several else ""
    return f"{node.name}, {what}{name}"
