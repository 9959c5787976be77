"""`gradviz desktop` writes a menu entry that starts this gradviz, and takes away what it wrote and nothing else."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gradviz.cli import desktop_entry
from gradviz.cli.main import main


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(desktop_entry, "_data_folder", lambda: tmp_path / "share")
    return tmp_path / "share"


def entry_of(data: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(data / "applications" / "gradviz.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def words_of(command: str) -> list[str]:
    """Return the words that a desktop makes of the key Exec: escapes of the file, quotes, then field codes."""
    words, word, quoted, letters = [], "", False, iter(command.replace("\\\\", "\\"))
    for letter in letters:
        if letter == "\\" and quoted:
            word += next(letters)
        elif letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            words.append(word)
            word = ""
        else:
            word += letter
    return [each.replace("%%", "%") for each in [*words, word]]


def test_the_entry_starts_this_gradviz_with_the_file(data: Path) -> None:
    assert main(["desktop", "--install"]) == 0
    *program, field = words_of(entry_of(data)["Exec"])
    assert field == "%f"
    assert entry_of(data)["TryExec"] == program[0]
    done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("gradviz ")


def test_a_path_with_letters_that_mean_something_comes_through(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = r'/home/a b/50%/$HOME/`x`/"q"\n/gradviz'
    monkeypatch.setattr(desktop_entry, "_command", lambda: [program])
    desktop_entry.install()
    assert words_of(entry_of(data)["Exec"]) == [program, "%f"]


def test_icon_and_file_types_are_those_of_the_entry(data: Path) -> None:
    desktop_entry.install()
    entry = entry_of(data)
    assert (data / "icons/hicolor/scalable/apps" / f"{entry['Icon']}.svg").exists()
    root = ElementTree.parse(data / "mime/packages/gradviz.xml").getroot()
    assert {each.get("type") for each in root} <= set(entry["MimeType"].split(";"))


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils are not installed")
def test_the_entry_is_valid(data: Path) -> None:
    desktop_entry.install()
    entry = data / "applications" / "gradviz.desktop"
    done = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_uninstalling_leaves_what_others_wrote(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desktop_entry.install()
    other = data / "applications" / "other.desktop"
    other.write_text("[Desktop Entry]\n")
    assert main(["desktop", "--uninstall"]) == 0
    assert not list(data.rglob("gradviz.*"))
    assert other.exists()
    capsys.readouterr()
    assert main(["desktop", "--uninstall"]) == 0
    assert capsys.readouterr().out == "gradviz is not in the menu of this desktop\n"


def test_another_system_is_refused_with_what_to_do_instead(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["desktop", "--install"]) == 2
    assert "start gradviz from a terminal" in capsys.readouterr().err
    assert not data.exists()
