"""All of the window by keyboard: Tab reaches every control of every panel and leaves it again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QWidget

from gradviz.client.code_consent import code_of
from gradviz.gui.actions.actions import key_text
from gradviz.gui.dialogs.about import AboutDialog
from gradviz.gui.dialogs.breakpoint_dialog import BreakpointDialog
from gradviz.gui.dialogs.consent_dialog import ConsentDialog
from gradviz.gui.dialogs.manual import ManualDialog
from gradviz.gui.dialogs.open_dialog import OpenDialog
from gradviz.gui.dialogs.picture_dialog import PictureDialog
from gradviz.gui.dialogs.problem_report import ReportDialog
from gradviz.gui.dialogs.shortcuts import ShortcutsDialog
from gradviz.gui.dialogs.weights_dialog import WeightsDialog
from gradviz.gui.panels.tensors.tensor_dialog import TensorDialog
from gradviz.gui.session.consent_requests import ConsentQuestion
from gradviz.gui.widgets.mnemonics import plain, with_letters
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk


def focusable(parent: QWidget) -> set[QWidget]:
    """Return what Tab should reach inside of `parent`: visible, enabled, and wanting Tab."""
    return {
        widget
        for widget in parent.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.window() is parent.window()
    }


def walk(window: QWidget, key: Qt.Key) -> list[QWidget]:
    """Press `key` until the focus is where it was, or has been everywhere twice; return where it was."""
    start = QApplication.focusWidget()
    assert start is not None
    seen: list[QWidget] = [start]
    for _ in range(2 * len(focusable(window)) + 400):
        before = QApplication.focusWidget()
        QTest.keyClick(before, key)
        now = QApplication.focusWidget()
        if now is start and before is not start:
            break
        assert now is not None
        if now is not before:  # a page of text goes from link to link first
            seen.append(now)
    return seen


def named(widgets) -> list[str]:
    return sorted(f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}" for widget in widgets)


def start(qtbot, window: QWidget) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_tab_reaches_every_control_of_every_panel_and_is_caught_by_none(deep: Desk, qtbot) -> None:
    window = deep.window
    start(qtbot, window)
    for size in ((1600, 1000), (1280, 780), (640, 400)):
        window.resize(*size)
        for row in window.panels.rows:
            window.actions_[f"go_{row.id}"].trigger()
            assert window.panels.dock_of(row.id).isAncestorOf(QApplication.focusWidget()), row.id
            wanted = focusable(window)
            for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                seen = walk(window, key)
                assert not named(wanted - set(seen)), (row.id, key)
                assert len(seen) == len(set(seen)), (row.id, key)


def test_tab_goes_through_one_pane_after_the_other(deep: Desk, qtbot) -> None:
    window = deep.window
    start(qtbot, window)
    window.actions_["go_canvas"].trigger()
    panes = [window.tools, window.graph_panel, *window.panels.docks.values()]
    places = [next((pane for pane in panes if pane.isAncestorOf(one)), None) for one in walk(window, Qt.Key.Key_Tab)]
    changes = sum(one is not following for one, following in pairwise(places))
    assert changes <= len(set(map(id, places)))


def test_ctrl_f6_goes_around_the_panes_and_back_to_the_control_left_there(deep: Desk, qtbot) -> None:
    window = deep.window
    start(qtbot, window)
    docks = [dock for dock in window.panels.docks.values() if dock.isVisible()]
    panes = [window.tools, window.graph_panel, *docks]

    def pane() -> QWidget:
        return next(pane for pane in panes if pane.isAncestorOf(QApplication.focusWidget()))

    for action in ("next_pane", "previous_pane"):
        window.actions_["go_canvas"].trigger()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        left = QApplication.focusWidget()
        visited = []
        for _ in panes:
            window.actions_[action].trigger()
            visited.append(pane())
        assert sorted(map(id, visited)) == sorted(map(id, panes))
        assert visited[-1] is window.graph_panel or QApplication.focusWidget() is left


def dialogs(desk: Desk) -> list[QDialog]:
    window, session = desk.window, desk.session
    file = session.state.setup.file
    consent = ConsentQuestion(session.state.setup, code_of(read_target(str(file))))
    return [
        AboutDialog(None, window),
        BreakpointDialog(None, window),
        ConsentDialog(consent, window),
        ManualDialog(window),
        OpenDialog("", "", window),
        PictureDialog("dynamic, iteration 3", "dark", colored=False, parent=window),
        ReportDialog(None, Path("/nowhere/log"), window),
        ShortcutsDialog(window.actions_.rows, window),
        TensorDialog("weight", window, editable=True),
        WeightsDialog(session, "/home/weights.pt", window),
    ]


def test_tab_reaches_every_control_of_every_dialog_and_escape_leaves_it(desk: Desk, qtbot) -> None:
    desk.window.show()
    desk.engine_ready()
    for dialog in dialogs(desk):
        name = type(dialog).__name__
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        start(qtbot, dialog)
        assert QApplication.focusWidget() is not None and dialog.isAncestorOf(QApplication.focusWidget()), name
        wanted = focusable(dialog)
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            assert not named(wanted - set(walk(dialog, key))), (name, key)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert not dialog.isVisible(), name
        dialog.deleteLater()


def test_every_menu_entry_and_every_button_of_a_dialog_has_a_letter_of_its_own(desk: Desk, qtbot) -> None:
    desk.window.show()
    desk.engine_ready()
    bar = [action.text() for action in desk.window.menuBar().actions()]
    menus = [menu for menu in desk.window.findChildren(QMenu) if menu.actions()]
    texts = [("menu bar", bar)]
    for menu in menus * 2:
        menu.aboutToShow.emit()
    for menu in menus:
        texts.append((menu.title(), [action.text() for action in menu.actions() if action.text()]))
    for dialog in dialogs(desk):
        start(qtbot, dialog)
        texts.append((dialog.windowTitle(), [b.text() for b in dialog.findChildren(QPushButton) if b.text()]))
        dialog.close()
    for where, found in texts:
        letters = [text[text.index("&") + 1].lower() for text in found if "&" in text]
        assert len(letters) == len(set(letters)) and len(letters) > 0.8 * len(found), (where, found)


def test_letters_of_chinese_texts_stand_in_brackets() -> None:
    assert with_letters(["文件", "Run", "&Run to here", "编辑\tCtrl+E"]) == [
        "文件(&A)", "&Run", "Run &to here", "编辑(&B)\tCtrl+E",
    ]  # fmt: skip
    assert [plain(text) for text in ("文件(&A)", "&Run", "R && D")] == ["文件", "Run", "R && D"]


def test_the_list_of_keys_holds_all_of_them_and_narrows_by_words(desk: Desk) -> None:
    dialog = ShortcutsDialog(desk.window.actions_.rows, desk.window)
    keys = " ".join(key for key, _ in dialog.shown)
    assert all(key_text(key) in keys for row in desk.window.actions_.rows for key in row.keys)
    dialog.field.setText("pane ctrl")
    assert {text for _, text in dialog.shown} == {"Next pane", "Previous pane"}
    dialog.field.setText("no such key")
    assert not dialog.shown
    dialog.deleteLater()


def test_every_control_says_its_name_and_what_it_is(deep: Desk, qtbot) -> None:
    start(qtbot, deep.window)
    for window in (deep.window, *dialogs(deep)):
        window.show()
        for row in deep.window.panels.rows if window is deep.window else ():
            deep.window.panels.show(row.id)
            check_names(window)
        check_names(window)
        if window is not deep.window:
            window.close()


def check_names(window: QWidget) -> None:
    for widget in focusable(window):
        said = QAccessible.queryAccessibleInterface(widget)
        assert said.text(QAccessible.Text.Name), (type(window).__name__, type(widget).__name__)
        assert said.role() != QAccessible.Role.NoRole, type(widget).__name__


def test_the_canvas_says_what_is_selected_and_where_the_run_stands(deep: Desk) -> None:
    view = deep.window.graph_panel.view
    said = QAccessible.queryAccessibleInterface(view)
    first, second = (node.id for node in view.graph.nodes[:2])
    deep.session.selection.select(first)
    alone = said.text(QAccessible.Text.Description)
    assert alone and "Next" not in alone and "arrow keys" not in alone
    view.marks.set_point(second)
    both = said.text(QAccessible.Text.Description)
    assert both.startswith("Next: ") and both.endswith(f"Selected: {alone}")
    view.marks.set_point(None)
    assert said.text(QAccessible.Text.Description) == alone
