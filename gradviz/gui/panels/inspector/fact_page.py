"""A page of facts: a name, tags, and titled rows, some of which are links."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import BODY, CAPTION
from gradviz.gui.panels.inspector.node_facts import FactRow, FactSection
from gradviz.gui.style import fonts, icons
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.labels import WrappingLabel


class FactPage(QWidget):
    """Built once of its facts; other facts need another page."""

    node_requested = Signal(int)
    source_requested = Signal(str, int)

    def __init__(
        self, title: tuple[str, str, str], tags: Sequence[str], found: Sequence[FactSection], note: str = ""
    ) -> None:
        """`title` is a name, its type beside it, and a number at the right; `note` is a sentence below the facts."""
        super().__init__()
        self.loss: QLabel | None = None
        """Shows the loss, where the facts have it."""
        self.setProperty("ground", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(0)
        column.addLayout(self._title(*title))
        column.addSpacing(8)
        column.addLayout(self._chips(tags))
        for section in found:
            column.addSpacing(18)
            column.addLayout(self._section(section))
        if note:
            column.addSpacing(18)
            column.addWidget(_note_card(note))
        column.addStretch()

    def _title(self, text: str, type_name: str, number: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        name = QLabel(text)
        name.setProperty("role", "title")
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(name)
        if type_name:
            kind = QLabel(type_name)
            kind.setProperty("role", "mono_caption")
            kind.setTextFormat(Qt.TextFormat.PlainText)
            row.addWidget(kind, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()
        if number:
            order = QLabel(number)
            order.setProperty("role", "caption")
            order.setToolTip(self.tr("The order in which the nodes were made"))
            row.addWidget(order)
        return row

    @staticmethod
    def _chips(tags: Sequence[str]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for text in tags:
            chip = QLabel(text)
            chip.setProperty("chip", True)
            row.addWidget(chip)
        row.addStretch()
        return row

    def _section(self, section: FactSection) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        head = QHBoxLayout()
        title = QLabel(section.title)
        title.setProperty("role", "head")
        head.addWidget(title)
        head.addStretch()
        if section.right:
            right = QLabel(section.right)
            right.setProperty("role", "caption")
            head.addWidget(right)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        metrics = QFontMetricsF(fonts.font(BODY))
        widest = max((metrics.horizontalAdvance(row.label) for row in section.rows), default=0)
        grid.setColumnMinimumWidth(0, min(max(round(widest), 48), 140) if widest else 0)
        if not widest:
            grid.setHorizontalSpacing(0)
        for index, row in enumerate(section.rows):
            self._fill(grid, index, row, section.labelled)
        column.addLayout(grid)
        return column

    def _fill(self, grid: QGridLayout, index: int, row: FactRow, labelled: bool) -> None:
        label = QLabel(row.label)
        label.setProperty("role", "label" if labelled else "body")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setMinimumHeight(20)
        label.setFont(fonts.font(CAPTION))
        grid.addWidget(label, index, 0, Qt.AlignmentFlag.AlignTop)
        if not row.label:  # shown, it would look like an indent
            label.hide()
        text = self._text(row)
        alignment = Qt.AlignmentFlag.AlignLeft if isinstance(text, LinkButton) else Qt.AlignmentFlag(0)
        grid.addWidget(text, index, 1, 1, 1 if row.right else 2, alignment)
        if row.right:
            right = QLabel(row.right)
            right.setProperty("role", "mono")
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(right, index, 2)

    def _text(self, row: FactRow) -> QWidget:
        if row.manner == "source":
            link = LinkButton(row.text, padding=0)
            link.setToolTip(f"{row.file}:{row.line}")
            link.clicked.connect(lambda: self.source_requested.emit(row.file, row.line))
            return link
        if row.manner == "node" and row.node is not None:
            goal = row.node
            link = LinkButton(row.text, role="text2", padding=0)
            link.setToolTip(self.tr("Select this node"))
            link.clicked.connect(lambda: self.node_requested.emit(goal))
            return link
        label = QLabel(row.text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", {"mono": "mono", "loss": "mono", "note": "caption"}.get(row.manner, "label"))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if row.manner == "loss":
            self.loss = label
        return label


def _note_card(text: str) -> QFrame:
    card = QFrame()
    card.setProperty("tint", "note")
    row = QHBoxLayout(card)
    row.setContentsMargins(12, 10, 12, 10)
    row.setSpacing(12)
    picture = QLabel()
    picture.setPixmap(icons.pixmap("info", 18))
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(WrappingLabel("text2", text=text), 1)
    return card
