"""What is large or strange is read, hashed, parsed and folded in another thread, shown in part, or refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from gradviz.client.code_consent import Code, code_of, digest_of
from gradviz.gui.controllers import opening_controller
from gradviz.gui.dialogs import open_dialog
from gradviz.gui.dialogs.open_dialog import OpenDialog
from gradviz.gui.panels.console import LARGEST, LINES_KEPT, LONGEST_LINE, Console
from gradviz.gui.panels.source import source_text, source_view
from gradviz.gui.panels.source.code_text import LINE
from gradviz.gui.panels.source.source_text import MOST_LINES, read_excerpt
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.processes import background_thread, code_files
from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.processes.code_files import FileWatcher, read_code
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.protocol.commands import Open
from gradviz.protocol.events import GraphChanged, StateChanged
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk
from tests.helpers.graphs import nested
from tests.helpers.special_files import SPECIAL, opened_files, special_file

_CODE = "import torch\n\n\ndef build(width=4):\n    return 1, 2\n\n\ndef other():\n    return 1, 2\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "gpt.py"
    path.write_text(_CODE)
    return path


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch):
    """Note for the functions given (module, name) whether they are called in this thread."""
    found: dict[str, set[bool]] = {}

    def note(*functions: tuple[object, str]) -> dict[str, set[bool]]:
        for module, name in functions:
            monkeypatch.setattr(module, name, _noted(getattr(module, name), found.setdefault(name, set())))
        return found

    return note


def _noted(function: Callable[..., object], here: set[bool]) -> Callable[..., object]:
    def call(*arguments: object, **options: object) -> object:
        here.add(threading.current_thread() is threading.main_thread())
        return function(*arguments, **options)

    return call


# In another thread


def test_opening_a_file_reads_hashes_and_parses_it_in_another_thread(desk: Desk, model: Path, threads) -> None:
    desk.engine_ready()
    desk.session.opening.consent.given.give(code_of(read_target(str(model))))
    noted = threads(
        (code_files, "code_of"),
        (code_files, "list_candidates"),
        (source_view, "read_excerpt"),
        (source_view, "colors_of"),
    )
    desk.window.opening.open(str(model))
    assert desk.commands[-1].target == f"{model}:build"
    desk.session.opening.reset()
    desk.session.opening.reopen()
    assert len([command for command in desk.commands if isinstance(command, Open)]) == 4
    assert noted == {name: {False} for name in ("code_of", "list_candidates", "read_excerpt", "colors_of")}


def test_asking_what_a_file_offers_parses_it_in_another_thread(desk: Desk, model: Path, threads) -> None:
    noted = threads((opening_controller, "list_candidates"), (open_dialog, "list_candidates"))
    desk.window.opening.open_path(str(model))
    dialog = desk.window.findChild(OpenDialog)
    assert dialog is not None and dialog.list.count() == 2
    assert noted == {"list_candidates": {False}}


def test_a_watched_file_is_hashed_in_another_thread(qtbot, model: Path, threads) -> None:
    noted = threads((code_files, "digest_of"))
    watch = FileWatcher()
    watch.follow({model: digest_of(model)})
    with qtbot.waitSignal(watch.changed):
        model.write_text("other")
        watch.look()
    assert noted == {"digest_of": {False}}
    watch.leave()


def test_a_large_graph_is_folded_in_another_thread_and_what_follows_it_waits(desk: Desk, threads, qtbot) -> None:
    desk.engine_ready()
    session = desk.session
    noted = threads((background_thread, "open_by_default"), (background_thread, "share_texts"))
    small, large = nested(10)[0].record, nested(background_thread.LARGE // 2)[0].record
    session.apply(GraphChanged(session.state.runs.number, 0, small.signature, small))
    assert not any(noted.values())
    go_on = threading.Event()
    work = background_thread.prepare_graph
    background_thread.prepare_graph = lambda *arguments: go_on.wait(30) and work(*arguments)
    try:
        BackgroundWork.GRACE = 0.0
        session.apply(GraphChanged(session.state.runs.number, 0, large.signature, large))
        session.apply(StateChanged(session.state.runs.number, "paused", 7))
        assert (
            session.engine.graph is not None
            and session.engine.graph.signature == small.signature
            and session.engine.step == 0
        )
        session.engine_died("It died", "of nothing")
        go_on.set()
        qtbot.waitUntil(lambda: session.state.phase == "dead")
    finally:
        background_thread.prepare_graph = work
    assert session.engine.graph.signature == large.signature and session.engine.step == 7
    assert noted == {"open_by_default": {False}, "share_texts": {False}}


# While it is read


def slow_file(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Files of targets are read once the event is set."""
    go_on = threading.Event()
    monkeypatch.setattr(BackgroundWork, "GRACE", 0.0)

    def code(place, stopped, met=()) -> Code:
        while not stopped() and not go_on.wait(0.001):
            pass
        return code_of(place, stopped, met)

    monkeypatch.setattr(code_files, "code_of", code)
    return go_on


