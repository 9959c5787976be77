"""The window at every size: nothing off the screen, no text cut, and the field of Ctrl+F always there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from gradviz.gui.scene.data.camera_fitting import overlaps
from gradviz.gui.scene.view.kept_free import in_view, rect_of
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.protocol.events import StateChanged, Stopped
from gradviz.protocol.records import PointRecord
from tests.gui.conftest import Desk

SIZES = {
    (width * 100 // percent, height * 100 // percent)
    for width, height in ((1280, 800), (1600, 1000), (3840, 2160))
    for percent in (100, 150, 200)
}
"""In logical pixels: at 200 % a screen of 1280 × 800 has room for 640 × 400."""


def cut(window: QWidget) -> list[str]:
    """Return the texts that are drawn in less room than they need. Those that end in an ellipsis have a tip."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, LinkButton | ElidedLabel | WrappingLabel):
            continue
        text, wanted = "", widget.sizeHint()
        if isinstance(widget, QLabel):
            text = widget.text()
            if widget.wordWrap():
                wanted.setWidth(0)
                wanted.setHeight(widget.heightForWidth(widget.width()))
        elif isinstance(widget, QPushButton | QCheckBox) or (
            isinstance(widget, QAbstractButton) and not isinstance(widget, QToolButton)
        ):
            text = widget.text()
        if text and (wanted.width() > widget.width() + 1 or wanted.height() > widget.height() + 2):
            found.append(f"{type(widget).__name__} {text!r}: {widget.width()} of {wanted.width()}")
    return found


def cut_tabs(dock: QWidget) -> list[str]:
    """Return the tabs of a dock that are not whole, and the controls beside them that have less than they need."""
    tabs = dock.findChildren(QTabBar)[0]
    shown = [index for index in range(tabs.count()) if tabs.isTabVisible(index)] if tabs.isVisible() else []
    found = [tabs.tabText(index) for index in shown if not tabs.rect().contains(tabs.tabRect(index))]
    strip = tabs.parentWidget()
    parts = [part for part in strip.findChildren(QWidget) if part.isVisible() and part.minimumSizeHint().width() > 0]
    found += [str(part) for part in parts if part.width() < part.minimumSizeHint().width()]
    return found


def outside(window: QWidget, parts: list[QWidget]) -> list[str]:
    """Return the parts that reach beyond the window, which is as large as the screen."""
    room = window.rect()
    found = []
    for part in parts:
        place = QRect(part.mapTo(window, part.rect().topLeft()), part.size())
        if part.isVisible() and not room.contains(place):
            found.append(f"{type(part).__name__} {part.objectName()} {place} in {room}")
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_text_is_cut_and_nothing_is_off_the_screen_at_any_size(deep: Desk, theme: str) -> None:
    window = deep.window
    window.set_theme(theme)
    for width, height in sorted(SIZES):
        window.resize(width, height)
        for _ in range(3):
            QApplication.processEvents()
        assert (window.width(), window.height()) == (width, height)
        bars = [window.tools, window.statusBar(), window.tools.find_field, window.tools.run_button]
        assert not outside(window, [*bars, *window.panels.docks.values(), window.graph_panel]), (width, height)
        assert window.tools.find_field.isVisible() and window.tools.run_button.isVisible()
        assert window.graph_panel.width() >= 300 and window.graph_panel.height() >= 150, window.graph_panel.size()
        for row in window.panels.rows:
            window.panels.show(row.id)
            QApplication.processEvents()
            assert not cut(window), (width, height, row.id)
            assert window.panels.panel(row.id).isVisible()
            for dock in window.panels.docks.values():
                assert not cut_tabs(dock), (width, height, row.id)
            tabs = window.panels.dock_of(row.id).findChildren(QTabBar)[0]
            assert tabs.isTabVisible(tabs.currentIndex())


def test_the_smallest_window_has_one_dock_and_gives_the_others_back(deep: Desk) -> None:
    window = deep.window
    places = {row.id: window.panels.dock_of(row.id).objectName() for row in window.panels.rows}
    window.resize(640, 400)
    assert {window.panels.dock_of(row.id).objectName() for row in window.panels.rows} == {"dock-right"}
    assert window.panels.docks["right"].current == "inspector"
    window.resize(1600, 1000)
    assert {row.id: window.panels.dock_of(row.id).objectName() for row in window.panels.rows} == places


