"""The settings file: whatever it holds, and whatever lies in its place, the window starts; only its user reads it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication

from gradviz.client.runs import RunSetup
from gradviz.gui.app import App
from gradviz.gui.controllers.export_controller import PICTURES
from gradviz.gui.session.kept_setups import KeptSetups
from gradviz.gui.session.recent_targets import RecentTargets
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import TABLE, Setting, Settings
from gradviz.gui.window.contents import filled_window
from gradviz.gui.window.panel_table import panel_rows
from tests.gui.conftest import Desk

SLOWLY = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
MODEL = "/somewhere/gpt.py:build"
PANEL_IDS = sorted(row.id for row in panel_rows())
KEYS = [setting.key for setting in TABLE]
SETUPS = [RunSetup("nn", {"h": 3}, None), RunSetup(MODEL, {}, None)]

texts = st.text(max_size=30) | st.sampled_from(
    ["true", "-1", "²", "9" * 5000, "sepia", "light", "[", "[" * 5000, "{}", '["~nobody-here/x.py", "a\\u0000.py"]',
     '{"target": "nn", "hyperparameters": {}, "optimizer": null, "seed": -1}',
     '[{"enabled": true, "record": {"id": 1, "kind": "line", "line": -5}}]', "a,b", "@Invalid()", "@Variant(\0\0)"]
)  # fmt: skip
values = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(),
    st.lists(texts, max_size=3),
    st.binary(max_size=200).map(QByteArray),
    st.dictionaries(texts, texts, max_size=2),
)


def is_one(setting: Setting, value: object) -> bool:
    return type(value) is type(setting.default) and (setting.choices is None or value in setting.choices)


def write(path: Path, entries: dict[str, object]) -> None:
    store = QSettings(str(path), QSettings.Format.IniFormat)
    store.clear()
    for key, value in entries.items():
        store.setValue(key, value)
    store.sync()


@SLOWLY
@given(st.dictionaries(st.sampled_from(KEYS) | st.text("abc/", min_size=1, max_size=9), values, max_size=9))
def test_a_value_of_any_kind_is_one_that_its_setting_can_be(tmp_path: Path, entries: dict[str, object]) -> None:
    write(tmp_path / "s.ini", entries)
    read = Settings(tmp_path / "s.ini")
    for setting in TABLE:
        assert is_one(setting, read.get(setting.key)), (setting.key, entries)


@SLOWLY
@given(st.binary(max_size=300) | st.lists(st.tuples(st.sampled_from(KEYS), st.binary(max_size=40))).map(
    lambda rows: b"".join(b"[%b]\n%b=%b\n" % (*key.encode().split(b"/"), value) for key, value in rows)
))  # fmt: skip
def test_bytes_of_any_kind_can_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.ini").write_bytes(content)
    read = Settings(tmp_path / "s.ini")
    assert all(is_one(setting, read.get(setting.key)) for setting in TABLE)


@SLOWLY
@given(texts)
def test_what_is_kept_as_text_is_understood_or_left(qapp: QApplication, tmp_path: Path, text: str) -> None:
    kept = Settings(tmp_path / "s.ini")
    for wanted in SETUPS:
        KeptSetups(kept).remember(wanted)
    for key in kept._store.allKeys():
        kept._store.setValue(key, text)
    for wanted in SETUPS:
        found = KeptSetups(kept).setup(wanted.target)
        assert found.target == wanted.target and 0 <= found.seed < 2**32 and found.iterations >= 1
    kept.set("open/recent", text)
    assert isinstance(RecentTargets(kept).targets, tuple)
    session = Session(KeptSetups(kept).setup)
    session.breakpoints.restore(text)
    assert isinstance(session.engine.breakpoints.to_json(), str)


@SLOWLY
@given(content=st.binary(max_size=80), place=st.integers(), byte=st.integers(1, 255))
def test_bytes_that_qt_wrote_come_back_whole_or_not_at_all(
    tmp_path: Path, content: bytes, place: int, byte: int
) -> None:
    kept = Settings(tmp_path / "s.ini")
    kept.set("window/docks", QByteArray(content))
    assert kept.get("window/docks") == QByteArray(content)
    sealed = bytearray(kept._store.value("window/docks").data())
    sealed[place % len(sealed)] ^= byte
    kept._store.setValue("window/docks", QByteArray(bytes(sealed)))
    assert kept.get("window/docks").isEmpty()


def test_docks_that_are_damaged_are_where_they_were_at_first(desk: Desk, qtbot) -> None:
    """Qt itself crashes on many of these."""
    desk.window.close()
    sealed = bytes(desk.settings._store.value("window/docks").data())
    for place in range(0, len(sealed), 7):
        damaged = QByteArray(sealed[:place] + b"\xff\x7f" + sealed[place + 2 :])
        desk.settings._store.setValue("window/docks", damaged)
        desk.window.panels.restore(desk.settings.get("window/docks"), "")
    again = filled_window(desk.session, desk.settings, desk.theme)
    qtbot.addWidget(again)
    assert sorted(panel for dock in again.panels.docks.values() for panel in dock.ids) == PANEL_IDS


WRONG: dict[str, object] = {
    "window/theme": "sepia", "window/geometry": QByteArray(b"nonsense"), "window/docks": QByteArray(b"\xff" * 90),
    "window/pages": "medium,nowhere,loss", "window/stop_panel": "nowhere", "window/derivative": "perhaps",
    "network/last": "none", "open/recent": "[" * 5000, "steps/breakpoints": '{"a": 1}', "steps/budget": "9" * 30,
    "measure/rate": 7, "table/hidden": ["a", "b"], "export/folder": 4, "export/kind": "../exe",
}  # fmt: skip


def test_the_window_starts_with_every_setting_wrong(qapp: QApplication, qtbot, tmp_path: Path) -> None:
    write(tmp_path / "s.ini", WRONG)
    app = App(qapp, Settings(tmp_path / "s.ini"), engine_arguments=["-c", ""])
    try:
        app.window.show()
        qtbot.waitExposed(app.window)
        assert app.session.state.setup.target == "autograd" and app.theme.choice == "system"
        assert app.session.steps.budget == 256 * 2**20 and app.session.measuring.rate == 2
        app.window.close()
    finally:
        app.close()
        qapp.setStyleSheet("")


@pytest.mark.parametrize("kind", ["folder", "pipe", "unreadable", "in a file", "dangling"])
def test_what_lies_in_the_place_of_the_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s.ini"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "unreadable":
        path.write_text("[window]\ntheme=dark\n")
        path.chmod(0)
    elif kind == "in a file":
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "s.ini"
    else:
        path.symlink_to(tmp_path / "gone" / "s.ini")
    kept = Settings(path)
    assert all(is_one(setting, kept.get(setting.key)) for setting in TABLE)
    kept.set("window/theme", "light")
    kept.save()
    assert kept.get("window/theme") == "light"
    assert path.is_dir() == (kind == "folder") and path.is_fifo() == (kind == "pipe")


@pytest.mark.skipif(sys.platform == "win32", reason="has other rights")
def test_only_its_user_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "gradviz"
    before = os.umask(0)
    try:
        folder.mkdir(mode=0o755)
        (folder / "settings.ini").write_text("[window]\ntheme=dark\n")
        for path in (folder / "settings.ini", tmp_path / "new" / "gradviz" / "settings.ini"):
            kept = Settings(path)
            kept.set("window/theme", "light")
            kept.save()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert Settings(path).get("window/theme") == "light"
    finally:
        os.umask(before)


def test_kinds_of_pictures_are_those_that_can_be_exported() -> None:
    assert next(setting for setting in TABLE if setting.key == "export/kind").choices == tuple(PICTURES)
