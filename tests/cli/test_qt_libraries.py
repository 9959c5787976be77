"""What Qt lacks is said in one sentence before Qt starts; the README lists what the platform plugins really link."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gradviz.cli import qt_libraries
from gradviz.cli.main import main
from gradviz.cli.qt_libraries import PACKAGES, missing_libraries, plugin_of, why_qt_cannot_start

ROOT = Path(__file__).parents[2]
_BASE = re.compile(r"linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so")
"""What a Python on Linux has anyway."""

linux_alone = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("ldd") is None, reason="ldd lists what a plugin links"
)


def links_of(library: Path) -> dict[str, str]:
    """Return each library that one links, itself or by another, and where it was found."""
    listing = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=False).stdout
    return {words[0]: words[2] for line in listing.splitlines() if len(words := line.split()) > 2 and words[1] == "=>"}


@linux_alone
@pytest.mark.parametrize("platform", ["xcb", "offscreen", "wayland"])
def test_every_library_that_a_plugin_links_comes_with_a_package_of_the_table(platform: str) -> None:
    qt = plugin_of(platform).parents[2]
    if not plugin_of(platform).exists():
        pytest.skip("this PySide6 has no such plugin")
    linked = {name: place for name, place in links_of(plugin_of(platform)).items() if not place.startswith(str(qt))}
    brought = {
        name
        for known in PACKAGES
        if Path(linked.get(known, "")).is_absolute()
        for name in links_of(Path(linked[known]))
    }
    unknown = {name for name in linked if name not in PACKAGES and name not in brought and not _BASE.match(name)}
    assert linked
    assert not unknown


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_lists_the_packages_of_the_table(readme: str) -> None:
    command = re.search(r"apt-get install ((?:[a-z0-9.+-]+[ \\\n]*)+)", (ROOT / readme).read_text(encoding="utf-8"))
    assert command is not None
    assert sorted(command[1].replace("\\", " ").split()) == sorted(set(PACKAGES.values()))


def lacks(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> list[Path]:
    """Make each plugin fail to load as on a system without `libraries`. Return the list of those tried."""
    tried: list[Path] = []

    def load(path: str) -> None:
        tried.append(Path(path))
        if libraries:
            raise OSError(f"{libraries[0]}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(Path, "exists", lambda self: True)
    monkeypatch.setattr(qt_libraries, "missing_libraries", lambda plugin: list(libraries))
    return tried


def test_all_that_is_missing_is_said_in_one_sentence_with_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    lacks(monkeypatch, "libxcb-icccm.so.4", "libxcb-keysyms.so.1")
    reason = why_qt_cannot_start({"DISPLAY": ":0"}, "linux")
    assert "libxcb-icccm.so.4, libxcb-keysyms.so.1" in reason
    assert "apt-get install libxcb-icccm4 libxcb-keysyms1)" in reason


def test_without_ldd_the_library_that_the_loader_named_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    lacks(monkeypatch, "libEGL.so.1")
    monkeypatch.setattr(qt_libraries, "missing_libraries", lambda plugin: [])
    assert "apt-get install libegl1)" in why_qt_cannot_start({"DISPLAY": ":0"}, "linux")


@pytest.mark.parametrize(
    ("environment", "plugins"),
    [
        ({"DISPLAY": ":0"}, ["libqxcb.so"]),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ["libqwayland.so", "libqxcb.so"]),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600"}, ["libqoffscreen.so"]),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, ["libqwayland.so", "libqxcb.so"]),
    ],
)
def test_the_plugins_are_tried_that_qt_tries(
    environment: dict[str, str], plugins: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = lacks(monkeypatch, "libxcb-cursor.so.0")
    assert why_qt_cannot_start(environment, "linux")
    assert [path.name for path in tried] == plugins


def test_a_plugin_that_loads_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = lacks(monkeypatch)
    assert why_qt_cannot_start({"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""
    assert [path.name for path in tried] == ["libqwayland.so"]
    assert why_qt_cannot_start({}, "darwin") == ""


def test_a_platform_without_a_plugin_is_left_to_qt() -> None:
    assert why_qt_cannot_start({"QT_QPA_PLATFORM": "nothing-of-this-name"}, "linux") == ""
    assert missing_libraries(plugin_of("nothing-of-this-name")) == []


def test_the_window_is_not_opened_without_its_libraries(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(qt_libraries, "why_qt_cannot_start", lambda *_: "The window needs libX.")
    monkeypatch.setattr("gradviz.cli.doctor.why_no_screen", lambda *_: "")
    assert main([]) == 1
    assert capsys.readouterr().err == "gradviz: The window needs libX.\n"
