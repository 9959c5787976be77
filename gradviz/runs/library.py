"""The runs of a folder: listed, found, edited, deleted with undo, and let go when they are old."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import platformdirs
from msgspec import UNSET, UnsetType

from gradviz.errors import GradvizError, UnknownNameError
from gradviz.language import tr
from gradviz.runs.live_mark import is_live
from gradviz.runs.run_database import edit_facts, settle
from gradviz.runs.run_format import NEW, SIDECARS, SUFFIX, RunFileError
from gradviz.runs.run_index import RunIndex
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import LOSS, Points, RunSummary
from gradviz.runs.series_blocks import joined

TRASH = "trash"
TRASH_DAYS = 7
"""So long a deleted run can be restored."""
DAYS, MEGABYTES = 90, 2048
"""By default, runs are let go that are older, or beyond so much in all."""


def runs_folder(setting: str = "") -> Path:
    """Return the folder of the recorded runs: that of GRADVIZ_RUNS, else of the setting, else of the user's data."""
    chosen = os.environ.get("GRADVIZ_RUNS") or setting
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_data_dir("gradviz", appauthor=False)) / "runs"


class Pruned(NamedTuple):
    """What was let go."""

    runs: tuple[RunSummary, ...]
    size: int
    """Bytes."""

    def __str__(self) -> str:
        """Return it as a sentence; empty if it is nothing."""
        if not self.runs:
            return ""
        text = tr("Old runs without tag, note and checkpoint were removed: {count} ({size:.1f} MB).")
        return text.format(count=len(self.runs), size=self.size / 1e6)


