"""Files that gradviz keeps for its user are read by nobody else, whatever the umask and whatever was there before."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradviz.client.code_consent import Code, Consents
from gradviz.files import private_file
from gradviz.gui.session.settings import Settings
from gradviz.terminal.prompt.line_readers import history_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has other rights")


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def keep_settings() -> Path:
    kept = Settings()
    kept.set("window/theme", "light")
    kept.save()
    return Path(os.environ["XDG_CONFIG_HOME"]) / "gradviz" / "settings.ini"


def keep_consent() -> Path:
    Consents().give(Code("/somewhere/model.py", "0" * 64))
    return Path(os.environ["XDG_DATA_HOME"]) / "gradviz" / "allowed.json"


def keep_history() -> Path:
    path = history_file()
    assert path is not None
    return path


@pytest.mark.parametrize("keep", [keep_settings, keep_consent, keep_history])
def test_new_files_and_old_ones(keep: Callable[[], Path]) -> None:
    path = keep()
    assert (rights(path), rights(path.parent)) == ("0o600", "0o700")
    path.chmod(0o666)
    path.parent.chmod(0o777)
    assert keep() == path
    assert (rights(path), rights(path.parent)) == ("0o600", "0o700")
    # Beside the consents are the texts that were allowed, which show later what changed in them.
    assert [other for other in path.parent.iterdir() if other not in (path, path.with_suffix(".texts"))] == []


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ours" / "file"
    private_file(path).write_text("content")
    assert private_file(path).read_text() == "content"
    with pytest.raises(OSError, match="is no file"):
        private_file(path.parent)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no file"):
        private_file(tmp_path / "pipe")
