"""A number in the status bar is painted once for each text, and has room for its bold part."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.gui.bars.figure_label import FigureLabel


class Paints(QObject):
    """Counts the paints of a widget."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_another_text_is_painted_once(qtbot: QtBot) -> None:
    label, paints = FigureLabel("Loss"), Paints()
    qtbot.addWidget(label)
    label.resize(200, 20)
    label.show()
    qtbot.waitExposed(label)
    for _ in range(5):
        QApplication.processEvents()
    label.installEventFilter(paints)
    label.show_parts(("Loss  ", "1.25", ""))
    qtbot.waitUntil(lambda: paints.count > 0)
    for _ in range(5):
        QApplication.processEvents()
    assert paints.count == 1
    assert label.text() == "Loss  1.25"


def test_the_bold_part_has_the_room_of_its_heavier_font(qtbot: QtBot) -> None:
    label = FigureLabel("Loss")
    qtbot.addWidget(label)
    label.show_parts(("mmmmmmmm", "", ""))
    plain = label.sizeHint().width()
    label.show_parts(("", "mmmmmmmm", ""))
    assert label.sizeHint().width() > plain
