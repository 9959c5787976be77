"""Asks whether the code of a file may run, and shows where it lies and how it begins, or what changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.session.consent_requests import ConsentQuestion
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.protocol.encodable import escape_text

_LINES = 400
_HELPERS = 12
"""So many imported files are named; the tip has all."""
_WIDTH = 620


class ConsentDialog(Dialog):
    """Accepted: the code may run. Enter presses the button that has the focus, at first the one that does nothing."""

    def __init__(self, question: ConsentQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        title = question.setup.title
        self.setWindowTitle(self.tr("Open {0}?").format(title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        head = QLabel(self._head(title))
        head.setProperty("role", "title")
        head.setTextFormat(Qt.TextFormat.PlainText)
        text = QLabel(self._why(), wordWrap=True)
        text.setProperty("role", "label")
        self.path = QLabel(question.code.path, wordWrap=True)
        self.path.setProperty("role", "mono")
        self.path.setTextFormat(Qt.TextFormat.PlainText)
        self.path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(12)
        picture = QLabel()
        picture.setPixmap(icons.pixmap("file-code", 24, palette.current().text2))
        row.addWidget(picture)
        row.addWidget(head, 1)
        column.addLayout(row)
        column.addWidget(text)
        column.addWidget(self.path)
        self.helpers = self._made_helpers()
        if self.helpers.text():
            column.addWidget(self.helpers)
        self.code = self._made_code()
        if self.code.toPlainText():
            column.addWidget(self.code)
        self.trust = QCheckBox()
        self._folder = _folder_of(question)
        if self._folder:
            self.trust.setText(self.tr("&Trust this folder: what lies in it may run, also after edits"))
            self.trust.setToolTip(self._folder)
            column.addWidget(self.trust)
        self.open_button = QPushButton(self.tr("&Open"))
        self.leave_button = QPushButton(self.tr("&Don't open"))
        self.leave_button.setDefault(True)
        self.open_button.clicked.connect(self.accept)
        self.leave_button.clicked.connect(self.reject)
        note = QLabel(
            self.tr("You are asked again when one of them changes.")
            if question.code.helpers
            else self.tr("You are asked again when the file changes.")
        )
        note.setProperty("role", "caption")
        column.addSpacing(4)
        column.addLayout(button_row(self.leave_button, self.open_button, note=note))
        self.leave_button.setFocus()

    @property
    def trusted_folder(self) -> str:
        """The folder that the user chose to trust; empty for none."""
        return self._folder if self.trust.isChecked() else ""

    def _head(self, title: str) -> str:
        changed = self.question.changed
        if changed and self.question.code.path not in changed:
            return self.tr("What {0} imports has changed. Run its code?").format(title)
        return (self.tr("{0} has changed. Run its code?") if changed
                else self.tr("Run the code of {0}?")).format(title)  # fmt: skip

    def _why(self) -> str:
        if Path(self.question.code.path).suffix == ".pt2":
            return self.tr(
                "To open an exported program, what it holds is run with your rights. Open it if you trust it."
            )
        return self.tr(
            "To open it, Python runs this file and what it imports, with your rights. Open it if you trust it."
        )

    def _made_helpers(self) -> QLabel:
        """Return the files that are imported from the same folder, by their paths from there."""
        folder = Path(self.question.code.path).parent
        names = [self._helper_name(path, folder) for path, _ in self.question.code.helpers]
        shown = ", ".join(names[:_HELPERS])
        if len(names) > _HELPERS:
            shown = self.tr("{0} and {1} more").format(shown, f"{len(names) - _HELPERS:,}")
        helpers = QLabel(self.tr("It imports from its folder: {0}").format(shown) if names else "", wordWrap=True)
        helpers.setProperty("role", "label")
        helpers.setTextFormat(Qt.TextFormat.PlainText)
        helpers.setToolTip("\n".join(names))
        return helpers

    def _helper_name(self, path: str, folder: Path) -> str:
        name = str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path
        return self.tr("{0} (changed)").format(name) if path in self.question.changed else name

    def _made_code(self) -> QPlainTextEdit:
        difference = self.question.difference
        code = QPlainTextEdit("\n".join(difference[:_LINES] or self.question.code.first_lines(_LINES)))
        code.setReadOnly(True)
        code.setFont(fonts.mono(12))
        code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        code.setAccessibleName(self.tr("What changed in it") if difference else self.tr("How the file begins"))
        code.setTabStopDistance(QFontMetricsF(fonts.mono(12)).horizontalAdvance("    "))
        code.setMinimumHeight(40)
        code.setMaximumHeight(250)
        code.setStyleSheet(f"QPlainTextEdit {{ background: {palette.current().canvas}; border-radius: 6px; }}")
        code.setTabChangesFocus(True)
        if difference:
            code.setExtraSelections(_changed_lines(code))
        return code


def _changed_lines(code: QPlainTextEdit) -> list[QTextEdit.ExtraSelection]:
    """Return the grounds of the lines of a unified diff that were added or removed, and its heads in gray."""
    colors = palette.current()
    found = []
    block = code.document().begin()
    while block.isValid():
        text = block.text()
        format_ = QTextCharFormat()
        if text.startswith(("@@", "---", "+++")):
            format_.setForeground(palette.color(colors.text3))
        elif text[:1] in ("+", "-"):
            format_.setBackground(palette.color(colors.forward.tint if text[0] == "+" else colors.error_tint))
            format_.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        if not format_.isEmpty():
            selection: Any = QTextEdit.ExtraSelection()
            selection.format, selection.cursor = format_, QTextCursor(block)
            if not format_.boolProperty(QTextCharFormat.Property.FullWidthSelection):
                selection.cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            found.append(selection)
        block = block.next()
    return found


def _folder_of(question: ConsentQuestion) -> str:
    """Return the folder that could be trusted: the one in which Python looks for what the file imports. None above the
    user's own files, in which too much lies."""
    folder = question.setup.spec.import_roots()[-1]
    return "" if Path.home().is_relative_to(folder) else escape_text(str(folder))
