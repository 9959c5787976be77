"""The size of the whole interface, and whether it moves."""

from __future__ import annotations

import pytest

from gradviz.gui.style import theme, zoom
from tests.gui.conftest import Desk


@pytest.fixture
def shown(desk: Desk):
    desk.window.resize(960, 700)
    desk.window.show()
    yield desk
    desk.window.appearance.set_percent(100)


def test_larger_and_smaller_change_open_windows_at_once_and_keep_their_room_on_the_screen(shown: Desk) -> None:
    window, usual = shown.window, shown.window.devicePixelRatioF()
    window.resize(790, 600)
    for action, expected in (("smaller", 90), ("smaller", 80), ("larger", 90)):
        window.actions_[action].trigger()
        assert window.appearance.percent == shown.settings.get("window/zoom") == expected
        assert window.devicePixelRatioF() == pytest.approx(usual * expected / 100)
        assert window.isVisible() and window.width() == pytest.approx(790 * 100 / expected, abs=3)
    window.actions_["usual_size"].trigger()
    assert window.devicePixelRatioF() == usual and window.width() == pytest.approx(790, abs=4)


def test_the_size_ends_at_250_and_80_percent_and_the_tip_gives_the_reason(shown: Desk) -> None:
    appearance, actions = shown.window.appearance, shown.window.actions_
    for percent, action in ((250, "larger"), (80, "smaller")):
        appearance.set_percent(percent)
        shown.window.update_actions()
        assert not actions[action].isEnabled() and "size" in actions[action].toolTip().split("\n")[1]
        (appearance.larger if percent == 250 else appearance.smaller)()
        assert appearance.percent == percent


def test_without_qts_function_the_size_is_kept_for_the_next_start(shown: Desk, monkeypatch) -> None:
    monkeypatch.setattr(zoom, "_qt_function", lambda: None)
    before = shown.window.devicePixelRatioF()
    shown.window.appearance.larger()
    assert shown.settings.get("window/zoom") == 110 and shown.window.devicePixelRatioF() == before
    assert "next time" in shown.window._status.message
    shown.settings.set("window/zoom", 100)


def test_animations_can_be_turned_off(shown: Desk) -> None:
    theme.allow_motion(True)
    allowed = theme.motion_allowed()
    shown.window.actions_["motion"].trigger()
    assert not theme.motion_allowed() and not shown.settings.get("window/motion")
    shown.window.actions_["motion"].trigger()
    assert theme.motion_allowed() == allowed
