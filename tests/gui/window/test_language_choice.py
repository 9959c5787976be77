"""Another language, chosen in the menu: a start is offered that opens the same again."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenuBar, QTabBar

from gradviz import language
from gradviz.gui import start
from gradviz.gui.style.theme import Theme
from gradviz.gui.window.contents import filled_window
from tests.gui.conftest import Desk


@pytest.fixture(params=sorted(language.LANGUAGES))
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language of this process, each in turn."""
    before = language.language()
    language.use_language(request.param)
    yield request.param
    language.use_language(before)


def test_alt_and_a_letter_mean_one_thing(desk: Desk, qapp: QApplication, qtbot, code: str) -> None:
    theme = Theme()
    theme.apply(qapp, "dark")
    window = filled_window(desk.session, desk.settings, theme)
    qtbot.addWidget(window)
    window.show()
    desk.engine_ready()
    letters = [action.text() for action in window.menuBar().actions()]
    for kind in (QAbstractButton, QLabel):
        letters += [w.text() for w in window.findChildren(kind) if kind is not QLabel or w.buddy() is not None]
    for tabs in window.findChildren(QTabBar):
        letters += [tabs.tabText(index) for index in range(tabs.count())]
    pressed = [f"Alt+{text[text.index('&') + 1].upper()}" for text in letters if "&" in text.replace("&&", "")]
    assert len(pressed) == len(window.menuBar().actions()) == 7
    menus = [action for bar in window.findChildren(QMenuBar) for action in bar.actions()]
    for action in window.findChildren(QAction):
        if action not in menus:
            pressed += [key.toString() for key in action.shortcuts()]
    pressed += [shortcut.key().toString() for shortcut in window.findChildren(QShortcut) if shortcut.context().value]
    assert sorted(key for key in set(pressed) if pressed.count(key) > 1) == []


def test_another_language_offers_a_start_in_its_own_words(desk: Desk) -> None:
    desk.engine_ready()
    actions, banner = desk.window.actions_, desk.window.languages.banner
    actions["language_zh_CN"].trigger()
    assert desk.settings.get("window/language") == "zh_CN" and actions["language_zh_CN"].isChecked()
    assert not banner.isHidden() and "autograd" in banner.text
    actions["language_en"].trigger()
    assert banner.isHidden() and not actions["language_zh_CN"].isChecked()


def test_the_start_again_opens_the_same_target_with_its_arguments(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.session.opening.script_arguments["autograd"] = ("--rows", "3")
    desk.window.actions_["language_zh_CN"].trigger()
    with qtbot.waitSignal(desk.window.languages.restart_requested) as asked:
        [button] = [b for b in desk.window.languages.banner.findChildren(QAbstractButton) if b.text()]
        button.click()
    assert asked.args == [["open", "autograd", "--rows", "3"]]


def test_a_start_again_is_begun_as_this_one_was(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setenv(language.VARIABLE, "zh_CN")
    monkeypatch.setattr(sys, "orig_argv", ["python", "-X", "dev", "-m", "gradviz", "nn"])
    monkeypatch.setattr(sys, "argv", ["gradviz/__main__.py", "nn"])
    monkeypatch.setattr(start.os, "execv", lambda _program, words: begun.append(words))
    start._start_again(["open", "train.py", "--rows", "3"], "en")
    language.language.cache_clear()
    assert begun == [[sys.executable, "-X", "dev", "-m", "gradviz", "open", "train.py", "--rows", "3"]]
    assert language.os.environ[language.VARIABLE] == "en"
