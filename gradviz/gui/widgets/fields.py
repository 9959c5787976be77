"""The fields and rows of a form: each has a value, reports a finished change, and can be marked as wrong."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import BODY, CAPTION, CAPTION_STRONG
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.labels import WrappingLabel

HEIGHT = 26


class TextField(QLineEdit):
    """One line in the face of numbers. `finished` comes when a change was made and is done with."""

    finished = Signal()

    def __init__(self, name: str, inner: str = "", parent: QWidget | None = None) -> None:
        """Name the field; `inner` is a label within it, for fields in pairs."""
        super().__init__(parent)
        self._inner = inner
        self._changed = False
        self._shown = ""
        self.setProperty("mono", True)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(40)
        self.setAccessibleName(name)
        if inner:
            # Pairs have little room: the style sheet's padding is for whole fields.
            self.setTextMargins(_text_width(inner) + 3, 0, 0, 0)  # of the strong label, so that a mark moves nothing
            self.setStyleSheet("QLineEdit { padding: 0 1px 0 5px; }")
        self.editingFinished.connect(self.finish)

    def reset(self, name: str) -> None:
        """Become the field of another value: forget what was shown, typed and wrong."""
        self.setAccessibleName(name)
        self._shown = ""
        self.setText("")
        self.mark_wrong("")

    def show_value(self, text: str) -> None:
        """Show `text` as the value in force; a text that is being edited stays."""
        if text == self._shown and self.property("invalid") is not True:
            return
        if self.hasFocus() and self.isModified():
            self._shown = text
            return
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)
        self.mark_wrong("")

    def mark_wrong(self, sentence: str) -> None:
        """Draw a red border, with `sentence` as the tip; empty for none."""
        mark_wrong(self, sentence)

    def mark_changed(self, changed: bool) -> None:
        """Write the label within the field strong where the value is another than the default."""
        if changed != self._changed:
            self._changed = changed
            self.update()

    def finish(self) -> None:
        """Report the text, if it is another than the value in force."""
        if self.text() != self._shown or self.property("invalid"):
            self._shown = self.text()
            self.setModified(False)
            self.finished.emit()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the label within the field over it."""
        super().paintEvent(event)
        if self._inner:
            colors = palette.current()
            painter = QPainter(self)
            painter.setFont(fonts.font(CAPTION_STRONG if self._changed else CAPTION))
            shade = colors.text if self._changed else colors.text3
            painter.setPen(palette.color(shade if self.isEnabled() else colors.disabled))
            box = QRect(8, 0, self.width(), self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._inner)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Restore the value in force by Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setText(self._shown)
            self.mark_wrong("")
            return
        super().keyPressEvent(event)


class ChoiceField(QComboBox):
    """A list in which the tips of entries that cannot be chosen give the reason."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(name)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(20)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def offer(self, entries: list[tuple[str, str, str]], value: str) -> None:
        """Show entries of (value, text, reason against it); `value` is the one in force."""
        self.clear()
        model = self.model()
        for row, (key, text, reason) in enumerate(entries):
            self.addItem(text, key)
            if reason and isinstance(model, QStandardItemModel):
                model.item(row).setEnabled(False)
                # The list is as wide as the field: the reason is the tip.
                self.setItemData(row, reason, Qt.ItemDataRole.ToolTipRole)
        view = self.view()
        widest = max((self.fontMetrics().horizontalAdvance(text) for _, text, _ in entries), default=0)
        view.setMinimumWidth(min(widest + 40, 420))
        self.show_value(value)

    def show_value(self, value: str) -> None:
        """Show `value` as the one in force."""
        index = self.findData(value)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def show_waiting(self, text: str) -> None:
        """Show why there is nothing to choose yet."""
        self.clear()
        self.addItem(text, "")
        self.setEnabled(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignore the wheel."""
        event.ignore()  # scrolling the form must not change a device


class CheckField(QCheckBox):
    """Yes or no."""

    chosen = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedHeight(HEIGHT - 4)
        self.clicked.connect(self.chosen)


def mark_wrong(field: QWidget, sentence: str) -> None:
    """Draw a red border around a field, with `sentence` as the tip; empty for none."""
    wrong = bool(sentence)
    field.setToolTip(sentence)
    if field.property("invalid") is not wrong:
        field.setProperty("invalid", wrong)
        field.style().unpolish(field)
        field.style().polish(field)


def _text_width(text: str) -> int:
    """Return the width of a label within a field, in pixels."""
    return round(QFontMetricsF(fonts.font(CAPTION_STRONG)).horizontalAdvance(text))


LABEL_WIDTH = 88


class FormRow(QWidget):
    """Rows are 32 apart: 26 of field and 6 of gap, which the form's layout gives."""

    back_requested = Signal()
    """The value is to be the default again."""

    def __init__(
        self,
        title: str,
        field: QWidget,
        tip: str = "",
        parent: QWidget | None = None,
        *,
        above: bool = False,
        tall: bool = False,
    ) -> None:
        """Label a field at its left, or `above` it, where it needs the whole width; of a `tall` field, of several
        lines, the label is beside the first one."""
        super().__init__(parent)
        self.field = field
        self._label = QLabel()
        self._label.setProperty("role", "label")
        self._label.setFixedWidth(LABEL_WIDTH)
        self._label.setBuddy(field)
        self.set_label(title, tip)
        self._sentence = WrappingLabel("error", fonts.font(BODY))
        self._sentence.hide()
        self._back = QToolButton()
        self._back.setIcon(icons.icon("arrow-counter-clockwise", 14))
        self._back.setAutoRaise(True)
        self._back.setFixedSize(22, HEIGHT)
        self._back.clicked.connect(self._go_back)
        self._back.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if tall:
            self._label.setFixedHeight(HEIGHT)
            row.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        elif not above:
            row.addWidget(self._label)
        row.addWidget(field, 1)
        row.addWidget(self._back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        if above:
            self._label.setFixedHeight(HEIGHT - 8)
            column.addWidget(self._label)
        column.addLayout(row)
        column.addWidget(self._sentence)

    def set_label(self, title: str, tip: str = "") -> None:
        """Label the row; `tip` explains the label."""
        self._label.setText(title)
        self._label.setToolTip(tip)

    def mark_changed(self, changed: bool, default: str = "") -> None:
        """Write the label strong where the value is another than the default, and offer the way back."""
        way = self.tr("Back to {value}").format(value=default) if default else self.tr("Back to the default")
        self._back.setToolTip(way)
        self._back.setAccessibleName(f"{self._label.text()}: {way}")
        self._back.setVisible(changed)
        role = "strong" if changed else "label"
        if self._label.property("role") != role:
            self._label.setProperty("role", role)
            self._label.style().unpolish(self._label)
            self._label.style().polish(self._label)

    def _go_back(self) -> None:
        self.field.setFocus()  # before its button is gone, or the focus would jump elsewhere
        self.back_requested.emit()

    def show_error(self, sentence: str) -> None:
        """Show what is wrong; empty for nothing."""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    @property
    def sentence(self) -> str:
        """The sentence on what is wrong; empty for nothing."""
        return self._sentence.text()
