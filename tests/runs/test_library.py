"""The library lists, edits, deletes and lets go; its index is only a copy; a file with a problem is left alone."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from random import Random

import pytest

from gradviz.client.runs import default_setup
from gradviz.errors import GradvizError, UnknownNameError
from gradviz.runs.library import RunLibrary, matches, runs_folder
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_format import VERSION
from gradviz.runs.run_index import NAME
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import LOSS, STATE, RunFacts, RunSummary
from tests.helpers.graphs import two_layers

DAY = 86400


@pytest.fixture
def library(tmp_path: Path) -> RunLibrary:
    return RunLibrary(tmp_path / "runs")


def begin(library: RunLibrary, began: float = 0, **facts: object) -> Recording:
    made = RunFacts(id=new_id(), began=began or time.time(), setup=default_setup("nn"), **facts)  # type: ignore[arg-type]
    recording = Recording(library.folder, made, print)
    recording.add_points(LOSS, range(3), range(3), [3.0, 1.0, 2.0])
    return recording


def record(library: RunLibrary, age: float = 0, checkpoint: str = "", **facts: object) -> RunSummary:
    """A run that ended `age` days ago."""
    recording = begin(library, time.time() - age * DAY, **facts)
    if checkpoint:
        recording.add_checkpoint(1, checkpoint, b"bytes")
    recording.close()
    with sqlite3.connect(recording.path) as connection:
        connection.execute("UPDATE fact SET value = ? WHERE name = 'ended'", (str(time.time() - age * DAY),))
    connection.close()
    return library.find(recording.id)


def names(library: RunLibrary) -> list[str]:
    return [run.name for run in library.runs()]


def test_a_folder_that_is_not_there_holds_no_runs(library: RunLibrary) -> None:
    assert library.runs() == [] and not library.folder.exists()


def test_the_newest_run_is_first(library: RunLibrary) -> None:
    record(library, 2, name="old")
    record(library, 1, name="new")
    assert names(library) == ["new", "old"]


def test_a_summary_has_what_the_list_shows(library: RunLibrary) -> None:
    run = record(library, title="nn", device="cpu")
    assert (run.optimizer, run.iterations, run.last, run.best) == ("Manual", 3, 2.0, 1.0)
    assert run.setup == default_setup("nn") and run.size == Path(run.path).stat().st_size


def test_the_index_is_used_and_made_again(library: RunLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [record(library, age, name=str(age)) for age in (1, 2)]
    opened: list[Path] = []
    make = RunReader.__init__
    monkeypatch.setattr(RunReader, "__init__", lambda self, path: opened.append(path) or make(self, path))  # type: ignore[func-returns-value]
    assert library.runs() == runs and not opened
    (library.folder / NAME).write_bytes(b"no database" * 1000)
    assert library.runs() == runs and len(opened) == 2
    (library.folder / NAME).unlink()
    assert library.runs() == runs and len(opened) == 4
    assert library.runs() == runs and len(opened) == 4


def test_files_put_there_by_hand_are_found_and_forgotten(library: RunLibrary, tmp_path: Path) -> None:
    run = record(library)
    Path(run.path).rename(tmp_path / "away")
    assert not library.runs()
    (tmp_path / "away").rename(run.path)
    assert library.runs() == [run]


def test_what_cannot_be_read_is_one_sentence_and_left_alone(library: RunLibrary) -> None:
    good = record(library)
    newer, whole = record(library), Path(good.path).read_bytes()
    with sqlite3.connect(newer.path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    bad = {
        "text": b"hello " * 100,
        "cut": whole[:9000],
        "empty": b"",
        "torn": whole[:4096] + b"\xff" * 4096 + whole[8192:],
    }
    for name, contents in bad.items():
        (library.folder / f"{name}.gradviz").write_bytes(contents)
    assert [run.id for run in library.runs()] == [good.id]
    assert {path.stem for path in library.problems} == {newer.id, *bad}
    assert "newer gradviz" in library.problems[Path(newer.path)]
    assert all(sentence.count(". ") == 0 and sentence.endswith(".") for sentence in library.problems.values())
    library.prune(days=1e-9, megabytes=1e-9)
    assert all((library.folder / f"{name}.gradviz").read_bytes() == contents for name, contents in bad.items())


def test_a_file_that_could_execute_something_is_not_opened(library: RunLibrary) -> None:
    run = record(library)
    with sqlite3.connect(run.path) as connection:
        connection.execute("CREATE TRIGGER t AFTER UPDATE ON fact BEGIN DELETE FROM metric; END")
    connection.close()
    assert library.runs() == [] and "more than data" in next(iter(library.problems.values()))


def test_a_damaged_file_is_a_sentence_wherever_the_damage_is(library: RunLibrary) -> None:
    recording = begin(library)
    recording.add_graph(0, two_layers().record)
    recording.add_points("accuracy", [0, 7], [0, 1], [0, 1])
    recording.add_checkpoint(1, STATE, b"bytes")
    recording.close()
    whole, random = recording.path.read_bytes(), Random(0)
    damaged = 0
    for _ in range(200):
        torn = bytearray(whole)
        for _ in range(random.choice((1, 10, 1000))):
            torn[random.randrange(len(torn))] = random.randrange(256)
        recording.path.write_bytes(torn)
        try:
            with RunReader(recording.path) as reader:
                metrics = reader.metrics
                reader.summary, reader.events, reader.graph(), [reader.points(name) for name in metrics]
                [reader.checkpoint(row.number) for row in reader.checkpoints]
        except GradvizError as error:
            damaged += 1
            assert str(error).endswith(".")
    assert damaged > 20


def test_what_is_no_file_is_left_out(library: RunLibrary) -> None:
    library.folder.mkdir()
    os.mkfifo(library.folder / "pipe.gradviz")
    (library.folder / "folder.gradviz").mkdir()
    assert library.runs() == [] and not library.problems


@pytest.mark.parametrize("journal", [b"", b"\0" * 512])
def test_what_a_writer_left_that_was_killed_is_cleared_away(library: RunLibrary, journal: bytes) -> None:
    run = record(library)
    with sqlite3.connect(run.path) as connection:
        connection.execute("UPDATE fact SET value = '\"running\"' WHERE name = 'state'")
    connection.close()
    for end, contents in (("-journal", journal), (".live", b"")):
        Path(run.path + end).write_bytes(contents)
    assert [run.state for run in library.runs()] == ["killed"]
    assert {path.name for path in library.folder.iterdir()} == {Path(run.path).name, NAME}


def test_edits_are_in_the_file(library: RunLibrary) -> None:
    run = record(library)
    edited = library.edit(run, name="wide", tags=[" a ", "a", "b", ""], note="good", color="#ff0000")
    assert (edited.name, edited.tags, edited.note, edited.color) == ("wide", ("a", "b"), "good", "#ff0000")
    (library.folder / NAME).unlink()
    assert library.runs() == [edited]
    assert library.edit(run, name="").tags == ("a", "b")


def test_a_run_is_edited_while_it_is_recorded(library: RunLibrary) -> None:
    recording = begin(library)
    while not library.runs():
        time.sleep(0.01)
    assert library.edit(recording.id, name="now").name == "now"
    recording.add_point(LOSS, 3, 0.5)
    recording.close()
    (run,) = library.runs()
    assert (run.name, run.iterations, run.state) == ("now", 4, "ended")


def test_a_run_that_is_recorded_is_not_deleted_and_not_let_go(library: RunLibrary) -> None:
    recording = begin(library, 1.0)
    while not library.runs():
        time.sleep(0.01)
    with pytest.raises(GradvizError, match="is being recorded"):
        library.delete(recording.id)
    assert not library.prune(days=1).runs and names(library) == [""]
    recording.close()


def test_a_deleted_run_comes_back(library: RunLibrary) -> None:
    run = record(library)
    library.delete(run)
    assert not library.runs() and library.deleted() == [run.id]
    library.restore(run.id)
    assert library.runs() == [run] and not library.deleted()
    with pytest.raises(UnknownNameError):
        library.restore(run.id)


def test_the_trash_is_emptied_after_days(library: RunLibrary) -> None:
    run = record(library)
    library.delete(run)
    library.prune()
    assert library.deleted() == [run.id]
    os.utime(library.folder / "trash" / Path(run.path).name, (1, 1))
    library.prune()
    assert not library.deleted()


def test_old_runs_are_let_go_unless_something_keeps_them(library: RunLibrary) -> None:
    for name, more in {
        "old": {},
        "stopped": {"checkpoint": STATE},
        "tagged": {"tags": ("a",)},
        "noted": {"note": "n"},
        "asked": {"checkpoint": "asked"},
    }.items():
        record(library, 100, name=name, **more)  # type: ignore[arg-type]
    record(library, 1, name="new")
    pruned = library.prune(days=90)
    assert sorted(run.name for run in pruned.runs) == ["old", "stopped"] and "removed: 2" in str(pruned)
    assert sorted(names(library)) == ["asked", "new", "noted", "tagged"]
    assert not str(library.prune(days=90))


def test_the_oldest_runs_are_let_go_while_all_are_too_large(library: RunLibrary) -> None:
    size = max([record(library, age, name=str(age)).size for age in (3, 2, 1)])
    library.prune(days=0, megabytes=0)
    assert len(library.runs()) == 3
    library.prune(megabytes=2.5 * size / 1e6)
    assert names(library) == ["1", "2"]


def test_a_run_is_found_by_the_begin_of_its_id_or_its_name(library: RunLibrary) -> None:
    runs = [record(library, age, name=f"run {age}") for age in (1, 2)]
    assert library.find(runs[0].id) == runs[0] and library.find("run 2") == runs[1]
    assert library.find(runs[0].id[-6:]) == runs[0]
    with pytest.raises(GradvizError, match="several runs"):
        library.find(runs[0].id[:4])
    with pytest.raises(UnknownNameError, match="no run called 'x'"):
        library.find("x")


def test_the_search_looks_at_every_word(library: RunLibrary) -> None:
    run = record(library, title="gpt.py:build", name="Wide", tags=("baseline",))
    assert matches(run, "wide BASE") and matches(run, "manual gpt") and not matches(run, "wide narrow")


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADVIZ_RUNS", str(tmp_path / "a"))
    assert runs_folder("b") == tmp_path / "a"
    monkeypatch.delenv("GRADVIZ_RUNS")
    assert runs_folder("/b") == Path("/b") and runs_folder().name == "runs"