def test_panels_stay_where_they_are_being_moved_to_while_a_dock_changes_the_size_of_the_window(
    deep: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels, sizes = deep.window.panels, list[str]()
    deep.window.resize(640, 400)
    assert panels.manner == "least"

    def show() -> None:
        deep.window.resize(deep.window.width() - 900, 400)
        sizes.append(panels.manner)

    monkeypatch.setattr(panels.docks["left"], "show", show)
    deep.window.resize(1600, 1000)
    assert (
        sizes == ["large"] and panels.docks["left"].ids == ["networks"] and panels.docks["right"].ids[0] != "networks"
    )


def test_a_dialog_is_never_larger_than_the_screen(deep: Desk, qtbot) -> None:
    from gradviz.gui.dialogs.shortcuts import ShortcutsDialog

    dialog = ShortcutsDialog(deep.window.actions_.rows, deep.window)
    dialog.show()
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width() and dialog.height() <= room.height()
    assert dialog.findChildren(QScrollArea)[0].horizontalScrollBar().maximum() == 0
    dialog.close()


def test_a_sentence_is_read_whole_in_a_small_window(deep: Desk) -> None:
    window = deep.window
    window.resize(640, 400)
    QApplication.processEvents()
    window.show_sentence("Interface at 200 %")
    assert window._status._message.text() == "Interface at 200 %"


def test_panels_without_room_for_their_tabs_are_in_a_menu(deep: Desk) -> None:
    window = deep.window
    window.resize(640, 400)
    window.panels.show("inspector")
    QApplication.processEvents()
    dock = window.panels.docks["right"]
    more = next(button for button in dock.findChildren(QToolButton) if button.text().startswith("+"))
    entries = {action.text(): action for action in more.menu().actions()}
    assert "Table" in entries and "Table" in more.accessibleName() and "Inspector" not in entries
    entries["Table"].trigger()
    assert dock.current == "table"
    window.resize(1600, 1000)
    window.panels.show("inspector")
    QApplication.processEvents()
    assert not more.isVisible()


def test_a_window_made_small_and_large_again_keeps_the_panels_in_front(deep: Desk) -> None:
    window = deep.window
    window.resize(1600, 1000)
    window.panels.show("timeline")
    for size in ((640, 400), (1067, 667)):
        window.resize(*size)
    assert window.panels.docks["bottom"].ids[0] == "timeline"
    assert window.panels.docks["bottom"].current == "timeline"
    assert window.panels.docks["code"].current == "source"


def test_the_first_window_that_is_shown_has_the_tabs_of_every_panel(desk: Desk, qtbot) -> None:
    desk.window.resize(1600, 1000)
    desk.window.show()
    QApplication.processEvents()
    for dock in desk.window.panels.docks.values():
        tabs = dock.findChildren(QTabBar)[0]
        if tabs.isVisible():
            assert tabs.height() == tabs.sizeHint().height() > 20, dock.objectName()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_no_head_of_a_card_is_cut_at_a_stop(deep: Desk, size: tuple[int, int], qtbot) -> None:
    window = deep.window
    window.resize(*size)
    node = next(node for node in deep.session.engine.graph.nodes if node.kind == "function")
    point = PointRecord(0, "backward", node.id, grad_fn="NativeLayerNormBackward0")
    deep.session.apply(Stopped(1, 0, "step", point))
    deep.session.apply(StateChanged(1, "stopped", 0, 3.0))
    qtbot.waitUntil(lambda: deep.window.overlays.stop.isVisible())
    for card in (window.overlays.stop, window.overlays.derivative):
        if card.isVisible() and card.is_folded:
            heads = [label for label in card.findChildren(ElidedLabel) if label.isVisible()]
            assert heads and all(label.fits(label.text(), label.width() + 1) for label in heads), [
                (label.text(), label.width()) for label in heads
            ]
    view = window.graph_panel.view
    assert view.viewport().width() * 2 >= view.width()
    for asked in (True, False):
        view.cards.legend_button.setChecked(asked)
        assert not (view.cards.legend.isVisible() and view.cards.stop_legend.isVisible())
    qtbot.waitUntil(lambda: view.framing.position_of(node.id) is not None)
    qtbot.waitUntil(lambda: not overlaps(in_view(rect_of(view.drawing, node.id), view.target), view.cards.floating()))
    place = in_view(rect_of(view.drawing, node.id), view.target)
    assert place[0] >= 0 and place[1] >= 0
    assert place[0] + place[2] <= view.viewport().width() and place[1] + place[3] <= view.viewport().height()
