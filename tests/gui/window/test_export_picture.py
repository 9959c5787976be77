"""The picture of the graph: what the dialog offers, and what is asked of the process that draws."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QImage

from gradviz.export.picture_style import PictureStyle
from gradviz.export.render import render
from gradviz.gui.controllers.export_controller import CLIPBOARD
from gradviz.gui.dialogs.picture_dialog import PictureDialog
from tests.gui.conftest import Desk


def opened(desk: Desk) -> PictureDialog:
    desk.window.actions_["export_picture"].trigger()
    return desk.window.findChildren(PictureDialog)[-1]


def test_the_dialog_begins_with_the_windows_theme_and_asks_for_what_was_chosen(deep: Desk, qtbot) -> None:
    exports, view = deep.window.exports, deep.window.graph_panel.view
    deep.window.update_actions()
    dialog = opened(deep)
    assert dialog.theme.currentData() == "dark" and deep.session.state.title in dialog.title
    dialog.theme.setCurrentIndex(dialog.theme.findData("light"))
    dialog.part.setCurrentIndex(dialog.part.findData(True))
    dialog.scale.setCurrentIndex(dialog.scale.findData(3))
    dialog.titled.setChecked(False)
    with qtbot.waitSignal(exports.picture_requested) as asked:
        dialog.copy_requested.emit()
    path, style = asked.args
    assert path == CLIPBOARD
    assert (style.theme, style.scale, style.title) == ("light", 3, "")
    assert style.part == view.camera.seen(view.width(), view.height())
    dialog.reject()


def test_a_drawn_picture_goes_onto_the_clipboard(deep: Desk) -> None:
    drawing = deep.window.graph_panel.view.drawing
    assert drawing is not None
    picture = render(drawing.graph, drawing.placement, "png", PictureStyle(part=(0.0, 0.0, 80.0, 60.0)))
    deep.window.exports.take_picture(CLIPBOARD, picture)
    image = QGuiApplication.clipboard().image()
    assert image.size() == QImage.fromData(picture).size() and image.width() >= 160
    assert "clipboard" in deep.window._status.message


def test_under_an_overlay_the_theme_is_the_windows(deep: Desk) -> None:
    deep.window.measures.coloring.choose("kind")
    dialog = opened(deep)
    assert not dialog.theme.isEnabled() and dialog.theme.toolTip()
    dialog.reject()
