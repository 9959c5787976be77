"""The form of the settings stays as narrow as its dock, whatever it has to say."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from gradviz.gui.panels.networks.configuration_form import ConfigurationForm
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets.dock_sizes import LEFT


def test_a_note_about_sizes_takes_lines_and_no_width(qapp: QApplication, qtbot, tmp_path) -> None:
    Theme(qapp).apply(qapp, Settings(tmp_path / "settings.ini").get("window/theme"))
    form = ConfigurationForm()
    qtbot.addWidget(form)
    form.resize(LEFT, 600)
    form.show()
    before = form.minimumSizeHint().width()
    for waiting in (True, False):
        form.show_waiting(waiting, going=True)
        qapp.processEvents()
        assert form.minimumSizeHint().width() == before <= LEFT
    qapp.setStyleSheet("")