class RunLibrary:
    """The runs of one folder. Several programs may use the same folder at once."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, which need not exist yet."""
        self.folder = folder
        self.problems: dict[Path, str] = {}
        """Files that are no runs, damaged, or of a newer version, each with its sentence. They are left alone."""

    def runs(self) -> list[RunSummary]:
        """Return all runs, the newest first. What a program that was killed has left is put in order."""
        self.problems.clear()
        with RunIndex(self.folder) as index:
            found = [run for path in self._files() if (run := self._summary(index, path)) is not None]
            index.keep_only(Path(run.path) for run in found)
        return sorted(found, key=lambda run: (run.began, run.id), reverse=True)

    def find(self, text: str) -> RunSummary:
        """Return the run with this id, or the only one whose id begins or ends so; by name if it is the only one.

        Raises:
            UnknownNameError: there is none.
            GradvizError: there are several.
        """
        runs = self.runs()
        for test in (lambda run: run.id == text, lambda run: text in (run.id[: len(text)], run.id[-len(text) :]),
                     lambda run: run.name == text):  # fmt: skip
            found = [run for run in runs if text and test(run)]
            if len(found) == 1:
                return found[0]
            if found:
                ids = ", ".join(run.id for run in found[:5])
                raise GradvizError(
                    tr("{text!r} can be several runs: {ids}; name one of them.").format(text=text, ids=ids)
                )
        if (path := self.folder / f"{text}{SUFFIX}") in self.problems:
            raise RunFileError(self.problems[path])
        raise UnknownNameError(tr("run"), text, [run.id for run in runs[:5]])

    def open(self, run: RunSummary | str) -> RunReader:
        """Return a reader of a run, by its summary or id. Raises what `find` and `RunReader` raise."""
        return RunReader(self._path(run))

    def points(self, run: RunSummary | str, metric: str = LOSS) -> Points:
        """Return every point of a metric; of a branch, after those of the run that it is of. Where that is gone, it
        begins where the branch does. Raises what `find` and `RunReader` raise."""
        with self.open(run) as reader:
            own, facts = reader.points(metric), reader.summary
        if not facts.parent or facts.parent_step is None:
            return own
        try:
            before = self.points(facts.parent, metric)
        except GradvizError:
            return own
        part = before.steps < min(facts.parent_step, *own.steps[:1])
        return joined([Points(before.steps[part], before.times[part], before.values[part]), own])

    def edit(
        self,
        run: RunSummary | str,
        *,
        name: str | UnsetType = UNSET,
        tags: Iterable[str] | UnsetType = UNSET,
        note: str | UnsetType = UNSET,
        color: str | UnsetType = UNSET,
    ) -> RunSummary:
        """Change what the user has noted of a run, and return it as it is now. Raises RunFileError if it cannot be."""
        tags = tags if isinstance(tags, UnsetType) else tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        given = {"name": name, "tags": tags, "note": note, "color": color}
        path = self._path(run)
        edit_facts(path, {key: value for key, value in given.items() if value is not UNSET})
        with RunReader(path) as reader:
            return reader.summary

    def delete(self, run: RunSummary | str) -> None:
        """Move a run to the trash, from where `restore` brings it back for some days.

        Raises:
            GradvizError: it is being recorded now, or cannot be moved.
        """
        path = self._path(run)
        if is_live(path):
            raise GradvizError(tr("{id} is being recorded; end it first.").format(id=path.stem))
        settle(path)
        self._move(path, self._trash / path.name)
        os.utime(self._trash / path.name)  # it lies there from now on

    def restore(self, number: str) -> None:
        """Bring a deleted run back, by its id.

        Raises:
            UnknownNameError: it is not in the trash.
            GradvizError: it cannot be moved.
        """
        if number not in (deleted := self.deleted()):
            raise UnknownNameError(tr("deleted run"), number, deleted[:5])
        self._move(self._trash / f"{number}{SUFFIX}", self.folder / f"{number}{SUFFIX}")

    def deleted(self) -> list[str]:
        """Return the ids of the runs in the trash."""
        return sorted((path.stem for path in self._trash.glob(f"*{SUFFIX}")), reverse=True)

    def prune(self, days: float = DAYS, megabytes: float = MEGABYTES) -> Pruned:
        """Remove runs without tag, note and checkpoint that are older than `days`, and the oldest of them while all
        runs together are larger than `megabytes`; and what has been in the trash for long. 0 is no limit.

        A run that a program records, and a file with a problem, is never touched.
        """
        now, gone = time.time(), []
        runs = self.runs()
        total = sum(run.size for run in runs)
        for run in reversed(runs):
            old = days > 0 and (run.ended or run.began) < now - days * 86400
            large = megabytes > 0 and total > megabytes * 1e6
            if (old or large) and not run.is_kept and not is_live(Path(run.path)):
                with suppress(OSError):
                    remove(Path(run.path))
                    total -= run.size
                    gone.append(run)
        for path in (*self._trash.glob(f"*{SUFFIX}"), *self.folder.glob(f"*{NEW}*")):
            with suppress(OSError):
                if path.stat().st_mtime < now - TRASH_DAYS * 86400:
                    remove(path)
        return Pruned(tuple(gone), sum(run.size for run in gone))

    @property
    def _trash(self) -> Path:
        return self.folder / TRASH

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == SUFFIX and path.is_file()]
        except FileNotFoundError:
            return []
        except OSError as error:
            text = tr("{folder} cannot be read: {reason}; choose another folder with GRADVIZ_RUNS.")
            raise GradvizError(text.format(folder=self.folder, reason=error.strerror)) from error

    def _summary(self, index: RunIndex, path: Path) -> RunSummary | None:
        try:
            live = is_live(path)
            if not live and any(path.with_name(path.name + end).exists() for end in SIDECARS):
                settle(path)
            return index.summary(path, live=live)
        except FileNotFoundError:
            return None  # another program has deleted it just now
        except GradvizError as error:
            self.problems[path] = str(error)
            return None

    def _path(self, run: RunSummary | str) -> Path:
        return Path(run.path if isinstance(run, RunSummary) else self.find(run).path)

    def _move(self, path: Path, to: Path) -> None:
        try:
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(path, to)
        except OSError as error:
            text = tr("{name} cannot be moved: {reason}; check who may write to {folder}.")
            raise GradvizError(text.format(name=path.name, reason=error.strerror, folder=self.folder)) from error


def remove(path: Path) -> None:
    """Remove a run file, with what lies beside it. Raises OSError if it cannot be removed."""
    path.unlink()
    for end in SIDECARS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def matches(run: RunSummary, text: str) -> bool:
    """Return whether a run has all words of `text` in its name, network, optimizer, tags, note or id."""
    known = " ".join((run.name, run.title, run.optimizer, run.device, run.id, run.note, *run.tags)).casefold()
    return all(word in known for word in text.casefold().split())
