"""Regular files are read and written; what could block or never end is refused unopened."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz import files
from gradviz.errors import GradvizError
from gradviz.files import open_regular, read_regular, special_kind, write_regular
from gradviz.targets.target_spec import check_presence, read_target
from tests.helpers.special_files import SPECIAL, opened_files, special_file


@pytest.fixture(params=SPECIAL)
def special(request: pytest.FixtureRequest, tmp_path: Path):
    with special_file(request.param, tmp_path / "model.py") as path:
        yield path, SPECIAL[request.param]


def test_what_is_no_regular_file_is_refused_without_being_opened(special: tuple[Path, str]) -> None:
    path, kind = special
    assert special_kind(path) == kind
    with opened_files() as opened:
        for refused in (lambda: open_regular(path), lambda: read_regular(path), lambda: write_regular(path, b"")):
            with pytest.raises(OSError, match=f"it is {kind}"):
                refused()
    assert str(path) not in opened


def test_a_target_that_is_no_regular_file_is_refused_in_a_sentence_that_states_what_it_is(
    special: tuple[Path, str],
) -> None:
    path, kind = special
    for target in (str(path), f"{path}:build"):
        with opened_files() as opened, pytest.raises(GradvizError, match=f"is {kind}.*; open a regular file"):
            check_presence(read_target(target))
        assert str(path) not in opened
    with pytest.raises(GradvizError, match=r"/dev/zero is a device.*; open FILE\.py"):
        read_target("/dev/zero")


def test_a_pipe_that_takes_a_files_place_before_it_is_opened_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with special_file("pipe", tmp_path / "model.py") as path:
        (tmp_path / "other.py").touch()
        of_a_file = (tmp_path / "other.py").stat()
        monkeypatch.setattr(type(path), "stat", lambda _path, **_options: of_a_file)
        with pytest.raises(OSError, match="a named pipe"):
            open_regular(path)


def test_a_folder_is_no_file_and_nothing_special(tmp_path: Path) -> None:
    assert special_kind(tmp_path) == special_kind(tmp_path / "nothing") == ""
    with pytest.raises(OSError, match="a folder"):
        read_regular(tmp_path)


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_a_file_is_read_up_to_a_bound(tmp_path: Path, size: int, fits: bool) -> None:
    path = tmp_path / "model.py"
    write_regular(path, b"x" * size)
    if fits:
        assert read_regular(path, 10) == read_regular(path) == b"x" * size
        return
    with pytest.raises(OSError, match="larger than 10 bytes"):
        read_regular(path, 10)


def test_no_more_of_a_large_file_is_read_than_shows_that_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.py"
    write_regular(path, b"x" * 100_000)
    asked: list[int] = []

    class Counted:
        def __enter__(self) -> Counted:
            return self

        def __exit__(self, *_error: object) -> None: ...

        def read(self, count: int) -> bytes:
            asked.append(count)
            return b"x" * count

    monkeypatch.setattr(files, "open_regular", lambda _path: Counted())
    with pytest.raises(OSError, match="larger"):
        read_regular(path, 10)
    assert asked == [11]