def test_what_is_open_stays_until_a_file_is_read_and_another_wish_replaces_it(
    desk: Desk, model: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.engine_ready()
    desk.session.opening.consent.given.give(code_of(read_target(str(model))))
    go_on = slow_file(monkeypatch)
    desk.session.opening.open(str(model))
    assert desk.session.state.setup.target == "autograd" and desk.session.opening.reader.target == read_target(
        str(model)
    )
    desk.session.opening.open("nn")
    assert desk.session.state.setup.target == "nn" and not desk.session.opening.reader.target
    desk.session.opening.open(str(model))
    go_on.set()
    qtbot.waitUntil(lambda: desk.session.state.setup.target == f"{model}:build")
    assert [command.target for command in desk.commands if isinstance(command, Open)][-2:] == ["nn", f"{model}:build"]


def test_a_file_that_takes_long_to_read_is_said_and_can_be_given_up(
    desk: Desk, model: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.engine_ready()
    desk.window.show()
    slow_file(monkeypatch)
    desk.session.opening.open(str(model))
    card = desk.window.opening.card
    assert not card.isVisible()
    desk.session.opening.reader._patience.timeout.emit()
    assert card.isVisible() and "reading gpt.py" in card.title.text()
    card.stop_requested.emit()
    assert (
        not card.isVisible()
        and not desk.session.opening.reader.target
        and desk.session.state.setup.target == "autograd"
    )


def test_at_the_start_the_window_waits_for_the_file_that_it_was_started_with(
    desk: Desk, model: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.session.opening.consent.given.give(code_of(read_target(str(model))))
    go_on = slow_file(monkeypatch)
    desk.session.opening.open(str(model))
    assert desk.session.state.title == "gpt.py"
    desk.engine_ready()
    assert not [command for command in desk.commands if isinstance(command, Open)]
    go_on.set()
    qtbot.waitUntil(lambda: any(isinstance(command, Open) for command in desk.commands))
    assert [command.target for command in desk.commands if isinstance(command, Open)] == [f"{model}:build"]


def test_hashing_ends_when_nobody_waits_for_it(model: Path) -> None:
    with pytest.raises(InterruptedError):
        digest_of(model, lambda: True)
    assert read_code(read_target(str(model)), False, frozenset(), lambda: True).code is None


# Special files


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("suffix", [".py", ".pt2", ".safetensors"])
def test_a_special_file_is_refused_in_a_sentence_and_not_opened(
    desk: Desk, tmp_path: Path, kind: str, suffix: str
) -> None:
    desk.engine_ready()
    opens = [desk.window.opening.open, desk.window.opening.open_path, desk.window.opening.drops.file_dropped.emit]
    with special_file(kind, tmp_path / f"model{suffix}") as path, opened_files() as opened:
        for open_it in opens:
            open_it(str(path))
            banner = desk.window.graph_panel.banner
            assert f"is {SPECIAL[kind]}" in banner.text and path.name in banner.title
            banner.dismiss()
        dialog = OpenDialog(str(path))
        assert f"is {SPECIAL[kind]}" in dialog.sentence.text() and not dialog.open_button.isEnabled()
    assert str(path) not in opened


@pytest.mark.parametrize("kind", SPECIAL)
def test_source_and_watch_open_no_special_file(qtbot, tmp_path: Path, model: Path, kind: str) -> None:
    view, watch = SourceView(), FileWatcher()
    qtbot.addWidget(view)
    with special_file(kind, tmp_path / "model.py") as path, opened_files() as opened:
        view.show_file(str(path), 3)
        assert f"it is {SPECIAL[kind]}" in view._empty.accessibleDescription()
        watch.follow({path: "digest"})
        watch.look()
        qtbot.waitUntil(lambda: not watch._reading.busy)
        watch.leave()
        assert not Code(str(path), "digest").first_lines(3)
    assert str(path) not in opened


# Long sources


def long_file(path: Path, lines: int) -> Path:
    path.write_text("".join(f"x{number} = {number}\n" for number in range(1, lines + 1)))
    return path


@pytest.mark.parametrize("line", [0, 1, MOST_LINES, 40_000, 3 * MOST_LINES + 1])
def test_of_a_long_file_the_lines_around_the_wanted_one_are_shown(qtbot, tmp_path: Path, line: int) -> None:
    path = long_file(tmp_path / "long.py", 10 * MOST_LINES)
    view = SourceView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.show_file(str(path), line)
    code = view._code
    assert code.document().blockCount() == MOST_LINES and view.line == line
    assert code.toPlainText().partition("\n")[0] == f"x{code.first} = {code.first}"
    assert f"of {10 * MOST_LINES + 1:,}" in view.corner.toolTip()
    if line:
        bar = code.verticalScrollBar()
        qtbot.waitUntil(lambda: 0 <= (line - code.first) * LINE - bar.value() < code.viewport().height())
        assert code.line_at((line - code.first) * LINE - bar.value() + LINE / 2) == line


def test_another_line_of_a_long_file_brings_its_own_surroundings(qtbot, tmp_path: Path) -> None:
    path = long_file(tmp_path / "long.py", 10 * MOST_LINES)
    view = SourceView()
    qtbot.addWidget(view)
    view.show_file(str(path), 10)
    assert view._code.first == 1
    view.show_file(str(path), 5 * MOST_LINES)
    assert view._code.first < 5 * MOST_LINES < view._code.first + MOST_LINES
    view.reload()
    view.show_file(str(path), 20 * MOST_LINES)  # it has no such line
    assert view._code.document().blockCount() == MOST_LINES


def test_of_a_long_line_the_beginning_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "wide.py"
    path.write_text(f"x = '{'y' * 3_000_000}'\ny = 1\n")
    lines = read_excerpt(str(path), 1).text.split("\n")
    assert len(lines[0]) < 3_000 and lines[0].endswith("…") and lines[1] == "y = 1"


def test_only_the_lines_in_sight_are_colored(qtbot, tmp_path: Path) -> None:
    path = long_file(tmp_path / "long.py", MOST_LINES - 1)
    view = SourceView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.show_file(str(path))
    document = view._code.document()

    def colored(line: int) -> bool:
        return bool(document.findBlockByNumber(line - 1).layout().formats())

    assert colored(1) and not colored(2000)
    view.show_file(str(path), 2000)
    qtbot.waitUntil(lambda: colored(2000))
    assert not colored(1000)
    view._code.colors.set_palette()
    assert colored(2000)


def test_the_colors_of_text_that_is_not_wanted_any_more_are_not_kept() -> None:
    text = "def build():\n    return 1\n"
    assert source_text.colors_of(text, lambda: True) == {}
    assert source_text.colors_of(text)[0][0] == (0, 3, "keyword")
    assert source_text.colors_of(text) is source_text.colors_of(text)


# Much output


@pytest.fixture
def console(qtbot) -> Console:
    console = Console()
    qtbot.addWidget(console)
    return console


def longest(console: Console) -> int:
    return max(map(len, console.text.split("\n")))


@pytest.mark.parametrize("pieces", [1, 7, 50])
def test_of_a_line_without_an_end_the_beginning_is_shown(console: Console, pieces: int) -> None:
    for _ in range(pieces):
        console.write("stdout", "y" * (300_000 // pieces))
        console.flush()
    assert longest(console) == LONGEST_LINE + len(" …") and console.text.endswith(" …")
    console.write("stdout", "\nnext\n")
    assert console.text.endswith("\nnext\n")
    console.clear()
    console.write("stdout", "y" * LONGEST_LINE + "\n")
    assert console.text == "y" * LONGEST_LINE + "\n"


def test_what_a_flood_leaves_out_is_counted(console: Console) -> None:
    console.write("stdout", "first\n" + "y" * 1_000_000)
    for _ in range(49):
        console.write("stdout", "y" * 1_000_000)
    console.write("stderr", "\nlast\n")
    assert "characters are left out" in console.text and console.text.endswith("\nlast\n")
    assert "49,600,0" in console.text  # of 50,000,012


def test_a_flood_is_shown_in_pieces(console: Console, qtbot) -> None:
    console.show()
    console.write("stdout", "".join(f"{number}\n" for number in range(40_000)))
    console._show_next()
    assert console._waiting and console._timer.isActive()
    qtbot.waitUntil(lambda: not console._waiting)
    assert console.text.split("\n")[-2] == "39999"


def test_the_console_keeps_no_more_than_so_much(console: Console) -> None:
    line = "y" * (LONGEST_LINE - 1) + "\n"
    for _ in range(2 * LARGEST // len(line)):
        console.write("stdout", line)
        console.flush()
    document = console._text.document()
    assert document.characterCount() <= LARGEST + 1 and document.blockCount() <= LINES_KEPT
    assert console.text.startswith("yyy") and console.text.endswith("y\n")


def test_a_message_of_any_length_becomes_a_label_of_some(qtbot) -> None:
    label = WrappingLabel("text2", text="y" * 5_000_000)
    qtbot.addWidget(label)
    assert len(label.text()) < 5_000 and len(label.accessibleName()) < 5_000 and isinstance(label, QLabel)
