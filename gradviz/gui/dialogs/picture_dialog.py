"""Asks how the graph is to be drawn into a file or onto the clipboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.export.picture_style import SCALES
from gradviz.gui.style import icons
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import tr


class PictureDialog(Dialog):
    """Emits what was chosen; writes nothing itself."""

    save_requested = Signal()
    copy_requested = Signal()

    def __init__(self, title: str, theme: str, *, colored: bool, parent: QWidget | None = None) -> None:
        """`title` may be put on the picture; a `colored` graph keeps the `theme` of the window."""
        super().__init__(parent)
        self._title = title
        self.setWindowTitle(tr("Export picture"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(400)
        self.theme = _choice((("light", tr("Light")), ("dark", tr("Dark"))), theme)
        self.theme.setEnabled(not colored)
        self.theme.setToolTip(tr("The colours of an overlay are those of the window.") if colored else "")
        self.part = _choice(((False, tr("The whole graph")), (True, tr("What is in sight"))), False)
        scales = [(scale, tr("{percent} %").format(percent=100 * scale)) for scale in SCALES]
        self.scale = _choice(scales, 2)
        self.titled = QCheckBox(title)
        self.titled.setChecked(True)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, field in (
            (tr("Theme"), self.theme), (tr("Part"), self.part), (tr("Size"), self.scale), (tr("Title"), self.titled)
        ):  # fmt: skip
            field.setAccessibleName(label)
            form.addRow(label, field)
        note = QLabel(tr("The size is that of a PNG and of the clipboard; SVG and PDF can be shown at any."))
        note.setWordWrap(True)
        note.setProperty("role", "caption")
        copy = QPushButton(icons.icon("copy", 16), tr("Copy"))
        copy.setToolTip(tr("Put the picture on the clipboard"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_requested)
        copy.clicked.connect(self.accept)
        self.save_button = QPushButton(tr("Save as…"))
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save_requested)
        self.save_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(note)
        column.addLayout(button_row(self.way_out(tr("Cancel")), copy, self.save_button))

    @property
    def title(self) -> str:
        """The line above the graph; empty for none."""
        return self._title if self.titled.isChecked() else ""


def _choice(entries: tuple[tuple[object, str], ...] | list[tuple[int, str]], value: object) -> QComboBox:
    box = QComboBox()
    for key, text in entries:
        box.addItem(text, key)
    box.setCurrentIndex(box.findData(value))
    return box
