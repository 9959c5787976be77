"""One tensor in a column: heading, choice of the tensor, slice field, picture and histogram, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import BODY, CAPTION, STRONG
from gradviz.gui.panels.tensors.tensor_heatmap import TensorPicture
from gradviz.gui.panels.tensors.tensor_histogram import TensorHistogram
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets.buttons import icon_button
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr, translatable
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import as_typed
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import TensorAnswered

# Answers come within a frame or two. Only later is the wait shown, or stepping fast would flicker.
_PATIENCE_MS = 120
_CARET = 9
_LEAST_TEXT = 24
# The engine's sentences on what is none for good.
_NONE = (
    translatable("None: this input wants no gradient."),
    translatable("None: no gradient reaches this output."),
)


class CaptionButton(QToolButton):
    """Pale text, as much as there is room for; a caret shows that there is something to choose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choosable = False
        self._short = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(20)
        self.set_choosable(False)

    def set_text(self, text: str, short: str) -> None:
        """Show `text`, or `short` where there is no room for all of it."""
        self._short = short
        self.setText(text)

    def set_choosable(self, choosable: bool) -> None:
        """Let a menu be opened; if not, this is a plain caption."""
        self._choosable = choosable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosable else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not choosable)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the text and its caret."""
        return QSize(round(QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(self.text())) + _CARET + 6, 20)

    def minimumSizeHint(self) -> QSize:
        """Return what an elided text needs."""
        return QSize(_CARET + 4, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint text, caret, and the ring of the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = current()
        lively = self._choosable and (self.underMouse() or self.isDown() or self.hasFocus())
        right = float(self.width())
        if self._choosable:
            right -= _CARET
            picture = icons.pixmap("caret-down", _CARET, colors.text if lively else colors.text3)
            painter.drawPixmap(round(right), (self.height() - _CARET) // 2 + 1, picture)
            right -= 2
        font = fonts.font(CAPTION)
        metrics = QFontMetricsF(font)
        whole = [text for text in (self.text(), self._short) if text and metrics.horizontalAdvance(text) <= right]
        text = whole[0] if whole else ""  # of a shape, a part would be another shape
        if not whole and not self._short and right >= _LEAST_TEXT:
            text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, right)
        painter.setFont(font)
        painter.setPen(color(colors.text if lively else colors.text3))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, right, self.height()), flags, text)
        if self.hasFocus():
            width = min(right, metrics.horizontalAdvance(text)) + 3 + _CARET
            painter.setPen(QPen(color(colors.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.width() - width - 3, 0.5, width + 2.5, self.height() - 1), 4, 4)


class TensorColumn(QObject):
    """The widgets of a column, for a layout that aligns them with those of the column beside it."""

    chosen = Signal(TensorChoice)
    slice_entered = Signal(str)
    opened = Signal()
    save_asked = Signal()
    copy_asked = Signal()
    watch_asked = Signal()
    answer_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.choice = TensorChoice("output")
        self.answer: TensorAnswered | None = None
        self._choices: list[TensorChoice] = []
        self._visible = True
        self.header = QWidget(parent)
        self._icon = QLabel(self.header)
        self._title = ElidedLabel("text", fonts.font(STRONG), self.header)
        self._caption = CaptionButton(self.header)
        self._menu = lettered(QMenu(self._caption))
        self._menu.aboutToShow.connect(self._fill_menu)
        self._caption.setMenu(self._menu)
        row = QHBoxLayout(self.header)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._icon)
        row.addWidget(self._title)
        row.addWidget(self._caption, 1)
        tip = self.tr("Show, copy, save or watch this tensor")
        self._more = icon_button("list", tip, self._show_more, size=14)
        row.addWidget(self._more)
        self._build_slice(parent)
        self.picture = TensorPicture(parent)
        self.picture.activated.connect(self._open)
        self.picture.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.picture.customContextMenuRequested.connect(self._show_actions)
        self.histogram = TensorHistogram(parent)
        self.note = WrappingLabel("text3", parent=parent)
        self.note.hide()
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._show_waiting)
        self.refresh()

    def set_choices(self, choices: Sequence[TensorChoice], chosen: TensorChoice) -> None:
        """Set which tensors the node has, and which of them this column shows."""
        self._choices = list(choices)
        self.choice = chosen
        self._caption.set_choosable(len(self._choices) > 1)
        self.refresh()

    def set_waiting(self) -> None:
        """Wait for an answer; what is shown stays for a moment."""
        self._timer.start()

    def set_answer(self, answer: TensorAnswered) -> None:
        """Show what came; an answer with a message and no shape is that message."""
        if answer.shape is None:
            self.set_message(answer.message)
            return
        self._timer.stop()
        self.answer = answer
        self.picture.set_answer(answer)
        self.histogram.set_histogram(answer.histogram)
        self._set_note(answer.note if answer.statistics is not None else "")
        self.set_slice_error("")
        sliced = len(answer.shape) > 2
        self.slice_box.setVisible(sliced)
        if not self._slice.hasFocus():
            self._slice.setText(answer.slice)
        self._slice.setToolTip(self.tr("A slice of {shape}, as in Python").format(shape=shape_text(answer.shape)))
        self.refresh()
        self.answer_changed.emit()

    def set_message(self, text: str) -> None:
        """Show why there is no tensor. What is none on purpose gets a dotted edge."""
        self._timer.stop()
        self.answer = None
        self.picture.set_message(text, dotted=text in map(tr, _NONE))
        self.histogram.set_histogram(None)
        self._set_note("")
        self.slice_box.setVisible(False)
        self.refresh()
        self.answer_changed.emit()

    def _set_note(self, text: str) -> None:
        """Show below the histogram how its numbers are to be read."""
        self.note.setText(text)
        self.note.setVisible(bool(text) and self._visible)

    def set_slice_error(self, text: str) -> None:
        """Show a sentence under the slice field; empty takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._slice.setProperty("invalid", bool(text))
        self._slice.setAccessibleDescription(text)
        self._slice.style().polish(self._slice)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the widgets of the column."""
        self._visible = visible
        for widget in (self.header, self.picture, self.histogram):
            widget.setVisible(visible)
        self.note.setVisible(visible and bool(self.note.text()))
        self.slice_box.setVisible(visible and self.answer is not None and len(self.answer.shape or ()) > 2)

    def title(self) -> str:
        """Return what it is, in another word than for the tensor beside it: `Value`, `Gradient`, `Before`."""
        if self.choice.is_gradient:
            return self.tr("Gradient")
        words = {
            "update": self.tr("Update"),
            "input": self.tr("Input"),
            "saved": self.tr("Saved"),
            "parameter_before": self.tr("Before"),
            "parameter_after": self.tr("After"),
            "state": self.tr("State"),
            "state_before": self.tr("Before"),
            "state_after": self.tr("After"),
        }
        return words.get(self.choice.what, self.tr("Value"))

    def role_text(self, choice: TensorChoice) -> str:
        """Return what a tensor is to its node: `output`, `input 2`, `incoming`, `saved mat1`."""
        texts = {
            "output": self.tr("output"),
            "input": self.tr("input"),
            "saved": self.tr("saved {name}").format(name=choice.name),
            "grad_output": self.tr("incoming"),
            "grad_input": self.tr("outgoing"),
            "parameter": self.tr("parameter"),
            "parameter_grad": self.tr("accumulated"),
            "parameter_before": self.tr("before the update"),
            "parameter_after": self.tr("after the update"),
            "update": self.tr("step taken"),
            "state": choice.name,
            "state_before": self.tr("{name} before the update").format(name=choice.name),
            "state_after": self.tr("{name} after the update").format(name=choice.name),
        }
        text = texts[choice.what]
        return f"{text} {choice.index + 1}" if choice.several else text

    def refresh(self) -> None:
        """Update text and icon for another tensor or another theme."""
        colors = current()
        if self.choice.is_gradient:
            name, shade = "arrow-up", colors.backward.text
        elif self.choice.what == "update":
            name, shade = "arrows-clockwise", colors.update.text
        else:
            name, shade = "arrow-down", colors.forward.text
        self._icon.setPixmap(icons.pixmap(name, 14, shade))
        self._title.setText(self.title())
        shape = shape_text(self.answer.shape) if self.answer is not None else ""
        role = self.role_text(self.choice)
        text = f"{role}, {shape}" if shape else role
        self._caption.set_text(text, shape)
        self._caption.setToolTip(self.tr("{text}: choose another tensor of this node").format(text=text))
        self._caption.setAccessibleName(f"{self.title()}: {text}")
        self.picture.setAccessibleName(self.tr("{title} as a picture").format(title=self.title()))

    def _build_slice(self, parent: QWidget) -> None:
        self.slice_box = QWidget(parent)
        self._slice = QLineEdit(self.slice_box)
        self._slice.setProperty("mono", True)
        self._slice.setAccessibleName(self.tr("Slice"))
        self._slice.setPlaceholderText("0, :, :")
        self._slice.returnPressed.connect(lambda: self.slice_entered.emit(as_typed(self._slice.text())))
        self._error = WrappingLabel("error", fonts.font(BODY), parent=self.slice_box)
        self._error.hide()
        column = QVBoxLayout(self.slice_box)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(2)
        column.addWidget(self._slice)
        column.addWidget(self._error)
        self.slice_box.hide()

    def _show_waiting(self) -> None:
        self.set_message(self.tr("waiting for the engine…"))

    def _open(self) -> None:
        if self.answer is not None:
            self.opened.emit()

    def _show_more(self) -> None:
        self._actions().popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _show_actions(self, position: QPoint) -> None:
        self._actions().popup(self.picture.mapToGlobal(position))

    def _actions(self) -> QMenu:
        menu = lettered(QMenu(self.picture))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, action in (
            (self.tr("Show values…"), self._open),
            (self.tr("Copy values"), self.copy_asked.emit),
            (self.tr("Save as .npy…"), self.save_asked.emit),
        ):
            menu.addAction(text, action).setEnabled(self.answer is not None)
        menu.addAction(self.tr("Watch"), self.watch_asked.emit)
        return menu

    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        before = ""
        for choice in self._choices:
            kind = "gradient" if choice.is_gradient else "value"
            if before and kind != before:
                self._menu.addSeparator()
            before = kind
            text = self.role_text(choice)
            if choice.is_gradient:
                text = self.tr("{which} gradient").format(which=text)
            action = QAction(f"{text}  ({choice.note})" if choice.note else text, group, checkable=True)
            action.setChecked(choice == self.choice)
            action.triggered.connect(lambda _checked, choice=choice: self._choose(choice))
            self._menu.addAction(action)

    def _choose(self, choice: TensorChoice) -> None:
        self.chosen.emit(choice)
