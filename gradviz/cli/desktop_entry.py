"""`gradviz desktop`: put gradviz into the menu of a Linux desktop, with its icon and types of files, or remove it.

Everything lies in the user's own data folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from gradviz.assets import asset
from gradviz.errors import InvalidValueError
from gradviz.language import tr

_ENTRY = """\
[Desktop Entry]
Type=Application
Version=1.5
Name=gradviz
GenericName=Autograd debugger
GenericName[zh_CN]=自动求导调试器
Comment=See and step through the autograd graph of a PyTorch network
Comment[zh_CN]=查看并单步执行 PyTorch 网络的自动求导计算图
Exec={command} %f
TryExec={program}
Icon=gradviz
Terminal=false
Categories=Development;Debugger;Education;Science;ArtificialIntelligence;
MimeType={types}
StartupNotify=true
StartupWMClass=gradviz
"""
_EXPORTED_PROGRAM = "application/x-pytorch-exported-program"
_TYPES = """\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{exported}">
    <comment>exported PyTorch program</comment>
    <comment xml:lang="zh_CN">导出的 PyTorch 程序</comment>
    <glob pattern="*.pt2"/>
  </mime-type>
</mime-info>
"""
_ENTRY_FILE = "applications/gradviz.desktop"
_TYPE_FILE = "mime/packages/gradviz.xml"
_ICON_FILE = "icons/hicolor/scalable/apps/gradviz.svg"
_FILES = (_ENTRY_FILE, _TYPE_FILE, _ICON_FILE)
_REFRESHERS = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))
"""Programs that read these files anew, and their folder; a desktop without them does so by itself at the next login."""


def install() -> int:
    """Write entry, icon and file type for this user, and print where. Return the exit status.

    Raises:
        InvalidValueError: this is no Linux.
    """
    _check_system()
    texts = {
        _ENTRY_FILE: _ENTRY.format(
            command=" ".join(_quoted(word) for word in _command()),
            program=_command()[0],
            types=f"text/x-python;{_EXPORTED_PROGRAM};",
        ),
        _TYPE_FILE: _TYPES.format(exported=_EXPORTED_PROGRAM),
        _ICON_FILE: asset("gradviz.svg").read_text(encoding="utf-8"),
    }
    for name, text in texts.items():
        path = _data_folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(tr("wrote {path}").format(path=path))
    _refresh()
    return 0


def uninstall() -> int:
    """Remove what `install` wrote, and print it. Return the exit status.

    Raises:
        InvalidValueError: this is no Linux.
    """
    _check_system()
    paths = [path for name in _FILES if (path := _data_folder() / name).exists()]
    for path in paths:
        path.unlink()
        print(tr("removed {path}").format(path=path))
    if not paths:
        print(tr("gradviz is not in the menu of this desktop"))
    _refresh()
    return 0


def _check_system() -> None:
    if not sys.platform.startswith("linux"):
        raise InvalidValueError(
            tr("gradviz desktop writes the menu entry of a Linux desktop; elsewhere, start gradviz from a terminal.")
        )


def _data_folder() -> Path:
    """Return the folder of the user's data, XDG_DATA_HOME, which all programs share."""
    return platformdirs.user_data_path()


def _command() -> Sequence[str]:
    """Return the words that start this gradviz, in this environment, from anywhere."""
    program = Path(sys.executable).with_name("gradviz")
    return [str(program)] if program.exists() else [sys.executable, "-m", "gradviz"]


def _quoted(word: str) -> str:
    """Return a word as the key Exec wants it (Desktop Entry Specification 1.5, The Exec key).

    The value is unescaped twice: as a string of the file, then as a quoted argument.
    """
    argument = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in word)
    return f'"{argument}"'.replace("\\", "\\\\").replace("%", "%%")


def _refresh() -> None:
    for program, folder in _REFRESHERS:
        if shutil.which(program) is not None:
            subprocess.run([program, str(_data_folder() / folder)], capture_output=True, check=False, timeout=60)
